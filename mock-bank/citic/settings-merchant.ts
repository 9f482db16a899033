/** Settings about members' accounts, settlement accounts, interest, and orders paid through the payment gateway. */
import { z } from 'zod';
import { timerMsMax } from '../clock.ts';

const ms = z.number().int().min(0).max(timerMsMax);

export const merchantSettings = {
  /** how long a change of parameters (DLSBAMAN) waits for its approval; 0: not at all; null: until the control API acts */
  changeReviewMs: ms.nullable().default(0),
  /** the same of a closing (DLOLCACC) */
  closingReviewMs: ms.nullable().default(0),
  /** does DLSASQRY show the rate of an account without interest? */
  rateWithoutInterest: z.enum(['shown', 'empty']).default('shown'),
  /** is interestRate 0.35 meant as 0.35 % a year, or as 35 %? */
  interestRateUnit: z.enum(['percent', 'fraction']).default('percent'),
  /** interest asked for or settled where none is due: 0.00, or refused */
  noInterest: z.enum(['zero', 'refuse']).default('zero'),
  /** TRANTYPE of what moves between a settlement account and a sub-account */
  settlementRowType: z.enum(['23', '11']).default('23'),
  /** how long a return of a bid deposit (DLDRTSUB) waits for its approval; null: until the control API acts */
  bidReturnReviewMs: ms.nullable().default(1000),
  /** which bids DLDPDQRY finds when it is fuzzy: by the days and a part of mctJnlNo, or by the days alone */
  fuzzyBids: z.enum(['part', 'days']).default('part'),
  /** a bid or an order whose money has gone back already: returned again, or refused */
  returnedAgain: z.enum(['execute', 'refuse']).default('execute'),
  /** who may pay a refund: any account, or only the one on which the order's money arrived */
  refundPayer: z.enum(['any', 'arrived']).default('any'),
  /** DLWDLDTL and DLRFDDTL about a serial the bank does not know */
  refundUnknown: z.enum(['PBRA001', 'ED02083']).default('PBRA001'),
  /** JDTIME of a freeze that stands */
  unreleased: z.enum(['zeros', 'empty']).default('zeros'),
  /** the reconciliation file of a date is there so long after that date began, with what is in it by then */
  fileAfterMs: ms.default(0),
  /** the file of a date without a payment: refused, or only its first line */
  emptyFile: z.enum(['refuse', 'empty']).default('refuse'),
} as const;
