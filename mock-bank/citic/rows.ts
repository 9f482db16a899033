/** What statements share: which rows of an account are shown, in which order, which page; balances by day. */
import type { Message } from '../../src/protocol/message.ts';
import { anyCode, CODES } from '../bank/codes.ts';
import type { Books } from '../bank/movement.ts';
import { listed, type Reply, refused, text } from '../bank/reply.ts';
import { dayOf, instantOf } from '../ledger/calendar.ts';
import type { Account, Entry } from '../ledger/shapes.ts';

/** A page number of a request: digits, or undefined when the element is empty. */
export function integer(message: Message, name: string): number | undefined {
  const value = text(message, name);
  return /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

/** The visible rows between startDate and endDate; of all accounts but the main ones when it is empty. */
export function shownRows(books: Books, message: Message, account: string, now: number): Entry[] {
  const rows = books.ledger.find({
    ...(account === '' ? {} : { account }),
    from: text(message, 'startDate'),
    to: text(message, 'endDate'),
    now,
  });
  return books.settings.rowOrder === 'newest-first' ? rows.reverse() : rows;
}

/** Record numbers begin with 1. Without any paging field every row comes. */
export function page(
  rows: Entry[],
  start: number | undefined,
  size: number | undefined,
  rowsMax: number,
): Entry[] {
  if (start === undefined && size === undefined) return rows;
  const first = Math.max(1, start ?? 1) - 1;
  return rows.slice(first, first + Math.min(size ?? rowsMax, rowsMax));
}

const size = (amount: bigint): bigint => (amount < 0n ? -amount : amount);

/** Between two amounts of the request, whatever the sign; a bound that is missing bounds nothing. */
export function between(message: Message, low: string, high: string): (entry: Entry) => boolean {
  const { [low]: least, [high]: most } = message.fields;
  return ({ amount }) =>
    (typeof least !== 'bigint' || size(amount) >= least) &&
    (typeof most !== 'bigint' || size(amount) <= most);
}

/** A query that found nothing, as setting `emptyAnswer` has it. */
export function nothing({ settings }: Books): Reply {
  const code = anyCode(settings.emptyAnswer);
  return code.code === CODES.done.code ? listed(code, []) : refused(code);
}

/** What a row did to its account's balance. */
const effect = ({ direction, amount, fee }: Entry): bigint =>
  (direction === 'C' ? amount : -amount) - fee;

/** At the end of a day, by the dates of the rows. */
export const balanceOn = (books: Books, account: Account, day: string): bigint =>
  books.ledger
    .entriesOf(account.number)
    .filter(({ date }) => date <= day)
    .reduce((sum, entry) => sum + effect(entry), 0n);

const dayMs = 86_400_000;
export const dayBefore = (now: number): string => dayOf(now - dayMs);

/** Balances day by day, from the first day of the account until today. */
export function dailyBalances(
  books: Books,
  account: Account,
  message: Message,
  now: number,
): { date: string; balance: bigint }[] {
  const rows = [...books.ledger.entriesOf(account.number)].sort((a, b) =>
    a.date < b.date ? -1 : a.date > b.date ? 1 : 0,
  );
  const opened = dayOf(account.openedAt);
  const born = rows[0] !== undefined && rows[0].date < opened ? rows[0].date : opened;
  const asked = text(message, 'startDate');
  const [, later = born] = [asked, born].sort();
  const first = instantOf(later, '000000');
  const last = text(message, 'endDate');
  const days: { date: string; balance: bigint }[] = [];
  let balance = 0n;
  let next = 0;
  for (let at = first ?? now + dayMs; at <= now && dayOf(at) <= last; at += dayMs) {
    const date = dayOf(at);
    let busy = false;
    for (let row = rows[next]; row !== undefined && row.date <= date; row = rows[next]) {
      balance += effect(row);
      busy ||= row.date === date;
      next += 1;
    }
    if (busy || books.settings.quietDays === 'shown') days.push({ date, balance });
  }
  return days;
}
