// A worker of the library in a process of its own that does nothing with its jobs, quickly: the other gateway.
// Arguments: socket, queue, prefix. Writes a line for each job it ran. Plain JavaScript: started by node as it is.
import { Worker } from 'bullmq';

const [, , path, queue, prefix] = process.argv;
new Worker(queue, async (job) => process.stdout.write(`${job.id}\n`), {
  connection: { path, maxRetriesPerRequest: null },
  prefix,
  lockDuration: 600,
  stalledInterval: 200,
  maxStalledCount: 1e9,
}).on('error', () => undefined);
