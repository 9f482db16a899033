/**
 * The merchant's own money between its settlement account (实体结算账户) and a sub-account: DLFONDIN in,
 * DLFNDOUT out. A sub-account that has settlement accounts bound to it pays to no other.
 */
import type { Message } from '../../src/protocol/message.ts';
import { misnamed, moveInside, partyOf, payOut, timing } from '../bank/booking.ts';
import { CODES, type Code } from '../bank/codes.ts';
import type { Family } from '../bank/family.ts';
import {
  type Books,
  firstOf,
  isCode,
  lacks,
  type Movement,
  normal,
  type When,
} from '../bank/movement.ts';
import { amount, memoOf, text } from '../bank/reply.ts';
import { termsOf } from '../bank/terms.ts';
import { fen } from '../ledger/money.ts';
import type { Party } from '../ledger/shapes.ts';

function fundIn(books: Books, message: Message): Movement {
  const order = {
    serial: text(message, 'clientID'),
    transaction: 'DLFONDIN',
    type: '',
    from: text(message, 'accountNo'),
    to: text(message, 'subAccNo'),
    amount: amount(message, 'tranAmt'),
    memo: memoOf(message),
    mode: books.settings.transferMode,
  };
  const check = (): Code | undefined => {
    if (order.amount <= 0n) return CODES.amount;
    const payer = books.ledger.account(order.from);
    if (payer?.kind !== 'settlement') return CODES.noPayer;
    const payee = normal(books.ledger.account(order.to), CODES.noPayee);
    if (isCode(payee)) return payee;
    const named = misnamed(books, payee, text(message, 'subAccNm'));
    return firstOf(named, lacks(books.ledger, payer, order.amount));
  };
  const book = (when: When) => {
    moveInside(books, order, books.settings.settlementRowType, when);
    return {};
  };
  return { ...order, check, book };
}

function fundOut(books: Books, message: Message): Movement {
  const { mode, fault } = timing(message, books.settings.payoutMode);
  const payee: Party = {
    account: text(message, 'recvAccNo'),
    name: text(message, 'recvAccNm'),
    bank: text(message, 'recvBankNm'),
    bankCode: text(message, 'recvTgfi'),
  };
  const order = {
    serial: text(message, 'clientID'),
    transaction: 'DLFNDOUT',
    type: text(message, 'payType'),
    from: text(message, 'accountNo'),
    to: payee.account,
    amount: amount(message, 'tranAmt'),
    memo: memoOf(message),
    mode,
  };
  const check = (): Code | undefined => {
    if (order.amount <= 0n) return CODES.amount;
    if (fault !== undefined) return fault;
    const payer = normal(books.ledger.account(order.from), CODES.noPayer);
    if (isCode(payer)) return payer;
    const { bound } = termsOf(books, payer);
    if (bound.length > 0 && !bound.includes(order.to)) return CODES.notBound;
    return lacks(books.ledger, payer, order.amount + fen(books.settings.payoutFee));
  };
  const book = (when: When) => {
    const fee = fen(books.settings.payoutFee);
    if (books.ledger.account(order.to)?.kind === 'settlement') home(books, order, fee, when);
    else payOut(books, { ...order, to: payee, fee }, when);
    return {};
  };
  return { ...order, check, book };
}

type Order = Pick<Movement, 'from' | 'to' | 'amount' | 'memo'>;

/** To a settlement account of this bank; the fee goes to the bank, as that of a payout does. */
function home(books: Books, order: Order, fee: bigint, when: When): void {
  const { from, to, memo } = order;
  const payer = partyOf(books, from);
  const charged = { account: books.outside, amount: fee, other: payer };
  books.ledger.post({
    ...when,
    type: books.settings.settlementRowType,
    memo,
    legs: [
      { account: from, amount: -order.amount - fee, other: partyOf(books, to), fee },
      { account: to, amount: order.amount, other: payer },
      ...(fee > 0n ? [charged] : []),
    ],
  });
}

export const settlement: Family = { movements: { DLFONDIN: fundIn, DLFNDOUT: fundOut } };
