/** Balances of the site: 1010, 6010 in lists, 6037 of one member by its code, 6011 of the supervised account. */
import type { Message, Row } from '../../../src/protocol/message.ts';
import { CODES } from '../../bank/codes.ts';
import type { Family, Inside } from '../../bank/family.ts';
import type { Books } from '../../bank/movement.ts';
import { type Reply, refused, text } from '../../bank/reply.ts';
import { balanceOn, dayBefore } from '../../citic/rows.ts';
import { dayOf } from '../../ledger/calendar.ts';
import type { Account } from '../../ledger/shapes.ts';
import { SITE } from '../codes.ts';
import { pageOf } from '../numbers.ts';
import { codeOfMember, isSite, memberByCode } from './orders.ts';

/** SelectFlag: 1 all, 2 members, 3 function accounts. */
function chosen(books: Books, message: Message): Account[] {
  const flag = text(message, 'SelectFlag');
  const account = text(message, 'CustAcctId');
  const code = text(message, 'ThirdCustId');
  return books.ledger
    .accounts()
    .filter(isSite)
    .filter(({ state }) => state === '0')
    .filter(({ kind }) => flag === '1' || (kind === 'function') === (flag === '3'))
    .filter(({ number }) => account === '' || number === account)
    .filter(({ number }) => code === '' || codeOfMember(books, number) === code);
}

const list =
  (row: (books: Books, account: Account, day: string) => Row) =>
  ({ books }: Inside, message: Message, now: number): Reply => {
    if (text(message, 'SupAcctId') !== books.pingan.supervised) return refused(SITE.supervised);
    const accounts = chosen(books, message);
    if (accounts.length === 0) return refused(SITE.noRecord);
    const values = pageOf(accounts, message, (account) => row(books, account, dayOf(now)));
    return { code: CODES.done, values };
  };

const tradingRow = (books: Books, account: Account, TranDate: string): Row => ({
  CustAcctId: account.number,
  CustFlag: account.kind === 'function' ? '2' : '1',
  CustType: '1',
  CustStatus: '1',
  ThirdCustId: codeOfMember(books, account.number),
  MainAcctId: '',
  CustName: account.name,
  TotalAmount: account.balance,
  TotalBalance: books.ledger.available(account),
  TotalFreezeAmount: account.frozen,
  TranDate,
});

const jzbRow = (books: Books, account: Account, TranDate: string): Row => ({
  CustAcctId: account.number,
  CustType: account.kind === 'function' ? '2' : '1',
  ThirdCustId: codeOfMember(books, account.number),
  CustName: account.name,
  TotalBalance: books.ledger.available(account),
  TotalTranOutAmount: books.ledger.available(account),
  TranDate,
});

function byCode({ books }: Inside, message: Message): Reply {
  if (text(message, 'SupAcctId') !== books.pingan.supervised) return refused(SITE.supervised);
  const member = memberByCode(books, text(message, 'ThirdCustId'));
  const account = member && books.ledger.account(member.account);
  if (account === undefined) return refused(SITE.noRecord);
  return {
    code: CODES.done,
    values: {
      CustAcctId: account.number,
      TotalAmount: account.balance,
      TotalBalance: books.ledger.available(account),
      TotalFreezeAmount: account.frozen,
    },
  };
}

function supervised({ books }: Inside, message: Message, now: number): Reply {
  if (text(message, 'SupAcctId') !== books.pingan.supervised) return refused(SITE.supervised);
  const all = books.ledger.accounts().filter(isSite);
  const yesterday = dayBefore(now);
  return {
    code: CODES.done,
    values: {
      LastBalance: all.reduce((sum, account) => sum + balanceOn(books, account, yesterday), 0n),
      CurBalance: all.reduce((sum, { balance }) => sum + balance, 0n),
    },
  };
}

export const tradingBalances: Family = { queries: { '1010': list(tradingRow) } };
export const jzbBalances: Family = {
  queries: { '6010': list(jzbRow), '6037': byCode, '6011': supervised },
};
