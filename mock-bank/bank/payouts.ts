/**
 * Money that leaves: DLFCSOUT from a member (submitted, settled later, a fee beside it), and what happens
 * to a payout outside: one that comes back, one made over another channel that no serial knows.
 */
import type { Message } from '../../src/protocol/message.ts';
import { instantOf } from '../ledger/calendar.ts';
import { fen } from '../ledger/money.ts';
import type { Entry, Party } from '../ledger/shapes.ts';
import { CODES } from './codes.ts';
import type { Family } from './family.ts';
import { type Books, isCode, lacks, type Movement, normal, type When } from './movement.ts';
import { amount, text } from './reply.ts';

/** TRANTYPE of money that comes from or goes to another bank (普通外部转账). */
export const EXTERNAL = '23';

/** `preFlg` 1: the appointed instant; undefined when the appointment is none. */
export function appointed(message: Message): number | undefined {
  if (!['100000', '120000', '140000', '160000'].includes(text(message, 'preTime')))
    return undefined;
  return instantOf(text(message, 'preDate'), text(message, 'preTime'));
}

export interface Payment {
  readonly from: string;
  readonly to: Party;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly memo: string;
}

/** Books a payment to the outside world; answers the row on the payer's account. */
export function payOut(books: Books, payment: Payment, when: When): Entry | undefined {
  const { from, to, fee, memo } = payment;
  const total = payment.amount + fee;
  const payer = { account: from, name: books.ledger.account(from)?.name ?? '' };
  const rows = books.ledger.post({
    ...when,
    type: EXTERNAL,
    memo,
    legs: [
      { account: from, amount: -total, other: to, ...(fee > 0n ? { fee } : {}) },
      { account: books.outside, amount: total, other: payer },
    ],
  });
  return rows[0];
}

/** The money of a payout comes back: a negative debit, by choice under the key of the first row. */
export function returnPayout(books: Books, entry: Entry, sameKey: boolean, when: When): Entry {
  const payer = { account: entry.account, name: '' };
  const [row] = books.ledger.post({
    ...when,
    type: EXTERNAL,
    memo: entry.memo,
    legs: [
      {
        account: entry.account,
        amount: entry.amount,
        other: entry.other,
        negativeDebit: true,
        ...(sameKey ? { sameKeyAs: entry } : {}),
      },
      { account: books.outside, amount: -entry.amount, other: payer },
    ],
  });
  return row ?? entry;
}

function withdrawal(books: Books, message: Message): Movement {
  const from = text(message, 'accountNo');
  const tranAmt = amount(message, 'tranAmt');
  const memo = text(message, 'memo');
  const scheduled = text(message, 'preFlg') === '1';
  const at = scheduled ? appointed(message) : undefined;
  const to: Party = {
    account: text(message, 'recvAccNo'),
    name: text(message, 'recvAccNm'),
    bank: text(message, 'recvBankNm'),
    bankCode: text(message, 'recvTgfi'),
  };
  return {
    serial: text(message, 'clientID'),
    transaction: 'DLFCSOUT',
    type: text(message, 'payType'),
    from,
    to: to.account,
    amount: tranAmt,
    memo,
    mode: at === undefined ? books.settings.payoutMode : { at },
    check: () => {
      if (tranAmt <= 0n) return CODES.amount;
      if (scheduled && at === undefined) return CODES.schedule;
      const payer = normal(books.ledger.account(from), CODES.noPayer);
      if (isCode(payer)) return payer;
      return lacks(books.ledger, payer, tranAmt + fen(books.settings.payoutFee));
    },
    book: (when) => {
      const fee = fen(books.settings.payoutFee);
      payOut(books, { from, to, amount: tranAmt, fee, memo }, when);
      return {};
    },
  };
}

export const payouts: Family = { movements: { DLFCSOUT: withdrawal } };
