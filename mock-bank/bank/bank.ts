/**
 * The bank behind the front end: ledger, order book, members, agenda. Pure: a message and a time come in,
 * a reply goes out; nothing here knows sockets, clocks or bytes.
 */
import type { Message } from '../../src/protocol/message.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { Entry } from '../ledger/shapes.ts';
import { assignment, takeBack } from './adjustments.ts';
import { Agenda } from './agenda.ts';
import { CODES, leavesNoTrace } from './codes.ts';
import { Counter } from './counter.ts';
import { type Credit, type CreditOrder, credit } from './credits.ts';
import { balances, type Opening, open, states } from './members.ts';
import type { Books, Movement, When } from './movement.ts';
import { Orders } from './orders.ts';
import { EXTERNAL, mainPayment, returnPayout, withdrawal } from './payouts.ts';
import { type Reply, refused, text } from './reply.ts';
import type { Settings } from './settings.ts';
import { receipts, statement } from './statements.ts';
import { forcedTransfer, freezeNumbers } from './transfers.ts';
import type { Treatment } from './treatment.ts';

type MovementReader = (books: Books, message: Message) => Movement;
type Query = (bank: Bank, message: Message, now: number) => Reply;

const MOVEMENTS = new Map<string, MovementReader>([
  ['DLMDETRN', forcedTransfer],
  ['DLFCSOUT', withdrawal],
  ['DLOUTTRN', mainPayment],
  ['DLTRSFIN', assignment],
  ['DLWFDRTN', takeBack],
]);

const QUERIES = new Map<string, Query>([
  ['DLSASQRY', (bank, message) => states(bank.books, bank.openings, message)],
  ['DLSBALQR', (bank, message) => balances(bank.books, message)],
  ['DLSTRNDT', (bank, message, now) => statement(bank.books, message, now)],
  ['DLPTDTQY', (bank, message, now) => receipts(bank.books, message, now)],
  ['DLFRNOQR', (bank, message, now) => freezeNumbers(bank.books, message, now)],
  [
    'DLCIDSTT',
    (bank, message, now) =>
      bank.counter.inquire(text(message, 'clientID'), text(message, 'type').trim(), now),
  ],
]);

export const isMovement = (transaction: string): boolean => MOVEMENTS.has(transaction);
export const isPlayed = (transaction: string): boolean =>
  transaction === 'DLBREGSN' || MOVEMENTS.has(transaction) || QUERIES.has(transaction);

export class Bank {
  readonly books: Books;
  readonly orders = new Orders();
  readonly openings = new Map<string, Opening>();
  readonly counter: Counter;
  readonly credits: Credit[] = [];
  readonly agenda = new Agenda();
  readonly #returned = new Set<Entry>();

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

  receive(transaction: string, message: Message, now: number, treatment?: Treatment): Reply {
    this.tick(now);
    const { userName } = this.settings;
    if (userName !== null && text(message, 'userName') !== userName) return refused(CODES.user);
    const reader = MOVEMENTS.get(transaction);
    if (reader !== undefined) {
      return this.counter.take(reader(this.books, message), now, treatment);
    }
    if (transaction === 'DLBREGSN') return this.#open(message, now);
    const query = QUERIES.get(transaction);
    return query === undefined ? refused(CODES.notPlayed) : query(this, message, now);
  }

  /** What a refusal that reaches nobody's order book leaves behind (fault `code`, not executed). */
  remember(transaction: string, message: Message, now: number, reply: Reply): void {
    const reader = MOVEMENTS.get(transaction);
    if (reader === undefined || leavesNoTrace(reply.code.code)) return;
    this.counter.refuse(reader(this.books, message), now, reply.code);
  }

  credit(order: CreditOrder, now: number): Credit | undefined {
    this.tick(now);
    const made = credit(this.books, order, now);
    if (made !== undefined) this.credits.push(made);
    return made;
  }

  /** The money of a payout comes back (退汇); undefined if it did already or the row is no payout. */
  returnPayout(row: Entry, how: { sameKey: boolean; when: When }): Entry | undefined {
    const payout = row.type === EXTERNAL && row.direction === 'D' && row.amount > 0n;
    if (!payout || this.#returned.has(row)) return undefined;
    this.#returned.add(row);
    const order = this.orders.all().find(({ booking }) => booking?.rows.includes(row));
    if (order?.booking !== undefined) order.booking.execution.returned = true;
    return returnPayout(this.books, row, how.sameKey, how.when);
  }

  /** The reviewer decides about an opening; false if it does not wait. */
  reviewOpening(number: string, approve: boolean, refusedAs: '3' | '8' = '3'): boolean {
    const account = this.books.ledger.account(number);
    if (account === undefined || account.state !== '1') return false;
    account.state = approve ? '0' : refusedAs;
    return true;
  }

  #open(message: Message, now: number): Reply {
    const { reply, account } = open(this.books, this.openings, message, now);
    const { reviewMs } = this.settings;
    if (account !== undefined && reviewMs !== null) {
      this.agenda.add(now + reviewMs, () => this.reviewOpening(account.number, true));
    }
    return reply;
  }
}
