/**
 * 4004 pays from the company's account, 4005 tells what became of it: Stt 20 booked, 30 failed, anything else
 * on its way. 000000 to a 4004 is only that it was accepted.
 */
import type { Message, Row } from '../../../src/protocol/message.ts';
import { moveInside, ORDINARY, payOut } from '../../bank/booking.ts';
import { CODES, type Code } from '../../bank/codes.ts';
import type { Family, Inside } from '../../bank/family.ts';
import { type Books, lacks, type Movement, type Taken, type When } from '../../bank/movement.ts';
import type { Order } from '../../bank/orders.ts';
import { amount, headText, type Reply, refused, text } from '../../bank/reply.ts';
import { fen, yuan } from '../../ledger/money.ts';
import { COMPANY_NAME } from '../books.ts';
import { B2BI, b2biCode } from '../codes.ts';
import { hostNumber, orderNumber, stamp } from '../numbers.ts';

/** One payment, of its own or out of a batch, before anybody decided to book it. */
export interface Payment {
  readonly serial: string;
  readonly batch?: string;
  readonly transaction: string;
  readonly inquiry: string;
  readonly mode: Movement['mode'];
  readonly from: string;
  readonly to: { readonly account: string; readonly name: string; readonly bank: string };
  readonly amount: bigint;
  readonly memo: string;
  /** what answers and inquiries repeat of it */
  readonly repeats: Row;
  /** collected from the other party instead of paid to it */
  readonly collects?: boolean;
}

export function payment(books: Books, order: Payment, answers?: (as: Taken) => Row): Movement {
  const payee = () => books.ledger.account(order.to.account);
  const check = (): Code | undefined => {
    if (order.amount <= 0n) return CODES.amount;
    const payer = books.ledger.account(order.from);
    if (payer?.kind !== 'company') return CODES.noPayer;
    const known = payee();
    if (known === payer) return CODES.sameAccount;
    if (known !== undefined && known.state !== '0') return CODES.notNormal;
    if (order.collects === true) return undefined;
    return lacks(books.ledger, payer, order.amount + fen(books.settings.payoutFee));
  };
  const book = (when: When) => {
    const { from, to, memo } = order;
    const known = payee();
    if (order.collects === true) {
      const other = { account: to.account, name: to.name, bank: to.bank };
      const company = { account: from, name: COMPANY_NAME };
      books.ledger.post({
        ...when,
        type: ORDINARY,
        memo,
        legs: [
          { account: from, amount: order.amount, other },
          { account: books.outside, amount: -order.amount, other: company },
        ],
      });
    } else if (known !== undefined && known.kind !== 'outside') {
      moveInside(books, { ...order, to: to.account }, ORDINARY, when);
    } else {
      payOut(
        books,
        { from, to, amount: order.amount, fee: fen(books.settings.payoutFee), memo },
        when,
      );
    }
    return {};
  };
  const { serial, batch, transaction, inquiry, mode, from, memo, repeats } = order;
  return {
    ...{ serial, transaction, inquiry, mode, from, memo, repeats, type: '', check, book },
    ...(batch === undefined ? {} : { batch }),
    to: order.to.account,
    amount: order.amount,
    ...(answers === undefined ? {} : { taken: answers }),
  };
}

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
  return payment(books, order, (as) => ({
    ...shown,
    ThirdVoucher: serial,
    FrontLogNo: orderNumber(as),
    OutAcctName: text(message, 'OutAcctName'),
    Fee1: fen(books.settings.payoutFee),
    Fee2: 0n,
  }));
}

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
