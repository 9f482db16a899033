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
import { digestOf, type Envelope } from '../instruction/envelope.ts';
import { contradiction, rejection, result } from '../instruction/messages.ts';
import { type Notice, notice } from '../instruction/notices.ts';
import { type BankNotice, bankNotice, type Question, question } from '../instruction/pushed.ts';
import { type SealNotice, sealNotice } from '../instruction/seal-notice.ts';
import { commandConnection, workerConnection } from './connection.ts';
import { readPayload } from './door.ts';
import { forgetHalfAdded, halfAdded } from './half-added.ts';
import type { Message } from './merge.ts';
import {
  instructionJobId,
  instructionsQueue,
  linkPrefix,
  type OutQueue,
  outPrefix,
  outQueue,
} from './names.ts';
import { within } from './within.ts';

/** All that may stand on a results queue. */
export const message = z.discriminatedUnion('type', [result, rejection, contradiction]);

// a field that a later gateway adds must not stop a ledger of today: it is dropped here
const readMessage = z.discriminatedUnion('type', [
  result.strip(),
  rejection.strip(),
  contradiction.strip(),
]);
const readNotice = z.discriminatedUnion('type', [
  notice.strip(),
  bankNotice.strip(),
  sealNotice.strip(),
]);
const readQuestion = question.strip();

type Told = Notice | BankNotice | SealNotice;
const isSeal = (told: Told): told is SealNotice => told.type === 'seal';
const isOfBank = (told: Notice | BankNotice): told is BankNotice => 'transaction' in told;

export interface LedgerClient {
  /** Adds the instruction; again with the same content it is one job. Resolves with the job id. */
  enqueue(instruction: Envelope): Promise<string>;
  /**
   * Asks for what is known: the same instruction under a fresh job id. What the gateway knows is told
   * again and never paid again; what it never got is accepted as if enqueued now.
   */
  ask(instruction: Envelope): Promise<string>;
  onResult(handler: (message: Message) => Promise<void>): void;
  /**
   * `ofBank` takes what the bank said by itself. Without it such a message is offered again and again: none is
   * dropped, and a link whose bank says nothing by itself has none. `seals` takes the seal of each business day of
   * the gateway's journal; without it they are let go, as no money is in them.
   */
  onNotice(
    handler: (notice: Notice) => Promise<void>,
    ofBank?: (notice: BankNotice) => Promise<void>,
    seals?: (seal: SealNotice) => Promise<void>,
  ): void;
  /** What the bank asks; answered by an instruction, `answer-withdrawal` or `answer-member-balance`. */
  onQuestion(handler: (question: Question) => Promise<void>): void;
  close(): Promise<void>;
}

const closeMs = 5000;
const addOptions = {
  attempts: 1_000_000,
  backoff: { type: 'fixed', delay: 1000 },
  removeOnComplete: { age: 86_400, count: 1000 },
  removeOnFail: false,
};

/** The same door as the gateway's, so that what it would refuse fails here, before anything is added. */
function checked(instruction: Envelope): Envelope {
  const intake = readPayload(instruction, 0, 0);
  if ('ok' in intake) return intake.ok;
  const { code, path, detail } = 'invalid' in intake ? intake.invalid.fault : intake.poison;
  throw new YinqiError(code, {
    ...(path === undefined ? {} : { path }),
    ...(detail === undefined ? {} : { detail }),
  });
}

/** Whether a job the library kept is the one to be added: `meta` is no part of what an id stands for. */
function same(kept: unknown, given: Envelope): boolean {
  const intake = readPayload(kept, 0, 0);
  return 'ok' in intake && digestOf(intake.ok) === digestOf(given);
}

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
  const instructions = new Queue<unknown>(instructionsQueue(source), {
    connection: redis,
    prefix: linkPrefix(link),
  });
  instructions.on('error', report);
  const workers = new Map<OutQueue, Worker>();
  const consume = (queue: OutQueue, handler: (job: Job<unknown>) => Promise<void>): void => {
    // a second consumer would not see the same messages but take every other one away from the first
    if (workers.has(queue)) throw new YinqiError('DEFECT', { detail: `${queue} has a handler` });
    const worker = new Worker<unknown>(outQueue(queue, source), handler, {
      connection: workerConnection(connection),
      prefix: outPrefix,
      maxStalledCount: 1e9,
    });
    worker.on('error', report);
    worker.on('failed', (_job, error) => report(error));
    workers.set(queue, worker);
  };
  const add = async (instruction: Envelope, jobId: string): Promise<string> => {
    const data = checked(instruction);
    await instructions
      .add('instruction', data, { ...addOptions, jobId })
      .catch(async (error: unknown) => {
        const queueKey = `${linkPrefix(link)}:${instructions.name}`;
        if (halfAdded(error)) await forgetHalfAdded(redis, queueKey, [jobId]);
        throw error;
      });
    // for a job id it still keeps the library drops the new data without a word and shows it as added
    const kept = await instructions.getJob(jobId);
    if (kept !== undefined && !same(kept.data, data)) {
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
    onResult: (handler) => consume('results', (job) => handler(readMessage.parse(job.data))),
    onNotice: (handler, ofBank, seals) =>
      consume('notices', async (job) => {
        const told = readNotice.parse(job.data);
        if (isSeal(told)) return seals?.(told);
        if (!isOfBank(told)) return handler(told);
        if (ofBank === undefined) {
          throw new YinqiError('DEFECT', { detail: 'no handler for what the bank says by itself' });
        }
        return ofBank(told);
      }),
    onQuestion: (handler) => consume('questions', (job) => handler(readQuestion.parse(job.data))),
    close: async () => {
      const each = [...workers.values()];
      const ended = await within(Promise.all(each.map((worker) => worker.close())), closeMs);
      // a message in hand that cannot be completed now is given again later
      if (!ended) await within(Promise.all(each.map((worker) => worker.disconnect())), closeMs);
      await within(instructions.close(), closeMs);
      redis.disconnect();
    },
  };
}
