/**
 * The life of an order inside the bank: taken at the counter, booked or refused now, later or by a
 * reviewer. Pure: time comes in, later things go on the agenda.
 */
import type { Values } from '../../src/protocol/message.ts';
import type { Agenda } from './agenda.ts';
import { anyCode, CODES, type Code } from './codes.ts';
import type { Batch, Books, Movement } from './movement.ts';
import { type Order, type OrderState, type Orders, shownState } from './orders.ts';
import { listed, type Reply, refused } from './reply.ts';
import type { Treatment } from './treatment.ts';

/** The field has 20 bytes (客户流水号); which characters it may hold is unknown and not asked. */
const serialFault = ({ serial, batch }: Movement): Code | undefined =>
  serial.trim() === '' || (batch ?? serial).length > 20 ? CODES.serial : undefined;

const taken = (order: Order): Pick<Reply, 'values'> => {
  const values = order.movement.taken?.(order);
  return values === undefined ? {} : { values };
};

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
    if (this.#orders.denials.bars(movement.serial, settings)) return refused(CODES.struck);
    const { duplicateSerial } = settings;
    const scope = duplicateSerial === 'refuse' ? movement.transaction : '';
    const repeated =
      duplicateSerial !== 'execute' && this.#orders.last(movement.serial, scope) !== undefined;
    const reason = repeated ? CODES.serialUsed : (serialFault(movement) ?? movement.check());
    if (reason !== undefined) {
      // a repeat must not hide what became of the first
      if (!repeated) this.refuse(movement, now, reason);
      return refused(reason);
    }
    if (treatment?.kind === 'review') return this.#review(movement, now, treatment);
    if (treatment?.kind === 'processing') {
      const { fails, ms } = treatment;
      // nobody can ask about an order that no inquiry knows
      const asks = movement.inquiry === 'none' ? 0 : treatment.asks;
      const order = this.#add(movement, now, 'processing', CODES.inProcess, { asks, fails });
      this.#later(order, now + ms);
      return { code: anyCode(treatment.code), ...taken(order) };
    }
    const lateRowsMs = treatment?.kind === 'late-rows' ? treatment.ms : undefined;
    return this.#ordinary(movement, now, lateRowsMs);
  }

  /** Takes the payments of one order one by one; a fault of the whole order leaves nothing behind. */
  takeAll(batch: Batch, now: number, treatment?: Treatment): Reply {
    if (batch.fault !== undefined) return refused(batch.fault);
    const items = batch.items.map((movement) => {
      return { movement, reply: this.take(movement, now, treatment) };
    });
    const code = batch.later ? CODES.submitted : CODES.done;
    return { code, values: batch.taken(items) };
  }

  #ordinary(movement: Movement, now: number, lateRowsMs: number | undefined): Reply {
    if (movement.mode === 'now') {
      const order = this.#add(movement, now, 'processing', CODES.inProcess, { lateRowsMs });
      const values = this.#book(order, now);
      return { code: CODES.done, values: { ...values, ...movement.taken?.(order) } };
    }
    if (movement.mode === 'settle' || movement.mode === 'accept') {
      const order = this.#add(movement, now, 'processing', CODES.inProcess, { lateRowsMs });
      this.#later(order, now + this.#books.settings.settleMs);
      return { code: movement.mode === 'settle' ? CODES.submitted : CODES.done, ...taken(order) };
    }
    if ('reviewMs' in movement.mode) {
      const { reviewMs } = movement.mode;
      const decision = reviewMs === null ? 'wait' : 'approve';
      const how = { kind: 'review', code: 'AAAAAAB', decision, ms: reviewMs ?? 0 } as const;
      return this.#review(movement, now, how, lateRowsMs);
    }
    const order = this.#add(movement, now, 'scheduled', CODES.scheduled, { lateRowsMs });
    this.#later(order, movement.mode.at);
    return { code: CODES.scheduled, ...taken(order) };
  }

  #review(
    movement: Movement,
    now: number,
    how: Treatment & { kind: 'review' },
    lateRowsMs?: number,
  ): Reply {
    const code = how.code === 'AAAAAAB' ? CODES.review : CODES.scheduled;
    const order = this.#add(movement, now, 'review', code, { lateRowsMs });
    const { decision } = how;
    if (decision !== 'wait') {
      this.#agenda.add(now + how.ms, (at) => this.decide(order, decision, at));
    }
    return { code, ...taken(order) };
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
    how: { asks?: number; lateRowsMs?: number | undefined; fails?: string | undefined } = {},
  ): Order {
    const { inquiryLagMs, rowsVisibleAfterMs } = this.#books.settings;
    return this.#orders.add({
      movement,
      number: this.#orders.all().length + 1,
      at: now,
      knownAt: now + inquiryLagMs,
      state,
      code,
      asksLeft: how.asks ?? 0,
      dueAt: now,
      rowsVisibleAfterMs: how.lateRowsMs ?? rowsVisibleAfterMs,
      ...(how.fails === undefined ? {} : { fails: how.fails }),
    });
  }

  /** An order refused at the door that DLCIDSTT is to know (setting `refusedKnown`). */
  refuse(movement: Movement, now: number, code: Code): void {
    if (this.#books.settings.refusedKnown === 'yes') this.#add(movement, now, 'failed', code);
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
    const reason = order.fails === undefined ? order.movement.check() : anyCode(order.fails);
    if (reason === undefined) this.#book(order, now);
    else {
      order.state = 'failed';
      order.code = reason;
    }
  }

  #book(order: Order, now: number): Values {
    const when = { at: now, visibleAt: now + order.rowsVisibleAfterMs };
    const before = this.#books.ledger.entries().length;
    const values = order.movement.book(when);
    order.state = 'booked';
    order.code = CODES.done;
    this.#orders.executed(order, this.#books.ledger.entries().slice(before), now);
    return values;
  }

  /** Can an inquiry see this order by now, and still? */
  knows(order: Order, now: number): boolean {
    const { serialMemoryMs } = this.#books.settings;
    return order.knownAt <= now && (serialMemoryMs === null || order.at + serialMemoryMs >= now);
  }

  /** One inquiry more has seen it. */
  asked(order: Order, now: number): void {
    if (order.asksLeft <= 0) return;
    order.asksLeft -= 1;
    if (order.asksLeft === 0) this.#later(order, now);
  }

  /** DLCIDSTT, which does not know the orders that have an inquiry of their own. */
  inquire(serial: string, transaction: string, now: number): Reply {
    const { noSuchSerialForm, noSuchSerialStt } = this.#books.settings;
    const order = this.#orders.last(serial, transaction, 'DLCIDSTT');
    if (order === undefined || !this.knows(order, now)) {
      const { code, text } = CODES.noSuchSerial;
      if (noSuchSerialForm === 'outer') return refused(CODES.noSuchSerial);
      return listed(CODES.done, [{ stt: noSuchSerialStt, status: code, statusText: text }]);
    }
    const { stt, code } = shownState(order, this.#books.settings);
    this.asked(order, now);
    return listed(CODES.done, [{ stt, status: code.code, statusText: code.text }]);
  }
}
