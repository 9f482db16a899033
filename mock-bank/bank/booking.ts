/** What many movements share: an appointed time, two legs inside this bank, the names of their parties. */
import type { Message } from '../../src/protocol/message.ts';
import { instantOf } from '../ledger/calendar.ts';
import type { Account, Entry, Party } from '../ledger/shapes.ts';
import { CODES, type Code } from './codes.ts';
import type { Books, Movement, When } from './movement.ts';
import { text } from './reply.ts';

/** TRANTYPE of money that comes from or goes to another bank (普通外部转账). */
export const EXTERNAL = '23';
/** TRANTYPE of money that moves inside this bank (普通转账). */
export const ORDINARY = '11';

/** The only times of day a payment can be put off to. */
const times = ['100000', '120000', '140000', '160000'];

/** `preFlg` 1: at the appointed instant; a fault when the appointment is none. */
export function timing(
  message: Message,
  otherwise: 'now' | 'settle',
): { mode: Movement['mode']; fault?: Code } {
  if (text(message, 'preFlg') !== '1') return { mode: otherwise };
  const time = text(message, 'preTime');
  const at = times.includes(time) ? instantOf(text(message, 'preDate'), time) : undefined;
  return at === undefined ? { mode: otherwise, fault: CODES.schedule } : { mode: { at } };
}

export const partyOf = (books: Books, number: string): Party => ({
  account: number,
  name: books.ledger.account(number)?.name ?? '',
});

type Inside = Pick<Movement, 'from' | 'to' | 'amount' | 'memo'>;

/** Moves money between two accounts of this bank; answers the payer's row and the payee's. */
export function moveInside(books: Books, order: Inside, type: string, when: When): Entry[] {
  const { from, to, amount, memo } = order;
  return books.ledger.post({
    ...when,
    type,
    memo,
    legs: [
      { account: from, amount: -amount, other: partyOf(books, to) },
      { account: to, amount, other: partyOf(books, from) },
    ],
  });
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
  const rows = books.ledger.post({
    ...when,
    type: EXTERNAL,
    memo,
    legs: [
      { account: from, amount: -total, other: to, ...(fee > 0n ? { fee } : {}) },
      { account: books.outside, amount: total, other: partyOf(books, from) },
    ],
  });
  return rows[0];
}

/** Setting `payeeName`: the payee is called otherwise than the order says. */
export const misnamed = (books: Books, payee: Account, name: string): Code | undefined =>
  books.settings.payeeName === 'checked' && name !== payee.name ? CODES.payeeName : undefined;
