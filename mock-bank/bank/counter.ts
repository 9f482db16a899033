/**
 * The life of an order inside the bank: taken at the counter, booked or refused now, later or by a
 * reviewer. Pure: time comes in, later things go on the agenda.
 */
import type { Values } from '../../src/protocol/message.ts';
import type { Agenda } from './agenda.ts';
import { CODES, type Code } from './codes.ts';
import type { Books, Movement } from './movement.ts';
import { type Order, type Orders, type OrderState, shownState } from './orders.ts';
import { listed, type Reply, refused } from './reply.ts';
import type { Treatment } from './treatment.ts';

export class Counter {
  readonly #books: Books;
  readonly #orders: Orders;
  readonly #agenda: Agenda;

  constructor(books: Books, orders: Orders, agenda: Agenda) {
    this.#books = books;
    this.#orders = orders;
    this.#agenda = agenda;
  }

  take(movement: Movement, now: number, treatment?: Treatment): Reply {
    const { settings } = this.#books;
    const known = this.#orders.last(movement.serial, movement.transaction);
    const repeated = settings.duplicateSerial === 'refuse' && known !== undefined;
    const reason = repeated ? CODES.serialUsed : movement.check();
    if (reason !== undefined) {
      // a repeat must not hide what became of the first
      if (settings.refusedKnown === 'yes' && !repeated) this.#add(movement, now, 'failed', reason);
      return refused(reason);
    }
    if (treatment?.kind === 'review') return this.#review(movement, now, treatment);
    if (treatment?.kind === 'processing') {
      const code = { ...CODES.submitted, code: treatment.code };
      const order = this.#add(movement, now, 'processing', CODES.inProcess, treatment.asks);
      this.#later(order, now + treatment.ms);
      return { code };
    }
    const lateRowsMs = treatment?.kind === 'late-rows' ? treatment.ms : undefined;
    return this.#ordinary(movement, now, lateRowsMs);
  }

  #ordinary(movement: Movement, now: number, lateRowsMs: number | undefined): Reply {
    if (movement.mode === 'now') {
      const order = this.#add(movement, now, 'processing', CODES.inProcess, 0, lateRowsMs);
      return { code: CODES.done, values: this.#book(order, now) };
    }
    if (movement.mode === 'settle') {
      const order = this.#add(movement, now, 'processing', CODES.inProcess, 0, lateRowsMs);
      this.#later(order, now + this.#books.settings.settleMs);
      return { code: CODES.submitted };
    }
    const order = this.#add(movement, now, 'scheduled', CODES.scheduled, 0, lateRowsMs);
    this.#later(order, movement.mode.at);
    return { code: CODES.scheduled };
  }

  #review(movement: Movement, now: number, how: Treatment & { kind: 'review' }): Reply {
    const code = how.code === 'AAAAAAB' ? CODES.review : CODES.scheduled;
    const order = this.#add(movement, now, 'review', code);
    const { then } = how;
    if (then !== 'wait') this.#agenda.add(now + how.ms, (at) => this.decide(order, then, at));
    return { code };
  }

  /** A reviewer's decision; false if there was nothing to decide. */
  decide(order: Order, decision: 'approve' | 'refuse' | 'withdraw', now: number): boolean {
    if (order.state !== 'review') return false;
    if (decision === 'approve') this.#settle(order, now);
    else {
      order.state = decision === 'refuse' ? 'refused' : 'withdrawn';
      order.code = decision === 'refuse' ? CODES.reviewRefused : CODES.withdrawn;
    }
    return true;
  }

  #add(
    movement: Movement,
    now: number,
    state: OrderState,
    code: Code,
    asksLeft = 0,
    lateRowsMs?: number,
  ): Order {
    const { inquiryLagMs, rowsVisibleAfterMs } = this.#books.settings;
    return this.#orders.add({
      movement,
      at: now,
      knownAt: now + inquiryLagMs,
      state,
      code,
      asksLeft,
      dueAt: now,
      rowsVisibleAfterMs: lateRowsMs ?? rowsVisibleAfterMs,
    });
  }

  #later(order: Order, at: number): void {
    order.dueAt = Math.max(order.dueAt, at);
    this.#agenda.add(order.dueAt, (due) => {
      // `asks` keeps it open: the inquiry that uses up the last one settles it
      if (order.asksLeft <= 0) this.#settle(order, due);
    });
  }

  /** What was right at the door may have become wrong: it is checked again. */
  #settle(order: Order, now: number): void {
    if (!['processing', 'scheduled', 'review'].includes(order.state)) return;
    const reason = order.movement.check();
    if (reason === undefined) this.#book(order, now);
    else {
      order.state = 'failed';
      order.code = reason;
    }
  }

  #book(order: Order, now: number): Values {
    const when = { at: now, visibleAt: now + order.rowsVisibleAfterMs };
    const values = order.movement.book(when);
    order.state = 'booked';
    order.code = CODES.done;
    this.#orders.executed(order.movement, now);
    return values;
  }

  /** DLCIDSTT. */
  inquire(serial: string, transaction: string, now: number): Reply {
    const { noSuchSerialForm, noSuchSerialStt, serialMemoryMs } = this.#books.settings;
    const order = this.#orders.last(serial, transaction);
    const forgotten = (found: Order): boolean =>
      found.knownAt > now || (serialMemoryMs !== null && found.at + serialMemoryMs < now);
    if (order === undefined || forgotten(order)) {
      const { code, text } = CODES.noSuchSerial;
      if (noSuchSerialForm === 'outer') return refused(CODES.noSuchSerial);
      return listed(CODES.done, [{ stt: noSuchSerialStt, status: code, statusText: text }]);
    }
    const { stt, code } = shownState(order);
    if (order.asksLeft > 0) {
      order.asksLeft -= 1;
      if (order.asksLeft === 0) this.#later(order, now);
    }
    return listed(CODES.done, [{ stt, status: code.code, statusText: code.text }]);
  }
}
