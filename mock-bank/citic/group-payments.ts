/**
 * The movements of group sub-accounts (集团附属账户), on the same accounts that members have: DLCTNSUB pays
 * out, DLSINSUB moves between two of them, DLINISUB gives one its opening balance, DLMIXSUB moves an entry
 * of the public adjustment account. Their memo is the summary (摘要).
 */
import type { Message } from '../../src/protocol/message.ts';
import { misnamed, moveInside, ORDINARY, payOut, timing } from '../bank/booking.ts';
import { CODES, type Code } from '../bank/codes.ts';
import type { Family } from '../bank/family.ts';
import { type Books, firstOf, isCode, lacks, type Movement, normal } from '../bank/movement.ts';
import { amount, memoOf, text } from '../bank/reply.ts';
import type { Party } from '../ledger/shapes.ts';
import { into, outOf, waitingEntry } from './adjustments.ts';

const INITIALISATION = '12';

function orderOf(message: Message, transaction: string, otherwise: 'now' | 'settle') {
  const { mode, fault } = timing(message, otherwise);
  const order = {
    serial: text(message, 'clientID'),
    transaction,
    type: text(message, 'tranType'),
    from: text(message, 'payAccNo'),
    to: text(message, 'recvAccNo'),
    amount: amount(message, 'tranAmt'),
    memo: memoOf(message),
    mode,
  };
  return { order, fault };
}

/** What every one of these asks first. */
const early = (order: { amount: bigint }, fault: Code | undefined): Code | undefined =>
  order.amount <= 0n ? CODES.amount : fault;

const wrongMain = (books: Books, message: Message): Code | undefined =>
  text(message, 'mainAccNo') === books.main ? undefined : CODES.wrongMain;

function payment(books: Books, message: Message): Movement {
  const { order, fault } = orderOf(message, 'DLCTNSUB', books.settings.paymentMode);
  const to: Party = {
    account: order.to,
    name: text(message, 'recvAccNm'),
    bank: text(message, 'mngNode'),
    bankCode: text(message, 'tgfi') || text(message, 'recvTgfi'),
  };
  /** CITIC accounts that this ledger does not have are outside of it like those of other banks. */
  const payee = () =>
    text(message, 'sameBank') === '0' ? books.ledger.account(order.to) : undefined;
  return {
    ...order,
    check: () => {
      const payer = normal(books.ledger.account(order.from), CODES.noPayer);
      const reason = early(order, fault) ?? wrongMain(books, message);
      if (reason !== undefined) return reason;
      if (isCode(payer)) return payer;
      const known = payee();
      return firstOf(
        known === payer && CODES.sameAccount,
        known !== undefined && known.state !== '0' && CODES.notNormal,
        known?.kind === 'outside' && CODES.noPayee,
        lacks(books.ledger, payer, order.amount),
      );
    },
    book: (when) => {
      if (payee() === undefined) payOut(books, { ...order, to, fee: 0n }, when);
      else moveInside(books, order, ORDINARY, when);
      return {};
    },
  };
}

function internal(books: Books, message: Message): Movement {
  const { order, fault } = orderOf(message, 'DLSINSUB', books.settings.transferMode);
  return {
    ...order,
    check: () => {
      const reason = early(order, fault) ?? wrongMain(books, message);
      if (reason !== undefined) return reason;
      const payer = normal(books.ledger.account(order.from), CODES.noPayer);
      if (isCode(payer)) return payer;
      const payee = normal(books.ledger.account(order.to), CODES.noPayee);
      if (isCode(payee)) return payee;
      return firstOf(
        payer === payee && CODES.sameAccount,
        misnamed(books, payee, text(message, 'recvAccNm')),
        lacks(books.ledger, payer, order.amount),
      );
    },
    book: (when) => {
      moveInside(books, order, ORDINARY, when);
      return {};
    },
  };
}

function initialisation(books: Books, message: Message): Movement {
  const { order, fault } = orderOf(message, 'DLINISUB', books.settings.transferMode);
  return {
    ...order,
    check: () => {
      const reason = early(order, fault) ?? wrongMain(books, message);
      if (reason !== undefined) return reason;
      const own = books.ledger.account(books.initialisation);
      const any = books.settings.initialisationPayer === 'any' && order.from !== own?.number;
      const from = any ? normal(books.ledger.account(order.from), CODES.noPayer) : own;
      if (from === undefined || (!any && order.from !== own?.number)) return CODES.noPayer;
      if (isCode(from)) return from;
      const payee = normal(books.ledger.account(order.to), CODES.noPayee);
      if (isCode(payee)) return payee;
      return firstOf(
        from === payee && CODES.sameAccount,
        misnamed(books, payee, text(message, 'recvAccNm')),
        lacks(books.ledger, from, order.amount),
      );
    },
    book: (when) => {
      moveInside(books, order, INITIALISATION, when);
      return {};
    },
  };
}

/** No field says whether money goes in or out: the state of the entry when the order comes decides. */
function adjustment(books: Books, message: Message): Movement {
  const { order, fault } = orderOf(message, 'DLMIXSUB', books.settings.transferMode);
  const [shared, member] = [text(message, 'accountNo'), text(message, 'subAccNo')];
  const key = {
    date: text(message, 'tranDate'),
    number: text(message, 'tranNo'),
    sequence: text(message, 'mixNo'),
  };
  const back =
    books.settings.assignedEntry === 'take-back' && waitingEntry(books, key)?.assignedTo === member;
  const movement = back
    ? outOf(books, { ...order, from: member, to: shared }, key)
    : into(books, { ...order, from: shared, to: member }, key);
  return {
    ...movement,
    check: () => {
      const reason = early(order, fault) ?? movement.check();
      const account = books.ledger.account(member);
      if (reason !== undefined || account === undefined) return reason;
      return misnamed(books, account, text(message, 'subAccNm'));
    },
  };
}

export const groupPayments: Family = {
  movements: {
    DLCTNSUB: payment,
    DLSINSUB: internal,
    DLINISUB: initialisation,
    DLMIXSUB: adjustment,
  },
};
