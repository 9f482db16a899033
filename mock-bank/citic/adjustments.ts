/**
 * Money that waits on the public adjustment account (公共调账账户): `into` assigns its entry to a member,
 * `outOf` takes a wrong assignment back. The entry is named by date, teller number and sequence, and moves
 * whole. After a return the first entry waits again. DLWFDRTN takes the key of the waiting entry or of the
 * member's row.
 */
import type { Message } from '../../src/protocol/message.ts';
import { moveInside } from '../bank/booking.ts';
import { CODES, type Code } from '../bank/codes.ts';
import type { Family } from '../bank/family.ts';
import { type Books, isCode, lacks, type Movement, normal } from '../bank/movement.ts';
import { amount, text } from '../bank/reply.ts';
import type { Entry } from '../ledger/shapes.ts';

const ADJUSTMENT = '16';

export interface Key {
  readonly date: string;
  readonly number: string;
  readonly sequence: string;
}

const named = (key: Key) => (entry: Entry) =>
  entry.date === key.date && entry.number === key.number && entry.sequence === key.sequence;

/** The entry on the adjustment account, also when the member's row of its assignment was named. */
export function waitingEntry(books: Books, key: Key): Entry | undefined {
  const all = books.ledger.entries();
  const mine = (entry: Entry) => entry.account === books.adjustment && entry.waiting !== undefined;
  const direct = all.find((entry) => mine(entry) && named(key)(entry));
  if (direct !== undefined) return direct;
  const row = all.find((entry) => entry.type === ADJUSTMENT && named(key)(entry));
  return row === undefined
    ? undefined
    : all.find(
        (entry) => mine(entry) && entry.assignedTo === row.account && entry.amount === row.amount,
      );
}

type Order = Omit<Movement, 'check' | 'book'>;

/** From the adjustment account to a member. */
export function into(books: Books, order: Order, key: Key): Movement {
  const check = (): Code | undefined => {
    if (order.from !== books.adjustment) return CODES.noPayer;
    const payee = normal(books.ledger.account(order.to), CODES.noPayee);
    if (isCode(payee)) return payee;
    const entry = waitingEntry(books, key);
    if (entry === undefined || entry.waiting !== true) return CODES.noEntry;
    return entry.amount === order.amount ? undefined : CODES.entryAmount;
  };
  return {
    ...order,
    check,
    book: (when) => {
      const entry = waitingEntry(books, key);
      if (entry !== undefined) {
        entry.waiting = false;
        entry.assignedTo = order.to;
      }
      moveInside(books, order, ADJUSTMENT, when);
      return {};
    },
  };
}

/** From a member back to the adjustment account. */
export function outOf(books: Books, order: Order, key: Key): Movement {
  const check = (): Code | undefined => {
    if (order.to !== books.adjustment) return CODES.noPayee;
    const payer = normal(books.ledger.account(order.from), CODES.noPayer);
    if (isCode(payer)) return payer;
    const entry = waitingEntry(books, key);
    if (entry === undefined || entry.assignedTo !== order.from) return CODES.notAssigned;
    if (entry.amount !== order.amount) return CODES.entryAmount;
    return lacks(books.ledger, payer, order.amount);
  };
  return {
    ...order,
    check,
    book: (when) => {
      const entry = waitingEntry(books, key);
      if (entry !== undefined) {
        entry.waiting = true;
        delete entry.assignedTo;
      }
      moveInside(books, order, ADJUSTMENT, when);
      return {};
    },
  };
}

function read(message: Message, transaction: string, payer: string): { order: Order; key: Key } {
  return {
    order: {
      serial: text(message, 'clientID'),
      transaction,
      type: '',
      from: text(message, payer),
      to: text(message, 'recvAccNo'),
      amount: amount(message, 'tranAmt'),
      memo: text(message, 'memo'),
      mode: 'now',
    },
    key: {
      date: text(message, 'hostDate'),
      number: text(message, 'hostFlw'),
      sequence: text(message, 'hostSeq'),
    },
  };
}

function assignment(books: Books, message: Message): Movement {
  const { order, key } = read(message, 'DLTRSFIN', 'accountNo');
  return into(books, order, key);
}

function takeBack(books: Books, message: Message): Movement {
  const { order, key } = read(message, 'DLWFDRTN', 'payAccNo');
  const movement = outOf(books, order, key);
  const wrong = text(message, 'accountNo') !== books.main;
  return { ...movement, check: () => (wrong ? CODES.wrongMain : movement.check()) };
}

export const adjustments: Family = { movements: { DLTRSFIN: assignment, DLWFDRTN: takeBack } };
