// A worker of the library in a process of its own that is killed by the kernel with a job in hand.
// Arguments: socket, queue, prefix. Plain JavaScript: it is started by node as it is.
import { Worker } from 'bullmq';

const [, , path, queue, prefix] = process.argv;
new Worker(queue, () => process.kill(process.pid, 'SIGKILL'), {
  connection: { path, maxRetriesPerRequest: null },
  prefix,
  lockDuration: 400,
  stalledInterval: 200,
  maxStalledCount: 1e9,
}).on('error', () => undefined);
