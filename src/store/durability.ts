/**
 * Whether Redis keeps what it acknowledges, and how full it is. Asked at start and after every reconnect;
 * what to do about a fault is the caller's business. Changes nothing.
 */
import type { Redis } from 'ioredis';

export interface Durability {
  /** what was found, for the record: `appendonly=yes appendfsync=always …` */
  readonly durability: string;
  /** run id of the server: another one is another process, perhaps with other data */
  readonly run: string;
  /** why it may lose what it acknowledged; empty: it does not */
  readonly faults: readonly string[];
}

/** Why each is needed: facts about `appendfsync always` in docs/guarantees.md. */
const WANTED = {
  appendonly: 'yes',
  appendfsync: 'always',
  // else `always` is silently off while the file is rewritten
  'no-appendfsync-on-rewrite': 'no',
  'maxmemory-policy': 'noeviction',
} as const;

const INFO_WANTED = {
  role: 'master',
  loading: '0',
  aof_last_write_status: 'ok',
} as const;

function fieldsOf(info: string): Map<string, string> {
  const lines = info.split(/\r?\n/).map((line) => line.split(':', 2));
  return new Map(lines.map(([name = '', value = '']) => [name, value]));
}

/** Undefined where the setting may not be asked for: a managed Redis, or an account without the right. */
async function setting(redis: Redis, name: string): Promise<string | undefined> {
  try {
    const answer = await redis.config('GET', name);
    return Array.isArray(answer) ? String(answer[1] ?? '') : '';
  } catch (error) {
    const forbidden =
      error instanceof Error && /^(NOPERM|ERR unknown (sub)?command)/i.test(error.message);
    if (!forbidden) throw error;
    return undefined;
  }
}

export async function checkDurability(redis: Redis): Promise<Durability> {
  const faults: string[] = [];
  const found: string[] = [];
  for (const [name, wanted] of Object.entries(WANTED)) {
    const value = await setting(redis, name);
    found.push(`${name}=${value ?? '?'}`);
    if (value === undefined) faults.push(`${name} may not be asked for: CONFIG is forbidden`);
    else if (value !== wanted) faults.push(`${name} is ${value || 'not known'}, not ${wanted}`);
  }
  const info = fieldsOf(await redis.info());
  for (const [name, wanted] of Object.entries(INFO_WANTED)) {
    const value = info.get(name);
    if (value !== undefined && value !== wanted) faults.push(`${name} is ${value}, not ${wanted}`);
  }
  const run = info.get('run_id') ?? '';
  return { durability: found.join(' '), run, faults };
}

/** Used part of maxmemory, 0 to 1 and above; undefined where there is no limit. */
export async function memoryShare(redis: Redis): Promise<number | undefined> {
  const info = fieldsOf(await redis.info('memory'));
  const most = Number(info.get('maxmemory') ?? 0);
  const used = Number(info.get('used_memory') ?? 0);
  return most > 0 ? used / most : undefined;
}
