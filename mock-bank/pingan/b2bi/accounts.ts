/** S001 asks whether anybody is there; 4001, 4012 and 4013 about the company's account; 4019 what came back. */
import type { Message, Row } from '../../../src/protocol/message.ts';
import { CODES, type Code } from '../../bank/codes.ts';
import type { Family, Inside } from '../../bank/family.ts';
import type { Books } from '../../bank/movement.ts';
import type { Orders } from '../../bank/orders.ts';
import { type Reply, ROWS, refused, text } from '../../bank/reply.ts';
import { balanceOn } from '../../citic/rows.ts';
import { dayOf } from '../../ledger/calendar.ts';
import type { Account, Entry } from '../../ledger/shapes.ts';
import { B2BI } from '../codes.ts';
import { between, entryNumber, hostNumber, orderNumber, stamp } from '../numbers.ts';

const RMB = 'RMB';
const PAGE = { least: 30, most: 1000 };

function companyOf(books: Books, number: string): Account | Code {
  const account = books.ledger.account(number);
  return account?.kind === 'company' ? account : CODES.noPayer;
}

function balance({ books }: Inside, message: Message): Reply {
  const account = companyOf(books, text(message, 'Account'));
  if ('text' in account) return refused(account);
  return {
    code: CODES.done,
    values: {
      Account: account.number,
      CcyCode: text(message, 'CcyCode') || RMB,
      CcyType: text(message, 'CcyType') || 'C',
      AccountName: account.name,
      Balance: books.ledger.available(account),
      TotalAmount: account.balance,
    },
  };
}

function balanceThen({ books }: Inside, message: Message, now: number): Reply {
  const account = companyOf(books, text(message, 'Account'));
  if ('text' in account) return refused(account);
  const day = text(message, 'RptDate');
  if (day >= dayOf(now) || day < dayOf(now - 100 * 86_400_000)) return refused(B2BI.parameters);
  const then = balanceOn(books, account, day);
  return {
    code: CODES.done,
    values: {
      ...{ Account: account.number, CcyCode: RMB, CcyType: 'C' },
      ...{ HisBalance: then, HisBookBalance: then },
    },
  };
}

function statementRow(entry: Entry, account: Account): Row {
  const out = entry.direction === 'D';
  const own = (side: 'Out' | 'In'): Row => ({
    [`${side}AcctNo`]: account.number,
    [`${side}AcctName`]: account.name,
  });
  const other = (side: 'Out' | 'In'): Row => ({
    [`${side}AcctNo`]: entry.other.account,
    [`${side}AcctName`]: entry.other.name,
    [`${side}BankName`]: entry.other.bank ?? '',
    [`${side}BankNo`]: entry.other.bankCode ?? '',
  });
  return {
    AcctDate: entry.date,
    TxTime: entry.time,
    HostTrace: hostNumber(entry),
    ...(out ? own('Out') : other('Out')),
    ...(out ? other('In') : own('In')),
    CcyCode: RMB,
    TranAmount: entry.amount,
    DcFlag: entry.direction,
    TranFee: entry.fee,
    PostFee: 0n,
    AcctBalance: entry.balance,
    Purpose: entry.memo,
  };
}

/** Both days are today, or both are past; pages from 1, of 30 to 1000 rows. */
function statement({ books }: Inside, message: Message, now: number): Reply {
  const account = companyOf(books, text(message, 'AcctNo'));
  if ('text' in account) return refused(account);
  const from = text(message, 'BeginDate');
  const to = text(message, 'EndDate');
  const today = dayOf(now);
  const whole = from === to && to === today ? true : to < today;
  const size = Number(text(message, 'PageSize') || PAGE.least);
  const page = Number(text(message, 'PageNo') || '1');
  const bad = !whole || from > to || size < PAGE.least || size > PAGE.most || page < 1;
  if (bad) return refused(B2BI.parameters);
  const rows = books.ledger.find({ account: account.number, from, to, now });
  if (books.settings.rowOrder === 'newest-first') rows.reverse();
  const picked = rows.slice((page - 1) * size, page * size);
  if (picked.length === 0) return refused(B2BI.noRecord);
  return {
    code: CODES.done,
    values: {
      AcctNo: account.number,
      CcyCode: RMB,
      [books.settings.endFlag]: page * size >= rows.length ? 'Y' : 'N',
      PageNo: String(page),
      PageRecCount: String(picked.length),
      [ROWS]: picked.map((entry) => statementRow(entry, account)),
    },
  };
}

function returnRow(orders: Orders, payout: Entry, back: Entry): Row {
  const order = orders.behind(payout);
  const { repeats = {}, batch = '', serial = '' } = order?.movement ?? {};
  return {
    ThirdVoucher: batch,
    SThirdVoucher: batch === '' ? serial : String(repeats.SThirdVoucher ?? ''),
    CstInnerFlowNo: String(repeats.CstInnerFlowNo ?? ''),
    TransDate: stamp(payout.at),
    PayAccNo: payout.account,
    OppAccNo: payout.other.account,
    OppAccName: payout.other.name,
    OppBankName: payout.other.bank ?? '',
    Amount: payout.amount,
    CcyCode: RMB,
    RejectDate: back.date,
    RejectRemark: '户名不符',
    FrontLogNo: order === undefined ? entryNumber(payout) : orderNumber(order),
  };
}

/** Payments that came back (退票) between two days at most 30 apart, by the day they came back. */
function returns({ books, orders }: Inside, message: Message, now: number): Reply {
  const account = companyOf(books, text(message, 'AccNo'));
  if ('text' in account) return refused(account);
  const within = between(message, 'StartDate', 'EndDate');
  const rows = books.ledger.entriesOf(account.number).flatMap((payout) => {
    const back = payout.returnedBy;
    const shown = back !== undefined && back.visibleAt <= now && within(back.date);
    return shown ? [returnRow(orders, payout, back)] : [];
  });
  const size = Number(text(message, 'PageCts') || '30');
  const page = Number(text(message, 'PageNo') || '1');
  const picked = rows.slice((page - 1) * size, page * size);
  if (picked.length === 0) return refused(B2BI.noRecord);
  return {
    code: CODES.done,
    values: {
      TotalCts: String(rows.length),
      IsEnd: page * size >= rows.length ? 'Y' : 'N',
      PageNo: String(page),
      PageCts: String(size),
      [ROWS]: picked,
    },
  };
}

export const accounts: Family = {
  queries: {
    S001: () => ({ code: CODES.done, values: { Desc: '系统正常' } }),
    '4001': balance,
    '4012': balanceThen,
    '4013': statement,
    '4019': returns,
  },
  statements: { '4013': 'AcctNo' },
};
