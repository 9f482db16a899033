/** Rules for expressions and for what they are put into: the request of a transaction. */
import { choiceWords } from '../expression.ts';
import { isList, layoutOf } from '../layout.ts';
import type { Expr, Exprs, Field, Transaction } from '../spec.ts';
import { faultOfLiteral } from './fields.ts';
import type { Place } from './place.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Every expression of a mapping, those of its rows too. */
export const exprsIn = (exprs: Exprs): Expr[] =>
  Object.values(exprs).flatMap((what) =>
    Array.isArray(what) ? what.flatMap((row) => Object.values(row)) : [what],
  );

export function lintExpr(expr: Expr, vocabulary: Vocabulary, at: Place): void {
  if (typeof expr === 'string') {
    if (!expr.startsWith('$')) {
      if (expr.includes('$')) at.fault('a literal that looks like an expression');
      return;
    }
    for (const part of expr.split('|').filter((one) => one.startsWith('$'))) {
      if (!vocabulary.has(part.slice(1))) at.fault(`${part} means nothing here`);
    }
    return;
  }
  if (!Object.hasOwn(expr, 'map')) at.fault('a choice without map');
  const values = Object.keys(expr).filter((key) => !choiceWords.some((word) => word === key));
  if (values.length === 0) at.fault('a choice without a value to choose by');
  for (const [key, inside] of Object.entries(expr)) lintExpr(inside, vocabulary, at.in(key));
}

/** Every literal an expression may yield. */
export function literalsOf(expr: Expr): string[] {
  if (typeof expr !== 'string') {
    return Object.entries(expr).flatMap(([key, one]) => (key === 'map' ? [] : literalsOf(one)));
  }
  return expr.startsWith('$') ? expr.split('|').filter((one) => !one.startsWith('$')) : [expr];
}

function lintInto(field: Field | undefined, expr: Expr, words: Vocabulary, at: Place): void {
  lintExpr(expr, words, at);
  if (field === undefined) {
    at.fault('no such field in the request');
    return;
  }
  if (field.fixed !== undefined) at.fault('the transaction fixes this field');
  for (const literal of literalsOf(expr).filter((one) => one !== '')) {
    const fault = faultOfLiteral(field, literal);
    if (fault !== undefined) at.fault(fault);
  }
}

type Given = Readonly<Record<string, Expr>>;

/** The value a field is sure to have, if the spec alone says so. */
function constantOf(field: Field | undefined, expr: Expr | undefined): string | undefined {
  if (field?.fixed !== undefined) return field.fixed;
  if (expr === undefined) return field?.owned ? undefined : '';
  return typeof expr === 'string' && !expr.startsWith('$') ? expr : undefined;
}

/** Conditions on constants are decided here, once, and not at the first instruction. */
function surelyRequired(field: Field, head: Given, fields: ReadonlyMap<string, Field>): boolean {
  const conditions = Object.entries(field.requiredWhen ?? {});
  if (conditions.length === 0) return false;
  return conditions.every(([key, values]) => {
    const value = key.startsWith('row.') ? undefined : constantOf(fields.get(key), head[key]);
    return value !== undefined && values.includes(value);
  });
}

/** A literal '' supplies nothing; a reference may. */
const supplies = (expr: Expr | undefined): boolean => expr !== undefined && expr !== '';

interface Mapped {
  readonly transaction: Transaction;
  readonly exprs: Exprs;
  readonly vocabulary: Vocabulary;
  /** fields that somebody else adds, as paging does */
  readonly added?: ReadonlySet<string>;
}

function lintSupplied({ transaction, exprs, added }: Mapped, at: Place): void {
  const { fields } = layoutOf(transaction, 'request');
  const head: Record<string, Expr> = {};
  for (const [name, what] of Object.entries(exprs)) if (!Array.isArray(what)) head[name] = what;
  const missing = (field: Field, given: Given): boolean =>
    (field.need === 'yes' || surelyRequired(field, head, fields)) &&
    field.fixed === undefined &&
    !(field.owned && !Object.hasOwn(given, field.name)) &&
    !(added?.has(field.name) ?? false) &&
    !supplies(Object.hasOwn(given, field.name) ? given[field.name] : undefined);
  for (const part of transaction.request) {
    if (!isList(part)) {
      if (missing(part, head)) at.fault(`nothing goes into ${part.name}, which is required`);
      continue;
    }
    const what = Object.hasOwn(exprs, part.list) ? exprs[part.list] : undefined;
    const rows = Array.isArray(what) ? what : [];
    const needed = part.fields.some((field) => field.need === 'yes');
    if (needed && rows.length === 0) at.fault(`no row goes into ${part.list}, which is required`);
    for (const [index, row] of rows.entries()) {
      for (const field of part.fields.filter((one) => missing(one, row))) {
        at.in(part.list, index).fault(`nothing goes into ${field.name}, which is required`);
      }
    }
  }
}

/** A mapping into the request of a transaction: names, literals, references, and nothing left out. */
export function lintMapping(mapped: Mapped, at: Place): void {
  const { transaction, exprs, vocabulary } = mapped;
  const layout = layoutOf(transaction, 'request');
  for (const [name, what] of Object.entries(exprs)) {
    const list = layout.lists.get(name);
    if (!Array.isArray(what)) {
      if (list !== undefined) at.in(name).fault('a list takes rows');
      else lintInto(layout.fields.get(name), what, vocabulary, at.in(name));
      continue;
    }
    if (list === undefined) at.in(name).fault('no such list in the request');
    for (const [index, row] of (list === undefined ? [] : what).entries()) {
      for (const [inside, expr] of Object.entries(row)) {
        lintInto(list?.fields.get(inside), expr, vocabulary, at.in(name, index, inside));
      }
    }
  }
  lintSupplied(mapped, at);
}
