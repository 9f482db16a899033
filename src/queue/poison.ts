/**
 * Jobs the library cannot get rid of. In: one instructions queue. Out: unreadable jobs copied, raw, to
 * the dead-letter list and removed; jobs in `failed` offered again and removed. No timer of its own: the
 * engine calls both once a second. Never removes a job before it is reported or taken.
 *
 * A job whose data or options are no JSON cannot even be built by the library: it is fetched, stalls and
 * is fetched again for ever, and no limit on stalls ends that (measured).
 */
import type { Redis } from 'ioredis';
import { Busy } from './busy.ts';
import { hand, readPayload, type Takers } from './door.ts';
import { deadLetters, instructionsKey, requestName } from './names.ts';

export interface Unreadable {
  link: string;
  source: string;
  jobId: string;
  bytes: number;
}

export interface SweepOptions {
  link: string;
  source: string;
  deadLettersMax: number;
  /** called before the job is removed, so that a crash between repeats the report and loses nothing */
  report(unreadable: Unreadable): Promise<void>;
}

export interface FailedOptions extends SweepOptions, Takers {
  payloadBytesMax: number;
  /** at most so many in one call */
  jobsMax?: number;
}

interface Raw {
  jobId: string;
  data: Buffer | null;
  addedAt: number;
  /** what else of the hash the library parses before anybody sees the job */
  parsed: (Buffer | null)[];
}

const headMax = 64;
const fields = ['data', 'timestamp', 'opts', 'progress', 'parent'];

/*
 * KEYS active wait failed stalled job lock dead · ARGV job id, raw data, data there?, dead letters kept (0: no copy)
 * Only what was looked at is removed: a job re-added meanwhile has other data and stays.
 */
const removal = `
local data = redis.call('HGET', KEYS[5], 'data')
if (data or '') ~= ARGV[2] or (data and '1' or '0') ~= ARGV[3] then return 0 end
local keep = tonumber(ARGV[4])
if keep > 0 then
  redis.call('LPUSH', KEYS[7], ARGV[2])
  redis.call('LTRIM', KEYS[7], 0, keep - 1)
end
redis.call('LREM', KEYS[1], 0, ARGV[1])
redis.call('LREM', KEYS[2], 0, ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('SREM', KEYS[4], ARGV[1])
redis.call('DEL', KEYS[5], KEYS[6])
return 1`;

async function remove(redis: Redis, at: SweepOptions, raw: Raw, keep: number): Promise<boolean> {
  const key = (part: string): string => instructionsKey(at.link, at.source, part);
  const parts = ['active', 'wait', 'failed', 'stalled', raw.jobId, `${raw.jobId}:lock`].map(key);
  const there = raw.data === null ? '0' : '1';
  const data = raw.data ?? '';
  const keys = [...parts, deadLetters(at.link)];
  const args = [raw.jobId, data, there, String(keep)];
  return (await redis.eval(removal, keys.length, ...keys, ...args)) === 1;
}

async function read(redis: Redis, at: SweepOptions, jobIds: string[]): Promise<Raw[]> {
  const look = async (jobId: string): Promise<Raw> => {
    const key = instructionsKey(at.link, at.source, jobId);
    const [data = null, added = null, ...parsed] = await redis.hmgetBuffer(key, ...fields);
    return { jobId, data, addedAt: Number.parseInt(added?.toString() ?? '', 10), parsed };
  };
  return Promise.all(jobIds.map(look));
}

/** What the library does with a hash before anybody sees the job; of the options it lists the keys. */
function readable({ data, parsed }: Raw): boolean {
  try {
    for (const field of [data, ...parsed]) JSON.parse(field?.toString() || '{}');
    return parsed[0]?.toString().trim() !== 'null';
  } catch {
    return false;
  }
}

async function bury(redis: Redis, options: SweepOptions, raw: Raw): Promise<boolean> {
  const { link, source } = options;
  await options.report({ link, source, jobId: raw.jobId, bytes: raw.data?.length ?? 0 });
  return remove(redis, options, raw, options.deadLettersMax);
}

/** Looks at `active` and at the next of `wait` that stalled before. Returns how many were buried. */
export async function sweepPoison(redis: Redis, options: SweepOptions): Promise<number> {
  const key = (part: string): string => instructionsKey(options.link, options.source, part);
  const active = await redis.lrange(key('active'), 0, -1);
  const heads = await redis.lrange(key('wait'), -headMax, -1);
  const stalls = await Promise.all(heads.map((jobId) => redis.hget(key(jobId), 'stc')));
  const suspects = [...active, ...heads.filter((_, index) => Number(stalls[index] ?? 0) > 0)];
  let buried = 0;
  for (const raw of await read(redis, options, suspects)) {
    if (!readable(raw) && (await bury(redis, options, raw))) buried += 1;
  }
  return buried;
}

/**
 * Re-runs what lies in `failed` through the door. Returns how many were taken or buried. One that cannot
 * be taken stays and stops no other; the first such fault is thrown when all were tried.
 */
export async function sweepFailed(redis: Redis, options: FailedOptions): Promise<number> {
  const failed = instructionsKey(options.link, options.source, 'failed');
  const jobIds = await redis.zrange(failed, 0, (options.jobsMax ?? 100) - 1);
  const raws = await read(redis, options, jobIds);
  let done = 0;
  const faults: unknown[] = [];
  for (const raw of raws) {
    try {
      if (await again(redis, options, raw)) done += 1;
    } catch (error) {
      if (error instanceof Busy) throw error; // no room for one is no room for the rest
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
  return done;
}

async function again(redis: Redis, options: FailedOptions, raw: Raw): Promise<boolean> {
  if (!readable(raw)) return bury(redis, options, raw);
  const text = raw.data?.toString() || '{}';
  const intake = readPayload(JSON.parse(text), Buffer.byteLength(text), options.payloadBytesMax);
  await hand(intake, requestName(raw.jobId, raw.addedAt), options);
  return remove(redis, options, raw, 0);
}
