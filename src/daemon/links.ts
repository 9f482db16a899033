/** One link opened: its spec, its way to the front end, its store, its engine. */
import type { Redis } from 'ioredis';
import { openTraffic } from '../bank/lanes.ts';
import type { Config, LinkConfig } from '../config.ts';
import { Clock, type Sources } from '../engine/clock.ts';
import type { Failpoint, LinkContext } from '../engine/context.ts';
import { lineWhileAccepted } from '../engine/deciding/accepting.ts';
import { LinkEngine } from '../engine/link-engine.ts';
import { Standing } from '../engine/standing.ts';
import type { Journal } from '../journal/journal.ts';
import type { Log } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { BankSpec } from '../protocol/spec.ts';
import type { Publisher } from '../queue/publisher.ts';
import { openStore } from '../store/redis-store.ts';
import type { Timers } from '../timers.ts';
import { openLineFor } from './bank-line.ts';
import { recordChanges } from './recording-changes.ts';
import type { Taken as Took } from './taking.ts';

/** What all links of the process share. */
export interface Shared {
  readonly config: Config & { readonly digest: string };
  readonly journal: Journal;
  readonly redis: Redis;
  readonly publisher: Publisher;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly sources: Sources;
  readonly timers: Timers;
  readonly durability: string;
  readonly redisRun: string;
  readonly after: Took['after'];
  readonly failpoint: (at: Failpoint) => void;
  readonly fatal: (error: unknown) => void;
}

export interface OpenLink {
  readonly engine: LinkEngine;
  readonly standing: Standing;
}

export async function openLink(
  shared: Shared,
  link: LinkConfig,
  spec: BankSpec,
): Promise<OpenLink> {
  const { config, journal, log, metrics, publisher, redis, sources, timers } = shared;
  const line = await openLineFor(link, spec, {
    journal,
    log,
    metrics,
    timers,
    // nothing comes before the engine has started the line
    onUnclaimed: (one) => engine.onUnclaimed(one),
    onPacket: (packet) => engine.onBankPacket(packet),
  });
  const { window, ratePerMinute, burst, sweepFloorShare } = link;
  const ctx: LinkContext = {
    link,
    spec,
    config: config.digest,
    store: openStore(redis, link.name, { retentionMs: config.retentionMs }),
    journal,
    line: lineWhileAccepted(line, { journal, link }),
    traffic: openTraffic({ window, ratePerMinute, burst, sweepFloorShare }, timers),
    clock: new Clock(sources),
    timers,
    log,
    metrics,
    failpoint: shared.failpoint,
    fatal: shared.fatal,
  };
  const standing = new Standing(config.journal.directory, link.name);
  const notified = config.sources
    .filter((source) => source.links[link.name]?.notices === true)
    .map((source) => source.name);
  const engine: LinkEngine = new LinkEngine({
    ctx,
    standing,
    publisher,
    notified,
    retentionMs: config.retentionMs,
    approveWithinMs: config.approveWithinMs,
    run: sources.run,
    durability: shared.durability,
    redisRun: shared.redisRun,
    onTaken: () => recordChanges(shared, link, spec),
    after: shared.after,
  });
  return { engine, standing };
}
