/** Rules for code lists and verdict tables: what an answer may be taken to mean. */
import { headParts, layoutOf, rowFieldsOf } from '../layout.ts';
import type { BankSpec, Field, Rule, Transaction } from '../spec.ts';
import type { Place } from './place.ts';

/** A field of the answer, or a part of its head. */
type Looked = Pick<Field, 'values'>;

function lintPattern(spec: BankSpec, pattern: string, field: Looked | undefined, at: Place): void {
  if (pattern.startsWith('$')) {
    const found = Object.hasOwn(spec.protocol.codes, pattern.slice(1));
    if (!found) at.fault(`no list ${pattern.slice(1)} in protocol.yaml: codes`);
    return;
  }
  if (pattern.slice(0, -1).includes('*')) at.fault('* may only stand at the end');
  const exact = !pattern.endsWith('*') && pattern !== '';
  if (exact && field?.values !== undefined && !Object.hasOwn(field.values, pattern)) {
    at.fault(`${pattern} is not one of its values`);
  }
}

/** Patterns by field, as rules and kinds of credits have them. `row.x` looks into the lists. */
export function lintPatterns(
  spec: BankSpec,
  patterns: Readonly<Record<string, readonly string[]>> | undefined,
  find: (key: string) => Looked | undefined,
  at: Place,
): void {
  for (const [key, list] of Object.entries(patterns ?? {})) {
    const field = find(key);
    if (field === undefined) at.in(key).fault('no such field in the answer');
    for (const pattern of list) lintPattern(spec, pattern, field, at.in(key));
  }
}

/** Lists may stand in lists; a circle would never end. */
export function lintCodes(spec: BankSpec, at: Place): void {
  const { codes } = spec.protocol;
  const circles = (name: string, above: readonly string[]): boolean => {
    if (above.includes(name)) return true;
    const list = Object.hasOwn(codes, name) ? (codes[name] ?? []) : [];
    const inside = list.filter((one) => one.startsWith('$')).map((one) => one.slice(1));
    return inside.some((one) => circles(one, [...above, name]));
  };
  for (const [name, list] of Object.entries(codes)) {
    for (const pattern of list) lintPattern(spec, pattern, undefined, at.in(name));
    if (circles(name, [])) at.in(name).fault('contains itself');
  }
}

const isOpen = ({ when, unless, every, some, rows }: Rule): boolean =>
  Object.keys({ ...when, ...unless, ...every, ...some }).length === 0 && rows === undefined;

type Use = 'order' | 'query' | 'inquiry';

/** What a rule may conclude where it is used: see the evidence table in docs. */
function lintConclusion(rule: Rule, use: Use, last: boolean, at: Place): void {
  if (use !== 'inquiry' && rule.says === 'none') at.fault('none is for inquiries only');
  if (use !== 'inquiry' && rule.rows === 'all') at.fault('all is for inquiries only');
  if (rule.reason === 'undecidable' && (use !== 'inquiry' || rule.says !== 'unknown')) {
    at.fault('undecidable is an unknown of an inquiry');
  }
  if (use === 'order' && rule.ended === undefined) at.fault('does not say how the request ended');
  if (use === 'order' && (rule.says === 'failed') !== (rule.ended === 'refused')) {
    at.fault('failed and refused go together: nothing else makes a direct answer final');
  }
  if (use !== 'query' && last && rule.says !== 'unknown') {
    at.fault('what no rule lists is unknown: an unlisted code is never final');
  }
}

function lintSources(spec: BankSpec, source: string, at: Place): void {
  for (const word of source.split(/\s+/).filter((one) => /^[A-Z]\d+$/.test(one))) {
    if (!Object.hasOwn(spec.protocol.sources, word)) at.fault(`no source ${word}`);
  }
}

function lintTable(
  spec: BankSpec,
  transaction: Transaction,
  rules: readonly Rule[],
  use: Use,
  at: Place,
): void {
  const head = layoutOf(transaction, 'answer').fields;
  const rows = rowFieldsOf(transaction);
  const parts = new Map(headParts(spec).map((part) => [part.name, part]));
  const find = (key: string) =>
    key.startsWith('row.') ? rows.get(key.slice(4)) : (head.get(key) ?? parts.get(key));
  for (const [index, rule] of rules.entries()) {
    const place = at.in(index);
    const last = index === rules.length - 1;
    lintPatterns(spec, rule.when, find, place.in('when'));
    lintPatterns(spec, rule.unless, find, place.in('unless'));
    lintPatterns(spec, rule.every, (name) => rows.get(name), place.in('every'));
    lintPatterns(spec, rule.some, (name) => rows.get(name), place.in('some'));
    lintConclusion(rule, use, last, place);
    lintSources(spec, rule.source ?? '', place.in('source'));
    if (last && !isOpen(rule)) place.fault('the last rule must have no conditions');
    if (!last && isOpen(rule)) place.fault('no rule after this one is ever reached');
  }
}

export function lintVerdicts(spec: BankSpec, transaction: Transaction, at: Place): void {
  const use = transaction.kind === 'query' ? 'query' : 'order';
  const { verdicts, asInquiry } = transaction;
  if (transaction.kind === 'push') return;
  if (verdicts === undefined) at.in('verdicts').fault('missing: what an answer means');
  else if (typeof verdicts !== 'string') {
    lintTable(spec, transaction, verdicts, use, at.in('verdicts'));
  } else {
    const known = Object.hasOwn(spec.protocol.verdicts, verdicts);
    const rules = known ? spec.protocol.verdicts[verdicts] : undefined;
    const table = at.at('protocol.yaml', 'verdicts', verdicts);
    if (rules === undefined) at.in('verdicts').fault(`no table ${verdicts} in protocol.yaml`);
    else lintTable(spec, transaction, rules, use, table);
  }
  if (asInquiry === undefined) return;
  if (transaction.kind !== 'query') at.in('asInquiry').fault('only a query can be an inquiry');
  lintTable(spec, transaction, asInquiry, 'inquiry', at.in('asInquiry'));
}

/** What the answer of `asked` says of a transaction that has a table of its own for it. */
export function lintInquiryTable(
  spec: BankSpec,
  asked: Transaction,
  rules: readonly Rule[],
  at: Place,
): void {
  lintTable(spec, asked, rules, 'inquiry', at);
}

export function lintSourceNames(spec: BankSpec, transaction: Transaction, at: Place): void {
  for (const name of transaction.sources) {
    const known = Object.hasOwn(spec.protocol.sources, name);
    if (!known) at.in('sources').fault(`no source ${name} in protocol.yaml`);
  }
}
