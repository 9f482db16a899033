/** DLBREGSN opens a member's account, DLSASQRY tells its state, DLSBALQR its balances. */
import type { Message, Row } from '../../src/protocol/message.ts';
import { dayOf } from '../ledger/calendar.ts';
import type { Account } from '../ledger/shapes.ts';
import { CODES } from './codes.ts';
import type { Books } from './movement.ts';
import { amount, listed, type Reply, refused, text } from './reply.ts';

/** What DLSASQRY repeats of the opening. */
export interface Opening {
  readonly number: string;
  readonly accType: string;
  readonly parameters: Row;
}

const REPEATED = [
  'calInterestFlag',
  'interestRate',
  'overFlag',
  'overAmt',
  'overRate',
  'autoAssignInterestFlag',
  'autoAssignTranFeeFlag',
  'realNameParm',
  'subAccPrintParm',
] as const;

/** The next free number, or the bank's leading digits and the tail that was chosen. */
function chosen(books: Books, openings: Map<string, Opening>, message: Message): string {
  const tail = text(message, 'subAccNo');
  const base = books.adjustment;
  if (tail !== '') return `${base.slice(0, Math.max(0, 19 - tail.length))}${tail}`;
  let count = openings.size + 500;
  let number = '';
  do {
    count += 1;
    number = `${base.slice(0, 12)}${String(count).padStart(7, '0')}`;
  } while (books.ledger.account(number) !== undefined);
  return number;
}

export function open(
  books: Books,
  openings: Map<string, Opening>,
  message: Message,
  at: number,
): { reply: Reply; account?: Account } {
  if (text(message, 'mainAccNo') !== books.main) return { reply: refused(CODES.wrongMain) };
  const number = chosen(books, openings, message);
  if (books.ledger.account(number) !== undefined) return { reply: refused(CODES.numberTaken) };
  const overFlag = text(message, 'overFlag');
  const overdraft = overFlag === '2' ? 'full' : overFlag === '1' ? amount(message, 'overAmt') : 0n;
  const name = text(message, 'subAccNm');
  const account = books.ledger.open({ number, name, kind: 'member', at, state: '1', overdraft });
  const parameters: Row = { centerNo: text(message, 'mngNode'), centerNm: '模拟签约中心' };
  for (const field of REPEATED) {
    const value = message.fields[field];
    if (value !== undefined) parameters[field] = value;
  }
  const feeType = text(message, 'feeType');
  if (feeType !== '0') parameters['feeType'] = feeType;
  openings.set(number, { number, accType: text(message, 'accType') || '03', parameters });
  const hostNo = String(openings.size).padStart(12, '0');
  const values = { subAccNo: number, subAccNm: name, hostNo };
  return { reply: { code: CODES.done, values }, account };
}

export function states(books: Books, openings: Map<string, Opening>, message: Message): Reply {
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
      const opening = openings.get(account.number);
      return {
        subAccNo: account.number,
        subAccNm: account.name,
        accType: opening?.accType ?? '03',
        status: account.state,
        ...opening?.parameters,
      };
    });
  return rows.length === 0 ? refused(CODES.noRecord) : listed(CODES.done, rows);
}

export function balances(books: Books, message: Message): Reply {
  if (text(message, 'accountNo') !== books.main) return refused(CODES.wrongMain);
  const account = books.ledger.account(text(message, 'subAccNo'));
  const main = books.ledger.account(books.main);
  if (account === undefined || main === undefined) return refused(CODES.noRecord);
  if (account.kind === 'outside' || account.kind === 'main') return refused(CODES.noRecord);
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
