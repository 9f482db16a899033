/**
 * 4004 pays from the company's account, 4005 tells what became of it: Stt 20 booked, 30 failed, anything else
 * on its way. 000000 to a 4004 is only that it was accepted.
 */
import type { Message, Row } from '../../../src/protocol/message.ts';
import { CODES } from '../../bank/codes.ts';
import { type Payment, payment } from '../../bank/company-payment.ts';
import type { Family, Inside } from '../../bank/family.ts';
import type { Books, Movement } from '../../bank/movement.ts';
import type { Order } from '../../bank/orders.ts';
import { amount, headText, type Reply, refused, text } from '../../bank/reply.ts';
import { fen, yuan } from '../../ledger/money.ts';
import type { Entry } from '../../ledger/shapes.ts';
import { B2BI, b2biCode } from '../codes.ts';
import { hostNumber, orderNumber, stamp } from '../numbers.ts';

/** Of a request or one of its rows, what is repeated under the same names. */
export function repeated(from: Row): Row {
  const names = ['CstInnerFlowNo', 'CcyCode', 'OutAcctNo', 'InAcctBankName', 'InAcctNo'];
  const more = ['InAcctName', 'TranAmount', 'UnionFlag', 'SysFlag', 'SThirdVoucher'];
  const found: Row = {};
  for (const name of [...names, ...more]) {
    const value = from[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function single(books: Books, message: Message): Movement {
  const serial = text(message, 'ThirdVoucher');
  const repeats = repeated(message.fields);
  const order: Payment = {
    serial,
    transaction: '4004',
    inquiry: '4005',
    mode: books.settings.payoutMode,
    from: text(message, 'OutAcctNo'),
    to: {
      account: text(message, 'InAcctNo'),
      name: text(message, 'InAcctName'),
      bank: text(message, 'InAcctBankName'),
    },
    amount: amount(message, 'TranAmount'),
    memo: text(message, 'UseEx'),
    repeats: { ...repeats, reference: headText(message, 'reference') },
  };
  const { SysFlag: _, ...shown } = repeats;
  return payment(books, order, {
    booked: hostFlow,
    taken: (as) => ({
      ...shown,
      ThirdVoucher: serial,
      FrontLogNo: orderNumber(as),
      OutAcctName: text(message, 'OutAcctName'),
      Fee1: fen(books.settings.payoutFee),
      Fee2: 0n,
    }),
  });
}

/** What an answer says of a payment that is booked already. */
export const hostFlow = (row: Entry): Row => ({ hostFlowNo: hostNumber(row) });

/** Stt and what stands beside it. */
export function state(order: Order, books: Books): Row {
  const { pendingState, pendingText } = books.settings;
  const returned = order.booking?.execution.returned === true;
  const common = { IsBack: returned ? '1' : '0', BackRem: returned ? 'RJ01' : '' };
  if (order.state === 'booked') return { ...common, Stt: '20', Yhcljg: '000000:转账交易成功' };
  if (['failed', 'refused', 'withdrawn'].includes(order.state)) {
    const { code, text: why } = b2biCode(order.code);
    return { ...common, Stt: '30', Yhcljg: `${code}${why}` };
  }
  return { ...common, Stt: pendingState, Yhcljg: pendingText };
}

/** A payment as 4005 and 4015 show it. */
export function shown(order: Order, books: Books): Row {
  const { reference: _, ...repeats } = order.movement.repeats ?? {};
  const row = order.booking?.rows[0];
  const booked = row === undefined ? {} : { AccountDate: row.date, hostFlowNo: hostNumber(row) };
  return {
    ...repeats,
    ...state(order, books),
    ...booked,
    FrontLogNo: orderNumber(order),
    Fee: fen(books.settings.payoutFee),
    TransBsn: order.movement.transaction,
    submitTime: stamp(order.at),
  };
}

/** By voucher, else by FrontLogNo, else by the number in the head of its request; in that order. */
function asked({ orders }: Inside, message: Message): Order | undefined {
  const voucher = text(message, 'OrigThirdVoucher');
  if (voucher !== '') return orders.last(voucher, '', '4005');
  const front = text(message, 'OrigFrontLogNo');
  const reference = text(message, 'OrigThirdLogNo');
  return orders
    .all()
    .findLast(
      (order) =>
        order.movement.inquiry === '4005' &&
        (front !== ''
          ? orderNumber(order) === front
          : reference !== '' && order.movement.repeats?.reference === reference),
    );
}

function status(inside: Inside, message: Message, now: number): Reply {
  const order = asked(inside, message);
  if (order === undefined || !inside.counter.knows(order, now)) return refused(B2BI.noRecord);
  const values = { ...shown(order, inside.books), OrigThirdVoucher: order.movement.serial };
  inside.counter.asked(order, now);
  return { code: CODES.done, values };
}

/** A yuan text of several amounts. */
export const total = (amounts: readonly bigint[]): string =>
  yuan(amounts.reduce((sum, one) => sum + one, 0n));

export const payments: Family = { movements: { '4004': single }, queries: { '4005': status } };
