/** Money of members from and to the world: 1316 in; 1318, 1313, 6005, 6033 and 6085 out, to bound accounts only. */
import type { Message } from '../../../src/protocol/message.ts';
import { EXTERNAL, partyOf, payOut } from '../../bank/booking.ts';
import type { Family } from '../../bank/family.ts';
import { type Books, firstOf, type Movement } from '../../bank/movement.ts';
import { amount, text } from '../../bank/reply.ts';
import { dayOf } from '../../ledger/calendar.ts';
import { fen } from '../../ledger/money.ts';
import type { Party } from '../../ledger/shapes.ts';
import { SITE } from '../codes.ts';
import { common, memberOf, notSignedIn, type SiteOrder, siteOrder } from './orders.ts';

const isBound = (books: Books, message: Message, outside: string): boolean =>
  memberOf(books, text(message, 'CustAcctId'), text(message, 'ThirdCustId'))?.bindings.some(
    ({ account, state }) => account === outside && state === 'bound',
  ) === true;

/** `fee`: what the request itself says, where it does. */
function withdrawal(
  books: Books,
  message: Message,
  how: Pick<SiteOrder, 'transaction' | 'inquiry'> & { now?: number; fee?: bigint; says?: 'fee' },
): Movement {
  const from = text(message, 'CustAcctId');
  const code = text(message, 'ThirdCustId');
  const paid = amount(message, 'TranAmount');
  const fee = how.fee ?? fen(books.settings.payoutFee);
  const to: Party = {
    account: text(message, 'OutAcctId'),
    name: text(message, 'OutAcctIdName'),
    bank: text(message, 'OutAcctIdBankName'),
    bankCode: text(message, 'OutAcctIdBankCode'),
  };
  const payer = message.fields.FeeOutCustId;
  return siteOrder(message, {
    transaction: how.transaction,
    inquiry: how.inquiry,
    ...(how.inquiry === '6014' ? { group: '1' } : {}),
    type: '',
    mode: books.settings.payoutMode,
    from,
    to: to.account,
    says: {
      ...(how.says === 'fee' ? { HandFee: fee } : {}),
      ...(payer === undefined ? {} : { FeeOutCustId: payer }),
    },
    check: () =>
      firstOf(
        how.now === undefined ? undefined : notSignedIn(books, dayOf(how.now)),
        common(books, message, { number: from, code, takes: paid + fee }),
        !isBound(books, message, to.account) && SITE.notBound,
      ),
    book: (when, memo) => payOut(books, { from, to, amount: paid, fee, memo }, when),
  });
}

function deposit(books: Books, message: Message, now: number): Movement {
  const to = text(message, 'CustAcctId');
  const code = text(message, 'ThirdCustId');
  const from = text(message, 'InAcctId');
  const paid = amount(message, 'TranAmount');
  return siteOrder(message, {
    ...{ transaction: '1316', inquiry: '1325', type: '', from, to },
    mode: books.settings.transferMode,
    check: () =>
      firstOf(
        notSignedIn(books, dayOf(now)),
        common(books, message, { number: to, code, takes: 0n }),
        !isBound(books, message, from) && SITE.notBound,
      ),
    book: (when, memo) => {
      const payer = { account: from, name: text(message, 'InAcctIdName') };
      books.ledger.post({
        ...when,
        type: EXTERNAL,
        memo,
        legs: [
          { account: to, amount: paid, other: payer },
          { account: books.outside, amount: -paid, other: partyOf(books, to) },
        ],
      });
    },
  });
}

const trading =
  (transaction: string) =>
  (books: Books, message: Message, now: number): Movement =>
    withdrawal(books, message, { transaction, inquiry: '1325', now, says: 'fee' });

const jzb =
  (transaction: string) =>
  (books: Books, message: Message): Movement =>
    withdrawal(books, message, { transaction, inquiry: '6014', says: 'fee' });

export const tradingCash: Family = {
  movements: { '1316': deposit, '1318': trading('1318'), '1313': trading('1313') },
};

export const jzbCash: Family = {
  movements: {
    '6005': jzb('6005'),
    '6033': jzb('6033'),
    '6085': (books, message) => {
      const fee = amount(message, 'HandFee');
      return withdrawal(books, message, { transaction: '6085', inquiry: '6014', fee });
    },
  },
};
