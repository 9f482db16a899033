/**
 * The statement of a main account: DLTRNALL in full, DLTRNCOL in short, DLTRNDET one entry. Amounts have no
 * sign here. An entry is known by date, teller number and total serial number.
 */
import type { Message, Row } from '../../src/protocol/message.ts';
import { CODES } from '../bank/codes.ts';
import type { Family, Inside } from '../bank/family.ts';
import { isEntity } from '../bank/movement.ts';
import { listed, type Reply, refused, text } from '../bank/reply.ts';
import type { Entry } from '../ledger/shapes.ts';
import { OWN_BANK } from './directory.ts';
import { between, integer, nothing, page, shownRows } from './rows.ts';

const pageRowsMax = 20;
const digits = 13;

/** 总交易流水号: nothing but different for every row of one number. */
const totalNumber = ({ number, sequence }: Entry): string =>
  (number.replace(/\D/g, '') + sequence).slice(-digits).padStart(digits, '0');

const isReturn = (entry: Entry | undefined, now: number): entry is Entry =>
  entry !== undefined && entry.visibleAt <= now;

/** The other row of a payment that came back (退汇), once both can be seen. */
const counterpart = ({ returnedBy, returnOf }: Entry, now: number): Entry | undefined =>
  [returnedBy, returnOf].find((entry) => isReturn(entry, now));

/** e3rtFlag is 0 for returned and 1 for not, as the manual prints it. */
function returned({ books }: Inside, entry: Entry, now: number) {
  const { returnFlagOn } = books.settings;
  const back = entry.returnOf === undefined ? entry.returnedBy : entry;
  const role = entry.returnOf === undefined ? 'payment' : 'credit';
  const marked = isReturn(back, now) && (returnFlagOn === 'both' || returnFlagOn === role);
  return { e3rtDate: marked ? back.date : '', e3rtFlag: marked ? '0' : '1' };
}

/** The elements that only a request with controlFlag 1 gets. */
function further({ books, orders }: Inside, message: Message, entry: Entry, now: number): Row {
  if (text(message, 'controlFlag') !== '1') return {};
  const { checkNumber, returnLinked } = books.settings;
  const other = returnLinked === 'yes' ? counterpart(entry, now) : undefined;
  const serial = checkNumber === 'serial' ? (orders.behind(entry)?.movement.serial ?? '') : '';
  return { chkNum: serial, rfTranDt: other?.date ?? '', rfTranNo: other?.number ?? '' };
}

const key = (entry: Entry): Row => ({
  tranDate: entry.date,
  tranNo: entry.number,
  sumTranNo: totalNumber(entry),
});

const shortRow = (entry: Entry): Row => ({
  ...key(entry),
  tranAmount: entry.amount,
  creditDebitFlag: entry.direction,
  oppAccountNo: entry.other.account,
  oppAccountName: entry.other.name,
  abstract: entry.memo,
});

const longRow = ({ books }: Inside, entry: Entry): Row => ({
  ...shortRow(entry),
  tranTime: entry.time,
  oppOpenBankName:
    entry.other.bank ?? (books.ledger.account(entry.other.account) === undefined ? '' : OWN_BANK),
  cashTransferFlag: '1',
  balance: entry.balance,
  valueDate: entry.date,
});

type RowOf = (inside: Inside, message: Message, entry: Entry, now: number) => Row;

const full: RowOf = (inside, message, entry, now) => ({
  ...longRow(inside, entry),
  ...returned(inside, entry, now),
  ...further(inside, message, entry, now),
});

const short: RowOf = (inside, message, entry, now) => ({
  ...shortRow(entry),
  ...returned(inside, entry, now),
  ...further(inside, message, entry, now),
  ...(text(message, 'controlFlag') === '1' ? { tranTime: entry.time } : {}),
});

function statement(inside: Inside, message: Message, now: number, rowOf: RowOf): Reply {
  const { books } = inside;
  const account = books.ledger.account(text(message, 'accountNo'));
  if (!isEntity(account)) return refused(CODES.wrongMain);
  const { lowAmount, upAmount } = message.fields;
  const missing = lowAmount === undefined || upAmount === undefined;
  if (missing && books.settings.noAmounts === 'refuse') return refused(CODES.noAmounts);
  const rows = shownRows(books, message, account.number, now).filter(
    between(message, 'lowAmount', 'upAmount'),
  );
  const start = integer(message, 'startRecord');
  const picked = page(rows, start, integer(message, 'pageNumber'), pageRowsMax);
  if (picked.length === 0) return nothing(books);
  return listed(
    CODES.done,
    picked.map((entry) => rowOf(inside, message, entry, now)),
    {
      accountNo: account.number,
      accountName: account.name,
      openBankName: OWN_BANK,
      totalRecords: String(rows.length),
      returnRecords: String(picked.length),
    },
  );
}

function detail(inside: Inside, message: Message, now: number): Reply {
  const { books } = inside;
  const account = books.ledger.account(text(message, 'accountNo'));
  if (!isEntity(account)) return refused(CODES.wrongMain);
  const entry = books.ledger
    .entriesOf(account.number)
    .filter(({ visibleAt }) => visibleAt <= now)
    .find((one) =>
      Object.entries(key(one)).every(([name, value]) => text(message, name) === value),
    );
  if (entry === undefined) {
    const { code } = nothing(books);
    return { code };
  }
  const extended = text(message, 'controlFlag') === '1';
  const { e3rtDate } = returned(inside, entry, now);
  return {
    code: CODES.done,
    values: {
      ...longRow(inside, entry),
      ...further(inside, message, entry, now),
      ...(extended ? { e3rtDate } : {}),
    },
  };
}

export const mainStatements: Family = {
  queries: {
    DLTRNALL: (inside, message, now) => statement(inside, message, now, full),
    DLTRNCOL: (inside, message, now) => statement(inside, message, now, short),
    DLTRNDET: detail,
  },
  statements: { DLTRNALL: 'accountNo', DLTRNCOL: 'accountNo' },
};
