/** The part of protocol.yaml that says how inbound money is found in the bank's statements; see src/credits. */
import { z } from 'zod';
import { expr, exprs, patterns } from './spec-expr.ts';

/** An order of ours that an entry may belong to: its transaction, and its fields for the entry's account, other account and amount. */
const ofOrder = z.strictObject({
  transaction: z.string(),
  account: z.string(),
  other: z.string(),
  amount: z.string(),
});

/** What an entry is told as. First that fits; an entry that none fits is known and not told. */
export const creditKind = z.strictObject({
  kind: z.enum(['credit', 'unplaced', 'payout-returned', 'interest', 'fee', 'main-credit']),
  when: z.record(z.string(), patterns),
  /** of the amount of the row */
  sign: z.enum(['positive', 'negative', 'any']),
  /**
   * an amount of its own that the row carries beside its own, like the fee of a payout: told beside the
   * row, as an entry of its own, as long as it is not zero
   */
  amount: z.string().optional(),
  /** it belongs to an order of ours: one of these, accepted at most so many days before the entry */
  of: z.array(ofOrder).min(1).optional(),
  withinDays: z.number().int().positive().default(40),
  /** field of the row that may carry the serial of that order: then it is that order */
  serial: z.string().optional(),
  /** field of the row that may carry the serial of an order of ours: then the row is its result, and not told */
  notOurs: z.string().optional(),
});

/** Fields outside the rows, of which the bank fills one, and what it says there on the last page. */
export const lastPage = z.strictObject({
  field: z.union([z.string(), z.array(z.string()).min(2)]),
  values: z.array(z.string()).min(1),
});

/**
 * One statement that is read again and again. A link may have several: the first keeps its state under the
 * accounts alone, every other under its name too, so that the two never meet.
 */
export const sweep = z.strictObject({
  /** fixed for ever, as keys in Redis and records in the journal carry it; so is which one is first */
  name: z.string().regex(/^[a-z][a-z-]*$/),
  /**
   * swept only where the link says so, in `credits` of its config, for it costs budget; or where it has this
   * setting, as `$link.x`, without which it cannot be asked
   */
  onlyIf: z.union([z.literal('mainStatement'), z.string().regex(/^\$link\.\w+$/)]).optional(),
  transaction: z.string(),
  /**
   * one page of one account-day: $account, $day, $start (number of its first row, from 1) or $page (from 1),
   * $size; $when: `today`, or `past`; $from, where a request covers several days
   */
  request: exprs,
  /** days that one request covers, from $from to $day: a row is filed under its own day */
  days: z.number().int().positive().default(1),
  /** days that each day stays open at least: an entry may be listed under an older day than it came on */
  openDays: z.number().int().positive().optional(),
  /** one request covers all accounts; every row names its own */
  accounts: z.literal('all').optional(),
  /** the account whose waiting entries nobody could place, and how they are listed */
  unplacedAccount: z.string().optional(),
  unplacedRequest: exprs.optional(),
  /**
   * field of a row that names its account: the accounts of the members are swept. Or, where rows do not
   * carry it, an expression: the one account that is swept
   */
  account: z.string(),
  /** with a field: the account of an entry that names none, as money does which belongs to nobody */
  accountElse: z.string().optional(),
  /** with an expression: the field outside the rows that names the account, if the bank fills it */
  answerAccount: z.string().optional(),
  /** left out where no field of a row says it surely: then it is the day that was asked about */
  day: z.string().optional(),
  time: z.string().optional(),
  /**
   * fields that together name one entry for ever; or, where the bank documents no such key, `counted`: the
   * stable fields, and which of its equals the row is in one whole reading (R15)
   */
  identity: z.union([z.array(z.string()).min(1), z.strictObject({ counted: z.literal(true) })]),
  /** field of a row; or the one direction of everything that is listed */
  direction: z.union([z.string(), z.strictObject({ always: z.enum(['in', 'out']) })]),
  /** value of that field that brings money in, as long as the amount is not negative */
  inward: z.string().optional(),
  /** left out where rows carry none: then account and amount are those of the order that the row names */
  amount: z.string().optional(),
  /** fields whose change under the same identity makes a `changed` notice */
  stable: z.array(z.string()).min(1),
  payer: z.record(z.string(), z.string()),
  /** how operations about an entry name it: date, number, sequence → field */
  entry: z.record(z.string(), z.string()),
  /** what the bank marks an entry with, in neutral words; $row.x. A mark that changes is news */
  marks: z
    .strictObject({
      returned: expr.optional(),
      returnedOn: expr.optional(),
      reversedOn: expr.optional(),
      reversedBy: expr.optional(),
    })
    .default({}),
  kinds: z.array(creditKind).min(1),
  pageRowsMax: z.number().int().positive(),
  /** without it the page that is not full is the last */
  last: lastPage.optional(),
});

export type SweepSpec = z.infer<typeof sweep>;
export type LastPage = z.infer<typeof lastPage>;
export type CreditKind = z.infer<typeof creditKind>;

/** The account is given by an expression, because no row names it. */
export const isGiven = (account: string): boolean => account.startsWith('$');
