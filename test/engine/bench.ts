/**
 * The engine of one link on a real Redis and a real journal, with a bank and a clock that the test plays
 * itself. What a process start would do is `engine()`, as often as a test wants.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startRedis } from '../../scripts/private-redis.ts';
import { openTraffic } from '../../src/bank/lanes.ts';
import { type Config, readConfig, type SourceConfig } from '../../src/config.ts';
import { Clock } from '../../src/engine/clock.ts';
import type { Failpoint, LinkContext } from '../../src/engine/context.ts';
import { lineWhileAccepted } from '../../src/engine/deciding/accepting.ts';
import { LinkEngine } from '../../src/engine/link-engine.ts';
import { Standing } from '../../src/engine/standing.ts';
import { type Journal, openJournal } from '../../src/journal/journal.ts';
import { createLog } from '../../src/ops/pino-log.ts';
import { createMetrics } from '../../src/ops/prom-metrics.ts';
import type { BankSpec } from '../../src/protocol/spec.ts';
import type { OutEntry, Publisher } from '../../src/queue/publisher.ts';
import { openStore } from '../../src/store/redis-store.ts';
import type { Store } from '../../src/store/store.ts';
import { realTimers } from '../../src/timers.ts';
import { type Answering, type Asked, lineOf } from './bench-bank.ts';
import { citic } from './ground.ts';
import { type Life, mortal } from './mortal.ts';
import { present } from './orders.ts';

export const LINK = 'citic-main';
export const DAY_MS = 86_400_000;

export interface Bench {
  readonly directory: string;
  readonly redis: Redis;
  readonly source: SourceConfig;
  readonly other: SourceConfig;
  /** everything that reached the bank, oldest first */
  readonly asked: Asked[];
  readonly published: OutEntry[];
  readonly fatal: unknown[];
  /** who gets the next requests; without it they stay unanswered */
  bank: Answering;
  /** what the publisher does; throws to refuse */
  publish: (entries: readonly OutEntry[]) => void;
  /** the front end the link leads to */
  peer: string;
  /** called at every failpoint */
  at: (failpoint: Failpoint) => void;
  /** called before every call of the store, with its name */
  called: (script: string) => void;
  /** Killed, its files changed by `between`, started again. */
  restartRedis(between: () => void): Promise<void>;
  /** of the last engine */
  standing: Standing;
  /** name of the journal directory the next engine holds */
  journalAt: string;
  /** what the last engine does from now on reaches nobody and is never answered, as if killed -9 */
  kill(): void;
  /** ms that the clocks of host and Redis are ahead of the real ones */
  ahead: { wall: number; redis: number };
  journal(): Promise<Journal>;
  /** another link: as configured, with these changes */
  engine(more?: { link?: Record<string, unknown>; retentionMs?: number }): Promise<LinkEngine>;
  readonly stores: Store[];
  close(): Promise<void>;
}

const configWith = (link: Record<string, unknown>): Config =>
  readConfig(
    JSON.stringify({
      redis: { socket: '/nowhere' },
      journal: { directory: '/nowhere' },
      links: [
        {
          name: LINK,
          spec: 'citic',
          host: 'fep.invalid',
          port: 7001,
          window: 8,
          ratePerMinute: 600_000,
          burst: 10_000,
          settings: {
            userName: 'test',
            mainAccount: '7110210187000000001',
            accountPrefix: '711021018700',
          },
          ...link,
        },
      ],
      sources: [
        { name: 'erp', links: { [LINK]: { operations: ['*'], notices: true } } },
        { name: 'shop', links: { [LINK]: { operations: ['*'], notices: true } } },
      ],
    }),
  );

/** Another bank than CITIC. */
export interface OtherBank {
  readonly spec: BankSpec;
  readonly link: Record<string, unknown>;
}

/** `prepare`: puts into the directory what an earlier life of it left. */
export async function bench(
  other?: OtherBank,
  prepare: (directory: string) => void = () => undefined,
): Promise<Bench> {
  const spec = other?.spec ?? citic;
  const linkOf = (more: Record<string, unknown>) => configWith({ ...other?.link, ...more });
  const directory = await mkdtemp(join(tmpdir(), 'yinqi-bench-'));
  prepare(directory);
  let server = await startRedis(directory, []);
  const redis = new Redis({ path: server.socket, retryStrategy: () => 20 });
  redis.on('error', () => undefined);
  const config = linkOf({});
  const engines: LinkEngine[] = [];
  const journals: Journal[] = [];
  const lives: Life[] = [];
  const log = createLog({ level: 'silent' });

  const self: Bench = {
    directory,
    redis,
    source: present(config.sources[0]),
    other: present(config.sources[1]),
    asked: [],
    published: [],
    fatal: [],
    stores: [],
    bank: () => undefined,
    publish: () => undefined,
    at: () => undefined,
    called: () => undefined,
    restartRedis: async (between) => {
      await server.kill();
      between();
      server = await startRedis(directory, []);
    },
    peer: 'fep.invalid:7001',
    journalAt: 'journal',
    standing: new Standing(directory),
    kill: () => lives.at(-1)?.kill(),
    ahead: { wall: 0, redis: 0 },
    journal: async () => {
      const journal = await openJournal(join(directory, self.journalAt), {
        now: () => new Date(Date.now() + self.ahead.redis),
        onFatal: (error) => self.fatal.push(error),
      });
      journals.push(journal);
      return journal;
    },
    engine: async ({ link: more = {}, retentionMs = 35 * DAY_MS } = {}) => {
      for (const one of journals.splice(0)) await one.close();
      const life = mortal();
      lives.push(life);
      const opened = await self.journal();
      const journal = life.of(opened);
      const link = present(linkOf(more).links[0]);
      const mine = engines.length;
      const run = `run-${mine}`;
      const store = life.of(openStore(redis, LINK, { retentionMs }), (name) => self.called(name));
      self.stores.push(store);
      const ctx: LinkContext = {
        link,
        spec,
        config: 'config',
        store,
        journal,
        line: lineWhileAccepted(lineOf(self, spec, life), { journal, link }),
        traffic: openTraffic(link, realTimers),
        timers: realTimers,
        clock: new Clock({
          wall: () => Date.now() + self.ahead.wall,
          mono: () => performance.now(),
          run,
        }),
        log,
        metrics: createMetrics({ links: [LINK] }),
        failpoint: (at) => self.at(at),
        // one that has been stopped and followed by another has nothing more to say
        fatal: (error) => {
          if (engines.length <= mine + 1 && !life.dead) self.fatal.push(error);
        },
      };
      const publisher = life.of<Publisher>({
        publish: async (entries) => {
          self.publish(entries);
          self.published.push(...entries);
        },
        backlog: async () => 0,
        close: async () => undefined,
      });
      self.standing = new Standing(join(directory, self.journalAt));
      const engine = new LinkEngine({
        ctx,
        standing: self.standing,
        publisher,
        notified: ['erp', 'shop'],
        retentionMs,
        approveWithinMs: DAY_MS,
        run,
        durability: '',
        redisRun: '',
      });
      engines.push(engine);
      await engine.start();
      return engine;
    },
    close: async () => {
      for (const [i, engine] of engines.entries()) {
        // one that was killed waits for ever
        if (!lives[i]?.dead) await engine.stop(0);
      }
      for (const journal of journals) await journal.close().catch(() => undefined);
      redis.disconnect();
      await server.kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return self;
}
