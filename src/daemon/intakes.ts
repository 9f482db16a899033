/** The queues in: one intake per link and source, and the housekeeping that opens and shuts them. */
import type { Redis, RedisOptions } from 'ioredis';
import type { Config, SourceConfig } from '../config.ts';
import type { Sources } from '../engine/clock.ts';
import { YinqiError } from '../errors.ts';
import type { Log } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import { FetchWatch } from '../queue/fetch-watch.ts';
import { type IntakeHandle, startIntake } from '../queue/intake.ts';
import { sweepFailed, sweepPoison } from '../queue/poison.ts';
import type { Publisher } from '../queue/publisher.ts';
import { memoryShare } from '../store/durability.ts';
import type { OpenLink } from './links.ts';

const CONCURRENCY = 32;
const HOUSEKEEPING_MS = 1_000;

interface Door {
  readonly open: OpenLink;
  readonly source: SourceConfig;
  readonly handle: IntakeHandle;
  readonly fetching: FetchWatch;
}

export interface IntakesOptions {
  readonly config: Config;
  readonly connection: RedisOptions;
  readonly redis: Redis;
  readonly links: readonly OpenLink[];
  readonly publisher: Publisher;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly sources: Sources;
  /** ends the process: what cannot be repaired here is repaired by a start */
  readonly fatal: (error: unknown) => void;
}

export class Intakes {
  readonly #options: IntakesOptions;
  readonly #doors: Door[] = [];
  readonly #stuck = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #keeping: Promise<void> | undefined;
  #stopped = false;

  constructor(options: IntakesOptions) {
    this.#options = options;
    for (const open of options.links) {
      for (const source of options.config.sources) this.#openDoor(open, source);
    }
    this.#schedule();
  }

  /** Nothing more is taken; what is in hand is finished. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#keeping;
    await Promise.all(this.#doors.map(({ handle }) => handle.close()));
  }

  /** Why some queue is not fetched from. */
  reasons(): string[] {
    const shut = this.#doors.flatMap(({ source, handle }) =>
      handle
        .reasons()
        .filter((reason) => reason !== 'asked')
        .map((reason) => `${source.name}: ${reason}`),
    );
    return [...shut, ...[...this.#stuck].map((name) => `${name}: jobs wait and none is fetched`)];
  }

  #openDoor(open: OpenLink, source: SourceConfig): void {
    const { acceptor, ctx } = open.engine;
    const { config, connection, log } = this.#options;
    const link = ctx.link.name;
    if (source.links[link] === undefined) return;
    const handle = startIntake({
      connection,
      link,
      source: source.name,
      payloadBytesMax: config.payloadBytesMax,
      concurrency: CONCURRENCY,
      accept: (envelope, request) => acceptor.accept(source, envelope, request),
      acceptInvalid: (invalid, request) => acceptor.acceptInvalid(source, invalid, request),
      reject: (poison, request) => acceptor.poison(source, poison, request),
      onError: (error, heldBack) =>
        log.warn('intake', { link, source: source.name, count: heldBack, error }),
    });
    const fetching = new FetchWatch(handle, config.fetchSilentMs, this.#options.sources.mono);
    this.#doors.push({ open, source, handle, fetching });
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#keeping = this.#keep()
        .catch((error: unknown) => this.#options.log.warn('housekeeping', { error }))
        .finally(() => this.#schedule());
    }, HOUSEKEEPING_MS);
  }

  async #keep(): Promise<void> {
    await this.#memory();
    for (const door of this.#doors) {
      await this.#backlog(door);
      await this.#bury(door);
      await this.#watch(door);
      const shut = door.open.standing.whyNotTake(door.source.name).length > 0;
      if (shut) door.handle.pause();
      else door.handle.resume();
    }
  }

  /** The rest of the memory belongs to outcomes and notices (R21). */
  async #memory(): Promise<void> {
    const { config, links, redis } = this.#options;
    const share = (await memoryShare(redis)) ?? 0;
    const percent = `Redis memory is at ${Math.round(share * 100)} %`;
    for (const { standing } of links) {
      standing.set('take', 'memory', share > config.intakeMemoryShareMax ? percent : undefined);
      standing.set('send', 'memory', share > config.claimMemoryShareMax ? percent : undefined);
    }
  }

  async #backlog({ open, source }: Door): Promise<void> {
    const { metrics, publisher } = this.#options;
    const backlog = await publisher.backlog(source.name);
    metrics.backlog(source.name, backlog);
    const full = backlog > source.resultsBacklogMax;
    const why = full ? `${source.name} has not fetched ${backlog} results` : undefined;
    open.standing.set('take', `backlog-${source.name}`, why, source.name);
  }

  /** A worker that looks alive and fetches nothing: not ready first, then a start. */
  async #watch({ fetching, open, source }: Door): Promise<void> {
    const how = await fetching.look();
    const name = `${open.engine.ctx.link.name}/${source.name}`;
    if (how === 'works') this.#stuck.delete(name);
    else if (!this.#stuck.has(name)) {
      this.#options.log.error('fetches-nothing', { source: source.name });
      this.#stuck.add(name);
    }
    if (how === 'hopeless') this.#options.fatal(new YinqiError('INTAKE_STUCK', { path: name }));
  }

  async #bury({ open, source }: Door): Promise<void> {
    const { config, log, redis } = this.#options;
    const { acceptor, ctx } = open.engine;
    const at = {
      link: ctx.link.name,
      source: source.name,
      deadLettersMax: config.deadLettersMax,
      report: async (unreadable: { jobId: string; bytes: number }) => {
        const { bytes, jobId } = unreadable;
        log.error('dead-letter', { link: ctx.link.name, source: source.name, bytes, job: jobId });
        await acceptor.unreadable(source, jobId);
      },
    };
    await sweepPoison(redis, at);
    await sweepFailed(redis, {
      ...at,
      payloadBytesMax: config.payloadBytesMax,
      accept: (envelope, request) => acceptor.accept(source, envelope, request),
      acceptInvalid: (invalid, request) => acceptor.acceptInvalid(source, invalid, request),
      reject: (poison, request) => acceptor.poison(source, poison, request),
    });
  }
}
