/**
 * What 见证宝 tells of money that moved: 6014 of one order, 6050 of credits from outside, 6072 and 6073 of a
 * member's rows, 6048 of withdrawals that came back; 6027 looks up banks.
 */
import type { Message, Row } from '../../../src/protocol/message.ts';
import { EXTERNAL } from '../../bank/booking.ts';
import { CODES } from '../../bank/codes.ts';
import type { Family, Inside } from '../../bank/family.ts';
import type { Books } from '../../bank/movement.ts';
import { type Reply, ROWS, refused, text } from '../../bank/reply.ts';
import { BANKS } from '../../citic/directory.ts';
import { dayOf, timeOf } from '../../ledger/calendar.ts';
import type { Entry } from '../../ledger/shapes.ts';
import { SITE } from '../codes.ts';
import { between, entryNumber, orderNumber, pageOf } from '../numbers.ts';
import { codeOfMember, isSite, lastOrder, tranStatus } from './orders.ts';

const wrongSite = (books: Books, message: Message): boolean =>
  text(message, 'SupAcctId') !== books.pingan.supervised;

/** FuncFlag 1 clearing and withdrawals, 2 payments between members; by serial and day. */
function status(inside: Inside, message: Message, now: number): Reply {
  const { books, counter, orders } = inside;
  if (wrongSite(books, message)) return refused(SITE.supervised);
  const order = lastOrder(orders, text(message, 'OrigThirdLogNo'), '6014');
  const { repeats, transaction, amount, from, to } = order?.movement ?? {};
  const day = text(message, 'TranDate');
  if (
    order === undefined ||
    !counter.knows(order, now) ||
    repeats?.group !== text(message, 'FuncFlag') ||
    (day !== '' && day !== dayOf(order.at))
  ) {
    return refused(SITE.noRecord);
  }
  const ofSite = (number = ''): string => (isSite(books.ledger.account(number)) ? number : '');
  const values = {
    TranFlag: transaction === '6056' ? '2' : '1',
    TranStatus: tranStatus(order, books.settings.jzbPending),
    TranAmount: amount ?? 0n,
    TranDate: dayOf(order.at),
    TranTime: timeOf(order.at),
    InCustAcctId: ofSite(to),
    OutCustAcctId: ofSite(from),
  };
  counter.asked(order, now);
  return { code: CODES.done, values };
}

const numberOf = ({ orders }: Inside, entry: Entry): string => {
  const order = orders.behind(entry);
  return order === undefined ? entryNumber(entry) : orderNumber(order);
};

/** Visible rows of these accounts that the request asks for: today's (FuncFlag 1), or between two days. */
function rowsOf({ books }: Inside, message: Message, accounts: string[], now: number): Entry[] {
  const today = text(message, 'FuncFlag') === '1';
  const within = between(message, 'BeginDate', 'EndDate');
  return accounts
    .flatMap((account) => books.ledger.entriesOf(account))
    .filter(({ visibleAt }) => visibleAt <= now)
    .filter(({ date }) => (today ? date === dayOf(now) : within(date)))
    .sort((a, b) => a.at - b.at);
}

function paged(entries: readonly Entry[], message: Message, row: (one: Entry) => Row): Reply {
  if (entries.length === 0) return refused(SITE.noRecord);
  return { code: CODES.done, values: pageOf(entries, message, row) };
}

/** TranType 02 a member's top-up or a payment that came back, 03 nobody's yet. */
function credits(inside: Inside, message: Message, now: number): Reply {
  const { books } = inside;
  if (wrongSite(books, message)) return refused(SITE.supervised);
  const { members, unplaced } = books.pingan;
  const into = ({ type, direction }: Entry): boolean => type === EXTERNAL && direction === 'C';
  const entries = rowsOf(inside, message, [...members.keys(), unplaced], now).filter(into);
  return paged(entries, message, (entry) => {
    const mine = entry.account !== unplaced;
    return {
      TranType: mine ? '02' : '03',
      ThirdCustId: codeOfMember(books, entry.account),
      CustAcctId: mine ? entry.account : '',
      TranAmount: entry.amount,
      InAcctId: entry.other.account,
      InAcctIdName: entry.other.name,
      CcyCode: 'RMB',
      AcctDate: entry.date,
      BankName: entry.other.bank ?? '',
      Note: entry.memo,
      FrontLogNo: entry.returnOf === undefined ? numberOf(inside, entry) : entryNumber(entry),
    };
  });
}

const chosen = (books: Books, message: Message): string[] => {
  const asked = text(message, 'CustAcctId');
  return [...books.pingan.members.keys()].filter((account) => asked === '' || account === asked);
};

/** TranFlag is this bank's own: 1 in from outside, 2 out to it, 3 between members. */
function memberRows(inside: Inside, message: Message, now: number): Reply {
  const { books } = inside;
  if (wrongSite(books, message)) return refused(SITE.supervised);
  const entries = rowsOf(inside, message, chosen(books, message), now);
  return paged(entries, message, (entry) => {
    const into = entry.direction === 'C';
    const other = isSite(books.ledger.account(entry.other.account)) ? entry.other.account : '';
    return {
      TranFlag: entry.type === EXTERNAL ? (into ? '1' : '2') : '3',
      TranStatus: '0',
      TranAmount: entry.amount,
      TranDate: entry.date,
      TranTime: entry.time,
      FrontLogNo: numberOf(inside, entry),
      KeepType: '1',
      InCustAcctId: into ? entry.account : other,
      OutCustAcctId: into ? other : entry.account,
      Note: entry.memo,
    };
  });
}

/** TranFlag is this bank's own: 01 withdrawal, 02 clearing. */
function cashRows(inside: Inside, message: Message, now: number): Reply {
  const { books, orders } = inside;
  if (wrongSite(books, message)) return refused(SITE.supervised);
  const cleared = (entry: Entry): boolean =>
    orders.behind(entry)?.movement.transaction === '6056' && entry.direction === 'C';
  const entries = rowsOf(inside, message, chosen(books, message), now).filter(
    (entry) => cleared(entry) || (entry.type === EXTERNAL && entry.direction === 'D'),
  );
  return paged(entries, message, (entry) => ({
    TranFlag: cleared(entry) ? '02' : '01',
    TranStatus: '0',
    FuncMsg: '交易成功',
    ThirdCustId: codeOfMember(books, entry.account),
    CustAcctId: entry.account,
    CustName: books.ledger.account(entry.account)?.name ?? '',
    TranAmount: entry.amount,
    HandFee: entry.fee,
    TranDate: entry.date,
    TranTime: entry.time,
    FrontLogNo: numberOf(inside, entry),
    Note: entry.memo,
  }));
}

function returns(inside: Inside, message: Message, now: number): Reply {
  const { books, orders } = inside;
  if (wrongSite(books, message)) return refused(SITE.supervised);
  const within = between(message, 'BeginDate', 'EndDate');
  const rows = [...books.pingan.members.keys()]
    .flatMap((account) => books.ledger.entriesOf(account))
    .flatMap((payout): Row[] => {
      const back = payout.returnedBy;
      if (back === undefined || back.visibleAt > now || !within(back.date)) return [];
      return [
        {
          FrontLogNo: numberOf(inside, payout),
          ThirdLogNo: orders.behind(payout)?.movement.serial ?? '',
          Remark: '退票',
          WithDrawRemark: '户名不符',
          WithDrawDate: back.date,
        },
      ];
    });
  if (rows.length === 0) return refused(SITE.noRecord);
  return { code: CODES.done, values: { TotalCount: String(rows.length), [ROWS]: rows } };
}

function banks(_inside: Inside, message: Message): Reply {
  const wanted = ['BankNo', 'KeyWord', 'BankName'].map((name) => text(message, name));
  const rows = BANKS.filter(({ name, number }) =>
    wanted.every((part) => part === '' || name.includes(part) || number.includes(part)),
  ).map((bank) => ({ NodeName: bank.name, NodeCode: bank.number }));
  if (rows.length === 0) return refused(SITE.noRecord);
  return { code: CODES.done, values: { TotalCount: String(rows.length), [ROWS]: rows } };
}

export const details: Family = {
  queries: {
    '6014': status,
    '6027': banks,
    '6048': returns,
    '6050': credits,
    '6072': memberRows,
    '6073': cashRows,
  },
};
