/**
 * 4014 (at most ten at once, or many later) and 4018 (many, later) are orders of many payments; 4015 tells
 * what became of each. Every payment is an order of its own under the batch's voucher.
 */
import type { Message, Row, Values } from '../../../src/protocol/message.ts';
import { CODES, type Code } from '../../bank/codes.ts';
import { type Payment, payment } from '../../bank/company-payment.ts';
import type { Family, Inside } from '../../bank/family.ts';
import type { Batch, Books, Movement } from '../../bank/movement.ts';
import type { Order, Orders } from '../../bank/orders.ts';
import { amount, type Reply, ROWS, refused, text } from '../../bank/reply.ts';
import { fen } from '../../ledger/money.ts';
import { B2BI, b2biCode } from '../codes.ts';
import { orderNumber } from '../numbers.ts';
import { hostFlow, repeated, shown, total } from './payments.ts';

export const rowsOf = (message: Message): readonly Row[] => Object.values(message.lists)[0] ?? [];
export const field = (row: Row, name: string): string => String(row[name] ?? '');
export const money = (row: Row, name: string): bigint => {
  const value = row[name];
  return typeof value === 'bigint' ? value : 0n;
};

/** Why the whole of it is refused: its count, its sum, or the number of its items. */
export function wrongSum(
  rows: readonly Row[],
  said: { count: string; sum: bigint; each: string; most: number },
): Code | undefined {
  if (rows.length === 0 || rows.length > said.most) return B2BI.tooMany;
  const sum = rows.reduce((all, row) => all + money(row, said.each), 0n);
  return Number(said.count) === rows.length && sum === said.sum ? undefined : B2BI.sums;
}

function item(books: Books, message: Message, row: Row, transaction: '4014' | '4018'): Movement {
  const voucher = text(message, 'ThirdVoucher');
  const later = transaction === '4018' || text(message, 'BizFlag1') === '1';
  const outer = transaction === '4018' ? message.fields : row;
  const order: Payment = {
    serial: `${voucher}/${field(row, 'SThirdVoucher')}`,
    batch: voucher,
    transaction,
    inquiry: '4015',
    mode: later ? 'settle' : 'now',
    from: field(outer, 'OutAcctNo'),
    to: {
      account: field(row, 'InAcctNo'),
      name: field(row, 'InAcctName'),
      bank: field(row, 'InAcctBankName'),
    },
    amount: money(row, 'TranAmount'),
    memo: field(row, 'UseEx'),
    repeats: repeated({
      ...row,
      CcyCode: field(outer, 'CcyCode'),
      OutAcctNo: field(outer, 'OutAcctNo'),
      SysFlag: field(row, 'SysFlag') || field(message.fields, 'BSysFlag'),
    }),
  };
  if (transaction === '4018') return payment(books, order);
  return payment(books, order, {
    booked: hostFlow,
    taken: (as) => ({ FrontLogNo: orderNumber(as) }),
  });
}

/** A 4014's answer tells of each payment, and whether it was booked or why not. */
function told(message: Message, items: Parameters<Batch['taken']>[0]): Values {
  const ok = (one: (typeof items)[number]) => b2biCode(one.reply.code).code === '000000';
  const sums = (some: typeof items) => total(some.map(({ movement }) => movement.amount));
  const good = items.filter(ok);
  const bad = items.filter((one) => !ok(one));
  const rows = items.map(({ movement, reply }): Row => {
    const { SysFlag: _, ...repeats } = movement.repeats ?? {};
    const { code, text: why } = b2biCode(reply.code);
    const outer = rowsOf(message).find(
      (row) => field(row, 'SThirdVoucher') === field(repeats, 'SThirdVoucher'),
    );
    return {
      ...repeats,
      ...reply.values,
      stt: code,
      sttDesc: why.slice(1),
      OutAcctName: field(outer ?? {}, 'OutAcctName'),
      Fee1: fen('0.00'),
      Fee2: fen('0.00'),
    };
  });
  return {
    ThirdVoucher: text(message, 'ThirdVoucher'),
    successCts: String(good.length),
    successAmt: sums(good),
    faildCts: String(bad.length),
    faildAmt: sums(bad),
    [ROWS]: rows,
  };
}

const batch =
  (transaction: '4014' | '4018') =>
  (books: Books, message: Message): Batch => {
    const rows = rowsOf(message);
    const most = transaction === '4018' || text(message, 'BizFlag1') === '1' ? 500 : 10;
    const count = text(message, 'totalCts');
    const sum = amount(message, 'totalAmt');
    return {
      serial: text(message, 'ThirdVoucher'),
      fault: wrongSum(rows, { count, sum, each: 'TranAmount', most }),
      later: transaction === '4018' || text(message, 'BizFlag1') === '1',
      items: rows.map((row) => item(books, message, row, transaction)),
      taken: (items) =>
        transaction === '4014'
          ? told(message, items)
          : { ThirdVoucher: text(message, 'ThirdVoucher') },
    };
  };

/** The payments of the last order under this voucher, in their order. */
export function lastOf(orders: Orders, voucher: string, inquiry: string): Order[] {
  const all = orders
    .all()
    .filter(({ movement }) => movement.batch === voucher && movement.inquiry === inquiry);
  const last = all.at(-1);
  // taken one after another: the numbers of one batch follow each other without a gap
  return all.filter(
    (order, index) =>
      last !== undefined &&
      order.at === last.at &&
      last.number - order.number === all.length - 1 - index,
  );
}

const done = (order: Order): boolean => order.state === 'booked';
const failed = (order: Order): boolean => ['failed', 'refused', 'withdrawn'].includes(order.state);
const returned = (order: Order): boolean => order.booking?.execution.returned === true;
const waits = (order: Order): boolean => !done(order) && !failed(order);

/** QueryType → which payments it lists. */
const TYPES: Readonly<Record<string, (order: Order) => boolean>> = {
  '0': () => true,
  '1': done,
  '2': failed,
  '3': waits,
  '4': returned,
};

function status(inside: Inside, message: Message, now: number): Reply {
  const { books, counter, orders } = inside;
  const known = lastOf(orders, text(message, 'OrigThirdVoucher'), '4015').filter((order) =>
    counter.knows(order, now),
  );
  if (known.length === 0) return refused(B2BI.noRecord);
  const named = rowsOf(message).map((row) => field(row, 'SThirdVoucher'));
  const type = TYPES[text(message, 'QueryType')] ?? (() => true);
  const fits = (order: Order): boolean =>
    named.length > 0
      ? named.includes(field(order.movement.repeats ?? {}, 'SThirdVoucher'))
      : type(order);
  const chosen = known.filter(fits);
  const size = Math.min(500, Number(text(message, 'PageCts') || '50'));
  const from = named.length > 0 ? 0 : (Number(text(message, 'PageNo') || '1') - 1) * size;
  const picked = named.length > 0 ? chosen : chosen.slice(from, from + size);
  const sum = (some: Order[]) => total(some.map(({ movement }) => movement.amount));
  const [good, bad, open] = [known.filter(done), known.filter(failed), known.filter(waits)];
  const rows = picked.map((order) => shown(order, books));
  const values: Values = {
    OrigThirdVoucher: text(message, 'OrigThirdVoucher'),
    ...{ successCts: String(good.length), successAmt: sum(good) },
    ...{ faildCts: String(bad.length), faildAmt: sum(bad) },
    ...{ processCts: String(open.length), processAmt: sum(open) },
    TotalCts: String(known.length),
    CTotalCts: String(chosen.length),
    PTotalCts: String(picked.length),
    IsEnd: from + picked.length >= chosen.length ? 'Y' : 'N',
    batchSTT: batchState(known, books),
    [ROWS]: rows,
  };
  for (const order of known) counter.asked(order, now);
  return { code: CODES.done, values };
}

/** 20 all booked, 30 none of them and none waiting; else on its way. What it says of a mixed end is not stated. */
function batchState(known: Order[], { settings }: Books): string {
  if (known.some(waits)) return settings.pendingState;
  return known.every(failed) ? '30' : '20';
}

export const batches: Family = {
  batches: { '4014': batch('4014'), '4018': batch('4018') },
  queries: { '4015': status },
};
