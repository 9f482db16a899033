/**
 * What can be asked about one group sub-account: its parameters (DLSUBINF), balances of now (DLSUBBAL) and of
 * days (DLSUBBLH), its links (DLRELPRY) and its entries (DLSUBDTL, without paging).
 */
import type { Message, Row } from '../../src/protocol/message.ts';
import { CODES } from '../bank/codes.ts';
import type { Family, Inside } from '../bank/family.ts';
import { type Books, isSub } from '../bank/movement.ts';
import { listed, type Reply, refused, text } from '../bank/reply.ts';
import { termsOf } from '../bank/terms.ts';
import { dayOf, timeOf } from '../ledger/calendar.ts';
import type { Account, Entry } from '../ledger/shapes.ts';
import { OWN_BANK } from './directory.ts';
import { balanceOn, between, dailyBalances, dayBefore, nothing, shownRows } from './rows.ts';

/** A member's account or one of the public ones. */
function subAccount(books: Books, message: Message): Account | undefined {
  const account = books.ledger.account(text(message, 'subAccNo'));
  return isSub(account) ? account : undefined;
}

/** An account that does not exist, where rows have no code of their own. */
const missing = (books: Books): Reply =>
  books.settings.unknownAccount === 'omit' ? nothing(books) : refused(CODES.noAccount);

const limit = ({ overdraft }: Account): bigint => (overdraft === 'full' ? 0n : overdraft);
const overFlag = ({ overdraft }: Account): string =>
  overdraft === 'full' ? '2' : overdraft > 0n ? '1' : '0';

function info({ books }: Inside, message: Message, now: number): Reply {
  const account = subAccount(books, message);
  if (account === undefined) return missing(books);
  const given = termsOf(books, account).parameters;
  return listed(CODES.done, [
    {
      subAccNo: account.number,
      MAINACCNO: books.main,
      SUBACCTYP: account.kind === 'interest' ? '00' : books.settings.subAccountKind,
      SUBACCNM: account.name,
      ACCBAL: account.balance,
      RATE: given.interestRate ?? '',
      OVERRATE: given.overRate ?? '',
      CNTRATETYP: given.calInterestFlag ?? '0',
      RATEASSIGNTYPE: given.autoAssignInterestFlag ?? '0',
      OVERFLAG: overFlag(account),
      OVERAMT: limit(account),
      FEETYPE: given.autoAssignTranFeeFlag ?? '0',
      TRANFEEFTYPE: given.feeType ?? '0',
      YESTERDAYBAL: balanceOn(books, account, dayBefore(now)),
    },
  ]);
}

function balance({ books }: Inside, message: Message, now: number): Reply {
  const account = subAccount(books, message);
  if (account === undefined) {
    const { code: status, text: statusText } = CODES.noAccount;
    const row = { status, statusText, subAccNo: text(message, 'subAccNo') };
    return books.settings.unknownAccount === 'row' ? listed(CODES.done, [row]) : missing(books);
  }
  return listed(CODES.done, [
    {
      status: CODES.done.code,
      statusText: CODES.done.text,
      subAccNo: account.number,
      subAccNm: account.name,
      actBal: books.ledger.available(account),
      balance: account.balance,
      frozenAmt: account.frozen,
      overAmt: limit(account),
      yesterdayBal: balanceOn(books, account, dayBefore(now)),
      cryType: books.settings.currency,
    },
  ]);
}

function history({ books }: Inside, message: Message, now: number): Reply {
  const account = subAccount(books, message);
  if (account === undefined) return missing(books);
  const rows = dailyBalances(books, account, message, now);
  if (rows.length === 0) return nothing(books);
  return listed(CODES.done, rows, {
    mainAccNo: books.main,
    mainAccNm: books.ledger.account(books.main)?.name ?? '',
    subAccNo: account.number,
    subAccNm: account.name,
    mngNode: OWN_BANK,
    cryType: books.settings.currency,
  });
}

/** One link, with the main account, since the account was opened; a closed account is unlinked. */
function links({ books }: Inside, message: Message): Reply {
  const account = subAccount(books, message);
  if (account === undefined) return missing(books);
  const day = dayOf(account.openedAt);
  return listed(CODES.done, [
    {
      poolID: 'MOCK0001',
      accountNo: books.main,
      subAccNo: account.number,
      mainAccNo: books.main,
      creDate: day,
      whDate: day + timeOf(account.openedAt),
      stt: account.state === '2' ? 'C' : 'A',
    },
  ]);
}

/** What came from outside has the one payment method that was ever seen here; the others are unknown. */
const method = ({ type, direction }: Entry): string =>
  direction === 'C' && ['22', '23'].includes(type) ? '07' : '';

const colons = (time: string): string =>
  `${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4, 6)}`;

function entryRow(books: Books, entry: Entry, extended: boolean): Row {
  const credited = entry.amount < 0n && books.settings.groupReturnedAs === 'credit';
  return {
    subAccNo: entry.account,
    MNGNODE: OWN_BANK,
    TRANAMT: credited ? -entry.amount : entry.amount,
    ACCBAL: entry.balance,
    OTHERACCNO: entry.other.account,
    OTHERACCNAME: entry.other.name,
    OPENACCNAME: entry.other.bank ?? '',
    TRANTYPE: method(entry),
    TRANDATE: entry.date,
    MEMO: entry.memo,
    TRANNO: entry.number,
    MIXNO: entry.sequence,
    CDFG: credited ? 'C' : entry.direction,
    CRYTYPE: books.settings.currency,
    ...(extended ? { TRANTIME: colons(entry.time) } : {}),
  };
}

function entries({ books }: Inside, message: Message, now: number): Reply {
  const account = subAccount(books, message);
  if (account === undefined) return missing(books);
  const waiting = text(message, 'tranType') === '1';
  const rows = shownRows(books, message, account.number, now)
    .filter(between(message, 'minAmt', 'maxAmt'))
    .filter((entry) => !waiting || entry.waiting === true);
  if (rows.length === 0) return nothing(books);
  const extended = text(message, 'controlFlag') === '1';
  return listed(
    CODES.done,
    rows.map((entry) => entryRow(books, entry, extended)),
  );
}

export const groupAccounts: Family = {
  queries: {
    DLSUBINF: info,
    DLSUBBAL: balance,
    DLSUBBLH: history,
    DLRELPRY: links,
    DLSUBDTL: entries,
  },
  statements: { DLSUBDTL: 'subAccNo' },
};
