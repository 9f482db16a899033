/**
 * The spec language: what a file under `protocol-specs/<bank>/` may say. Strict: a key that is not here
 * refuses to load. Order is meaning: the fields of a request stand in the manual's order.
 *
 *   protocol.yaml             ProtocolFile     how the bank talks: framing, envelope, charset, code lists
 *   transactions/<CODE>.yaml  TransactionFile  one bank function: fields, what its answers mean
 *   operations.yaml           OperationsFile   bank-neutral operation → transaction, field by field
 *
 * An expression (type Expr) is a literal, or `$name` / `$name.path` looked up in the scope of the moment:
 * `$body.x` the request's own field, `$link.x` a setting of the link, `$serial`, `$serial.tail`,
 * `$transaction`, `$day` (business day of acceptance, yyyymmdd), `$today`, `$memo`, `$member.x`,
 * `$freeze.x`; in an inquiry `$request.x`, a field of the request that is asked about, `$sent.x`, a part of
 * its head as it was sent, and `$sent.day`; among the marks of an entry `$row.x`; `$a|$b` the first that is not empty; or
 * `{ map: $body.channel, large: '2H', otherwise: '' }`.
 */
import { z } from 'zod';
import { lastPage, sweep } from './spec-credits.ts';
import { exprs, patterns } from './spec-expr.ts';
import { certainty, field, list, mask, text } from './spec-field.ts';
import { connection, correlation, envelope, framing } from './spec-framing.ts';
import { push } from './spec-push.ts';

export type { CreditKind, LastPage, SweepSpec } from './spec-credits.ts';
export type { Expr, Exprs } from './spec-expr.ts';
export type { Field, FieldList, Mask } from './spec-field.ts';
export type { Envelope, Framing, HeadPart, HeadsFraming, HttpFraming } from './spec-framing.ts';
export type { PushSpec } from './spec-push.ts';

/** What an outcome of judging may be. `none`: the bank says it knows no such serial (inquiries only). */
export const says = z.enum(['succeeded', 'failed', 'pending', 'unknown', 'none']);

/** How our request ended, seen from its direct answer: the row of the evidence table. */
export const ended = z.enum(['accepted', 'refused', 'unlisted', 'client-side', 'indeterminate']);

/** First rule that matches wins; a table ends with a rule without `when` and `unless`. */
export const rule = z.strictObject({
  when: z.record(z.string(), patterns).optional(),
  unless: z.record(z.string(), patterns).optional(),
  /** `all`, in an inquiry: as many as the request it asks about had in its list `inquiry.rowsOf` */
  rows: z.enum(['none', 'one', 'many', 'all']).optional(),
  /** field of a row → patterns that every selected row must have; without a row it does not hold */
  every: z.record(z.string(), patterns).optional(),
  /** the same of at least one of them */
  some: z.record(z.string(), patterns).optional(),
  says,
  ended: ended.optional(),
  /** `undecidable`, in an inquiry: the bank is done with it, and what it shows is neither yes nor no */
  reason: z
    .enum(['refused-by-bank', 'refused-unconfirmed', 'throttled', 'empty', 'undecidable'])
    .optional(),
  source: z.string().optional(),
});

export const protocolFile = z.strictObject({
  spec: z.literal(1),
  bank: z.string().regex(/^[a-z][a-z0-9_]*$/),
  ...text,
  version: z.string(),
  sources: z.record(z.string(), z.string()),
  framing,
  envelope,
  charset: z.strictObject({
    request: z.array(z.enum(['GBK', 'GB18030', 'UTF-8'])).min(1),
    answer: z.enum(['GBK', 'GB18030', 'UTF-8']),
  }),
  /** does an answer name its request? if not, a connection carries exactly one movement or inquiry */
  correlation,
  connection,
  /** the bank-visible number of an instruction: yyyymmdd + a hash in this alphabet, so many bytes */
  serial: z.strictObject({
    bytes: z.number().int().positive(),
    alphabet: z.enum(['base36', 'digits']).default('base36'),
  }),
  /** account numbers we choose: a prefix setting, then digits up to `digits` in all */
  account: z
    .strictObject({
      prefix: z.string(),
      tailDigits: z.string(),
      digits: z.number().int().positive(),
    })
    .optional(),
  /** what a link must say to talk to this bank; expressions read them as `$link.<name>` */
  settings: z.record(
    z.string(),
    z.strictObject({
      ...text,
      pattern: z.string(),
      need: z.enum(['yes', 'no']).default('yes'),
      default: z.string().optional(),
      mask: mask.default('none'),
    }),
  ),
  /** what the gateway puts into the fields marked `owned`, by field name */
  owned: z.record(z.string(), z.string()),
  /** where the ledger's businessRef may go when the link says so */
  memoField: z.string().optional(),
  codes: z.record(z.string(), z.array(z.string()).min(1)),
  /** verdict tables shared by transactions, by name */
  verdicts: z.record(z.string(), z.array(rule).min(1)),
  /** how inbound credits are found: one statement, or several */
  credits: z.array(sweep).min(1).optional(),
});

export const transactionFile = z.strictObject({
  code: z.string().min(1),
  ...text,
  purpose: z.string(),
  /** push: the bank sends it by itself, and `push` says what it means */
  kind: z.enum(['movement', 'maintenance', 'query', 'push']),
  sources: z.array(z.string()).min(1),
  certainty: certainty.default('2+'),
  request: z.array(z.union([field, list])),
  answer: z.array(z.union([field, list])),
  notes: z.array(z.string()).default([]),
  /** verdict table for the direct answer, which a push has not: a name of `protocol.yaml: verdicts`, or rules */
  verdicts: z.union([z.string(), z.array(rule).min(1)]).optional(),
  /** when this query is asked as an inquiry about another transaction: what its answer says of that one */
  asInquiry: z.array(rule).min(1).optional(),
  /** query: an answer's rows must carry this request field, so that a kept connection can be checked */
  echo: z.strictObject({ request: z.string(), row: z.string() }).optional(),
  /** fields of the request: number of the first row wanted or of the page, from 1; rows wanted */
  paging: z
    .strictObject({
      start: z.string().optional(),
      page: z.string().optional(),
      size: z.string().optional(),
      rowsMax: z.number().int().positive(),
      last: lastPage.optional(),
    })
    .optional(),
  /** movement or maintenance: its own inquiry, or none (then an unanswered one goes to people) */
  inquiry: z
    .union([
      z.literal('none'),
      z.strictObject({
        transaction: z.string(),
        request: exprs,
        select: z.record(z.string(), z.string()).optional(),
        /** list of the request that is asked about: a batch is known only where each of its rows is seen */
        rowsOf: z.string().optional(),
        /** what the rows say of this transaction, where that is not what they say of others */
        asInquiry: z.array(rule).min(1).optional(),
        /** fields, outside any list, that both answers have: the inquiry's stand in for those of a lost answer */
        take: z.array(z.string()).min(1).optional(),
      }),
    ])
    .optional(),
  push: push.optional(),
});

/** Types of a neutral body field. `instruction`: the id of an earlier instruction. `payee`: {account,name,sameBank,bankCode?,bankName?}. */
export const bodyField = z.strictObject({
  type: z.enum([
    'account',
    'name',
    'text',
    'amount',
    'balance',
    'date',
    'choice',
    'integer',
    'rate',
    'instruction',
    'payee',
    'code',
  ]),
  ...text,
  need: z.enum(['yes', 'no']).default('yes'),
  values: z.array(z.string()).optional(),
  mask: mask.default('none'),
});

export const operation = z.strictObject({
  ...text,
  /** a bank transaction, or `local`: answered by the gateway from what it knows */
  transaction: z.string(),
  /** `account`: the serial is an account number we choose (prefix of the link + tail); `clientID`: the usual rule */
  serial: z.enum(['usual', 'account', 'none']),
  body: z.record(z.string(), bodyField),
  /** what this bank needs beyond the neutral body: fields of `body.bank` */
  bank: z.record(z.string(), bodyField).optional(),
  /** transaction field → expression; a list field takes an array of rows */
  fields: exprs,
  /** records looked up at acceptance and offered to expressions */
  member: z
    .strictObject({
      by: z.string(),
      /** never: an account of a member is refused, for its money is not the merchant's */
      need: z.enum(['yes', 'no', 'never']).default('no'),
      /** body field that may only repeat the payout account of the record */
      payee: z.string().optional(),
    })
    .optional(),
  /** a second member whose record only helps with its names: `$other.name`, `$other.bank.x` */
  other: z.strictObject({ by: z.string() }).optional(),
  /**
   * what the record of `account` keeps once this operation succeeded: `name`, `payout`, `bank.x`. What it
   * does not say stays as it was
   */
  keepsMember: z.record(z.string(), z.string()).optional(),
  /** it may put another payout account in the place of a bound one */
  rebinds: z.literal(true).optional(),
  /** the freeze this operation uses: id in `by`; made by one of `madeBy` */
  freeze: z.strictObject({ by: z.string(), madeBy: z.array(z.string()).min(1) }).optional(),
  /**
   * what the freeze record keeps once this operation succeeded: holder account, amount, other party; `number`,
   * where the bank gives it none and it goes by one of ours
   */
  makesFreeze: z.record(z.string(), z.string()).optional(),
  /** after success is known: a query whose answer completes the result (the freeze number) */
  complete: z
    .strictObject({
      transaction: z.string(),
      request: exprs,
      select: z.record(z.string(), z.string()),
      take: z.record(z.string(), z.string()),
    })
    .optional(),
  /** result data: name → `$answer.x` of the direct answer, `$serial`, `$body.x` */
  data: z.record(z.string(), z.string()).optional(),
  /** queries: result rows, neutral name → field of the list row */
  rows: z.record(z.string(), z.string()).optional(),
  certainty: certainty.default('2+'),
});

export const operationsFile = z.strictObject({
  operations: z.record(z.string().regex(/^[a-z][a-z-]*$/), operation),
});

export type Rule = z.infer<typeof rule>;
export type Says = z.infer<typeof says>;
export type ProtocolFile = z.infer<typeof protocolFile>;
export type Transaction = z.infer<typeof transactionFile>;
export type Inquiry = Exclude<NonNullable<Transaction['inquiry']>, 'none'>;
export type TransactionKind = Transaction['kind'];
export type Operation = z.infer<typeof operation>;
export type BodyField = z.infer<typeof bodyField>;

/** One bank, loaded, linted and frozen. `digest` is sha256 over all its files, in file-name order. */
export interface BankSpec {
  readonly protocol: ProtocolFile;
  readonly transactions: ReadonlyMap<string, Transaction>;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly digest: string;
}
