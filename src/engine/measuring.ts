/** What a heartbeat finds, as gauges; and a log line when the link begins or ceases to send. */
import type { Beat } from '../store/shapes.ts';
import type { LinkContext } from './context.ts';
import { asksOnly } from './mandate.ts';

/** How the link stands beside what the heartbeat says. */
export interface Condition {
  readonly open: boolean;
  /** why nothing new is sent; empty: it is */
  readonly whyNotSend: readonly string[];
}

export class Measuring {
  readonly #ctx: LinkContext;
  #whyNotSend = '';

  constructor(ctx: LinkContext) {
    this.#ctx = ctx;
  }

  take(beat: Beat, { open, whyNotSend }: Condition): void {
    const { clock, line, link, log, metrics, traffic } = this.#ctx;
    const why = whyNotSend.join(', ');
    if (why !== this.#whyNotSend) {
      if (why === '') log.info('sending-again', { link: link.name });
      else log.warn('not-sending', { link: link.name, why });
      this.#whyNotSend = why;
    }
    const { count, oldestSince } = beat.doubtful;
    const age = oldestSince === null ? 0 : Math.max(0, clock.now().wall - oldestSince) / 1000;
    metrics.gauge(link.name, {
      up: line.up,
      sending: why === '',
      asksOnly: asksOnly(this.#ctx),
      open,
      inFlight: traffic.inFlight,
      ready: beat.ready,
      doubtful: count,
      oldestUnknownSeconds: age,
      outbox: beat.outbox,
    });
  }
}
