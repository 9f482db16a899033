/** What else is asked about sub-accounts: DLSFRZQR freezes, DLSAFQRY fees, DLBSAQRY rows of deposit accounts. */
import type { Message, Row } from '../../src/protocol/message.ts';
import { partyOf } from '../bank/booking.ts';
import { CODES } from '../bank/codes.ts';
import type { Family } from '../bank/family.ts';
import type { Books } from '../bank/movement.ts';
import { listed, type Reply, refused, text } from '../bank/reply.ts';
import { BID_DEPOSIT, DEPOSIT, termsOf } from '../bank/terms.ts';
import { clockTime, dayOf, timeOf } from '../ledger/calendar.ts';
import type { Entry, Freeze } from '../ledger/shapes.ts';
import { nothing, shownRows } from './rows.ts';

const answer = (books: Books, rows: Row[]): Reply =>
  rows.length === 0 ? nothing(books) : listed(CODES.done, rows);

function freezes(books: Books, message: Message, now: number): Reply {
  if (text(message, 'accountNo') !== books.main) return refused(CODES.wrongMain);
  const { freezeNumberAfterMs } = books.settings;
  const rows = books.ledger
    .freezes()
    .filter(({ account, at }) => {
      const day = dayOf(at);
      const inside = day >= text(message, 'startDate') && day <= text(message, 'endDate');
      return inside && account === text(message, 'subAccNo') && at + freezeNumberAfterMs <= now;
    })
    .map((freeze) => freezeRow(books, freeze));
  return answer(books, rows);
}

/** The teller's number (柜员交易号) of a freeze has 14 bytes and is this bank's own. */
const teller = (letters: string, { number }: Freeze): string => letters + number.slice(-12);

function freezeRow(books: Books, freeze: Freeze): Row {
  const { at, releasedAt } = freeze;
  const standing = books.settings.unreleased === 'zeros' ? '000000' : '';
  return {
    subAccNo: freeze.account,
    DJTYPE: '4',
    DJCODE: freeze.number,
    DJDATE: dayOf(at),
    DJTIME: timeOf(at),
    DJOPR: teller('DJ', freeze),
    DJAMT: freeze.amount,
    JDDATE: releasedAt === undefined ? '' : dayOf(releasedAt),
    JDTIME: releasedAt === undefined ? standing : timeOf(releasedAt),
    JDOPR: releasedAt === undefined ? '' : teller('JD', freeze),
  };
}

/** TRANTYPE 14: a fee by itself; elsewhere it stands beside an amount. */
const FEE = '14';

function fees(books: Books, message: Message, now: number): Reply {
  const day = text(message, 'tranDate');
  const account = text(message, 'subAccNo');
  if (books.ledger.account(account)?.kind !== 'member') return nothing(books);
  const rows = books.ledger
    .find({ account, from: day, to: day, now })
    .filter(({ fee, type, direction }) => fee > 0n || (type === FEE && direction === 'D'))
    .map((entry): Row => {
      const payer = partyOf(books, account);
      return {
        subAccNo: account,
        cryType: books.settings.currency,
        tranDate: entry.date,
        tranTime: clockTime(entry.at),
        tranAmt: entry.amount,
        feeAmt: entry.fee > 0n ? entry.fee : entry.amount,
        payAccNo: payer.account,
        payAccNm: payer.name,
        recvAccNo: entry.other.account,
        recvAccNm: entry.other.name,
      };
    });
  return answer(books, rows);
}

function deposits(books: Books, message: Message, now: number): Reply {
  const account = text(message, 'subAccNo');
  const bank = text(message, 'oppBankNo');
  if (account === '' && text(message, 'mainAccNo') !== books.main) return refused(CODES.wrongMain);
  const isDeposit = ({ account: number }: Entry): boolean => {
    const owner = books.ledger.account(number);
    if (owner?.kind !== 'member') return false;
    return [DEPOSIT, BID_DEPOSIT].includes(termsOf(books, owner).accType);
  };
  const rows = shownRows(books, message, account, now)
    .filter(isDeposit)
    .filter(({ other }) => bank === '' || other.bankCode === bank)
    .map(depositRow);
  return answer(books, rows);
}

const depositRow = (entry: Entry): Row => ({
  subAccNo: entry.account,
  tranType: entry.type,
  tranDate: entry.date,
  tranTime: entry.time,
  tranNo: entry.number,
  tranSeq: entry.sequence,
  oppAccNo: entry.other.account,
  oppAccName: entry.other.name,
  oppOpenBankName: entry.other.bank ?? '',
  creditDebitFlag: entry.direction,
  tranAmt: entry.amount,
  accBal: entry.balance,
  xtsfAmt: entry.fee,
  abstract: entry.memo,
  xtrvfg: entry.returnedBy === undefined ? 'N' : 'Y',
});

export const memberQueries: Family = {
  queries: {
    DLSFRZQR: ({ books }, message, now) => freezes(books, message, now),
    DLSAFQRY: ({ books }, message, now) => fees(books, message, now),
    DLBSAQRY: ({ books }, message, now) => deposits(books, message, now),
  },
  statements: { DLBSAQRY: 'subAccNo' },
};
