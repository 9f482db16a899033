/**
 * Results and notices out. In: entries of the outbox. Out: jobs on the source's queues, acknowledged by
 * Redis one by one. Repeatable: the same entry has the same job id and is dropped by BullMQ while the
 * first is kept; after that the consumer drops it by (id, version). Never reports success for a part.
 */
import { type JobsOptions, Queue } from 'bullmq';
import type { RedisOptions } from 'ioredis';
import { YinqiError } from '../errors.ts';
import { commandConnection } from './connection.ts';
import { forgetHalfAdded, halfAdded } from './half-added.ts';
import { type OutQueue, outPrefix, outQueue } from './names.ts';
import { quieten } from './quiet.ts';
import { within } from './within.ts';

const closeMs = 5000;

export interface OutEntry {
  queue: OutQueue;
  source: string;
  jobId: string;
  data: object;
}

export interface Publisher {
  /** Throws if any entry was not acknowledged; the caller then publishes all of them again. */
  publish(entries: readonly OutEntry[]): Promise<void>;
  /** Results nobody has fetched yet, those waiting for another try included. */
  backlog(source: string): Promise<number>;
  close(): Promise<void>;
}

/*
 * A ledger whose own database is down for an hour must find its results afterwards where they were: so
 * a handler that throws is asked again without end, slowly. After a limited number of attempts they would
 * lie in `failed`, outside the backlog, and nobody would be told. (The library has no capped exponential.)
 */
const jobOptions: JobsOptions = {
  removeOnComplete: { age: 86_400, count: 10_000 },
  removeOnFail: false,
  attempts: 1_000_000,
  backoff: { type: 'fixed', delay: 5000, jitter: 0.5 },
  stackTraceLimit: 3,
};

export function createPublisher(options: {
  connection: RedisOptions;
  onError(error: unknown, heldBack: number): void;
}): Publisher {
  const redis = commandConnection(options.connection);
  const report = quieten(options.onError, 10_000);
  redis.on('error', report);
  const queues = new Map<string, Queue>();
  const queueOf = (queue: OutQueue, source: string): Queue => {
    const name = outQueue(queue, source);
    const known = queues.get(name);
    if (known !== undefined) return known;
    const made = new Queue(name, { connection: redis, prefix: outPrefix });
    made.on('error', report);
    queues.set(name, made);
    return made;
  };
  const add = async (queue: Queue, entries: OutEntry[]): Promise<void> => {
    const jobs = entries.map(({ queue: name, jobId, data }) => ({
      name,
      data,
      opts: { ...jobOptions, jobId },
    }));
    // a pipeline, not a transaction: an answer per job, and some may be refusals dressed as numbers
    const added = await queue.addBulk(jobs).catch(async (error: unknown) => {
      const jobIds = entries.map(({ jobId }) => jobId);
      if (halfAdded(error)) await forgetHalfAdded(redis, `${outPrefix}:${queue.name}`, jobIds);
      throw error;
    });
    const lost = entries.filter(({ jobId }, index) => added[index]?.id !== jobId).length;
    if (lost > 0) throw new YinqiError('DEFECT', { detail: `${lost} jobs were not added` });
  };
  return {
    publish: async (entries) => {
      const groups = new Map<Queue, OutEntry[]>();
      for (const entry of entries) {
        const queue = queueOf(entry.queue, entry.source);
        const group = groups.get(queue);
        if (group === undefined) groups.set(queue, [entry]);
        else group.push(entry);
      }
      const added = await Promise.allSettled(
        [...groups].map(([queue, group]) => add(queue, group)),
      );
      for (const one of added) if (one.status === 'rejected') throw one.reason;
    },
    backlog: async (source) => {
      const counts = await queueOf('results', source).getJobCounts(
        'waiting',
        'delayed',
        'prioritized',
      );
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
    close: async () => {
      await within(Promise.all([...queues.values()].map((queue) => queue.close())), closeMs);
      redis.disconnect();
    },
  };
}
