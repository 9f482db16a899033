/**
 * The bank behind the front end: ledger, order book, members, agenda. Pure: a message and a time come in,
 * a reply goes out; nothing here knows sockets, clocks or bytes.
 */
import type { Message } from '../../src/protocol/message.ts';
import { adjustments } from '../citic/adjustments.ts';
import { bidReturns } from '../citic/bid-returns.ts';
import { gatewayOrders } from '../citic/gateway-orders.ts';
import { groupAccounts } from '../citic/group-accounts.ts';
import { groupPayments } from '../citic/group-payments.ts';
import { innerTransfers } from '../citic/inner-transfers.ts';
import { inquiries } from '../citic/inquiries.ts';
import { interest } from '../citic/interest.ts';
import { lookUps } from '../citic/look-ups.ts';
import { mainBalances } from '../citic/main-balances.ts';
import { mainPayments } from '../citic/main-payments.ts';
import { mainStatements } from '../citic/main-statements.ts';
import { memberQueries } from '../citic/member-queries.ts';
import { members, type Opening } from '../citic/members.ts';
import { payouts, returnPayout } from '../citic/payouts.ts';
import { receipts } from '../citic/receipts.ts';
import { reconciliation } from '../citic/reconciliation.ts';
import { refunds } from '../citic/refunds.ts';
import { settlement } from '../citic/settlement.ts';
import { statements } from '../citic/statements.ts';
import { transfers } from '../citic/transfers.ts';
import { type Change, upkeep } from '../citic/upkeep.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { Entry } from '../ledger/shapes.ts';
import { Agenda } from './agenda.ts';
import { EXTERNAL } from './booking.ts';
import { CODES, leavesNoTrace } from './codes.ts';
import { Counter } from './counter.ts';
import { type Credit, type CreditOrder, credit } from './credits.ts';
import { type Family, type Inside, merged } from './family.ts';
import type { Books, When } from './movement.ts';
import { Orders } from './orders.ts';
import { type Reply, refused, text } from './reply.ts';
import type { Settings } from './settings.ts';
import type { Treatment } from './treatment.ts';

/** Everything this bank plays. */
const FAMILIES: readonly Family[] = [
  adjustments,
  bidReturns,
  gatewayOrders,
  groupAccounts,
  groupPayments,
  innerTransfers,
  inquiries,
  interest,
  lookUps,
  mainBalances,
  mainPayments,
  mainStatements,
  memberQueries,
  members,
  payouts,
  receipts,
  reconciliation,
  refunds,
  settlement,
  statements,
  transfers,
  upkeep,
];

const MOVEMENTS = merged(FAMILIES, 'movements');
const STATEMENTS = merged(FAMILIES, 'statements');
const ANSWERS = new Map([...merged(FAMILIES, 'maintenance'), ...merged(FAMILIES, 'queries')]);

export const played = (): string[] => [...MOVEMENTS.keys(), ...ANSWERS.keys()];
export const isMovement = (transaction: string): boolean => MOVEMENTS.has(transaction);
export const isPlayed = (transaction: string): boolean =>
  MOVEMENTS.has(transaction) || ANSWERS.has(transaction);

/** The account whose rows a statement lists; undefined when the transaction is no statement. */
export function statementOf(transaction: string, message: Message): string | undefined {
  const field = STATEMENTS.get(transaction);
  return field === undefined ? undefined : text(message, field);
}

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

  receive(transaction: string, message: Message, now: number, treatment?: Treatment): Reply {
    this.tick(now);
    const { userName } = this.settings;
    if (userName !== null && text(message, 'userName') !== userName) return refused(CODES.user);
    const reader = MOVEMENTS.get(transaction);
    if (reader !== undefined) {
      return this.counter.take(reader(this.books, message, now), now, treatment);
    }
    const answer = ANSWERS.get(transaction);
    return answer === undefined ? refused(CODES.notPlayed) : answer(this, message, now);
  }

  /** What a refusal that reaches nobody's order book leaves behind (fault `code`, not executed). */
  remember(transaction: string, message: Message, now: number, reply: Reply): void {
    const reader = MOVEMENTS.get(transaction);
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
