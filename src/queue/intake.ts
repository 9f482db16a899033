/**
 * Instructions in. In: jobs of one link's and source's queue. Out: calls of the injected takers, which
 * resolve once it is durable; only then the job completes. Never lets a job fail: what cannot be taken
 * now goes back to wait, because a failed job is an instruction nobody owns.
 */
import { DelayedError, type Job, Worker } from 'bullmq';
import type { RedisOptions } from 'ioredis';
import { Busy } from './busy.ts';
import { commandConnection, workerConnection } from './connection.ts';
import { hand, readPayload, type Takers } from './door.ts';
import { createGate } from './gate.ts';
import { instructionsKey, instructionsQueue, linkPrefix, requestName } from './names.ts';
import { quieten } from './quiet.ts';
import { within } from './within.ts';
import { watchWrites } from './writes.ts';

export interface IntakeOptions extends Takers {
  connection: RedisOptions;
  link: string;
  source: string;
  payloadBytesMax: number;
  concurrency: number;
  onError(error: unknown, heldBack: number): void;
  /** for tests; the defaults are what the facts recommend */
  timing?: Partial<IntakeTiming>;
}

export interface IntakeTiming {
  lockMs: number;
  stalledMs: number;
  /** how long nothing is fetched after the engine said it has no room */
  busyMs: number;
  /** how long a job that could not be taken waits before it is offered again */
  againMs: number;
  probeMs: number;
  errorEveryMs: number;
  /** how long a stop waits for jobs in hand */
  closeMs: number;
}

export interface IntakeHandle {
  pause(): void;
  resume(): void;
  /** why nothing is fetched now; empty when work is taken */
  reasons(): string[];
  /** since the last job was fetched; with `waiting` a watchdog for a worker that hangs */
  sinceFetchMs(): number;
  waiting(): Promise<number>;
  close(): Promise<void>;
}

const defaults: IntakeTiming = {
  // a job is in hand for milliseconds and may be taken twice: short locks bring it back soon after a kill
  lockMs: 10_000,
  stalledMs: 5_000,
  busyMs: 1000,
  againMs: 1000,
  probeMs: 500,
  errorEveryMs: 10_000,
  closeMs: 10_000,
};

function bytesOf(data: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(data) ?? '');
  } catch {
    return Number.POSITIVE_INFINITY; // too deep to be written down again
  }
}

/** What is kept of finished jobs, whatever the ledger asked for: it is our Redis that fills up. */
const keptCompleted = { age: 86_400, count: 1000 };

export function startIntake(options: IntakeOptions): IntakeHandle {
  const { link, source } = options;
  const timing = { ...defaults, ...options.timing };
  const report = quieten(options.onError, timing.errorEveryMs);
  const redis = commandConnection(options.connection);
  redis.on('error', report);
  let fetchedAt = performance.now();
  let closing = false;
  let roomTimer: NodeJS.Timeout | undefined;

  const take = async (job: Job<unknown>, token?: string): Promise<void> => {
    fetchedAt = performance.now();
    // A refused completion takes the library's failure path; so that it ends in a repetition and not in
    // `failed`, this run of the job may be repeated without limit, whatever the ledger asked for.
    Object.assign(job.opts, {
      attempts: Number.MAX_SAFE_INTEGER,
      backoff: { type: 'fixed', delay: timing.againMs },
      stackTraceLimit: 1,
      removeOnComplete: keptCompleted,
      removeOnFail: false,
    });
    try {
      const intake = readPayload(job.data, bytesOf(job.data), options.payloadBytesMax);
      await hand(intake, requestName(job.id ?? '', job.timestamp), options);
    } catch (error) {
      if (error instanceof Busy) noRoom();
      else seen(error);
      await job.moveToDelayed(Date.now() + timing.againMs, token);
      throw new DelayedError();
    }
  };
  const worker = new Worker<unknown>(instructionsQueue(source), take, {
    connection: workerConnection(options.connection),
    prefix: linkPrefix(link),
    concurrency: options.concurrency,
    lockDuration: timing.lockMs,
    stalledInterval: timing.stalledMs,
    maxStalledCount: 1e9,
    removeOnComplete: keptCompleted,
  });
  const gate = createGate(
    () => void worker.pause(true).catch(report),
    () => {
      if (!closing) void worker.resume().catch(report);
    },
  );
  const noRoom = (): void => {
    gate.hold('no-room');
    clearTimeout(roomTimer);
    roomTimer = setTimeout(() => gate.release('no-room'), timing.busyMs);
  };
  const probeKey = instructionsKey(link, source, 'probe');
  const writes = watchWrites(gate, () => redis.set(probeKey, '1', 'PX', 60_000), timing.probeMs);
  const seen = (error: unknown): void => {
    writes.see(error);
    report(error);
  };
  worker.on('error', seen);
  worker.on('failed', (_job, error) => seen(error));

  return {
    pause: () => gate.hold('asked'),
    resume: () => gate.release('asked'),
    reasons: () => gate.reasons(),
    sinceFetchMs: () => performance.now() - fetchedAt,
    waiting: async () => {
      const key = (part: string): string => instructionsKey(link, source, part);
      const [plain, urgent] = await Promise.all([
        redis.llen(key('wait')),
        redis.zcard(key('prioritized')),
      ]);
      return plain + urgent;
    },
    close: async () => {
      closing = true;
      clearTimeout(roomTimer);
      writes.close();
      // what is not completed by then runs again later; with Redis gone it would be waited for without end
      const ended = await within(worker.close(), timing.closeMs);
      if (!ended) await within(worker.disconnect(), timing.closeMs);
      redis.disconnect();
    },
  };
}
