/**
 * The whole of it, built in order and stopped in reverse. Whatever cannot be repaired in a running
 * process ends it through `onFatal`; the next start repairs it.
 *
 *   config ─▶ specs ─▶ journal directory ─▶ journal ─▶ Redis ─▶ links ─▶ queues in ─▶ admin
 */
import type { Listener } from '../bank/listener.ts';
import type { Config } from '../config.ts';
import type { Sources } from '../engine/clock.ts';
import type { Failpoint } from '../engine/context.ts';
import { Faults, YinqiError } from '../errors.ts';
import { freeBytes } from '../journal/free-bytes.ts';
import { openJournal } from '../journal/journal.ts';
import { readLinkSpecs } from '../link-settings.ts';
import { startAdmin } from '../ops/admin.ts';
import { adminSocketOf } from '../ops/admin-socket.ts';
import type { Log } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import { personOf as personIn } from '../people/persons.ts';
import { commandConnection } from '../queue/connection.ts';
import { createPublisher } from '../queue/publisher.ts';
import { quieten } from '../queue/quiet.ts';
import type { Timers } from '../timers.ts';
import { FreeSpace } from './free-space.ts';
import { Intakes } from './intakes.ts';
import { type OpenLink, openLink, type Shared } from './links.ts';
import { listenFor } from './listening.ts';
import { OperatorDesk } from './operator-desk.ts';
import { durable, redisOptions } from './redis.ts';
import { sealInChild } from './seal-child.ts';
import { getsNotices, rememberDaysOf, SealDesk } from './seal-desk.ts';
import { Switchboard } from './switchboard.ts';
import { recordFence, takeJournal } from './taking.ts';

/** The same error of Redis is logged once in so long. */
const QUIET_MS = 10_000;
const LOOK_MS = 1_000;

export interface DaemonOptions {
  readonly config: Config & { readonly digest: string };
  readonly log: Log;
  readonly metrics: Metrics;
  readonly sources: Sources;
  readonly timers: Timers;
  readonly failpoint: (at: Failpoint) => void;
  readonly onFatal: (error: unknown) => void;
  /** All links were turned to drain, and nothing is on its way: the process may stop. */
  readonly onDrained: () => void;
  /** SIGKILL to this pid; throws what the kernel says */
  readonly kill: (pid: number) => void;
}

export interface Daemon {
  readonly adminPort: number;
  /** Nothing new is sent on any link, from this turn on. */
  hold(): void;
  /** Takes nothing more, lets what is on its way end within `withinMs`, and lets everything go. */
  stop(withinMs: number): Promise<void>;
}

export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { config, failpoint, log, metrics, onFatal, sources, timers } = options;
  /** what has been opened, to be closed in reverse */
  const opened: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of opened.splice(0).reverse()) await one();
  };
  try {
    const { faults, specs } = readLinkSpecs(config);
    if (faults.length > 0) throw new Faults('CONFIG_INVALID', faults);
    const { after, ownership } = await takeJournal(options);
    opened.push(() => ownership.release());
    // another process that looks for the owner must find this one: without its socket nobody would
    const looking = setInterval(() => {
      if (!ownership.visible()) onFatal(new YinqiError('JOURNAL_HELD', { detail: 'socket gone' }));
    }, LOOK_MS);
    opened.push(async () => clearInterval(looking));
    const { encryption, segmentBytesMax, zone } = config.journal;
    const journal = await openJournal(config.journal.directory, {
      now: () => new Date(sources.wall()),
      onFatal,
      segmentBytesMax,
      zone,
      encryption,
      rememberDays: rememberDaysOf(config),
      sealDay: sealInChild(encryption),
    });
    opened.push(() => journal.close());
    await recordFence(journal, config.links, ownership.fencedBy);
    const { cut, intact, records } = journal.openReport;
    log.info('journal-open', {
      count: records,
      bytes: cut?.bytes ?? 0,
      why: intact ? 'intact' : 'not intact: what has no record is asked about',
    });
    const connection = redisOptions(config.redis);
    const redis = commandConnection(connection);
    const report = quieten((error, count) => log.warn('redis', { error, count }), QUIET_MS);
    redis.on('error', report);
    opened.push(async () => redis.disconnect());
    const { durability, run } = await durable(redis, config.redis.durability);
    // whatever answers after a reconnect may be another server, or one whose settings were changed
    redis.on('ready', () => {
      durable(redis, config.redis.durability).catch((error: unknown) => {
        if (error instanceof YinqiError) onFatal(error);
      });
    });
    const publisher = createPublisher({
      connection,
      onError: (error, heldBack) => log.warn('publisher', { error, count: heldBack }),
    });
    opened.push(() => publisher.close());
    const shared: Shared = {
      config,
      journal,
      redis,
      publisher,
      log,
      metrics,
      sources,
      timers,
      durability,
      redisRun: run,
      after,
      failpoint,
      fatal: onFatal,
    };
    const links: OpenLink[] = [];
    for (const link of config.links) {
      const spec = specs.get(link.name);
      if (spec !== undefined) links.push(await openLink(shared, link, spec));
    }
    const space = new FreeSpace({
      free: () => freeBytes(config.journal.directory),
      least: config.journal.freeBytesMin,
      standings: () => links.map(({ standing }) => standing),
      metrics,
      log,
    });
    await space.look();
    const lookingAtSpace = setInterval(() => void space.look(), LOOK_MS);
    opened.push(async () => clearInterval(lookingAtSpace));
    for (const { engine } of links) await engine.start();
    const told = config.sources.filter((source) => getsNotices(source)).map(({ name }) => name);
    const seals = new SealDesk({ journal, publisher, told, log, metrics, timers });
    opened.push(() => seals.stop());
    seals.start();
    const listeners: Listener[] = [];
    opened.push(async () => {
      for (const listener of listeners.splice(0)) await listener.close();
    });
    for (const link of links) {
      const listener = await listenFor(link);
      if (listener !== undefined) listeners.push(listener);
    }
    const intakes = new Intakes({
      config,
      connection,
      redis,
      links,
      publisher,
      log,
      metrics,
      sources,
      fatal: onFatal,
    });
    const operator = new OperatorDesk(
      links.map(({ engine }) => engine),
      config.sources,
      () => intakes.reasons(),
    );
    const { directory } = config.journal;
    const { onDrained } = options;
    const switches = new Switchboard({ directory, links, log, timers, onFatal, onDrained });
    await switches.start();
    opened.push(() => switches.stop());
    const { host, port } = config.admin;
    const socket = adminSocketOf(config);
    const personOf = (name: string, token: string) => personIn(config.people, name, token);
    const admin = await startAdmin({
      ...{ host, port, socket, metrics, operator, personOf, switches, log },
      // whom people declared dead may still be bound to it
      replaces: after === 'fenced',
    });
    return {
      adminPort: admin.port,
      hold: () => switches.hold(),
      stop: async (withinMs) => {
        await Promise.all(listeners.splice(0).map((listener) => listener.close()));
        await intakes.stop();
        await Promise.all(links.map(({ engine }) => engine.stop(withinMs)));
        await admin.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
