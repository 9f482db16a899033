/** From the bytes of an answer to evidence: decoded by the spec, judged by the table of its place. */
import { YinqiError } from '../../errors.ts';
import type { Event, Evidence } from '../../instruction/event.ts';
import type { Held } from '../../instruction/intent.ts';
import type { Reason } from '../../instruction/messages.ts';
import { decodeAnswer } from '../../protocol/decode.ts';
import { evaluate } from '../../protocol/expression.ts';
import {
  inquiryRulesFor,
  judge,
  rulesFor,
  selectRows,
  type Verdict,
  type Wanted,
  wantedOf,
} from '../../protocol/judge.ts';
import type { Message, Row } from '../../protocol/message.ts';
import { answerNames } from '../../protocol/operation.ts';
import type { Inquiry } from '../../protocol/spec.ts';
import type { LinkContext } from '../context.ts';
import { inquiryScopeOf } from './scope.ts';
import type { Sent } from './sent.ts';

export interface Reading {
  readonly message: Message;
  readonly verdict: Verdict;
}

/** Reasons of a rule that are a ledger's business; `throttled` and `empty` are ours. */
const told = (reason: Verdict['reason']): Reason | undefined =>
  reason === 'refused-by-bank' || reason === 'refused-unconfirmed' ? reason : undefined;

export const evidenceOf = (verdict: Verdict, record: number | undefined): Evidence => ({
  says: verdict.says,
  ended: verdict.ended,
  reason: told(verdict.reason),
  ...(verdict.reason === 'undecidable' ? { undecidable: true } : {}),
  code: verdict.code,
  text: verdict.text,
  record,
});

/** Undefined: the bytes are whole but no answer of this spec, which is as good as none. */
function decoded(ctx: LinkContext, code: string, body: Uint8Array): Message | undefined {
  try {
    return decodeAnswer(ctx.spec, code, body);
  } catch (error) {
    if (!(error instanceof YinqiError)) throw error;
    ctx.log.warn('answer-unreadable', { link: ctx.link.name, transaction: code, error });
    return undefined;
  }
}

function minded(ctx: LinkContext, reading: Reading): Reading {
  if (reading.verdict.reason === 'throttled') {
    ctx.metrics.throttled(ctx.link.name);
    ctx.traffic.throttled();
  } else ctx.traffic.passed();
  return reading;
}

/** The direct answer to an order or a query. */
export function readDirect(ctx: LinkContext, code: string, body: Uint8Array): Reading | undefined {
  const message = decoded(ctx, code, body);
  if (message === undefined) return undefined;
  return minded(ctx, { message, verdict: judge(ctx.spec, rulesFor(ctx.spec, code), message) });
}

/** What the answer to the inquiry says about `held`; `sent`: what the question looked up of its packet. */
export function readInquiry(
  ctx: LinkContext,
  held: Held,
  inquiry: Inquiry,
  body: Uint8Array,
  sent: Sent = {},
): Reading | undefined {
  const message = decoded(ctx, inquiry.transaction, body);
  const rules = inquiryRulesFor(ctx.spec, inquiry);
  if (message === undefined || rules === undefined) return undefined;
  const wanted = wantedFor(ctx, held, inquiry, sent);
  const rows = rowsSent(ctx, held, inquiry.rowsOf);
  return minded(ctx, { message, verdict: judge(ctx.spec, rules, message, wanted, rows) });
}

/** How many rows the request about `held` had in the list that the inquiry counts by. */
function rowsSent(ctx: LinkContext, held: Held, list: string | undefined): number | undefined {
  if (list === undefined) return undefined;
  const { request } = inquiryScopeOf(ctx, held);
  const rows = (request as Readonly<Record<string, unknown>> | undefined)?.[list];
  return Array.isArray(rows) ? rows.length : undefined;
}

/** What the row about `held` must have in the answer to this question. */
export function wantedFor(
  ctx: LinkContext,
  held: Held,
  question: Pick<Inquiry, 'transaction' | 'select'>,
  sent: Sent = {},
): Wanted {
  const scope = inquiryScopeOf(ctx, held, sent);
  const found = Object.entries(question.select ?? {}).map(([field, expr]) => [
    field,
    evaluate(expr, scope),
  ]);
  return wantedOf(ctx.spec, question.transaction, Object.fromEntries(found));
}

/** The one row that fits; several or none prove nothing. */
export function oneRow(message: Message, wanted: Wanted): Row | undefined {
  const rows = selectRows(message, wanted);
  return rows.length === 1 ? rows[0] : undefined;
}

export const answeredEvent = (
  ctx: LinkContext,
  code: string,
  { message, verdict }: Reading,
  record: number | undefined,
  peer: string,
): Event => ({
  type: 'answered',
  evidence: evidenceOf(verdict, record),
  answer: answerNames(ctx.spec, code, message),
  peer,
});
