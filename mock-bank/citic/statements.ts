/**
 * DLSTRNDT and DLPTDTQY: the rows of accounts. Paging is 1-based and at most ten rows; without paging
 * fields every row comes. qryMode 2 starts after a named row, in the order in which rows are shown.
 */
import type { Message, Row } from '../../src/protocol/message.ts';
import { CODES } from '../bank/codes.ts';
import type { Family } from '../bank/family.ts';
import { type Books, isEntity } from '../bank/movement.ts';
import { listed, type Reply, refused, text } from '../bank/reply.ts';
import type { Entry } from '../ledger/shapes.ts';
import { integer, page, shownRows } from './rows.ts';

const pageRowsMax = 10;

function after(rows: Entry[], message: Message): Entry[] {
  const last = rows.findIndex(
    (entry) =>
      entry.date === text(message, 'lastHostDate') &&
      entry.number === text(message, 'lastHostFlw') &&
      entry.sequence === text(message, 'lastHostSeq'),
  );
  return rows.slice(last + 1);
}

function statement(books: Books, message: Message, now: number): Reply {
  if (text(message, 'accountNo') !== books.main) return refused(CODES.wrongMain);
  const account = text(message, 'subAccNo');
  if (account === '' && books.settings.emptySubAccount === 'none') return refused(CODES.noRecord);
  if (isEntity(books.ledger.account(account))) return refused(CODES.noRecord);
  const type = text(message, 'tranType');
  const waiting = text(message, 'queryType') === '1';
  const rows = shownRows(books, message, account, now)
    .filter((entry) => type === '' || entry.type === type)
    .filter((entry) => !waiting || entry.waiting === true);
  const size = integer(message, 'pageNumber');
  const incremental = text(message, 'qryMode') === '2';
  const picked = incremental
    ? page(after(rows, message), size === undefined ? undefined : 1, size, pageRowsMax)
    : page(rows, integer(message, 'startRecord'), size, pageRowsMax);
  if (picked.length === 0) return refused(CODES.noRecord);
  const more = { returnRecords: String(picked.length) };
  return listed(CODES.done, picked.map(statementRow), more);
}

function statementRow(entry: Entry): Row {
  return {
    subAccNo: entry.account,
    TRANTYPE: entry.type,
    TRANDATE: entry.date,
    TRANTIME: entry.time,
    HOSTFLW: entry.number,
    HOSTSEQ: entry.sequence,
    OPPACCNO: entry.other.account,
    OPPACCNAME: entry.other.name,
    OPPBRANCHNAME: entry.other.bank ?? '',
    CDFG: entry.direction,
    TRANAMT: entry.amount,
    ACCBAL: entry.balance,
    XTSFAM: entry.fee,
    RESUME: entry.memo,
    OPPBANKNO: entry.other.bankCode ?? '',
  };
}

function receipts(books: Books, message: Message, now: number): Reply {
  if (text(message, 'mainAccNo') !== books.main) return refused(CODES.wrongMain);
  const account = text(message, 'subAccNo');
  if (account === '' || isEntity(books.ledger.account(account))) return refused(CODES.noRows);
  const rows = shownRows(books, message, account, now);
  const picked = page(
    rows,
    integer(message, 'startRecord'),
    integer(message, 'pageNumber'),
    pageRowsMax,
  );
  if (picked.length === 0) return refused(CODES.noRows);
  return listed(
    CODES.done,
    picked.map((entry) => ({
      subAccNo: entry.account,
      tranType: entry.type,
      tranDate: entry.date,
      tranTime: entry.time,
      tellerNo: entry.number,
      tranSeqNo: entry.sequence,
      accountNo: entry.other.account,
      accountNm: entry.other.name,
      accBnkNm: entry.other.bank ?? '',
      loanFlag: entry.direction,
      tranAmt: entry.amount,
      accBalAmt: entry.balance,
      pdgAmt: entry.fee,
      memo: entry.memo,
      verifyCode: entry.at + books.settings.receiptCodeAfterMs <= now ? entry.verifyCode : '',
    })),
  );
}

export const statements: Family = {
  queries: {
    DLSTRNDT: ({ books }, message, now) => statement(books, message, now),
    DLPTDTQY: ({ books }, message, now) => receipts(books, message, now),
  },
  statements: { DLSTRNDT: 'subAccNo', DLPTDTQY: 'subAccNo' },
};
