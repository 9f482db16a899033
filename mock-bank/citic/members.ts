/** DLBREGSN opens a member's account, DLSASQRY tells its state, DLSBALQR its balances. */
import type { Message, Row } from '../../src/protocol/message.ts';
import { CODES, type Code } from '../bank/codes.ts';
import type { Family, Inside } from '../bank/family.ts';
import { type Books, isSub } from '../bank/movement.ts';
import { amount, listed, type Reply, refused, text } from '../bank/reply.ts';
import { repeated, shownParameters, termsOf } from '../bank/terms.ts';
import { dayOf } from '../ledger/calendar.ts';
import type { Account } from '../ledger/shapes.ts';

/** What an opening is answered with, also when it is repeated. */
export interface Opening {
  readonly number: string;
  /** the bank's customer number (客户号) */
  readonly hostNo: string;
}

/** A whole account number (附属账号) has so many digits: prefix and tail (尾号). */
const digits = 19;

/** Prefix and tail make the number; undefined when they do not have 19 digits together. */
export function memberNumber(prefix: string, tail: string): string | undefined {
  const number = prefix + tail;
  return /^\d+$/.test(tail) && number.length === digits ? number : undefined;
}

/** The number asked for by its tail, or the next free one (accGenType 0). */
function chosen(books: Books, message: Message): string | Code {
  if (text(message, 'accGenType') !== '0') {
    return memberNumber(books.memberPrefix, text(message, 'subAccNo')) ?? CODES.numberLength;
  }
  let count = 500;
  let number = '';
  do {
    count += 1;
    number = books.memberPrefix + String(count).padStart(digits - books.memberPrefix.length, '0');
  } while (books.ledger.account(number) !== undefined);
  return number;
}

function open({ books, openings, orders, agenda }: Inside, message: Message, at: number): Reply {
  if (text(message, 'mainAccNo') !== books.main) return refused(CODES.wrongMain);
  const number = chosen(books, message);
  if (typeof number !== 'string') return refused(number);
  if (orders.denials.bars(number, books.settings)) return refused(CODES.struck);
  const known = openings.get(number);
  if (known !== undefined && books.settings.openingRepeated === 'answer-again') {
    return opened(books, known);
  }
  if (books.ledger.account(number) !== undefined) return refused(CODES.numberTaken);
  const overFlag = text(message, 'overFlag');
  const overdraft = overFlag === '2' ? 'full' : overFlag === '1' ? amount(message, 'overAmt') : 0n;
  const name = text(message, 'subAccNm');
  agree(
    books,
    books.ledger.open({ number, name, kind: 'member', at, state: '1', overdraft }),
    message,
  );
  const opening = { number, hostNo: String(openings.size + 1).padStart(12, '0') };
  openings.set(number, opening);
  const { reviewMs } = books.settings;
  if (reviewMs !== null) agenda.add(at + reviewMs, () => reviewOpening(books, number, '0'));
  return opened(books, opening);
}

/** The reviewer decides about an opening; false if it does not wait. */
export function reviewOpening(books: Books, number: string, decision: '0' | '3' | '8'): boolean {
  const account = books.ledger.account(number);
  if (account === undefined || account.state !== '1') return false;
  account.state = decision;
  return true;
}

function agree(books: Books, account: Account, message: Message): void {
  books.terms.set(account.number, {
    accType: text(message, 'accType') || '03',
    holder: text(message, 'vtlCustNm') || account.name,
    parameters: {
      centerNo: text(message, 'mngNode'),
      centerNm: '模拟签约中心',
      ...repeated(message.fields),
    },
    bound: [],
    interestFrom: account.openedAt,
  });
}

function opened(books: Books, { number, hostNo }: Opening): Reply {
  const subAccNm = books.ledger.account(number)?.name ?? '';
  return { code: CODES.done, values: { subAccNo: number, subAccNm, hostNo } };
}

function states({ books, orders }: Inside, message: Message): Reply {
  if (text(message, 'mainAccNo') !== books.main) return refused(CODES.wrongMain);
  const asked = text(message, 'subAccNo');
  const stt = text(message, 'stt');
  const rows = books.ledger
    .accounts()
    .filter((account) => account.kind === 'member')
    .filter((account) => asked === '' || account.number === asked)
    .filter((account) => stt === '' || account.state === stt)
    .filter((account) => {
      const day = dayOf(account.openedAt);
      return day >= text(message, 'startDate') && day <= text(message, 'endDate');
    })
    .map((account): Row => {
      const terms = termsOf(books, account);
      return {
        subAccNo: account.number,
        subAccNm: account.name,
        accType: terms.accType,
        status: account.state,
        ...shownParameters(books, terms),
      };
    });
  if (rows.length === 0) orders.denials.denied(asked);
  return rows.length === 0 ? refused(CODES.noRecord) : listed(CODES.done, rows);
}

function balances(books: Books, message: Message): Reply {
  if (text(message, 'accountNo') !== books.main) return refused(CODES.wrongMain);
  const account = books.ledger.account(text(message, 'subAccNo'));
  const main = books.ledger.account(books.main);
  if (!isSub(account) || main === undefined) return refused(CODES.noRecord);
  return listed(CODES.done, [
    {
      subAccNo: account.number,
      SUBACCNM: account.name,
      TZAMT: account.overdraft === 'full' ? 0n : account.overdraft,
      XSACVL: books.ledger.available(main),
      KYAMT: books.ledger.available(account),
      SJAMT: account.balance,
      DJAMT: account.frozen,
    },
  ]);
}

export const members: Family = {
  maintenance: { DLBREGSN: open },
  queries: {
    DLSASQRY: states,
    DLSBALQR: ({ books }, message) => balances(books, message),
  },
};
