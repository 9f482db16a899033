/**
 * The money of an order of the payment gateway goes back to who paid it: DLWDLSUB a top-up (充值退回),
 * DLRFDSUB an order (退款). Accepted only; DLWDLDTL and DLRFDDTL tell the result by serial.
 */
import type { Row } from '../../src/protocol/message.ts';
import { partyOf, payOut } from '../bank/booking.ts';
import { anyCode, CODES, type Code } from '../bank/codes.ts';
import type { Answerer, Family, MovementReader } from '../bank/family.ts';
import {
  type Books,
  firstOf,
  isCode,
  isEntity,
  lacks,
  type Movement,
  normal,
} from '../bank/movement.ts';
import { type Order, shownState } from '../bank/orders.ts';
import { amount, listed, memoOf, refused, text } from '../bank/reply.ts';
import { dayOf, timeOf } from '../ledger/calendar.ts';
import type { Party } from '../ledger/shapes.ts';

const nobody: Party = { account: '', name: '' };

const refund =
  (transaction: string, inquiry: string, kind: 'top-up' | 'order'): MovementReader =>
  (books, message) => {
    const orderNo = text(message, 'orderNo');
    const original = books.gateway.get(orderNo);
    const payee = original?.payer ?? nobody;
    const order = {
      serial: text(message, 'clientID'),
      transaction,
      type: '',
      from: text(message, 'accountNo'),
      to: payee.account,
      amount: amount(message, 'tranAmt'),
      memo: memoOf(message) || orderNo,
      mode: 'accept' as const,
      inquiry,
      refundOf: orderNo,
      repeats: { orderNo, recvAccNo: payee.account, recvAccNm: payee.name, memo: memoOf(message) },
    };
    const check = (): Code | undefined => {
      const refusal = payable(books, order);
      if (refusal !== undefined) return refusal;
      if (original?.kind !== kind || original.state !== '01') return CODES.noOrder;
      const { refundPayer, returnedAgain } = books.settings;
      const tooMuch = original.returned + order.amount > original.amount;
      return firstOf(
        refundPayer === 'arrived' && original.account !== order.from && CODES.noPayer,
        returnedAgain === 'refuse' && tooMuch && CODES.wentBack,
      );
    };
    return {
      ...order,
      check,
      book: (when) => {
        payOut(books, { ...order, to: payee, fee: 0n }, when);
        if (original !== undefined) original.returned += order.amount;
        return {};
      },
    };
  };

/** Which accounts pay a refund is not stated: an entity account, a settlement account or a member's. */
function payable(books: Books, order: Pick<Movement, 'from' | 'amount'>): Code | undefined {
  if (order.amount <= 0n) return CODES.amount;
  const account = books.ledger.account(order.from);
  const entity = isEntity(account) || account?.kind === 'settlement';
  const payer = entity && account !== undefined ? account : normal(account, CODES.noPayer);
  return isCode(payer) ? payer : lacks(books.ledger, payer, order.amount);
}

const told =
  (transaction: string, inquiry: string): Answerer =>
  ({ books, counter, orders }, message, now) => {
    const order = orders.last(text(message, 'clientID'), transaction, inquiry);
    if (order === undefined || !counter.knows(order, now)) {
      return refused(anyCode(books.settings.refundUnknown));
    }
    const row = resultRow(books, order);
    counter.asked(order, now);
    return listed(CODES.done, [row]);
  };

/** 00 processing, 01 success, 02 failed: other values and meanings than those of DLCIDSTT. */
const FLAGS: Readonly<Record<string, string>> = { '0': '01', '2': '00' };

function resultRow(books: Books, order: Order): Row {
  const { at, booking, movement } = order;
  const payer = partyOf(books, movement.from);
  const { code, stt } = shownState(order, books.settings);
  return {
    payAccNo: payer.account,
    payAccNm: payer.name,
    tranDate: dayOf(at),
    tranTime: timeOf(at),
    seqNo: booking?.rows[0]?.number ?? '',
    tranAmt: movement.amount,
    freezeFlg: 'N',
    ...movement.repeats,
    stt: FLAGS[stt] ?? '02',
    status: code.code,
    statusText: code.text,
  };
}

export const refunds: Family = {
  movements: {
    DLWDLSUB: refund('DLWDLSUB', 'DLWDLDTL', 'top-up'),
    DLRFDSUB: refund('DLRFDSUB', 'DLRFDDTL', 'order'),
  },
  queries: {
    DLWDLDTL: told('DLWDLSUB', 'DLWDLDTL'),
    DLRFDDTL: told('DLRFDSUB', 'DLRFDDTL'),
  },
};
