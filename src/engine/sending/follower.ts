/**
 * What becomes of an order after its write. An answer is recorded before it is judged; without one the
 * order is unknown at its deadline, and its connection is read on for an answer that comes late (R19).
 */
import type { Connection, Exchange } from '../../bank/line.ts';
import type { Permit } from '../../bank/traffic.ts';
import type { Event } from '../../instruction/event.ts';
import type { Held } from '../../instruction/intent.ts';
import type { LinkContext } from '../context.ts';
import { recordAnswer } from '../packets/answer-record.ts';
import { answeredEvent, readDirect } from '../packets/reading.ts';

/** A connection that is up, with the permit to use it. */
export interface Seat {
  readonly connection: Connection;
  readonly permit: Permit;
}

export class Follower {
  readonly #ctx: LinkContext;
  readonly #settle: (held: Held, event: Event) => Promise<void>;

  constructor(ctx: LinkContext, settle: (held: Held, event: Event) => Promise<void>) {
    this.#ctx = ctx;
    this.#settle = settle;
  }

  /** To its end: the answer, or its deadline and then what comes late. `at`: monotonic ms of the write. */
  async follow(held: Held, exchange: Exchange, seat: Seat, at: number): Promise<void> {
    const { clock, line, link, metrics } = this.#ctx;
    const ended = await exchange.ended;
    seat.permit.done();
    if (ended.type === 'answer') {
      metrics.bankTime(link.name, held.intent.transaction, clock.mono() - at);
      await this.#answered(held, ended.body, 'direct');
      seat.connection.close();
      return;
    }
    await this.#settle(held, { type: 'silent', peer: line.peer });
    const late = await exchange.late;
    if (late !== undefined) await this.#answered(held, late, 'late');
    seat.connection.close();
  }

  async #answered(held: Held, body: Uint8Array, about: 'direct' | 'late'): Promise<void> {
    const { clock, failpoint, line, link, metrics } = this.#ctx;
    const readAt = clock.mono();
    failpoint('answer-read');
    const { transaction } = held.intent;
    const record = await recordAnswer(this.#ctx, held, about, transaction, body);
    failpoint('answer-recorded');
    const reading = readDirect(this.#ctx, transaction, body);
    if (reading === undefined) await this.#settle(held, { type: 'silent', peer: line.peer });
    else {
      await this.#settle(held, answeredEvent(this.#ctx, transaction, reading, record, line.peer));
    }
    metrics.ownTime(link.name, 'settle', clock.mono() - readAt);
  }
}
