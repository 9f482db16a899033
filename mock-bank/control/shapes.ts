/** What the control API takes. Amounts are yuan as text with two decimals, instants are ISO 8601. */
import { z } from 'zod';
import { timerMsMax } from '../clock.ts';

export const amount = z
  .string()
  .regex(/^\d{1,13}\.\d{2}$/, 'an amount is text like "12.30"')
  .refine((text) => !/^0+\.00$/.test(text), 'an amount is more than nothing');
export const account = z.string().min(1);
export const memo = z.string().default('');
export const party = z.strictObject({
  account: z.string().min(1),
  name: z.string().min(1),
  bank: z.string().optional(),
  bankCode: z.string().optional(),
});
export const timing = {
  /** the row bears this instant instead of now, e.g. yesterday's */
  at: z.iso.datetime({ offset: true }).optional(),
  /** the statement shows the row only so long after */
  visibleAfterMs: z.number().int().min(0).max(timerMsMax).optional(),
};

export const nothing = z.strictObject({});

export const creditInput = z.strictObject({
  account,
  amount,
  kind: z.enum(['credit', 'interest', 'fee']).default('credit'),
  payer: party.default({ account: '6200000000000000009', name: '模拟付款公司' }),
  memo,
  /** so many rows that are alike in everything but their numbers */
  twins: z.number().int().min(1).max(10_000).default(1),
  ...timing,
});

export const returnInput = z
  .strictObject({
    /** the last payout with this serial that has not come back yet */
    serial: z.string().min(1).optional(),
    /** or the row of a payout by its HOSTFLW */
    number: z.string().min(1).optional(),
    /** does the returning row repeat HOSTFLW and HOSTSEQ of the payout's row? */
    sameKey: z.boolean().default(false),
    ...timing,
  })
  .refine(({ serial, number }) => (serial === undefined) !== (number === undefined), {
    path: ['serial'],
    message: 'exactly one of serial and number',
  });

export const twinInput = z.strictObject({
  from: account,
  /** an account of this bank, or one outside */
  to: party,
  amount,
  memo,
  twins: z.number().int().min(1).max(10_000).default(1),
  ...timing,
});

export const accountInput = z
  .strictObject({
    number: z
      .string()
      .regex(/^\d{19}$/, 'a number has 19 digits')
      .optional(),
    /** the digits behind the prefix of this bank */
    tail: z
      .string()
      .regex(/^\d{7,14}$/)
      .optional(),
    name: z.string().min(1),
    /** a member, or another main account of the group */
    kind: z.enum(['member', 'group']).default('member'),
    state: z.enum(['0', '1', '2', '3', '8']).default('0'),
    balance: amount.optional(),
    overdraft: z.union([z.literal('full'), amount]).optional(),
    /** 03 trading, 04 deposit, 11 bid deposit */
    accType: z.enum(['03', '04', '11']).default('03'),
    /** the member whose account it is; its name when not given */
    holder: z.string().min(1).optional(),
    /** settlement accounts it may pay to by DLFNDOUT; any when there is none */
    bound: z.array(z.string().min(1)).default([]),
  })
  .refine(({ number, tail }) => (number === undefined) !== (tail === undefined), {
    path: ['number'],
    message: 'exactly one of number and tail',
  });

export const gatewayOrderInput = z.strictObject({
  /** 商户流水号, which refunds call 原订单号 */
  number: z.string().min(1).max(20),
  kind: z.enum(['order', 'bid', 'top-up']).default('order'),
  /** where the money arrives; by default the settlement account, of a bid the bid deposit account */
  account: account.optional(),
  amount,
  payer: party.default({ account: '6200000000000000009', name: '模拟付款公司' }),
  memo,
  /** unconfirmed (00), paid (01), failed (02) */
  state: z.enum(['00', '01', '02']).default('01'),
  /** is the money frozen on the member's account? */
  freeze: z.boolean().default(false),
});

/** Flat, so that a fault names its field; which fields go together is checked when it is run. */
export const reviewInput = z
  .strictObject({
    account: account.optional(),
    serial: z.string().min(1).optional(),
    decision: z.enum(['approve', 'refuse', 'refuse-by-bank', 'withdraw']),
  })
  .refine((given) => (given.account === undefined) !== (given.serial === undefined), {
    path: ['account'],
    message: 'exactly one of account (an opening) and serial (an order)',
  });

export const releaseInput = z.strictObject({
  ids: z.array(z.number().int().positive()).min(1).optional(),
  serial: z.string().min(1).optional(),
  memo: z.string().min(1).optional(),
});

export const strikeInput = z.strictObject({ serial: z.string().min(1) });

export const outageInput = z.strictObject({
  /** as the spec names itself, e.g. citic */
  bank: z.string().min(1),
  ms: z.number().int().min(0).max(timerMsMax).default(1000),
});

export const entryFilter = z.strictObject({ account: account.optional() });

export const orderFilter = z.strictObject({
  serial: z.string().optional(),
  transaction: z.string().optional(),
  /** part of the memo */
  memo: z.string().optional(),
});

export const obligationInput = z.strictObject({
  /** the first match in a memo is the obligation's name; a memo without one is its own */
  pattern: z.string().min(1).max(200).optional(),
});
