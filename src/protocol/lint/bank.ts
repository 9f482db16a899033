/** Rules for protocol.yaml beyond its code lists and verdict tables: settings and owned fields. */
import { isList } from '../layout.ts';
import type { BankSpec } from '../spec.ts';
import { lintCredits } from './credits.ts';
import { lintExpr } from './mapping.ts';
import { lintMask } from './masks.ts';
import type { Place } from './place.ts';
import { forOwned } from './vocabulary.ts';

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

export function lintBank(spec: BankSpec, at: Place): void {
  lintSettings(spec, at);
  lintOwned(spec, at);
  const { credits } = spec.protocol;
  if (credits !== undefined) lintCredits(spec, credits, at.in('credits'));
}
