/**
 * Expressions of the spec language (see spec.ts) → text. In: an expression and the scope of the moment.
 * Out: always a string; what is missing, or is no scalar, is ''. Values looked up are never looked up
 * again, so a ledger cannot smuggle an expression into a body.
 *
 *   $body.payee.account                    path into the scope, own properties only
 *   $body.toName|$member.name              the first that is not empty
 *   { map: $body.channel, large: '2H', otherwise: '' }    a choice; no match and no otherwise → ''
 */
import { YinqiError } from '../errors.ts';
import { isEmpty } from './field.ts';
import type { Row, Values } from './message.ts';
import type { Expr, Exprs } from './spec.ts';

export type Scope = Readonly<Record<string, unknown>>;

/** Keys of a choice that are no values to choose by. */
export const choiceWords = ['map', 'otherwise'] as const;
const isWord = (key: string): boolean => choiceWords.some((word) => word === key);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const own = (value: unknown, key: string): unknown =>
  isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;

/** `true` and `'true'` choose alike; an object or a list is no text. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const plain = typeof value === 'boolean' || typeof value === 'number';
  return plain || typeof value === 'bigint' ? String(value) : '';
}

/** The longest key of the scope wins: `serial.tail` is a name of its own, not a part of `serial`. */
function lookUp(name: string, scope: Scope): string {
  const parts = name.split('.');
  for (let length = parts.length; length > 0; length--) {
    const key = parts.slice(0, length).join('.');
    if (!Object.hasOwn(scope, key)) continue;
    return textOf(parts.slice(length).reduce(own, scope[key]));
  }
  return '';
}

const alternativesOf = (expr: string): string[] =>
  expr.startsWith('$') ? expr.split('|') : [expr];

function choose(expr: Record<string, Expr>, scope: Scope): string {
  const by = own(expr, 'map') as Expr | undefined;
  if (by === undefined) throw new YinqiError('DEFECT', { detail: 'a choice without map' });
  const value = evaluate(by, scope);
  const listed = !isWord(value) && Object.hasOwn(expr, value) ? expr[value] : undefined;
  const chosen = listed ?? (own(expr, 'otherwise') as Expr | undefined);
  return chosen === undefined ? '' : evaluate(chosen, scope);
}

export function evaluate(expr: Expr, scope: Scope): string {
  if (typeof expr !== 'string') return choose(expr, scope);
  for (const part of alternativesOf(expr)) {
    const value = part.startsWith('$') ? lookUp(part.slice(1), scope) : part;
    if (!isEmpty(value)) return value;
  }
  return '';
}

const evaluateRow = (row: Record<string, Expr>, scope: Scope): Row =>
  Object.fromEntries(Object.entries(row).map(([name, expr]) => [name, evaluate(expr, scope)]));

/** A field takes text, a list takes rows of it. Names stay even when their value is ''. */
export function evaluateAll(exprs: Exprs, scope: Scope): Values {
  const values = Object.entries(exprs).map(([name, what]): [string, string | Row[]] => [
    name,
    Array.isArray(what) ? what.map((row) => evaluateRow(row, scope)) : evaluate(what, scope),
  ]);
  return Object.fromEntries(values);
}

/**
 * Names an expression refers to, without `$`: what it may yield before what it only chooses by, so that
 * the first one is the likeliest origin of a value.
 */
export function referencesIn(expr: Expr): string[] {
  if (typeof expr === 'string') {
    const named = alternativesOf(expr).filter((part) => part.startsWith('$'));
    return named.map((part) => part.slice(1));
  }
  const branches = Object.entries(expr).filter(([key]) => key !== 'map');
  const by = own(expr, 'map') as Expr | undefined;
  return [
    ...branches.flatMap(([, branch]) => referencesIn(branch)),
    ...(by === undefined ? [] : referencesIn(by)),
  ];
}
