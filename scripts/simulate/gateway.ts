/**
 * One run of the gateway's process: the real engine with the real journal and the real lines, on doors of
 * the simulation. What src/daemon does with sockets, files and BullMQ is done here with theirs.
 */
import { openTraffic } from '../../src/bank/lanes.ts';
import type { LinkConfig, SourceConfig } from '../../src/config.ts';
import { openLineFor } from '../../src/daemon/bank-line.ts';
import { Clock } from '../../src/engine/clock.ts';
import type { Failpoint, LinkContext } from '../../src/engine/context.ts';
import { LinkEngine } from '../../src/engine/link-engine.ts';
import { Standing } from '../../src/engine/standing.ts';
import { safeError, YinqiError } from '../../src/errors.ts';
import { type Journal, openJournal } from '../../src/journal/journal.ts';
import type { Fields, Log } from '../../src/ops/log.ts';
import type { Metrics } from '../../src/ops/metrics.ts';
import type { BankSpec } from '../../src/protocol/spec.ts';
import { Busy } from '../../src/queue/busy.ts';
import { hand, readPayload } from '../../src/queue/door.ts';
import { requestName } from '../../src/queue/names.ts';
import type { Publisher } from '../../src/queue/publisher.ts';
import type { Chance } from './chance.ts';
import type { SimulatedDisk } from './disk.ts';
import { Host } from './host.ts';
import type { Network } from './network.ts';
import { oneOwner } from './one-owner.ts';
import { ended, fetched, type Job, published } from './queues.ts';
import type { Client, SimulatedRedis } from './redis.ts';
import type { Scheduler } from './scheduler.ts';
import { openMemoryStore } from './store/memory-store.ts';

const RETENTION_MS = 35 * 86_400_000;
const APPROVE_WITHIN_MS = 86_400_000;
const AGAIN_MS = 1_000;
const BUSY_MS = 2_000;
const PAYLOAD_BYTES_MAX = 65_536;
const AT_ONCE = 4;
/** Not there: `held` finds no hold file. */
const NOWHERE = '/nowhere/yinqi-simulation';
export const JOURNAL = '/journal';

export interface Ground {
  readonly scheduler: Scheduler;
  readonly redis: SimulatedRedis;
  readonly disk: SimulatedDisk;
  readonly network: Network;
  readonly link: LinkConfig;
  readonly source: SourceConfig;
  readonly spec: BankSpec;
  /** wall clock of this machine, ms */
  readonly wall: (host: Host) => number;
  readonly note: (who: string, what: string) => void;
  readonly failpoint: (host: Host, at: Failpoint) => void;
  /** it ended by itself */
  readonly fatal: (host: Host, error: unknown) => void;
  /** what must never be was seen */
  readonly broken: (why: string) => void;
}

/** Counts nothing: every call is answered with nothing. */
const uncounted = new Proxy({} as Metrics, { get: () => () => undefined });

const shownFields = ({ error, ...fields }: Fields): string => {
  const parts = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
  if (error !== undefined) {
    parts.push(`error=${error instanceof Error ? error.message : safeError(error).code}`);
  }
  return parts.join(' ');
};

export class Gateway {
  readonly host: Host;
  readonly #ground: Ground;
  readonly #chance: Chance;
  readonly #client: Client;
  readonly #publisher: Publisher;
  #engine: LinkEngine | undefined;
  #atWork = 0;
  #busyUntil = 0;

  constructor(ground: Ground, name: string, chance: Chance) {
    this.host = new Host(name);
    this.#ground = ground;
    this.#chance = chance;
    this.#client = ground.redis.clientOf(this.host);
    this.#publisher = {
      publish: (entries) =>
        this.#client.carry('publish', () => {
          ground.redis.queues = published(ground.redis.queues, entries);
          ground.redis.onOut();
        }),
      backlog: async () => 0,
      close: async () => undefined,
    };
  }

  /** Undefined until it may take work. */
  get engine(): LinkEngine | undefined {
    return this.#engine;
  }

  start(): void {
    this.#start().catch((error: unknown) => this.#ground.fatal(this.host, error));
  }

  async #start(): Promise<void> {
    const { disk, note, wall } = this.#ground;
    const { host } = this;
    const journal = await openJournal(JOURNAL, {
      now: () => new Date(wall(host)),
      onFatal: (error) => this.#fatal(error),
      disk: disk.of(host),
      freshIdentity: () =>
        Array.from({ length: 4 }, () =>
          Math.floor(this.#chance.next() * 2 ** 32)
            .toString(16)
            .padStart(8, '0'),
        ).join(''),
    });
    note(host.name, `journal open, ${journal.openReport.records} records`);
    const engine = await this.#engineOn(journal);
    await engine.start();
    this.#engine = engine;
    note(host.name, 'started');
    this.look();
  }

  #fatal(error: unknown): void {
    this.#ground.fatal(this.host, error);
  }

  async #engineOn(journal: Journal): Promise<LinkEngine> {
    const { broken, failpoint, link, network, note, redis, scheduler, source, spec, wall } =
      this.#ground;
    const { host } = this;
    const timers = scheduler.timersOf(host, this.#chance);
    const say = (event: string, fields: Fields = {}): void =>
      note(host.name, `${event} ${shownFields(fields)}`);
    const log: Log = { info: say, warn: say, error: say };
    const line = await openLineFor(link, spec, {
      journal,
      log,
      metrics: uncounted,
      timers,
      dial: network.dialOf(host),
      onUnclaimed: (one) => engine.onUnclaimed(one),
      onPacket: (packet) => engine.onBankPacket(packet),
    });
    const ctx: LinkContext = {
      link,
      spec,
      config: 'simulation',
      store: openMemoryStore(redis.link, {
        retentionMs: RETENTION_MS,
        carry: oneOwner(this.#client.carry, host.name, redis.link, broken),
      }),
      journal,
      line,
      traffic: openTraffic(link, timers),
      clock: new Clock({ wall: () => wall(host), mono: timers.mono, run: host.name }),
      timers,
      log,
      metrics: uncounted,
      failpoint: (at) => failpoint(host, at),
      fatal: (error) => this.#fatal(error),
    };
    const engine: LinkEngine = new LinkEngine({
      ctx,
      standing: new Standing(NOWHERE),
      publisher: this.#publisher,
      notified: [source.name],
      retentionMs: RETENTION_MS,
      approveWithinMs: APPROVE_WITHIN_MS,
      run: host.name,
      durability: 'simulation',
      redisRun: 'simulation',
    });
    return engine;
  }

  /** There may be a job. */
  look(): void {
    const { scheduler } = this.#ground;
    if (this.#engine === undefined || this.#atWork >= AT_ONCE || this.host.dead) return;
    if (scheduler.now < this.#busyUntil) return;
    if (this.#ground.redis.queues.waiting.length <= this.#atWork) return;
    this.#atWork += 1;
    void this.#one().finally(() => {
      this.#atWork -= 1;
      this.look();
    });
  }

  /** As the intake does: nothing is fetched for a while. */
  #noRoom(): void {
    const { scheduler } = this.#ground;
    this.#busyUntil = scheduler.now + BUSY_MS;
    scheduler.after(this.host, BUSY_MS, 'room again', () => this.look());
  }

  async #one(): Promise<void> {
    const { redis, scheduler } = this.#ground;
    const job = await this.#client.carry('fetch', () => {
      const taken = fetched(redis.queues, this.host.name);
      redis.queues = taken.queues;
      return taken.job;
    });
    if (job === undefined) return;
    const again = !(await this.#taken(job));
    await this.#client.carry(again ? 'back to wait' : 'complete', () => {
      redis.queues = ended(redis.queues, job, again);
    });
    if (again) scheduler.after(redis.host, AGAIN_MS, 'job again', () => redis.promote(job.id));
  }

  /** False: no room, or Redis refused; it waits its turn again. */
  async #taken(job: Job): Promise<boolean> {
    const { note, source } = this.#ground;
    const acceptor = this.#engine?.acceptor;
    if (acceptor === undefined) return false;
    try {
      await hand(readPayload(job.data, 0, PAYLOAD_BYTES_MAX), requestName(job.id, job.addedAt), {
        accept: (envelope, request) => acceptor.accept(source, envelope, request),
        acceptInvalid: (invalid, request) => acceptor.acceptInvalid(source, invalid, request),
        reject: (poison, request) => acceptor.poison(source, poison, request),
      });
      return true;
    } catch (error) {
      if (error instanceof Busy) this.#noRoom();
      else note(this.host.name, `intake ${String(error)}`);
      if (error instanceof YinqiError && error.code === 'DEFECT') this.#fatal(error);
      return false;
    }
  }
}
