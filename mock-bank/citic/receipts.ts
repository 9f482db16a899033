/**
 * Electronic receipts (回单): DLEDDRSQ lists those of today (T+0) or of days before (T+1), one for every row
 * of an account; DLEDCDTD gives them as files. The account of a query may be a main account or one below it.
 */
import type { Message, Row } from '../../src/protocol/message.ts';
import { CODES } from '../bank/codes.ts';
import type { Family, Inside } from '../bank/family.ts';
import { type Books, isEntity } from '../bank/movement.ts';
import { listed, type Reply, refused, text } from '../bank/reply.ts';
import { dayOf } from '../ledger/calendar.ts';
import { yuan } from '../ledger/money.ts';
import type { Account, Entry } from '../ledger/shapes.ts';
import { pdf, zip } from './receipt-file.ts';
import { between, integer, nothing } from './rows.ts';

interface Receipt {
  /** 28 bytes: the day, the number of the posting, the place of the row in its account */
  readonly number: string;
  readonly entry: Entry;
}

/** TRANTYPE → the six-digit type of a receipt; everything else is a transfer. */
const TYPES = new Map([
  ['13', '400001'],
  ['14', '300000'],
]);
const typeOf = ({ type }: Entry): string => TYPES.get(type) ?? '200000';

/** The one-digit type of a query; e-tax, FX and cash-management transfers do not happen here. */
const ASKED = new Map([
  ['1', '200000'],
  ['2', '400001'],
  ['3', '300000'],
]);

function receiptsOf(books: Books, account: Account, today: boolean, now: number): Receipt[] {
  const day = dayOf(now);
  return books.ledger
    .entriesOf(account.number)
    .map((entry, index) => {
      const place = String(index + 1).padStart(8, '0');
      return { number: `${entry.date}${entry.number.slice(2)}${place}`, entry };
    })
    .filter(
      ({ entry }) => entry.visibleAt <= now && (today ? entry.date === day : entry.date < day),
    );
}

/** A sub-account stands beside the main account it belongs to. */
function sides(books: Books, number: string, name: string): [Row, Row] {
  const account = books.ledger.account(number);
  if (account === undefined || isEntity(account)) return [{ number, name }, {}];
  const main = books.ledger.account(books.main);
  return [
    { number: books.main, name: main?.name ?? '' },
    { number, name },
  ];
}

function todayRow(books: Books, { entry, number }: Receipt): Row {
  const own = books.ledger.account(entry.account);
  const [one, below] = sides(books, entry.account, own?.name ?? '');
  const [other, otherBelow] = sides(books, entry.other.account, entry.other.name);
  return {
    bresqNo: number,
    billType: typeOf(entry),
    tranDate: entry.date,
    tranAmt: entry.amount < 0n ? -entry.amount : entry.amount,
    brStt: '1',
    cdfg: entry.direction,
    accNo1: one.number ?? '',
    accNm1: one.name ?? '',
    accNo2: below.number ?? '',
    accNm2: below.name ?? '',
    otherRaccNo1: other.number ?? '',
    otherRaccNm1: other.name ?? '',
    otherRaccNo2: otherBelow.number ?? '',
    otherRaccNm2: otherBelow.name ?? '',
    cryType1: books.settings.currency,
  };
}

function laterRow(books: Books, { entry, number }: Receipt): Row {
  const own = { account: entry.account, name: books.ledger.account(entry.account)?.name ?? '' };
  const paid = (entry.direction === 'D') === entry.amount > 0n;
  const [payer, payee] = paid ? [own, entry.other] : [entry.other, own];
  return {
    bresqNo: number,
    billType: typeOf(entry),
    tranDate: entry.date,
    tranAmt: entry.amount < 0n ? -entry.amount : entry.amount,
    payerAccNo: payer.account,
    payerAccNm: payer.name,
    payeeAccNo: payee.account,
    payeeAccNm: payee.name,
    cryType: books.settings.currency,
  };
}

function list({ books, orders }: Inside, message: Message, now: number): Reply {
  const account = books.ledger.account(text(message, 'accNo'));
  if (account === undefined || account.kind === 'outside') return refused(CODES.noAccount);
  const today = text(message, 'qryType') === '1';
  const kind = text(message, 'billType');
  const fits = between(message, 'minAmt', 'maxAmt');
  const [from, to] = [text(message, 'startDate'), text(message, 'endDate')];
  const found = receiptsOf(books, account, today, now)
    .filter(({ entry }) => entry.date >= from && entry.date <= to && fits(entry))
    .filter(({ entry }) => kind === '0' || ASKED.get(kind) === typeOf(entry));
  const { receiptStart } = books.settings;
  const first = Math.max(0, (integer(message, 'startNo') ?? receiptStart) - receiptStart);
  const picked = found.slice(first, first + (integer(message, 'pageSize') ?? found.length));
  if (picked.length === 0) return nothing(books);
  const rows = picked.map((receipt) => {
    const order = orders.behind(receipt.entry)?.movement;
    const serial = { transeqNo: order?.serial ?? '' };
    return today
      ? { ...todayRow(books, receipt), ...serial }
      : { ...laterRow(books, receipt), ...serial, tranCode: order?.transaction ?? '' };
  });
  return listed(CODES.done, rows, { totalCount: String(found.length) });
}

const fileOf = ({ number, entry }: Receipt) => ({
  name: `${number}.pdf`,
  bytes: pdf([
    'MOCK BANK - no real receipt',
    `Receipt ${number}`,
    `Date    ${entry.date} ${entry.time}`,
    `Amount  ${yuan(entry.amount)} ${entry.direction}`,
    `Account ${entry.account}`,
  ]),
});

function download({ books }: Inside, message: Message, now: number): Reply {
  const account = books.ledger.account(text(message, 'accNo'));
  if (account === undefined || account.kind === 'outside') return refused(CODES.noAccount);
  const all = receiptsOf(books, account, text(message, 'isCurrDay') === '1', now);
  const byNumber = new Map(all.map((receipt) => [receipt.number, receipt]));
  const asked = (message.lists.userDataList ?? []).map(({ brSeqNo }) => String(brSeqNo ?? ''));
  const found = asked.map((number) => byNumber.get(number)).filter((one) => one !== undefined);
  if (found.length < asked.length && books.settings.unknownReceipt === 'refuse') {
    return refused(CODES.noReceipt);
  }
  if (found.length === 0) return nothing(books);
  const files = found.map(fileOf);
  const archive = zip(files);
  const size = books.settings.archiveSize === 'files' ? files.length : archive.length;
  const rows = found.map(({ number, entry }) => ({
    brSeqNo: number,
    billType: typeOf(entry),
    pdfName: `${number}.pdf`,
  }));
  return listed(CODES.done, rows, {
    fileConTent: archive.toString('base64'),
    fileName: `${dayOf(now)}.zip`,
    size: String(size),
  });
}

export const receipts: Family = { queries: { DLEDDRSQ: list, DLEDCDTD: download } };
