/**
 * One link in two stores, the scripts in Redis and the one in memory: whatever is done is done to both, by
 * several processes, and every answer must be the same, refusals too. Times and ids of the outbox as well,
 * for both are given the time.
 */
import type { Redis } from 'ioredis';
import { expect } from 'vitest';
import type { LinkData } from '../../scripts/simulate/store/data.ts';
import { MemoryRedis, openMemoryStore } from '../../scripts/simulate/store/memory-store.ts';
import { YinqiError } from '../../src/errors.ts';
import { openStore } from '../../src/store/redis-store.ts';
import type { Store } from '../../src/store/store.ts';
import { HANDLES } from './operations.ts';
import { copyAll, type Line, timedLine } from './timed-redis.ts';

export const LINK = 'citic-main';
const RETENTION_MS = 2 * 86_400_000;
const START = Date.UTC(2026, 8, 24, 4);

/** One process: a store over each, and what it last claimed. */
export interface Handle {
  readonly real: Store;
  readonly memory: Store;
  readonly line: Line;
  seq: number;
  /** as in `Line`, for the store in memory */
  again: () => string;
  times: number;
}

type Said = { readonly answer: unknown } | { readonly refused: string; readonly path: string };

const said = async (calling: Promise<unknown>): Promise<Said> => {
  try {
    return { answer: sorted(await calling) };
  } catch (error) {
    if (!(error instanceof YinqiError)) throw error;
    return { refused: error.code, path: error.path ?? '' };
  }
};

/** Hashes have no order. */
function sorted(answer: unknown): unknown {
  return answer instanceof Map
    ? [...answer].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
    : answer;
}

export class Both {
  now = START;
  readonly memory = new MemoryRedis(() => this.now);
  readonly #redis: Redis;
  #kept: LinkData | undefined;
  readonly handles: Handle[];

  constructor(redis: Redis) {
    this.#redis = redis;
    this.handles = Array.from({ length: HANDLES }, () => this.#open());
  }

  #open(): Handle {
    const line = timedLine(this.#redis, () => this.now);
    const handle: Handle = {
      line,
      real: openStore(line.redis, LINK, { retentionMs: RETENTION_MS }),
      memory: openMemoryStore(this.memory, {
        retentionMs: RETENTION_MS,
        carry: async (_name, effect) => {
          handle.again = () => {
            try {
              effect();
              return 'ok';
            } catch (error) {
              return error instanceof YinqiError ? error.code : String(error);
            }
          };
          let answer = effect();
          for (; handle.times > 1; handle.times -= 1) answer = effect();
          return answer;
        },
      }),
      seq: 0,
      again: () => 'none',
      times: 1,
    };
    return handle;
  }

  /** The same call to both. `times`: sent as often, the last answer counts. */
  async call(by: number, times: number, make: (store: Store) => Promise<unknown>): Promise<Said> {
    const handle = this.#of(by);
    handle.times = times;
    handle.line.times = times;
    const memory = await said(make(handle.memory));
    const real = await said(make(handle.real));
    expect(memory).toEqual(real);
    expect({ seen: handle.memory.seen, epoch: handle.memory.epoch }).toEqual({
      seen: handle.real.seen,
      epoch: handle.real.epoch,
    });
    return memory;
  }

  #of(by: number): Handle {
    const handle = this.handles[by];
    if (handle === undefined) throw new Error('no such process');
    return handle;
  }

  handle = (by: number): Handle => this.#of(by);

  /** What the process last called is executed once more, after whatever happened since. */
  async again(by: number): Promise<void> {
    const handle = this.#of(by);
    expect(handle.again()).toBe(await handle.line.again());
  }

  restart(by: number): void {
    this.handles[by] = this.#open();
  }

  async keep(): Promise<void> {
    this.#kept = this.memory.data;
    await copyAll(this.#redis, 0, 1);
  }

  async putBack(): Promise<void> {
    if (this.#kept === undefined) return;
    this.memory.data = this.#kept;
    await copyAll(this.#redis, 1, 0);
  }

  async flush(): Promise<void> {
    this.memory.flush();
    await this.#redis.flushdb();
  }
}
