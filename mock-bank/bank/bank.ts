/**
 * The bank behind the front end: ledger, order book, members, agenda. Pure: a message and a time come in,
 * a reply goes out; nothing here knows sockets, clocks or bytes.
 */
import type { Message } from '../../src/protocol/message.ts';
import type { Opening } from '../citic/members.ts';
import { returnPayout } from '../citic/payouts.ts';
import type { Change } from '../citic/upkeep.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { Entry } from '../ledger/shapes.ts';
import { Agenda } from './agenda.ts';
import { EXTERNAL } from './booking.ts';
import { CODES, leavesNoTrace } from './codes.ts';
import { Counter } from './counter.ts';
import { type Credit, type CreditOrder, credit } from './credits.ts';
import type { Inside } from './family.ts';
import type { Books, When } from './movement.ts';
import { Orders } from './orders.ts';
import type { Repertoire } from './repertoire.ts';
import { type Reply, refused } from './reply.ts';
import type { Settings } from './settings.ts';
import type { Treatment } from './treatment.ts';

export class Bank implements Inside {
  readonly books: Books;
  readonly orders = new Orders();
  readonly openings = new Map<string, Opening>();
  readonly changes: Change[] = [];
  readonly counter: Counter;
  readonly credits: Credit[] = [];
  readonly agenda = new Agenda();

  constructor(books: Omit<Books, 'ledger'> & { ledger?: Ledger }) {
    this.books = { ...books, ledger: books.ledger ?? new Ledger() };
    this.counter = new Counter(this.books, this.orders, this.agenda);
  }

  get settings(): Settings {
    return this.books.settings;
  }

  /** Does what has become due. Called before anything is asked or told. */
  tick(now: number): void {
    this.agenda.run(now);
  }

  receive(
    repertoire: Repertoire,
    transaction: string,
    message: Message,
    now: number,
    treatment?: Treatment,
  ): Reply {
    this.tick(now);
    const reader = repertoire.movement(transaction);
    if (reader !== undefined) {
      return this.counter.take(reader(this.books, message, now), now, treatment);
    }
    const batch = repertoire.batch(transaction);
    if (batch !== undefined) {
      return this.counter.takeAll(batch(this.books, message, now), now, treatment);
    }
    const answer = repertoire.answerer(transaction);
    return answer === undefined ? refused(CODES.notPlayed) : answer(this, message, now);
  }

  /** What a refusal that reaches nobody's order book leaves behind (fault `code`, not executed). */
  remember(
    repertoire: Repertoire,
    transaction: string,
    message: Message,
    now: number,
    reply: Reply,
  ): void {
    const reader = repertoire.movement(transaction);
    if (reader === undefined || leavesNoTrace(reply.code.code)) return;
    this.counter.refuse(reader(this.books, message, now), now, reply.code);
  }

  credit(order: CreditOrder, now: number): Credit | undefined {
    this.tick(now);
    const made = credit(this.books, order, now);
    if (made !== undefined) this.credits.push(made);
    return made;
  }

  /** The money of a payout comes back (退汇); undefined if it did already or the row is no payout. */
  returnPayout(row: Entry, how: { sameKey: boolean; when: When }): Entry | undefined {
    const { ledger } = this.books;
    const home = [row.account, row.other.account].some(
      (number) => ledger.account(number)?.kind === 'settlement',
    );
    const payout = row.type === EXTERNAL && row.direction === 'D' && row.amount > 0n && !home;
    if (!payout || row.returnedBy !== undefined) return undefined;
    const booking = this.orders.behind(row)?.booking;
    if (booking !== undefined) booking.execution.returned = true;
    return returnPayout(this.books, row, how.sameKey, how.when);
  }
}
