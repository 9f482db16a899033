/**
 * Rules for what is marked `mask: secret`, which the journal keeps as a keyed hash (../secrets.ts): that it can be
 * taken out and put in again, that it stands nowhere else in clear, and that nothing is decided by it, for
 * after a start only its hash is left.
 */
import { referencesIn } from '../expression.ts';
import { isList, layoutOf, typeOf } from '../layout.ts';
import { WITHHELD } from '../secrets.ts';
import type { BankSpec, BodyField, Expr, Exprs, Field, Operation, Transaction } from '../spec.ts';
import { partPlace } from './bodies.ts';
import type { Place } from './place.ts';

type Names = ReadonlySet<string>;

const isSecret = ({ mask }: { readonly mask: string }): boolean => mask === 'secret';

const settingsOf = (spec: BankSpec): string[] =>
  Object.entries(spec.protocol.settings)
    .filter(([, setting]) => isSecret(setting))
    .map(([name]) => `link.${name}`);

function bodyOf({ body, bank = {} }: Operation): string[] {
  const named = (fields: Readonly<Record<string, BodyField>>, prefix: string): string[] =>
    Object.entries(fields)
      .filter(([, field]) => isSecret(field))
      .map(([name]) => `${prefix}.${name}`);
  const own = [...named(body, 'body'), ...named(bank, 'body.bank')];
  return own.includes('body.memo') ? [...own, 'memo'] : own;
}

/** `secret`: whether the place the expression fills is marked. */
function lintFlow(expr: Expr | undefined, secrets: Names, secret: boolean, at: Place): void {
  if (expr === undefined) return;
  const names = referencesIn(expr);
  const leaking = names.find((name) => secrets.has(name));
  if (leaking !== undefined && !secret)
    at.fault(`$${leaking} is secret and would stand here in clear`);
  const open = names.find((name) => name.startsWith('body.') && !secrets.has(name));
  if (open !== undefined && secret) at.fault(`$${open} is not marked secret where it comes from`);
}

/** Expressions that fill the request of a transaction. */
function lintFilling(spec: BankSpec, code: string, exprs: Exprs, secrets: Names, at: Place): void {
  const transaction = spec.transactions.get(code);
  if (transaction === undefined) return;
  const { fields, lists } = layoutOf(transaction, 'request');
  const marked = (field: Field | undefined) => field !== undefined && isSecret(field);
  for (const [name, what] of Object.entries(exprs)) {
    if (!Array.isArray(what)) {
      lintFlow(what, secrets, marked(fields.get(name)), at.in(name));
      continue;
    }
    for (const [index, row] of what.entries()) {
      for (const [inside, expr] of Object.entries(row)) {
        const secret = marked(lists.get(name)?.fields.get(inside));
        lintFlow(expr, secrets, secret, at.in(name, index, inside));
      }
    }
  }
}

export function lintSecretsOf(spec: BankSpec, operation: Operation, at: Place): void {
  for (const where of ['body', 'bank'] as const) {
    for (const [name, field] of Object.entries(operation[where] ?? {})) {
      const plain = field.type === 'text' || field.type === 'code';
      if (isSecret(field) && (!plain || field.values !== undefined)) {
        at.in(where, name, 'mask').fault(
          'only text or a code, without a list of values, is secret',
        );
      }
    }
  }
  const secrets = new Set([...bodyOf(operation), ...settingsOf(spec)]);
  lintFilling(spec, operation.transaction, operation.fields, secrets, at.in('fields'));
  const { complete, data, keepsMember, makesFreeze } = operation;
  for (const [key, kept] of Object.entries({ data, keepsMember, makesFreeze })) {
    for (const [name, expr] of Object.entries(kept ?? {})) {
      lintFlow(expr, secrets, false, at.in(key, name));
    }
  }
  if (complete === undefined) return;
  // it may be asked by a later start, which has only the hash of what a body said
  const place = at.in('complete');
  lintLost(complete, new Set(bodyOf(operation)), place);
  const settings = new Set(settingsOf(spec));
  lintFilling(spec, complete.transaction, complete.request, settings, place.in('request'));
}

interface Question {
  readonly request: Exprs;
  readonly select?: Readonly<Record<string, string>> | undefined;
}

function lintLost({ request, select = {} }: Question, lost: Names, at: Place): void {
  for (const [key, exprs] of Object.entries({ request, select })) {
    for (const [name, what] of Object.entries(exprs)) {
      const inside = Array.isArray(what) ? what.flatMap((row) => Object.values(row)) : [what];
      const found = inside.flatMap(referencesIn).find((one) => lost.has(one));
      if (found !== undefined) {
        at.in(key, name).fault(`$${found} is secret: after a start only its hash is known`);
      }
    }
  }
}

function lintInquiry(spec: BankSpec, transaction: Transaction, at: Place): void {
  const { inquiry } = transaction;
  if (inquiry === undefined || inquiry === 'none') return;
  const own = [...layoutOf(transaction, 'request').fields.values()].filter(isSecret);
  const parts = partsOf(spec).filter(isSecret);
  const lost = new Set([
    ...own.flatMap(({ name }) => [`request.${name}`, `sent.${name}`, `body.${name}`]),
    ...parts.map(({ name }) => `sent.${name}`),
    ...[...spec.operations.values()]
      .filter((operation) => operation.transaction === transaction.code)
      .flatMap(bodyOf),
  ]);
  lintLost(inquiry, lost, at.in('inquiry'));
  const settings = new Set(settingsOf(spec));
  lintFilling(spec, inquiry.transaction, inquiry.request, settings, at.in('inquiry', 'request'));
}

function lintField(field: Field, decides: Names, side: string, at: Place): void {
  if (!isSecret(field)) return;
  const place = at.in('mask');
  if (side === 'kept') {
    place.fault('what is not a request of ours is kept as it is: mask it as text');
    return;
  }
  if (typeOf(field.type).kind !== 'text') place.fault('only text is secret');
  if (field.values !== undefined) place.fault('a secret with a list of values is none');
  if (field.fixed !== undefined) place.fault('a secret that the spec fixes is none');
  if (decides.has(field.name)) place.fault('a condition looks at it');
}

export function lintSecrets(spec: BankSpec, transaction: Transaction, at: Place): void {
  for (const side of ['request', 'answer'] as const) {
    const kept = side === 'answer' || transaction.kind === 'push' ? 'kept' : 'request';
    const fields = transaction[side].flatMap((part) => (isList(part) ? part.fields : [part]));
    const conditions = fields.flatMap(({ requiredWhen, emptyWhen, oneOf }) =>
      [requiredWhen, emptyWhen, oneOf?.when].flatMap((one) => Object.keys(one ?? {})),
    );
    const decides = new Set(conditions.map((name) => name.replace(/^row\./, '')));
    for (const [index, part] of transaction[side].entries()) {
      const place = partPlace(spec, side, index, at);
      if (!isList(part)) lintField(part, decides, kept, place);
      else {
        for (const [inside, field] of part.fields.entries()) {
          lintField(field, decides, kept, place.in('fields', inside));
        }
      }
    }
  }
  const echoed = layoutOf(transaction, 'request').fields.get(transaction.echo?.request ?? '');
  if (echoed !== undefined && isSecret(echoed))
    at.in('echo').fault('an answer would show a secret');
  lintInquiry(spec, transaction, at);
}

const partsOf = ({ protocol: { framing } }: BankSpec) =>
  framing.type === 'heads' ? framing.heads.flatMap(({ parts }) => parts) : [];

/** Parts that say what a packet is, or whose: they are looked at, also in what the journal kept. */
function decidingParts({ protocol }: BankSpec): Names {
  const { connection, correlation, envelope, verdicts } = protocol;
  const rules = Object.values(verdicts).flat();
  return new Set([
    ...rules.flatMap(({ when, unless }) => Object.keys({ ...when, ...unless })),
    ...[envelope.action, envelope.status, envelope.text],
    ...(correlation === 'none' ? [] : [correlation.request, correlation.answer]),
    ...Object.values(connection.session?.parts ?? {}),
  ]);
}

export function lintSecretParts(spec: BankSpec, at: Place): void {
  const settings = new Set(settingsOf(spec));
  const deciding = decidingParts(spec);
  const { envelope, framing, owned } = spec.protocol;
  const heads = framing.type === 'heads' ? framing.heads : [];
  for (const [index, { parts }] of heads.entries()) {
    for (const [inside, part] of parts.entries()) {
      const place = at.in('framing', 'heads', index, 'parts', inside);
      lintFlow(part.request, settings, isSecret(part), place.in('request'));
      lintFlow(part.answer, settings, isSecret(part), place.in('answer'));
      if (!isSecret(part)) continue;
      const { fixed, length, name, pad, values } = part;
      const told = [fixed, length, values].some((one) => one !== undefined) || deciding.has(name);
      if (told) place.in('mask').fault('something is decided by it: it cannot be a secret');
      if (pad === WITHHELD) place.in('pad').fault(`${WITHHELD} stands for a secret`);
    }
  }
  const requests = [...spec.transactions.values()].map((one) => layoutOf(one, 'request').fields);
  for (const [name, expr] of Object.entries(owned)) {
    const fields = requests.flatMap((one) => one.get(name) ?? []);
    const secret = fields.length > 0 && fields.every(isSecret);
    lintFlow(expr, settings, secret, at.in('owned', name));
  }
  const secrets = requests.some((one) => [...one.values()].some(isSecret));
  if (envelope.body === 'delimited' && envelope.delimiter === WITHHELD && secrets) {
    at.in('envelope', 'delimiter').fault(`${WITHHELD} stands for a secret`);
  }
}
