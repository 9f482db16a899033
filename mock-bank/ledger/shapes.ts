/**
 * What the ledger is made of. Amounts are fen; a leg's amount is signed from the account's own view:
 * positive brings money in. Every posting's legs add up to zero; the outside world is an account too.
 */
export type AccountKind =
  | 'main'
  /** another main account of the same group */
  | 'group'
  /** the merchant's own account, from which and to which it moves its own money */
  | 'settlement'
  | 'interest'
  | 'adjustment'
  | 'initialisation'
  | 'member'
  /** Ping An: the company's own account, a member's sub-account on the trading site, an account of the site itself */
  | 'company'
  | 'site-member'
  | 'function'
  | 'outside';

/** 0 normal · 1 awaiting review · 2 closed · 3 refused at review · 8 refused by the bank */
export type AccountState = '0' | '1' | '2' | '3' | '8';

export interface Account {
  readonly number: string;
  name: string;
  readonly kind: AccountKind;
  state: AccountState;
  balance: bigint;
  frozen: bigint;
  /** how far below zero the available balance may go; `full`: without limit */
  readonly overdraft: bigint | 'full';
  readonly openedAt: number;
}

export interface Party {
  readonly account: string;
  readonly name: string;
  readonly bank?: string;
  readonly bankCode?: string;
}

export interface Leg {
  readonly account: string;
  readonly amount: bigint;
  readonly other: Party;
  /** part of `amount` that is a fee (positive) */
  readonly fee?: bigint;
  /** a returned payout shows as a negative debit although money comes in */
  readonly negativeDebit?: true;
  /** number and sequence of an earlier entry that this one repeats */
  readonly sameKeyAs?: Entry;
}

export interface Posting {
  readonly at: number;
  /** TRANTYPE: 11 ordinary · 12 initialisation · 13 interest · 14 fee · 15 forced · 16 adjustment · 21 22 23 external */
  readonly type: string;
  readonly memo: string;
  readonly legs: readonly Leg[];
  /** the rows of this posting are shown from then on (later than `at`: late-visible rows) */
  readonly visibleAt?: number;
}

/** One row of one account. */
export interface Entry {
  readonly account: string;
  readonly at: number;
  readonly date: string;
  readonly time: string;
  /** HOSTFLW: two letters, twelve digits */
  readonly number: string;
  /** HOSTSEQ */
  readonly sequence: string;
  readonly type: string;
  readonly direction: 'D' | 'C';
  /** as shown: negative only for a returned payout */
  readonly amount: bigint;
  readonly balance: bigint;
  readonly fee: bigint;
  readonly other: Party;
  memo: string;
  readonly verifyCode: string;
  readonly visibleAt: number;
  /** money on the adjustment account: waiting to be assigned, or the member it was assigned to */
  waiting?: boolean;
  assignedTo?: string;
  /** the money of this payment came back (退汇) with that row, and the other way round */
  returnedBy?: Entry;
  returnOf?: Entry;
}

export interface Freeze {
  /** 22 bytes */
  readonly number: string;
  readonly account: string;
  readonly amount: bigint;
  /** where the money goes when it is released: the account itself, or the payer of a pay-and-freeze */
  readonly returnTo: string;
  readonly serial: string;
  readonly at: number;
  active: boolean;
  releasedAt?: number;
}
