/**
 * From what a ledger asks to the values of one bank request, and the way back for faults. In: an
 * operation with its scope, or a native body. Out: Values for encodeRequest. Never lets a body set a
 * field the gateway owns or the spec fixes.
 *
 *   operation: checkBody → plan ─┐
 *   native:    nativeValues ─────┴▶ fillOwned ──▶ encodeRequest ──▶ fault at a bank field ──▶ bodyPathOf
 */
import { YinqiError } from '../errors.ts';
import { shownName } from './body.ts';
import { evaluateAll, referencesIn, type Scope } from './expression.ts';
import { layoutOf, transactionOf } from './layout.ts';
import type { Row, Values } from './message.ts';
import type { BankSpec, Expr, Field, Operation } from './spec.ts';

export { answerFields, answerNames, answerRows, lastOf, requestFields } from './answer.ts';
export { checkBody } from './body.ts';

/** What the operation's mapping puts into the request; owned fields it does not name are still missing. */
export const plan = (operation: Operation, scope: Scope): Values =>
  evaluateAll(operation.fields, scope);

function nativeValue(field: Field | undefined, value: unknown, path: string): string {
  if (field === undefined) throw new YinqiError('FIELD_UNKNOWN', { path });
  if (field.owned || field.fixed !== undefined) throw new YinqiError('FIELD_OWNED', { path });
  if (typeof value !== 'string') throw new YinqiError('FIELD_FORMAT', { path, detail: 'a string' });
  return value;
}

function nativeRows(fields: ReadonlyMap<string, Field>, value: unknown, path: string): Row[] {
  const wrong = new YinqiError('FIELD_FORMAT', { path, detail: 'an array of objects' });
  if (!Array.isArray(value)) throw wrong;
  return value.map((row: unknown, index) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) throw wrong;
    const entries = Object.entries(row).map(([name, one]): [string, string] => {
      const inside = `${path}.${index}.${shownName(name)}`;
      return [name, nativeValue(fields.get(name), one, inside)];
    });
    return Object.fromEntries(entries);
  });
}

/**
 * The body of a native call, whose names are the bank's own. Paths of faults are bank field names, as the
 * encoder's are. Throws FIELD_UNKNOWN, FIELD_OWNED or FIELD_FORMAT.
 */
export function nativeValues(
  spec: BankSpec,
  code: string,
  body: Readonly<Record<string, unknown>>,
): Values {
  const layout = layoutOf(transactionOf(spec, code), 'request');
  const entries = Object.entries(body).map(([name, value]): [string, string | Row[]] => {
    const list = layout.lists.get(name);
    if (list !== undefined) return [name, nativeRows(list.fields, value, name)];
    return [name, nativeValue(layout.fields.get(name), value, shownName(name))];
  });
  return Object.fromEntries(entries);
}

/**
 * Adds what the gateway owns in this transaction. A field the mapping named is not touched, not even when
 * its value came out empty: another account in its place would be another payer.
 */
export function fillOwned(
  spec: BankSpec,
  code: string,
  values: Values,
  owned: Readonly<Record<string, string>>,
): Values {
  const { fields } = layoutOf(transactionOf(spec, code), 'request');
  const added = [...fields.values()].flatMap((field): [string, string][] => {
    const value = Object.hasOwn(owned, field.name) ? owned[field.name] : undefined;
    const ours = field.owned && field.fixed === undefined && !Object.hasOwn(values, field.name);
    return ours && value !== undefined ? [[field.name, value]] : [];
  });
  return { ...values, ...Object.fromEntries(added) };
}

/** `$memo` is made of the body's memo, whatever the link adds to it. */
function bodyReference(name: string, operation: Operation): string | undefined {
  if (name.startsWith('body.')) return name;
  return name === 'memo' && Object.hasOwn(operation.body, 'memo') ? 'body.memo' : undefined;
}

/** The expression behind `name`, or behind `list.0.name`. */
function exprAt(operation: Operation, bankPath: string): Expr | undefined {
  const [name = '', index = '', inside = ''] = bankPath.split('.');
  const what = Object.hasOwn(operation.fields, name) ? operation.fields[name] : undefined;
  if (!Array.isArray(what)) return what;
  const row = what[Number(index)];
  return row !== undefined && Object.hasOwn(row, inside) ? row[inside] : undefined;
}

/** `recvAccNm` or `VilcstDataList.0.contactName` → the body field it is made of, else `operation.<path>`. */
export function bodyPathOf(operation: Operation, bankPath: string): string {
  if (bankPath === '') return 'operation';
  const expr = exprAt(operation, bankPath);
  for (const name of expr === undefined ? [] : referencesIn(expr)) {
    const path = bodyReference(name, operation);
    if (path !== undefined) return path;
  }
  return `operation.${bankPath}`;
}
