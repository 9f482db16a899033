/**
 * Runs the Lua scripts of a link. In: name and arguments as text. Out: what stands behind `ok, watermark`.
 * A refusal of the script becomes a YinqiError; errors of Redis itself (OOM, READONLY, a cut connection)
 * pass through as they are. Every script is repeatable, because ioredis sends again after a reconnect what
 * was not answered.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { type ErrorCode, YinqiError } from '../errors.ts';
import { keyTable } from './keys.ts';

const read = (name: string): string =>
  readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');

const REFUSALS = new Set<string>([
  'REDIS_ROLLED_BACK',
  'REDIS_WRONG_TYPE',
  'STALE_EPOCH',
  'LINK_LEASED',
  'DEFECT',
] satisfies ErrorCode[]);

/** In front of every script, in this order. */
const SHARED = ['base', 'instruction', 'order', 'member', 'flush'];

export const SCRIPTS = [
  'take',
  'release',
  'leave',
  'accept',
  'commit',
  'beat',
  'restore',
  'mark',
  'forget',
  'push',
  'published',
  'look',
] as const;
export type ScriptName = (typeof SCRIPTS)[number];

interface Script {
  readonly source: string;
  readonly sha: string;
}

let loaded: Map<ScriptName, Script> | undefined;

function scripts(): Map<ScriptName, Script> {
  if (loaded === undefined) {
    const common = keyTable() + SHARED.map((part) => read(`shared/${part}`)).join('\n');
    loaded = new Map(
      SCRIPTS.map((name) => {
        const source = `${common}\n${read(name)}`;
        return [name, { source, sha: createHash('sha1').update(source).digest('hex') }];
      }),
    );
  }
  return loaded;
}

export type Argument = string | number;

/** Sends the digest of the script, and its text where Redis has forgotten it. */
async function evaluate(redis: Redis, script: Script, rest: Argument[]): Promise<unknown> {
  try {
    return await redis.call('evalsha', [script.sha, 1, ...rest]);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return await redis.call('eval', [script.source, 1, ...rest]);
  }
}

export async function runScript(
  redis: Redis,
  name: ScriptName,
  prefix: string,
  args: readonly Argument[],
): Promise<{ watermark: number; answer: readonly unknown[] }> {
  const script = scripts().get(name);
  if (script === undefined) throw new YinqiError('DEFECT', { detail: 'no such script' });
  const reply = await evaluate(redis, script, [prefix, ...args]);
  if (!Array.isArray(reply))
    throw new YinqiError('DEFECT', { detail: 'a script answered no list' });
  const [word, second, part] = reply as unknown[];
  if (word === 'ok') return { watermark: Number(second), answer: reply.slice(2) };
  throw refusal(String(second), typeof part === 'string' ? part : '');
}

function refusal(code: string, part: string): YinqiError {
  const known = REFUSALS.has(code) ? (code as ErrorCode) : 'DEFECT';
  return new YinqiError(known, part === '' ? {} : { path: part });
}
