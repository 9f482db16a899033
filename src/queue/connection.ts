/**
 * Options for the Redis connections of the queues. In: the link's connection. Out: options that survive
 * an outage: a worker's commands wait for Redis without limit and never time out on their own, because a
 * timed-out completion would count as a failed job; everything reconnects within a second.
 */
import type { ConnectionOptions } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';

const retryMsMax = 1000;
const retryStrategy = (times: number): number =>
  Math.min(50 * 2 ** Math.min(times, 10), retryMsMax);

export function workerConnection(options: RedisOptions): ConnectionOptions {
  const { commandTimeout: _, ...rest } = options;
  // the library's own type knows no `undefined`, so what is not set is left out
  const set = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { ...set, retryStrategy, maxRetriesPerRequest: null };
}

/**
 * A connection for commands that shall fail in finite time; the caller makes them repeatable. It dials at
 * once: a queue of the library given a lazy one stays broken for ever if Redis is down at its first use.
 */
export const commandConnection = (options: RedisOptions): Redis =>
  new Redis({ ...options, retryStrategy, maxRetriesPerRequest: 20, lazyConnect: false });
