/** From the config to connection options, and the check that Redis keeps what it acknowledges. */
import { readFileSync } from 'node:fs';
import type { Redis, RedisOptions } from 'ioredis';
import type { Config } from '../config.ts';
import { Faults, YinqiError } from '../errors.ts';
import { checkDurability } from '../store/durability.ts';

/** Throws CONFIG_INVALID for an address that is none. */
export function redisOptions({ url, socket, passwordFile }: Config['redis']): RedisOptions {
  const password =
    passwordFile === undefined ? {} : { password: readFileSync(passwordFile, 'utf8').trim() };
  if (socket !== undefined) return { path: socket, ...password };
  let parsed: URL;
  try {
    parsed = new URL(url ?? '');
  } catch {
    throw new YinqiError('CONFIG_INVALID', { path: 'redis.url' });
  }
  if (parsed.protocol !== 'redis:' && parsed.protocol !== 'rediss:') {
    throw new YinqiError('CONFIG_INVALID', { path: 'redis.url', detail: 'redis:// or rediss://' });
  }
  const { hostname, port, username, pathname } = parsed;
  return {
    host: hostname,
    port: port === '' ? 6379 : Number(port),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(parsed.password === '' ? {} : { password: decodeURIComponent(parsed.password) }),
    ...(pathname.length > 1 ? { db: Number(pathname.slice(1)) } : {}),
    ...(parsed.protocol === 'rediss:' ? { tls: {} } : {}),
    ...password,
  };
}

/** What is written into the record of why this process may send. Throws REDIS_NOT_DURABLE. */
export async function durable(
  redis: Redis,
  declared: Config['redis']['durability'],
): Promise<{ durability: string; run: string }> {
  const { durability, faults, run } = await checkDurability(redis);
  if (declared === 'declared-by-operator') return { durability: 'declared by the operator', run };
  if (faults.length === 0) return { durability, run };
  throw new Faults(
    'REDIS_NOT_DURABLE',
    faults.map((detail) => ({
      code: 'REDIS_NOT_DURABLE',
      sentence: 'Redis does not keep what it acknowledges',
      path: 'redis',
      detail,
    })),
  );
}
