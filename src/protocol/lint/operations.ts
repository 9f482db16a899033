/** Rules for one bank-neutral operation: that it maps whole, and that nothing a ledger says is dropped. */
import { referencesIn } from '../expression.ts';

import { layoutOf, rowFieldsOf, saidByHead } from '../layout.ts';
import type { BankSpec, BodyField, Operation, Transaction } from '../spec.ts';
import { exprsIn, lintExpr, lintMapping } from './mapping.ts';

import { lintMask } from './masks.ts';
import type { Place } from './place.ts';
import { lintCompletion } from './questions.ts';
import { forOutcome, forRequest } from './vocabulary.ts';

const maskedTypes = ['account', 'name', 'amount', 'payee'];

function lintBodyFields(fields: Readonly<Record<string, BodyField>>, at: Place): void {
  for (const [name, field] of Object.entries(fields)) {
    const place = at.in(name);
    if (field.type === 'choice' && (field.values ?? []).length === 0) {
      place.in('values').fault('a choice without values');
    }
    if (maskedTypes.includes(field.type) && field.mask === 'none') {
      place.in('mask').fault(`a field of type ${field.type} needs a mask`);
    } else lintMask(field, place);
  }
}

function lintBody({ body, bank }: Operation, at: Place): void {
  lintBodyFields(body, at.in('body'));
  if (bank === undefined) return;
  if (Object.hasOwn(body, 'bank')) at.in('body', 'bank').fault('the name is taken by bank:');
  lintBodyFields(bank, at.in('bank'));
  if (Object.keys(bank).length === 0) at.in('bank').fault('is empty');
  for (const [name, { type }] of Object.entries(bank)) {
    // what every bank has stands in the body, where the records are looked up by it
    const neutral = type === 'payee' || type === 'instruction';
    if (neutral) at.in('bank', name, 'type').fault(`a field of type ${type} belongs in the body`);
  }
}

/** Body fields that reach the bank, a record or the result. */
function usedBody(operation: Operation): Set<string> {
  const { fields, keepsMember, makesFreeze, data, complete, member, freeze, other } = operation;
  const exprs = [
    ...exprsIn(fields),
    ...Object.values({ ...keepsMember, ...makesFreeze, ...data, ...complete?.select }),
    ...exprsIn(complete?.request ?? {}),
  ];
  const names = exprs.flatMap((expr) => (expr === undefined ? [] : referencesIn(expr)));
  const used = names.map((name) => (name === 'memo' ? 'body.memo' : name));
  const inBody = used.flatMap((name) => {
    const [first, second = '', third] = name.split('.');
    if (first !== 'body') return [];
    return [second === 'bank' && third !== undefined ? `bank.${third}` : second];
  });
  const byName = [member?.by, member?.payee, freeze?.by, other?.by];
  return new Set([...inBody, ...byName].filter((name) => name !== undefined));
}

/** The inquiry of its transaction, or the query that completes it, names the serial. */
function asksBySerial(spec: BankSpec, { transaction, complete }: Operation): boolean {
  const inquiry = spec.transactions.get(transaction)?.inquiry;
  const questions = [typeof inquiry === 'object' ? inquiry : undefined, complete];
  const exprs = questions.flatMap((one) => [
    ...exprsIn(one?.request ?? {}),
    ...Object.values(one?.select ?? {}),
  ]);
  return exprs.flatMap(referencesIn).some((name) => name.split('.')[0] === 'serial');
}

function lintSerial(spec: BankSpec, operation: Operation, kind: string, at: Place): void {
  const { serial } = operation;
  if (serial === 'account' && spec.protocol.account === undefined) {
    at.in('serial').fault('protocol.yaml does not say how account numbers are made');
  }
  if (serial === 'account' && kind !== 'maintenance') {
    at.in('serial').fault('an account number is chosen only where an account is changed');
  }
  if (kind === 'query' && serial !== 'none') at.in('serial').fault('a query has none');
  if (kind === 'movement' && serial === 'none') {
    at.in('serial').fault('what moves money has a serial');
  }
  // a change of an account may have none: then the account is what its inquiry asks about
  if (kind === 'maintenance' && serial === 'none' && asksBySerial(spec, operation)) {
    at.in('serial').fault('its inquiry asks about a serial');
  }
}

function typeOfBody(operation: Operation, name: string): string | undefined {
  return Object.hasOwn(operation.body, name) ? operation.body[name]?.type : undefined;
}

function lintRecords(spec: BankSpec, operation: Operation, at: Place): void {
  const { member, freeze, other } = operation;
  const wanted = [
    ['member.by', member?.by, 'account'],
    ['other.by', other?.by, 'account'],
    ['member.payee', member?.payee, 'payee'],
    ['freeze.by', freeze?.by, 'instruction'],
  ] as const;
  for (const [key, name, type] of wanted) {
    if (name !== undefined && typeOfBody(operation, name) !== type) {
      at.in(key).fault(`${name} is no body field of type ${type}`);
    }
  }
  for (const name of freeze?.madeBy ?? []) {
    const makes = spec.operations.get(name)?.makesFreeze;
    if (makes === undefined) at.in('freeze.madeBy').fault(`${name} makes no freeze`);
  }
}

function checkKeys(
  given: Readonly<Record<string, string>>,
  needed: readonly string[],
  also: readonly string[],
  at: Place,
): void {
  for (const key of needed.filter((one) => !Object.hasOwn(given, one)))
    at.fault(`${key} is missing`);
  for (const key of Object.keys(given)) {
    if (![...needed, ...also].includes(key)) at.in(key).fault('the record has no such field');
  }
}

type Each = (exprs: Readonly<Record<string, string>> | undefined, place: Place) => void;

function lintMember(operation: Operation, each: Each, at: Place): void {
  const { keepsMember, member, rebinds } = operation;
  const { payout, ...rest } = keepsMember ?? {};
  if (rebinds !== undefined && payout === undefined) at.in('rebinds').fault('it keeps no payout');
  if (keepsMember === undefined) return;
  const place = at.in('keepsMember');
  const bank = Object.keys(rest).filter((name) => /^bank\.[A-Za-z]\w*$/.test(name));
  checkKeys(keepsMember, ['account'], ['name', 'payout', ...bank], place);
  each(rest, place);
  // the record keeps the whole payee, so that it is the one thing named by an object
  const whole = payout === '$body.payout' && typeOfBody(operation, 'payout') === 'payee';
  if (payout !== undefined && !whole) {
    place.in('payout').fault('must be $body.payout, a body field of type payee');
  }
  // a record always has a name: its own operation gives it, or it is there before
  const adds = member?.need === 'yes' && keepsMember.account === `$body.${member.by}`;
  if (keepsMember.name === undefined && !adds) {
    place.fault('name is missing, and member does not say that there is a record to add to');
  }
}

function lintKept(spec: BankSpec, operation: Operation, transaction: Transaction, at: Place): void {
  const { makesFreeze, complete, data } = operation;
  const vocabulary = forOutcome(spec, operation, transaction);
  const each: Each = (exprs, place) => {
    for (const [name, expr] of Object.entries(exprs ?? {})) {
      lintExpr(expr, vocabulary, place.in(name));
    }
  };
  each(data, at.in('data'));
  lintMember(operation, each, at);
  if (makesFreeze !== undefined) {
    const place = at.in('makesFreeze');
    const also = ['holderName', 'returnToName', 'number'];
    checkKeys(makesFreeze, ['holder', 'amount', 'returnTo'], also, place);
    each(makesFreeze, place);
    const numbers = [makesFreeze.number, complete?.take.freezeNumber];
    if (numbers.filter((one) => one !== undefined).length !== 1) {
      place.fault('a freeze needs its number to be used: number or complete.take.freezeNumber');
    }
  }
}

function lintRows(spec: BankSpec, operation: Operation, transaction: Transaction, at: Place): void {
  if (operation.rows !== undefined && transaction.kind !== 'query') {
    at.in('rows').fault('only a query has rows');
  }
  const rows = rowFieldsOf(transaction);
  const { fields } = layoutOf(transaction, 'answer');
  const said = saidByHead(spec).map((part) => part.name);
  const names = new Set(rows.size > 0 ? rows.keys() : [...fields.keys(), ...said]);
  for (const [name, field] of Object.entries(operation.rows ?? {})) {
    if (!names.has(field)) at.in('rows', name).fault(`no field ${field} in a row of the answer`);
  }
}

/** Answered by the gateway itself: there is nothing to map, keep or complete. */
function lintLocal(operation: Operation, at: Place): void {
  const { fields, rows, complete, keepsMember, makesFreeze, serial } = operation;
  const more = [rows, complete, keepsMember, makesFreeze].some((part) => part !== undefined);
  if (Object.keys(fields).length > 0 || more || serial !== 'none') {
    at.fault('a local operation sends nothing');
  }
}

export function lintOperation(spec: BankSpec, operation: Operation, at: Place): void {
  lintBody(operation, at);
  if (operation.transaction === 'local') {
    lintLocal(operation, at);
    return;
  }
  const transaction = spec.transactions.get(operation.transaction);
  if (transaction === undefined) {
    at.in('transaction').fault(`no transaction ${operation.transaction}`);
    return;
  }
  if (transaction.kind === 'push') at.in('transaction').fault('the bank sends it, nobody else');
  const { start, page, size } = transaction.paging ?? {};
  const mapped = {
    transaction,
    exprs: operation.fields,
    vocabulary: forRequest(spec, operation),
    added: new Set([start, page, size].filter((name) => name !== undefined)),
  };
  lintMapping(mapped, at.in('fields'));
  lintSerial(spec, operation, transaction.kind, at);
  lintRecords(spec, operation, at);
  lintKept(spec, operation, transaction, at);
  lintCompletion(spec, operation, at);
  lintRows(spec, operation, transaction, at);
  const used = usedBody(operation);
  const unused = (name: string) => !used.has(name);
  const nowhere = 'goes nowhere: what a ledger says must not be dropped';
  for (const name of Object.keys(operation.body).filter(unused)) at.in('body', name).fault(nowhere);
  for (const name of Object.keys(operation.bank ?? {}).filter((one) => unused(`bank.${one}`))) {
    at.in('bank', name).fault(nowhere);
  }
}
