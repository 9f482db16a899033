/** T101 and T102 move money, Q202 tells what became of them; Q201 and Q203 look at an account. */
import type { Message, Row } from '../../src/protocol/message.ts';
import { moveInside, ORDINARY, payOut } from '../bank/booking.ts';
import { CODES } from '../bank/codes.ts';
import type { Family, Inside } from '../bank/family.ts';
import {
  type Books,
  firstOf,
  isCode,
  isSub,
  lacks,
  type Movement,
  normal,
} from '../bank/movement.ts';
import { shownState } from '../bank/orders.ts';
import { amount, type Reply, ROWS, refused, text } from '../bank/reply.ts';
import type { Entry } from '../ledger/shapes.ts';
import { referenceCode } from './codes.ts';

const INQUIRY = 'Q202';

/** The protocol wants a number that is unique in its day: the bank's own, and its sequence. */
export const numberOf = (entry: Entry): string => `${entry.number}${entry.sequence}`.slice(0, 20);

function transfer(books: Books, message: Message): Movement {
  const [from, to] = [text(message, 'from'), text(message, 'to')];
  const order = { from, to, amount: amount(message, 'amount'), memo: text(message, 'memo') };
  return {
    ...order,
    serial: text(message, 'serial'),
    transaction: 'T101',
    type: '',
    mode: 'now',
    inquiry: INQUIRY,
    check: () => {
      if (order.amount <= 0n) return CODES.amount;
      const payer = normal(books.ledger.account(from), CODES.noPayer);
      if (isCode(payer)) return payer;
      const payee = normal(books.ledger.account(to), CODES.noPayee);
      if (isCode(payee)) return payee;
      return firstOf(from === to && CODES.sameAccount, lacks(books.ledger, payer, order.amount));
    },
    book: (when) => {
      const [row] = moveInside(books, order, ORDINARY, when);
      return row === undefined ? {} : { number: numberOf(row) };
    },
  };
}

function payout(books: Books, message: Message): Movement {
  const from = text(message, 'account');
  const to = {
    account: text(message, 'payee'),
    name: text(message, 'payeeName'),
    bank: text(message, 'bankName'),
    bankCode: text(message, 'bankCode'),
  };
  const order = { from, amount: amount(message, 'amount'), memo: text(message, 'memo') };
  return {
    ...order,
    to: to.account,
    serial: text(message, 'serial'),
    transaction: 'T102',
    type: '',
    mode: books.settings.payoutMode,
    inquiry: INQUIRY,
    check: () => {
      if (order.amount <= 0n) return CODES.amount;
      const payer = normal(books.ledger.account(from), CODES.noPayer);
      return isCode(payer) ? payer : lacks(books.ledger, payer, order.amount);
    },
    book: (when) => {
      const row = payOut(books, { ...order, to, fee: 0n }, when);
      return row === undefined ? {} : { number: numberOf(row) };
    },
  };
}

function state({ books, counter, orders }: Inside, message: Message, now: number): Reply {
  const order = orders.last(text(message, 'ofSerial'), text(message, 'ofCode'), INQUIRY);
  if (order === undefined || !counter.knows(order, now)) return refused(CODES.noSuchSerial);
  counter.asked(order, now);
  const { stt, code } = shownState(order, books.settings);
  const [row] = order.booking?.rows ?? [];
  if (stt === '0') {
    return {
      code: CODES.done,
      values: { state: 'S', number: row === undefined ? '' : numberOf(row) },
    };
  }
  if (stt === '2') return { code: CODES.done, values: { state: 'P' } };
  return { code: CODES.done, values: { state: 'F', reason: referenceCode(code).code } };
}

function balance({ books }: Inside, message: Message): Reply {
  const account = books.ledger.account(text(message, 'account'));
  if (!isSub(account)) return refused(CODES.noAccount);
  const row = {
    account: account.number,
    name: account.name,
    available: books.ledger.available(account),
    balance: account.balance,
    frozen: account.frozen,
  };
  return { code: CODES.done, values: { [ROWS]: [row] } };
}

function statement({ books, orders }: Inside, message: Message, now: number): Reply {
  const account = books.ledger.account(text(message, 'account'));
  if (!isSub(account)) return refused(CODES.noAccount);
  const [from, to] = [text(message, 'from'), text(message, 'to')];
  const rows = books.ledger.find({ account: account.number, from, to, now });
  const start = Number(text(message, 'start') || '1');
  const size = Number(text(message, 'size') || '50');
  const shown = rows.slice(start - 1, start - 1 + size).map((entry): Row => {
    const { other } = entry;
    return {
      account: entry.account,
      date: entry.date,
      time: entry.time,
      number: numberOf(entry),
      direction: entry.direction,
      amount: entry.amount,
      balance: entry.balance,
      otherAccount: other.account,
      otherName: other.name,
      otherBank: other.bank ?? '',
      otherBankCode: other.bankCode ?? '',
      serial: orders.behind(entry)?.movement.serial ?? '',
      memo: entry.memo,
    };
  });
  return { code: CODES.done, values: { [ROWS]: shown } };
}

export const orders: Family = {
  movements: { T101: transfer, T102: payout },
  queries: { Q201: balance, Q202: state, Q203: statement },
  statements: { Q203: 'account' },
};
