/**
 * Orders that the bank has and works on, as this process sees them: each is asked about again and again, so
 * all are seen within `ladder.maxMs` of a start. Kept in memory only; Redis says what counts.
 */
import type { Held } from '../instruction/intent.ts';
import type { PendingLine } from '../ops/operator.ts';

interface Pending extends Omit<PendingLine, 'age'> {
  /** Redis TIME, ms */
  readonly since: number;
}

const LISTED_MAX = 1_000;

export class PendingOrders {
  readonly #orders = new Map<string, Pending>();

  moved({ intent, life, phase }: Held, now: number): void {
    if (phase !== 'pending') {
      this.#orders.delete(intent.id);
      return;
    }
    const { asked, code, reason } = life;
    this.#orders.set(intent.id, {
      link: intent.link,
      source: intent.source,
      id: intent.envelope.id,
      operation: intent.operation,
      ...(reason === undefined ? {} : { reason }),
      ...(code === undefined ? {} : { code }),
      ...(intent.serial === undefined ? {} : { serial: intent.serial }),
      asked,
      since: life.since ?? now,
    });
  }

  get count(): number {
    return this.#orders.size;
  }

  /** Seconds; 0: none. */
  oldest(now: number): number {
    let since = now;
    for (const order of this.#orders.values()) since = Math.min(since, order.since);
    return (now - since) / 1000;
  }

  /** Oldest first. */
  list(now: number): PendingLine[] {
    return [...this.#orders.values()]
      .sort((a, b) => a.since - b.since)
      .slice(0, LISTED_MAX)
      .map(({ since, ...line }) => ({
        ...line,
        age: Math.max(0, Math.round((now - since) / 1000)),
      }));
  }
}
