/** Rules for how inbound money is found: a misspelt name there would lose credits and not fail. */
import { referencesIn } from '../expression.ts';
import { layoutOf, rowFieldsOf } from '../layout.ts';
import type { BankSpec, CreditKind, Field, SweepSpec, Transaction } from '../spec.ts';
import { isGiven } from '../spec-credits.ts';
import { exprsIn, lintExpr, lintMapping } from './mapping.ts';
import type { Place } from './place.ts';
import { lintLast } from './questions.ts';
import { lintPatterns } from './verdicts.ts';
import { forPage, linkNames } from './vocabulary.ts';

/** What the rules of one sweep look at. */
interface Looked {
  readonly spec: BankSpec;
  readonly sweep: SweepSpec;
  readonly transaction: Transaction;
  readonly rows: ReadonlyMap<string, Field>;
}

function lintAsking({ spec, sweep, transaction }: Looked, at: Place): void {
  const vocabulary = forPage(spec);
  lintMapping({ transaction, exprs: sweep.request, vocabulary }, at.in('request'));
  const { unplacedAccount, unplacedRequest } = sweep;
  if ((unplacedAccount === undefined) !== (unplacedRequest === undefined)) {
    at.fault('unplacedAccount and unplacedRequest go together');
  }
  if (unplacedRequest !== undefined) {
    lintMapping({ transaction, exprs: unplacedRequest, vocabulary }, at.in('unplacedRequest'));
  }
  if (unplacedAccount !== undefined)
    lintExpr(unplacedAccount, vocabulary, at.in('unplacedAccount'));
  const pageMax = transaction.paging?.rowsMax;
  if (pageMax !== undefined && sweep.pageRowsMax > pageMax) {
    at.in('pageRowsMax').fault(`the transaction gives at most ${pageMax} rows a page`);
  }
}

/** Whose entries they are: every row says so, or the sweep does and the answer at most repeats it. */
function lintAccount({ spec, sweep, transaction, rows }: Looked, at: Place): void {
  const { account, accountElse, accounts, answerAccount, unplacedAccount } = sweep;
  if (accountElse !== undefined) {
    lintExpr(accountElse, new Set(linkNames(spec)), at.in('accountElse'));
    if (isGiven(account)) at.in('accountElse').fault('no row names its account');
  }
  if (accounts !== undefined && isGiven(account)) {
    at.in('accounts').fault('every row must name its account');
  }
  if (!isGiven(account)) {
    if (!rows.has(account)) at.in('account').fault(`no field ${account} in a row of the answer`);
    if (answerAccount !== undefined) at.in('answerAccount').fault('every row names its account');
    return;
  }
  lintExpr(account, new Set(linkNames(spec)), at.in('account'));
  if (unplacedAccount !== undefined) {
    at.in('unplacedAccount').fault('the account is given: there is no other one');
  }
  if (answerAccount !== undefined && !layoutOf(transaction, 'answer').fields.has(answerAccount)) {
    at.in('answerAccount').fault(`no field ${answerAccount} in the answer`);
  }
}

/** Every key that names a field of an entry, with the name. */
function namesIn(sweep: SweepSpec): [string, string][] {
  const { day, time, direction, amount, identity, stable, payer, entry } = sweep;
  const given = Object.entries({ day, time, direction, amount });
  const single = given.flatMap(([key, name]): [string, string][] =>
    typeof name === 'string' ? [[key, name]] : [],
  );
  const inside = { payer, entry };
  return [
    ...single,
    ...(Array.isArray(identity) ? identity : []).map((name): [string, string] => [
      'identity',
      name,
    ]),
    ...stable.map((name): [string, string] => ['stable', name]),
    ...Object.entries(inside).flatMap(([part, names]) =>
      Object.entries(names).map(([key, name]): [string, string] => [`${part}.${key}`, name]),
    ),
  ];
}

function lintDecimal(rows: Looked['rows'], name: string, at: Place): void {
  const field = rows.get(name);
  if (field === undefined) at.fault(`no field ${name} in a row of the answer`);
  else if (!field.type.startsWith('decimal')) at.fault('is no decimal');
}

function lintOf(spec: BankSpec, of: NonNullable<CreditKind['of']>[number], at: Place): void {
  const order = spec.transactions.get(of.transaction);
  if (order === undefined || order.kind !== 'movement') {
    at.in('transaction').fault(`no movement ${of.transaction}`);
    return;
  }
  const request = layoutOf(order, 'request').fields;
  for (const key of ['account', 'other', 'amount'] as const) {
    const found = request.has(of[key]);
    if (!found) at.in(key).fault(`no field ${of[key]} in the request`);
  }
}

/** Where rows carry no amount, all that is known of one is the order that it names. */
function lintWithoutAmount({ sweep }: Looked, at: Place): void {
  if (sweep.amount !== undefined) return;
  for (const [index, { amount, of, serial, sign }] of sweep.kinds.entries()) {
    const place = at.in('kinds', index);
    if (of === undefined || serial === undefined) {
      place.fault('rows carry no amount: of and serial say whose it is');
    }
    if (sign !== 'any') place.in('sign').fault('rows carry no amount');
    if (amount !== undefined) place.in('amount').fault('rows carry no amount');
  }
}

function lintKinds({ spec, sweep, rows }: Looked, at: Place): void {
  const parts = new Set<string>();
  for (const [index, kind] of sweep.kinds.entries()) {
    const place = at.in('kinds', index);
    lintPatterns(spec, kind.when, (name) => rows.get(name), place.in('when'));
    for (const [n, of] of (kind.of ?? []).entries()) lintOf(spec, of, place.in('of', n));
    for (const key of ['serial', 'notOurs'] as const) {
      const name = kind[key];
      if (name === undefined || rows.has(name)) continue;
      place.in(key).fault(`no field ${name} in a row of the answer`);
    }
    if (kind.amount === undefined) continue;
    lintDecimal(rows, kind.amount, place.in('amount'));
    if (kind.amount === sweep.amount) place.in('amount').fault('is the amount of the row itself');
    // the kind is part of the key of such an entry: two of one kind could be taken for each other
    if (parts.has(kind.kind)) place.in('amount').fault(`a second amount told as ${kind.kind}`);
    parts.add(kind.kind);
  }
}

function lintDirection({ sweep, rows }: Looked, at: Place): void {
  const { direction, inward } = sweep;
  if (typeof direction !== 'string') {
    if (inward !== undefined) at.in('inward').fault('the direction is always the same');
    return;
  }
  if (inward === undefined) {
    at.fault(`inward is missing: which value of ${direction} brings money in`);
    return;
  }
  const directions = rows.get(direction)?.values;
  if (directions !== undefined && !Object.hasOwn(directions, inward)) {
    at.in('inward').fault(`${inward} is not one of the values of ${direction}`);
  }
}

/** A page is asked for by the number of a row or of a page, if there are pages; a range of days from its first. */
function lintReach({ sweep }: Looked, at: Place): void {
  if (sweep.days > 1 && !Array.isArray(sweep.identity)) {
    at.in('days').fault('rows are counted day by day');
  }
  for (const key of ['request', 'unplacedRequest'] as const) {
    const exprs = sweep[key];
    if (exprs === undefined) continue;
    const names = exprsIn(exprs).flatMap(referencesIn);
    const named = (name: string) => names.includes(name);
    if (named('start') && named('page')) at.in(key).fault('asks by $start and by $page');
    if (sweep.days > 1 !== named('from')) at.in(key).fault('days and $from go together');
  }
  if (sweep.days === 1) return;
  if (sweep.day === undefined) at.fault('day is missing: which day of the range a row is of');
  if (sweep.openDays !== undefined) at.in('openDays').fault('the range keeps its days open');
}

function lintSweep(spec: BankSpec, sweep: SweepSpec, at: Place): void {
  const transaction = spec.transactions.get(sweep.transaction);
  if (transaction === undefined) {
    at.in('transaction').fault(`no transaction ${sweep.transaction}`);
    return;
  }
  if (transaction.kind !== 'query') at.in('transaction').fault('is no query');
  if (layoutOf(transaction, 'answer').lists.size !== 1) {
    at.in('transaction').fault('entries must stand in exactly one list');
  }
  const rows = rowFieldsOf(transaction);
  const looked: Looked = { spec, sweep, transaction, rows };
  const { onlyIf } = sweep;
  if (onlyIf?.startsWith('$')) lintExpr(onlyIf, new Set(linkNames(spec)), at.in('onlyIf'));
  lintAsking(looked, at);
  lintReach(looked, at);
  lintAccount(looked, at);
  lintKinds(looked, at);
  for (const [key, name] of namesIn(sweep)) {
    if (!rows.has(name)) at.in(key).fault(`no field ${name} in a row of the answer`);
  }
  const { amount } = sweep;
  if (amount !== undefined && rows.has(amount)) lintDecimal(rows, amount, at.in('amount'));
  lintWithoutAmount(looked, at);
  const ofRow = new Set([...rows.keys()].map((name) => `row.${name}`));
  for (const [name, expr = ''] of Object.entries(sweep.marks)) {
    lintExpr(expr, ofRow, at.in('marks', name));
  }
  lintDirection(looked, at);
  if (sweep.last !== undefined) lintLast(sweep.last, transaction, at.in('last'));
}

export function lintCredits(spec: BankSpec, sweeps: readonly SweepSpec[], at: Place): void {
  const names = new Set<string>();
  for (const [index, sweep] of sweeps.entries()) {
    const place = at.in(index);
    if (names.has(sweep.name)) place.in('name').fault('another sweep has this name');
    names.add(sweep.name);
    lintSweep(spec, sweep, place);
  }
}
