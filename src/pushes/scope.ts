/** What the expressions of a push may look up, and what they come to. Pure. */

import { encodeAnswer } from '../protocol/encode.ts';
import { evaluate, referencesIn } from '../protocol/expression.ts';
import { headValues } from '../protocol/framing/head-values.ts';
import { layoutOf, transactionOf } from '../protocol/layout.ts';
import type { Values } from '../protocol/message.ts';
import type { BankSpec, Expr } from '../protocol/spec.ts';
import type { ReplyField } from '../protocol/spec-push.ts';
import type { Push } from './push.ts';

/** What is known beside the push itself. */
export interface Surroundings {
  readonly spec: BankSpec;
  /** settings of the link, defaults in */
  readonly link: Readonly<Record<string, string>>;
  readonly charset: 'GBK' | 'GB18030' | 'UTF-8';
  /** of the packet we write: yyyymmdd and HHmmss in the bank's zone */
  readonly date: string;
  readonly time: string;
}

export type Reply = Readonly<Record<string, string>>;

const scopeOf = (push: Push, around: Surroundings, reply: Reply = {}) => ({
  request: push.request,
  link: around.link,
  ack: { number: push.number },
  reply,
  packet: { date: around.date, time: around.time, moment: `${around.date}${around.time}` },
});

/** Name → text; what is empty is left out. */
export function evaluated(
  exprs: Readonly<Record<string, Expr>>,
  push: Push,
  around: Surroundings,
): Record<string, string> {
  const scope = scopeOf(push, around);
  const texts = Object.entries(exprs).map(([name, expr]) => [name, evaluate(expr, scope)]);
  return Object.fromEntries(texts.filter(([, value]) => value !== ''));
}

export const oneOf = (expr: Expr, push: Push, around: Surroundings): string =>
  evaluate(expr, scopeOf(push, around));

/** 12.5 yuan are 1250 fen; both are whole strings of decimal digits. */
const fen = (amount: string): string => {
  const [yuan = '0', part = ''] = amount.split('.');
  return String(BigInt(`${yuan}${part.padEnd(2, '0')}`));
};

/** A ledger's values as the bank wants them. */
export function replyFor(
  takes: Readonly<Record<string, ReplyField>>,
  given: Readonly<Record<string, unknown>>,
): Reply {
  const texts = Object.entries(takes).flatMap(([name, field]): [string, string][] => {
    const value = given[name];
    if (typeof value !== 'string' || value === '') return [];
    return [[name, field.unit === 'fen' ? fen(value) : value]];
  });
  return Object.fromEntries(texts);
}

/** Names of what a yes needs and does not have. */
export const missingIn = (
  takes: Readonly<Record<string, ReplyField>>,
  given: Readonly<Record<string, unknown>>,
): string[] =>
  Object.entries(takes)
    .filter(([name, { need }]) => need === 'yes' && (given[name] ?? '') === '')
    .map(([name]) => name);

const saidByLedger = (expr: Expr): boolean =>
  referencesIn(expr).some((name) => name.startsWith('reply.'));

/**
 * The packet that answers a push. `refused`: the form that says no, which carries nothing a ledger has not
 * said. Throws a coded error where the bank's fields cannot take it.
 */
export function answerPacket(
  push: Push,
  around: Surroundings,
  says: { readonly yes: true; readonly reply?: Reply } | { readonly yes: false },
): Uint8Array {
  const { spec, charset } = around;
  const { fields, accepted } = push.spec;
  const refused = push.spec.role === 'question' ? push.spec.refused : undefined;
  const answer = says.yes ? accepted : (refused ?? accepted);
  const scope = { ...scopeOf(push, around, says.yes ? says.reply : {}), answer };
  const bare = !says.yes && Object.values(fields).some(saidByLedger);
  const values: Values = bare
    ? {}
    : Object.fromEntries(
        Object.entries(fields).map(([name, expr]) => [name, evaluate(expr, scope)]),
      );
  const { status, text } = spec.protocol.envelope;
  const layout = layoutOf(transactionOf(spec, push.code), 'answer').fields;
  if (layout.has(status)) values[status] = answer.code;
  if (layout.has(text)) values[text] = answer.text;
  return encodeAnswer(spec, push.code, values, charset, headValues(spec, 'answer', scope));
}
