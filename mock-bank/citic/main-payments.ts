/**
 * Payments from a main account: DLOUTTRN to anybody, DLEXPENS to a person, DLINETRN to another main
 * account of the group. The answer of one that was booked repeats it.
 */
import type { Message, Values } from '../../src/protocol/message.ts';
import { moveInside, ORDINARY, payOut, timing } from '../bank/booking.ts';
import { CODES, type Code } from '../bank/codes.ts';
import type { Family } from '../bank/family.ts';
import {
  type Books,
  firstOf,
  isEntity,
  lacks,
  type Movement,
  type When,
} from '../bank/movement.ts';
import { amount, memoOf, text } from '../bank/reply.ts';
import { dayOf, timeOf } from '../ledger/calendar.ts';
import type { Entry, Party } from '../ledger/shapes.ts';
import { OWN_BANK, personNamed } from './directory.ts';

interface Kind {
  readonly transaction: string;
  /** what the rows show beside the money */
  readonly payee: Party;
  /** why this payee cannot be paid this way */
  refusal(): Code | undefined;
  /** answers the payer's row */
  book(payment: { from: string; amount: bigint; memo: string }, when: When): Entry | undefined;
}

function payment(books: Books, message: Message, kind: Kind): Movement {
  const { payee, transaction } = kind;
  const from = text(message, 'payAccountNo');
  const tranAmount = amount(message, 'tranAmount');
  const { mode, fault } = timing(message, books.settings.paymentMode);
  const summary = text(message, 'abstract');
  return {
    serial: text(message, 'clientID'),
    transaction,
    type: text(message, 'payType'),
    from,
    to: payee.account,
    amount: tranAmount,
    memo: memoOf(message),
    mode,
    check: () => {
      if (tranAmount <= 0n) return CODES.amount;
      if (fault !== undefined) return fault;
      const payer = books.ledger.account(from);
      if (!isEntity(payer)) return CODES.noPayer;
      return firstOf(kind.refusal(), lacks(books.ledger, payer, tranAmount));
    },
    book: (when) => {
      const first = books.settings.mainRowAbstract === 'abstract' ? summary : '';
      const memo = first || memoOf(message);
      const row = kind.book({ from, amount: tranAmount, memo }, when);
      return repeated(books, message, payee, row, when);
    },
  };
}

function repeated(
  books: Books,
  message: Message,
  payee: Party,
  row: Entry | undefined,
  when: When,
): Values {
  const payAccountNo = text(message, 'payAccountNo');
  return {
    tranDate: dayOf(when.at),
    tranTime: timeOf(when.at),
    tranNo: row?.number ?? '',
    payAccountNo,
    payAccountName: books.ledger.account(payAccountNo)?.name ?? '',
    payOpenBankName: OWN_BANK,
    recAccountNo: payee.account,
    recAccountName: payee.name,
    recOpenBankName: payee.bank ?? '',
    tranAmount: amount(message, 'tranAmount'),
    abstract: text(message, 'abstract'),
  };
}

function outward(books: Books, message: Message): Movement {
  const payee: Party = {
    account: text(message, 'recAccountNo'),
    name: text(message, 'recAccountName'),
    bank: text(message, 'recOpenBankName'),
    bankCode: text(message, 'recOpenBankCode') || text(message, 'recBankNo'),
  };
  return payment(books, message, {
    transaction: 'DLOUTTRN',
    payee,
    refusal: () => undefined,
    book: (order, when) => payOut(books, { ...order, to: payee, fee: 0n }, when),
  });
}

/** Every account of this ledger is a company's; the persons have theirs outside of it. */
function expense(books: Books, message: Message): Movement {
  const account = text(message, 'recAccountNo');
  const name = text(message, 'recAccountName');
  const payee: Party = { account, name, bank: OWN_BANK };
  return payment(books, message, {
    transaction: 'DLEXPENS',
    payee,
    refusal: () => {
      if (books.ledger.account(account) !== undefined) return CODES.notPerson;
      const person = personNamed(account);
      const other = person !== undefined && person !== name;
      return other && books.settings.payeeName === 'checked' ? CODES.payeeName : undefined;
    },
    book: (order, when) => payOut(books, { ...order, to: payee, fee: 0n }, when),
  });
}

function inside(books: Books, message: Message): Movement {
  const to = text(message, 'recAccountNo');
  const account = books.ledger.account(to);
  return payment(books, message, {
    transaction: 'DLINETRN',
    payee: { account: to, name: account?.name ?? '', bank: OWN_BANK },
    refusal: () => {
      const payee = books.ledger.account(to);
      if (!isEntity(payee)) return CODES.noPayee;
      return to === text(message, 'payAccountNo') ? CODES.sameAccount : undefined;
    },
    book: (order, when) => moveInside(books, { ...order, to }, ORDINARY, when)[0],
  });
}

export const mainPayments: Family = {
  movements: { DLOUTTRN: outward, DLEXPENS: expense, DLINETRN: inside },
};
