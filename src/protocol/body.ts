/**
 * The neutral body of an instruction against the body fields its operation declares. In: an operation and
 * what a ledger sent. Out: nothing, or the first fault with its path (`body.amount`,
 * `body.payee.account`). Never shows a value, nor a field name that could itself be one.
 */
import { YinqiError } from '../errors.ts';
import { forbidden, isDate, isEmpty } from './field.ts';
import { isList } from './layout.ts';
import type { BankSpec, BodyField, Operation } from './spec.ts';

const format = (path: string, detail: string): YinqiError =>
  new YinqiError('FIELD_FORMAT', { path, detail });

/** Names come from outside: one that does not look like a name might be an account number. */
export const shownName = (name: string): string =>
  /^[A-Za-z][A-Za-z0-9_]{0,39}$/.test(name) && !/\d{6}/.test(name) ? name : '?';

const known = new WeakMap<BankSpec, ReadonlySet<string>>();

/** Every field name of this bank that only the gateway sets. */
export function ownedNames(spec: BankSpec): ReadonlySet<string> {
  let names = known.get(spec);
  if (names === undefined) {
    const fields = [...spec.transactions.values()].flatMap((transaction) =>
      transaction.request.flatMap((part) => (isList(part) ? part.fields : [part])),
    );
    const marked = fields.filter((field) => field.owned).map((field) => field.name);
    names = new Set([...Object.keys(spec.protocol.owned), ...marked]);
    known.set(spec, names);
  }
  return names;
}

function checkAmount(value: string, path: string): void {
  if (!/^(0|[1-9]\d{0,12})\.\d{2}$/.test(value)) {
    throw format(path, 'a decimal string with two decimals, like 12.30');
  }
  if (/^0\.00$/.test(value)) throw format(path, 'more than 0.00');
}

/** Types that are one pattern and the words for it. */
const shapes: Partial<Record<BodyField['type'], readonly [RegExp, string]>> = {
  account: [/^[0-9A-Za-z]{1,32}$/, '1 to 32 digits or letters'],
  balance: [/^(0|[1-9]\d{0,12})\.\d{2}$/, 'a decimal string with two decimals, like 12.30'],
  integer: [/^(0|[1-9]\d{0,17})$/, 'digits'],
  rate: [/^(0|[1-9]\d{0,7})(\.\d{1,8})?$/, 'a decimal string, like 0.0035'],
  instruction: [/^[A-Za-z0-9_]{1,40}$/, 'the id of an instruction'],
  code: [/^\S(.*\S)?$/u, 'no white space at its ends'],
};

function checkText(type: BodyField['type'], value: unknown, path: string): void {
  if (typeof value !== 'string') throw format(path, 'a string');
  if (forbidden.test(value)) throw format(path, 'no control characters or halves of characters');
  const [shape, words] = shapes[type] ?? [];
  if (shape !== undefined && !shape.test(value)) throw format(path, words ?? '');
  if (type === 'amount') checkAmount(value, path);
  if (type === 'date' && !isDate(value)) throw format(path, 'a date, yyyymmdd');
}

const payeeTypes = {
  account: 'account',
  name: 'name',
  bankCode: 'code',
  bankName: 'text',
} as const;

function checkPayee(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw format(path, 'an object with account, name and sameBank');
  }
  const given = new Map<string, unknown>(Object.entries(value));
  for (const name of given.keys()) {
    const listed = name === 'sameBank' || Object.hasOwn(payeeTypes, name);
    if (!listed) throw new YinqiError('FIELD_UNKNOWN', { path: `${path}.${shownName(name)}` });
  }
  for (const name of ['account', 'name', 'bankCode', 'bankName'] as const) {
    const need = name === 'account' || name === 'name';
    const inside = `${path}.${name}`;
    if (isGiven(given.get(name), inside, need)) {
      checkText(payeeTypes[name], given.get(name), inside);
    }
  }
  const sameBank = given.get('sameBank');
  if (sameBank === undefined) throw new YinqiError('FIELD_MISSING', { path: `${path}.sameBank` });
  if (typeof sameBank !== 'boolean') throw format(`${path}.sameBank`, 'true or false');
}

/** Empty and absent are the same here as on the wire. */
function isGiven(value: unknown, path: string, need: boolean): boolean {
  const empty = value === undefined || (typeof value === 'string' && isEmpty(value));
  if (empty && need) throw new YinqiError('FIELD_MISSING', { path });
  return !empty;
}

function checkField(field: BodyField, value: unknown, path: string): void {
  if (!isGiven(value, path, field.need === 'yes')) return;
  if (field.type === 'payee') checkPayee(value, path);
  else checkText(field.type, value, path);
  // a list of values binds any type, and a choice has no other rule
  const listed = field.values?.some((one) => one === value) ?? field.type !== 'choice';
  if (!listed) {
    throw new YinqiError('FIELD_CHOICE', { path, detail: field.values?.join(', ') ?? '' });
  }
}

type Fields = Readonly<Record<string, BodyField>>;
type Given = Readonly<Record<string, unknown>>;

function refuseUnknown(fields: Fields, given: Given, at: string, spec: BankSpec): void {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(fields, name)) continue;
    const code = ownedNames(spec).has(name) ? 'FIELD_OWNED' : 'FIELD_UNKNOWN';
    throw new YinqiError(code, { path: `${at}.${shownName(name)}` });
  }
}

function checkFields(fields: Fields, given: Given, at: string): void {
  for (const [name, field] of Object.entries(fields)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    checkField(field, value, `${at}.${name}`);
  }
}

/** What this bank needs beyond the neutral fields; it may be left out where none of it is needed. */
function checkBank(fields: Fields, value: unknown, spec: BankSpec): void {
  if (
    value !== undefined &&
    (typeof value !== 'object' || value === null || Array.isArray(value))
  ) {
    throw format('body.bank', `an object with ${Object.keys(fields).join(', ')}`);
  }
  const given: Given = value === undefined ? {} : { ...value };
  refuseUnknown(fields, given, 'body.bank', spec);
  checkFields(fields, given, 'body.bank');
}

/** Throws FIELD_UNKNOWN, FIELD_OWNED, FIELD_MISSING, FIELD_FORMAT or FIELD_CHOICE. */
export function checkBody(operation: Operation, body: Given, spec: BankSpec): void {
  const { bank, ...neutral } = body;
  const { body: fields, bank: ofBank } = operation;
  refuseUnknown(fields, ofBank === undefined ? body : neutral, 'body', spec);
  checkFields(fields, neutral, 'body');
  if (ofBank !== undefined) checkBank(ofBank, bank, spec);
}
