/** What the control API takes about members of a trading site and what the bank says to its merchant. */
import { z } from 'zod';
import { account, amount, memo, party, timing } from './shapes.ts';

const binding = z.strictObject({
  account,
  name: z.string().min(1),
  bankName: z.string().default('模拟银行'),
  bankCode: z.string().default(''),
});

const member = {
  /** ThirdCustId, the member's code on the trading site */
  code: z.string().min(1),
  name: z.string().min(1),
  /** of the sub-account; the next free one when not given */
  number: z
    .string()
    .regex(/^\d{15}$/, 'a number has 15 digits')
    .optional(),
  idType: z.string().min(1).default('1'),
  idCode: z.string().min(1).default('440300199001010000'),
};

export const memberInput = z.strictObject({
  ...member,
  balance: amount.optional(),
  /** accounts it may pay from and be paid to */
  bound: z.array(binding).default([]),
});

export const openingInput = z.strictObject({
  ...member,
  bound: binding.optional(),
  /** does the 1315 follow, without which the merchant must not believe the 1301? */
  confirmed: z.boolean().default(true),
});

export const closingInput = z.strictObject({ account });

export const bindingInput = z.strictObject({
  /** the member's sub-account */
  account,
  to: binding,
  change: z.enum(['add', 'exchange', 'remove']).default('add'),
  /** the account that an exchange takes away */
  replaces: z.string().default(''),
});

export const depositInput = z.strictObject({
  /** a member's sub-account */
  account,
  amount,
  payer: party.default({ account: '6222000000000000009', name: '李付款' }),
  memo,
  /** so many deposits that are alike in everything but their numbers */
  twins: z.number().int().min(1).max(10_000).default(1),
  /** each notice is sent so many times, under the same serial */
  copies: z.number().int().min(0).max(100).default(1),
  ...timing,
});

export const withdrawalInput = z.strictObject({
  account,
  amount,
  /** one of the bound accounts; the first one when not given */
  to: z.string().min(1).optional(),
});

export const questionInput = z.strictObject({ account });

export const pushInput = z.strictObject({
  /** 1301, 1303, 1310, 1312, 1315, 1019 or 1326 */
  transaction: z.string().min(1),
  /** every field of it; nothing in the books stands behind them */
  fields: z.record(z.string(), z.string()),
  /** of an earlier packet */
  serial: z
    .string()
    .regex(/^\d{20}$/, 'a serial has 20 digits')
    .optional(),
});

export const repeatInput = z.strictObject({
  id: z.number().int().positive(),
  times: z.number().int().min(1).max(10_000).default(1),
  /** fields that are now something else */
  fields: z.record(z.string(), z.string()).default({}),
});

export const targetInput = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.number().int().min(1).max(65_535),
});

/** Answered values show amounts as their field has them. */
export const shownRow = (row: Record<string, string | bigint> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]));
