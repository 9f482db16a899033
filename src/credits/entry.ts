/**
 * One row of a statement as an entry with an identity. In: a row as text by the bank's own names, the
 * spec's `credits` section. Out: an entry, or undefined where the bank left its own key out.
 *
 *   key     identity fields + direction + sign      20261124/SC000000000042/1/6217…/C/+
 *   digest  of the stable fields: the same key with another digest is news, never silence (R15)
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../instruction/envelope.ts';
import type { CreditsSpec } from '../protocol/spec.ts';

export interface StatementEntry {
  readonly account: string;
  readonly day: string;
  readonly key: string;
  readonly digest: string;
  /** decimal string, negative where the bank shows it so */
  readonly amount: string;
  readonly direction: 'in' | 'out';
  readonly row: Readonly<Record<string, string>>;
}

export const isNegative = (amount: string): boolean => amount.startsWith('-');

export function entryOf(
  credits: CreditsSpec,
  row: Readonly<Record<string, string>>,
): StatementEntry | undefined {
  const identity = credits.identity.map((field) => row[field] ?? '');
  const amount = row[credits.amount] ?? '';
  const raw = row[credits.direction] ?? '';
  if (identity.includes('') || amount === '' || raw === '') return undefined;
  const negative = isNegative(amount);
  const stable = credits.stable.map((field) => [field, row[field] ?? '']);
  const digest = createHash('sha256').update(canonicalJson(Object.fromEntries(stable)));
  return {
    account: row[credits.account] ?? '',
    day: row[credits.day] ?? '',
    key: [...identity, raw, negative ? '-' : '+'].join('/'),
    digest: digest.digest('hex').slice(0, 32),
    amount,
    direction: (raw === credits.inward) === negative ? 'out' : 'in',
    row,
  };
}

/**
 * The entries of one reading of a day, each once: a row that came while pages were read shifts the others.
 * Two of one key and different content are two entries, for the bank's key may be less unique than it says:
 * the one that is known keeps the key, the others get their digest behind it (R15). Only a whole reading
 * shows that: in any other it may be one entry that changed while it was read, and it is looked at again.
 */
export function distinct(
  rows: readonly StatementEntry[],
  known: ReadonlyMap<string, string>,
  whole: boolean,
): StatementEntry[] {
  const byKey = new Map<string, Map<string, StatementEntry>>();
  for (const row of rows) {
    const alike = byKey.get(row.key) ?? new Map<string, StatementEntry>();
    byKey.set(row.key, alike.set(row.digest, row));
  }
  return [...byKey].flatMap(([key, alike]) => {
    if (alike.size === 1) return [...alike.values()];
    if (!whole) return [];
    const told = known.get(key) ?? '';
    const plain = alike.has(told) ? told : [...alike.keys()].sort()[0];
    return [...alike.values()].map((one) =>
      one.digest === plain ? one : { ...one, key: `${key}/${one.digest}` },
    );
  });
}
