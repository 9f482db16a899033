/**
 * Money that leaves: DLFCSOUT from a member (submitted, settled later, a fee beside it), and what happens
 * to a payout outside: one that comes back, one made over another channel that no serial knows.
 */
import type { Message } from '../../src/protocol/message.ts';
import { EXTERNAL, partyOf, payOut, timing } from '../bank/booking.ts';
import { CODES } from '../bank/codes.ts';
import type { Family } from '../bank/family.ts';
import {
  type Books,
  isCode,
  isSub,
  lacks,
  type Movement,
  normal,
  type When,
} from '../bank/movement.ts';
import { amount, text } from '../bank/reply.ts';
import { fen } from '../ledger/money.ts';
import type { Entry, Party } from '../ledger/shapes.ts';

/**
 * The money of a payout comes back, by choice under the key of the first row: a negative debit on a
 * sub-account, a credit on any other account, whose statement knows no sign.
 */
export function returnPayout(books: Books, entry: Entry, sameKey: boolean, when: When): Entry {
  const debit = isSub(books.ledger.account(entry.account));
  const [row] = books.ledger.post({
    ...when,
    type: EXTERNAL,
    memo: entry.memo,
    legs: [
      {
        account: entry.account,
        amount: entry.amount,
        other: entry.other,
        ...(debit ? { negativeDebit: true } : {}),
        ...(sameKey ? { sameKeyAs: entry } : {}),
      },
      { account: books.outside, amount: -entry.amount, other: partyOf(books, entry.account) },
    ],
  });
  if (row === undefined) return entry;
  row.returnOf = entry;
  entry.returnedBy = row;
  return row;
}

function withdrawal(books: Books, message: Message): Movement {
  const from = text(message, 'accountNo');
  const tranAmt = amount(message, 'tranAmt');
  const memo = text(message, 'memo');
  const { mode, fault } = timing(message, books.settings.payoutMode);
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
    mode,
    check: () => {
      if (tranAmt <= 0n) return CODES.amount;
      if (fault !== undefined) return fault;
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
