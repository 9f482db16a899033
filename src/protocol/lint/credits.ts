/** Rules for how inbound money is found: a misspelt name there would lose credits and not fail. */
import { layoutOf, rowFieldsOf } from '../layout.ts';
import type { BankSpec, ProtocolFile, Transaction } from '../spec.ts';
import { lintExpr, lintMapping } from './mapping.ts';
import type { Place } from './place.ts';
import { lintPatterns } from './verdicts.ts';
import { forPage } from './vocabulary.ts';

type Credits = NonNullable<ProtocolFile['credits']>;

function lintAsking(spec: BankSpec, credits: Credits, transaction: Transaction, at: Place): void {
  const vocabulary = forPage(spec);
  lintMapping({ transaction, exprs: credits.request, vocabulary }, at.in('request'));
  const { unplacedAccount, unplacedRequest } = credits;
  if ((unplacedAccount === undefined) !== (unplacedRequest === undefined)) {
    at.fault('unplacedAccount and unplacedRequest go together');
  }
  if (unplacedRequest !== undefined) {
    lintMapping({ transaction, exprs: unplacedRequest, vocabulary }, at.in('unplacedRequest'));
  }
  if (unplacedAccount !== undefined)
    lintExpr(unplacedAccount, vocabulary, at.in('unplacedAccount'));
  const pageMax = transaction.paging?.rowsMax;
  if (pageMax !== undefined && credits.pageRowsMax > pageMax) {
    at.in('pageRowsMax').fault(`the transaction gives at most ${pageMax} rows a page`);
  }
}

/** Every key that names a field of an entry, with the name. */
function namesIn(credits: Credits): [string, string][] {
  const { account, day, time, direction, amount, identity, stable, payer, entry } = credits;
  const single = Object.entries({ account, day, time, direction, amount });
  const inside = { payer, entry };
  return [
    ...single,
    ...identity.map((name): [string, string] => ['identity', name]),
    ...stable.map((name): [string, string] => ['stable', name]),
    ...Object.entries(inside).flatMap(([part, names]) =>
      Object.entries(names).map(([key, name]): [string, string] => [`${part}.${key}`, name]),
    ),
  ];
}

function lintKinds(spec: BankSpec, credits: Credits, transaction: Transaction, at: Place): void {
  const rows = rowFieldsOf(transaction);
  for (const [index, kind] of credits.kinds.entries()) {
    const place = at.in('kinds', index);
    lintPatterns(spec, kind.when, (name) => rows.get(name), place.in('when'));
    if (kind.of === undefined) continue;
    const order = spec.transactions.get(kind.of.transaction);
    if (order === undefined || order.kind !== 'movement') {
      place.in('of.transaction').fault(`no movement ${kind.of.transaction}`);
      continue;
    }
    const request = layoutOf(order, 'request').fields;
    for (const key of ['account', 'other', 'amount'] as const) {
      const found = request.has(kind.of[key]);
      if (!found) place.in('of', key).fault(`no field ${kind.of[key]} in the request`);
    }
  }
}

export function lintCredits(spec: BankSpec, credits: Credits, at: Place): void {
  const transaction = spec.transactions.get(credits.transaction);
  if (transaction === undefined) {
    at.in('transaction').fault(`no transaction ${credits.transaction}`);
    return;
  }
  if (transaction.kind !== 'query') at.in('transaction').fault('is no query');
  if (layoutOf(transaction, 'answer').lists.size !== 1) {
    at.in('transaction').fault('entries must stand in exactly one list');
  }
  lintAsking(spec, credits, transaction, at);
  lintKinds(spec, credits, transaction, at);
  const rows = rowFieldsOf(transaction);
  for (const [key, name] of namesIn(credits)) {
    if (!rows.has(name)) at.in(key).fault(`no field ${name} in a row of the answer`);
  }
  if (rows.get(credits.amount)?.type.startsWith('decimal') === false) {
    at.in('amount').fault('is no decimal');
  }
  const directions = rows.get(credits.direction)?.values;
  if (directions !== undefined && !Object.hasOwn(directions, credits.inward)) {
    at.in('inward').fault(`${credits.inward} is not one of the values of ${credits.direction}`);
  }
}
