/**
 * 4047 pays many (代发) or collects from many (代扣) against the company's account; 4048 tells what became of
 * each, and of the whole: BStt 4 done, 3 failed. What BStt says while it is on its way is unknown.
 */
import type { Message, Row } from '../../../src/protocol/message.ts';
import { CODES } from '../../bank/codes.ts';
import { payment } from '../../bank/company-payment.ts';
import type { Family, Inside } from '../../bank/family.ts';
import type { Batch, Books, Movement } from '../../bank/movement.ts';
import type { Order } from '../../bank/orders.ts';
import { amount, type Reply, ROWS, refused, text } from '../../bank/reply.ts';
import { fen } from '../../ledger/money.ts';
import { B2BI, b2biCode } from '../codes.ts';
import { field, lastOf, money, rowsOf, wrongSum } from './batches.ts';

const OUTER = ['BusiType', 'PayType', 'Currency', 'OthBankFlag', 'SrcAccNo', 'SettleType'];
const INNER = ['SThirdVoucher', 'CstInnerFlowNo', 'IdType', 'IdNo', 'OppAccNo', 'OppAccName'];

const some = (row: Row, names: readonly string[]): Row =>
  Object.fromEntries(names.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])));

function item(books: Books, message: Message, row: Row): Movement {
  const voucher = text(message, 'ThirdVoucher');
  return payment(books, {
    serial: `${voucher}/${field(row, 'SThirdVoucher')}`,
    batch: voucher,
    transaction: '4047',
    inquiry: '4048',
    mode: text(message, 'SettleType') === '0' ? 'now' : 'settle',
    from: text(message, 'SrcAccNo'),
    to: {
      account: field(row, 'OppAccNo'),
      name: field(row, 'OppAccName'),
      bank: field(row, 'OppBankName'),
    },
    amount: money(row, 'Amount'),
    memo: field(row, 'PostScript'),
    collects: text(message, 'PayType') === '0',
    repeats: {
      ...some(message.fields, [...OUTER, 'TotalNum', 'TotalAmount']),
      ...some(row, [...INNER, 'Amount', 'PostScript', 'RemarkFCR']),
    },
  });
}

function payroll(books: Books, message: Message): Batch {
  const rows = rowsOf(message);
  const count = text(message, 'TotalNum');
  const sum = amount(message, 'TotalAmount');
  const shown = ['ThirdVoucher', 'PayType', 'SrcAccNo', 'TotalNum', 'TotalAmount'];
  return {
    serial: text(message, 'ThirdVoucher'),
    fault: wrongSum(rows, { count, sum, each: 'Amount', most: 500 }),
    later: text(message, 'SettleType') !== '0',
    items: rows.map((row) => item(books, message, row)),
    taken: () => some(message.fields, shown),
  };
}

function result(order: Order, { settings }: Books): Row {
  if (order.state === 'booked') return { stt: '000000', sttInfo: '交易成功' };
  if (!['failed', 'refused', 'withdrawn'].includes(order.state)) {
    const [stt = '', sttInfo = ''] = settings.pendingText.split(':');
    return { stt, sttInfo };
  }
  const { code, text: why } = b2biCode(order.code);
  return { stt: code, sttInfo: why.slice(1) };
}

function status(inside: Inside, message: Message, now: number): Reply {
  const { books, counter, orders } = inside;
  const voucher = text(message, 'ThirdVoucher');
  const known = lastOf(orders, voucher, '4048').filter((order) => counter.knows(order, now));
  const [first] = known;
  if (first === undefined) return refused(B2BI.noRecord);
  const open = known.some(({ state }) => ['processing', 'review', 'scheduled'].includes(state));
  const none = known.every(({ state }) => state !== 'booked');
  const rows = known.map((order): Row => {
    const repeats = order.movement.repeats ?? {};
    const inner = some(repeats, [...INNER, 'Amount', 'PostScript', 'RemarkFCR']);
    return { ...inner, ...result(order, books), Fee: fen('0.00') };
  });
  const values = {
    ...some(first.movement.repeats ?? {}, [...OUTER, 'TotalNum', 'TotalAmount']),
    ThirdVoucher: voucher,
    BStt: open ? books.settings.payrollPending : none ? '3' : '4',
    [ROWS]: rows,
  };
  for (const order of known) counter.asked(order, now);
  return { code: CODES.done, values };
}

export const payrolls: Family = { batches: { '4047': payroll }, queries: { '4048': status } };
