/** What a heartbeat finds, as gauges; and a log line when the link begins or ceases to send. */

import { oldestOf } from '../people/open-matters.ts';
import type { Beat } from '../store/shapes.ts';
import type { LinkContext } from './context.ts';
import { asksOnly } from './mandate.ts';
import type { PendingOrders } from './pending.ts';

/** How the link stands beside what the heartbeat says. */
export interface Condition {
  readonly open: boolean;
  /** why nothing new is sent; empty: it is */
  readonly whyNotSend: readonly string[];
  readonly pending: PendingOrders;
}

export class Measuring {
  readonly #ctx: LinkContext;
  #whyNotSend = '';

  constructor(ctx: LinkContext) {
    this.#ctx = ctx;
  }

  take(beat: Beat, { open, pending, whyNotSend }: Condition): void {
    const { clock, journal, line, link, log, metrics, traffic } = this.#ctx;
    const why = whyNotSend.join(', ');
    if (why !== this.#whyNotSend) {
      if (why === '') log.info('sending-again', { link: link.name });
      else log.warn('not-sending', { link: link.name, why });
      this.#whyNotSend = why;
    }
    const { count, oldestSince } = beat.doubtful;
    const now = clock.now().wall;
    const age = (since: number | null | undefined): number =>
      Math.max(0, now - (since ?? now)) / 1000;
    const { contradictions, unclaimed } = journal.index.matters(link.name);
    const contradicted = oldestOf([...contradictions.values()].map(({ since }) => since));
    metrics.gauge(link.name, {
      up: line.up,
      sending: why === '',
      asksOnly: asksOnly(this.#ctx),
      open,
      inFlight: traffic.inFlight,
      ready: beat.ready,
      doubtful: count,
      oldestUnknownSeconds: age(oldestSince),
      pending: pending.count,
      oldestPendingSeconds: pending.oldest(now),
      openContradictions: contradictions.size,
      oldestContradictionSeconds: age(contradicted),
      openUnclaimed: unclaimed.size,
      oldestUnclaimedSeconds: age(oldestOf(unclaimed.values())),
      outbox: beat.outbox,
    });
  }
}
