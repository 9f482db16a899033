/** What is agreed about a member's account (签约参数) beside its number, its name and its overdraft. */
import type { Row } from '../../src/protocol/message.ts';
import type { Account } from '../ledger/shapes.ts';
import type { Books } from './movement.ts';

/** 附属账户类型 of a deposit account (保证金账户) and of one for bid deposits (投标保证金账户). */
export const DEPOSIT = '04';
export const BID_DEPOSIT = '11';

export interface Terms {
  readonly accType: string;
  /** whose account it is: the accounts of one member have the same */
  readonly holder: string;
  /** what DLSASQRY repeats; DLSBAMAN changes some of it */
  readonly parameters: Row;
  /** settlement accounts (结算账户) it may pay to; any account when there is none */
  readonly bound: readonly string[];
  /** since when interest was not settled */
  interestFrom: number;
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
  'feeType',
] as const;

/** The parameters that a request carries. */
export function repeated(fields: Row): Row {
  const found: Row = {};
  for (const name of REPEATED) {
    const value = fields[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** Those of an account nobody agreed anything about are the plainest there are. */
export function termsOf(books: Books, account: Account): Terms {
  const known = books.terms.get(account.number);
  if (known !== undefined) return known;
  const made: Terms = {
    accType: '03',
    holder: account.name,
    parameters: {},
    bound: [],
    interestFrom: account.openedAt,
  };
  books.terms.set(account.number, made);
  return made;
}

/** As DLSASQRY shows them. */
export function shownParameters(books: Books, { parameters }: Terms): Row {
  const { feeType, interestRate, ...others } = parameters;
  const shown: Row = { ...others };
  // "none" is 0 in requests and empty in this list (M1)
  if (feeType !== undefined && feeType !== '0') shown.feeType = feeType;
  const without = books.settings.rateWithoutInterest === 'empty';
  const hidden = without && parameters.calInterestFlag === '0';
  if (interestRate !== undefined && !hidden) shown.interestRate = interestRate;
  return shown;
}
