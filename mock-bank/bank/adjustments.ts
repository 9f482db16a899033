/**
 * DLTRSFIN assigns an entry of the public adjustment account to a member, DLWFDRTN takes a wrong
 * assignment back. The entry is named by date, teller number and sequence, and moves whole. After a
 * return the first entry waits again. DLWFDRTN takes the key of the waiting entry or of the member's row.
 */
import type { Message } from '../../src/protocol/message.ts';
import type { Entry } from '../ledger/shapes.ts';
import { CODES, type Code } from './codes.ts';
import type { Family } from './family.ts';
import { type Books, isCode, lacks, type Movement, normal, type When } from './movement.ts';
import { amount, text } from './reply.ts';

const ADJUSTMENT = '16';

const named = (message: Message) => (entry: Entry) =>
  entry.date === text(message, 'hostDate') &&
  entry.number === text(message, 'hostFlw') &&
  entry.sequence === text(message, 'hostSeq');

/** The entry on the adjustment account, also when the member's row of its assignment was named. */
function source(books: Books, message: Message): Entry | undefined {
  const all = books.ledger.entries();
  const mine = (entry: Entry) => entry.account === books.adjustment && entry.waiting !== undefined;
  const direct = all.find((entry) => mine(entry) && named(message)(entry));
  if (direct !== undefined) return direct;
  const row = all.find((entry) => entry.type === ADJUSTMENT && named(message)(entry));
  return row === undefined
    ? undefined
    : all.find(
        (entry) => mine(entry) && entry.assignedTo === row.account && entry.amount === row.amount,
      );
}

function move(books: Books, order: Movement | Order, when: When): void {
  const party = (number: string) => ({
    account: number,
    name: books.ledger.account(number)?.name ?? '',
  });
  books.ledger.post({
    ...when,
    type: ADJUSTMENT,
    memo: order.memo,
    legs: [
      { account: order.from, amount: -order.amount, other: party(order.to) },
      { account: order.to, amount: order.amount, other: party(order.from) },
    ],
  });
}

type Order = Pick<
  Movement,
  'serial' | 'transaction' | 'type' | 'from' | 'to' | 'amount' | 'memo' | 'mode'
>;

function assignment(books: Books, message: Message): Movement {
  const order: Order = {
    serial: text(message, 'clientID'),
    transaction: 'DLTRSFIN',
    type: '',
    from: text(message, 'accountNo'),
    to: text(message, 'recvAccNo'),
    amount: amount(message, 'tranAmt'),
    memo: text(message, 'memo'),
    mode: 'now',
  };
  const check = (): Code | undefined => {
    if (order.from !== books.adjustment) return CODES.noPayer;
    const payee = normal(books.ledger.account(order.to), CODES.noPayee);
    if (isCode(payee)) return payee;
    const entry = source(books, message);
    if (entry === undefined || entry.waiting !== true) return CODES.noEntry;
    return entry.amount === order.amount ? undefined : CODES.entryAmount;
  };
  return {
    ...order,
    check,
    book: (when) => {
      const entry = source(books, message);
      if (entry !== undefined) {
        entry.waiting = false;
        entry.assignedTo = order.to;
      }
      move(books, order, when);
      return {};
    },
  };
}

function takeBack(books: Books, message: Message): Movement {
  const order: Order = {
    serial: text(message, 'clientID'),
    transaction: 'DLWFDRTN',
    type: '',
    from: text(message, 'payAccNo'),
    to: text(message, 'recvAccNo'),
    amount: amount(message, 'tranAmt'),
    memo: text(message, 'memo'),
    mode: 'now',
  };
  const check = (): Code | undefined => {
    if (text(message, 'accountNo') !== books.main) return CODES.wrongMain;
    if (order.to !== books.adjustment) return CODES.noPayee;
    const payer = normal(books.ledger.account(order.from), CODES.noPayer);
    if (isCode(payer)) return payer;
    const entry = source(books, message);
    if (entry === undefined || entry.assignedTo !== order.from) return CODES.notAssigned;
    if (entry.amount !== order.amount) return CODES.entryAmount;
    return lacks(books.ledger, payer, order.amount);
  };
  return {
    ...order,
    check,
    book: (when) => {
      const entry = source(books, message);
      if (entry !== undefined) {
        entry.waiting = true;
        delete entry.assignedTo;
      }
      move(books, order, when);
      return {};
    },
  };
}

export const adjustments: Family = { movements: { DLTRSFIN: assignment, DLWFDRTN: takeBack } };
