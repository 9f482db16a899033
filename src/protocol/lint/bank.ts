/** Rules for protocol.yaml beyond its code lists and verdict tables: settings, owned fields, credits. */
import { isList, layoutOf } from '../layout.ts';
import type { BankSpec } from '../spec.ts';
import { lintExpr, lintMapping } from './mapping.ts';
import { lintMask } from './masks.ts';
import type { Place } from './place.ts';
import { lintPatterns, rowFieldsOf } from './verdicts.ts';
import { forOwned, forPage } from './vocabulary.ts';

function patternOf(source: string): RegExp | undefined {
  try {
    return new RegExp(source);
  } catch {
    return undefined;
  }
}

function lintSettings(spec: BankSpec, at: Place): void {
  const { settings, account } = spec.protocol;
  for (const [name, setting] of Object.entries(settings)) {
    const place = at.in('settings', name);
    const pattern = patternOf(setting.pattern);
    if (pattern === undefined) place.in('pattern').fault('no regular expression');
    if (setting.default !== undefined && pattern?.test(setting.default) === false) {
      place.in('default').fault('does not fit its own pattern');
    }
    lintMask(setting, place);
  }
  for (const key of ['prefix', 'tailDigits'] as const) {
    const name = account?.[key];
    if (name !== undefined && !Object.hasOwn(settings, name)) {
      at.in('account', key).fault(`no setting ${name}`);
    }
  }
}

function requestNames(spec: BankSpec): Set<string> {
  const parts = [...spec.transactions.values()].flatMap((transaction) => transaction.request);
  return new Set(parts.flatMap((part) => (isList(part) ? [] : [part.name])));
}

function lintOwned(spec: BankSpec, at: Place): void {
  const { owned, memoField } = spec.protocol;
  const names = requestNames(spec);
  for (const [name, expr] of Object.entries(owned)) {
    if (!names.has(name)) at.in('owned', name).fault('no request has such a field');
    lintExpr(expr, forOwned(spec), at.in('owned', name));
  }
  if (memoField !== undefined && !names.has(memoField)) {
    at.in('memoField').fault('no request has such a field');
  }
}

/** How inbound money is found must be whole: a misspelt key would lose credits, not fail. */
function lintCredits(spec: BankSpec, at: Place): void {
  const { credits } = spec.protocol;
  if (credits === undefined) return;
  const transaction = spec.transactions.get(credits.transaction);
  if (transaction === undefined) {
    at.in('transaction').fault(`no transaction ${credits.transaction}`);
    return;
  }
  if (transaction.kind !== 'query') at.in('transaction').fault('is no query');
  const vocabulary = forPage(spec);
  lintMapping({ transaction, exprs: credits.request, vocabulary }, at.in('request'));
  if (credits.unplacedRequest !== undefined) {
    const exprs = credits.unplacedRequest;
    lintMapping({ transaction, exprs, vocabulary }, at.in('unplacedRequest'));
  }
  if ((credits.unplacedAccount === undefined) !== (credits.unplacedRequest === undefined)) {
    at.fault('unplacedAccount and unplacedRequest go together');
  }
  if (credits.unplacedAccount !== undefined) {
    lintExpr(credits.unplacedAccount, vocabulary, at.in('unplacedAccount'));
  }
  if (layoutOf(transaction, 'answer').lists.size !== 1) {
    at.in('transaction').fault('entries must stand in exactly one list');
  }
  const rows = rowFieldsOf(transaction);
  const named: [string, string][] = [
    ...(['account', 'day', 'time', 'direction', 'amount'] as const).map((key): [string, string] => [
      key,
      credits[key],
    ]),
    ...credits.identity.map((name): [string, string] => ['identity', name]),
    ...credits.stable.map((name): [string, string] => ['stable', name]),
    ...Object.entries(credits.payer).map(([key, name]): [string, string] => [`payer.${key}`, name]),
  ];
  for (const [key, name] of named) {
    if (!rows.has(name)) at.in(key).fault(`no field ${name} in a row of the answer`);
  }
  if (rows.get(credits.amount)?.type.startsWith('decimal') === false) {
    at.in('amount').fault('is no decimal');
  }
  for (const [index, kind] of credits.kinds.entries()) {
    lintPatterns(spec, kind.when, (name) => rows.get(name), at.in('kinds', index, 'when'));
  }
  const pageMax = transaction.paging?.rowsMax;
  if (pageMax !== undefined && credits.pageRowsMax > pageMax) {
    at.in('pageRowsMax').fault(`the transaction gives at most ${pageMax} rows a page`);
  }
}

export function lintBank(spec: BankSpec, at: Place): void {
  lintSettings(spec, at);
  lintOwned(spec, at);
  lintCredits(spec, at.in('credits'));
}
