/**
 * What a ledger in TypeScript uses. In: instructions to enqueue, handlers for what comes back. Out: jobs
 * on the link's queue, validated messages to the handlers. A handler that throws gets the message again;
 * at least once is what is promised, so it must be able to see one twice (`merge`).
 */
import { randomBytes } from 'node:crypto';
import { type Job, Queue, Worker } from 'bullmq';
import type { RedisOptions } from 'ioredis';
import { z } from 'zod';
import { YinqiError } from '../errors.ts';
import { canonicalJson, type Envelope, envelope } from '../instruction/envelope.ts';
import { contradiction, rejection, result } from '../instruction/messages.ts';
import { commandConnection, workerConnection } from './connection.ts';
import type { Message } from './merge.ts';
import {
  instructionJobId,
  instructionsQueue,
  linkPrefix,
  type OutQueue,
  outPrefix,
  outQueue,
} from './names.ts';

export const message = z.discriminatedUnion('type', [result, rejection, contradiction]);

export interface LedgerClient {
  /** Adds the instruction; again with the same content it is one job. Resolves with the job id. */
  enqueue(instruction: Envelope): Promise<string>;
  /** Asks for what is known: the same instruction under a fresh job id. Never pays again. */
  ask(instruction: Envelope): Promise<string>;
  onResult(handler: (message: Message) => Promise<void>): void;
  onNotice(handler: (notice: Record<string, unknown>) => Promise<void>): void;
  close(): Promise<void>;
}

const addOptions = {
  attempts: 1_000_000,
  backoff: { type: 'fixed', delay: 1000 },
  removeOnComplete: { age: 86_400, count: 1000 },
  removeOnFail: false,
};

export function createLedgerClient(options: {
  connection: RedisOptions;
  link: string;
  source: string;
  onError?(error: unknown): void;
}): LedgerClient {
  const { connection, link, source } = options;
  const redis = commandConnection(connection);
  const report = options.onError ?? (() => undefined);
  redis.on('error', report);
  const instructions = new Queue<Envelope>(instructionsQueue(source), {
    connection: redis,
    prefix: linkPrefix(link),
  });
  instructions.on('error', report);
  const workers: Worker[] = [];
  const consume = (queue: OutQueue, handler: (job: Job<unknown>) => Promise<void>): void => {
    const worker = new Worker<unknown>(outQueue(queue, source), handler, {
      connection: workerConnection(connection),
      prefix: outPrefix,
      maxStalledCount: 1e9,
    });
    worker.on('error', report);
    workers.push(worker);
  };
  const add = async (instruction: Envelope, jobId: string): Promise<string> => {
    const data = envelope.parse(instruction);
    await instructions.add('instruction', data, { ...addOptions, jobId });
    // for a job id it still keeps the library drops the new data without a word and shows it as added
    const kept = await instructions.getJob(jobId);
    if (kept !== undefined && canonicalJson(kept.data) !== canonicalJson(data)) {
      throw new YinqiError('ID_CONFLICT', { path: 'id' });
    }
    return jobId;
  };
  return {
    enqueue: (instruction) => add(instruction, instructionJobId(instruction.id)),
    ask: (instruction) => {
      const fresh = `${Date.now().toString(36)}${randomBytes(6).toString('hex')}`;
      return add(instruction, instructionJobId(instruction.id, fresh));
    },
    onResult: (handler) => consume('results', (job) => handler(message.parse(job.data))),
    onNotice: (handler) =>
      consume('notices', (job) => handler(z.record(z.string(), z.unknown()).parse(job.data))),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      await instructions.close();
      redis.disconnect();
    },
  };
}
