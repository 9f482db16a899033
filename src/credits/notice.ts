/** From an entry to the notice a ledger gets. Pure: which kind it is, and what the message says. */
import type { Notice, NoticeType } from '../instruction/notices.ts';
import { sameName } from '../instruction/same-name.ts';
import { matches } from '../protocol/judge.ts';
import type { BankSpec, CreditKind, CreditsSpec } from '../protocol/spec.ts';
import { isNegative, type StatementEntry } from './entry.ts';

/** The kind of an entry, or undefined: the other side of our own orders is their result, not a notice. */
export function kindOf(spec: BankSpec, entry: StatementEntry): CreditKind | undefined {
  const negative = isNegative(entry.amount);
  return spec.protocol.credits?.kinds.find(({ when, sign }) => {
    if (sign !== 'any' && (sign === 'negative') !== negative) return false;
    return Object.entries(when).every(([field, patterns]) =>
      patterns.some((pattern) => matches(spec, pattern, entry.row[field] ?? '')),
    );
  });
}

export interface Candidate {
  readonly id: string;
  readonly source: string;
}

/** What is known about an entry beside its row. */
export interface About {
  readonly link: string;
  /** name on the account, where we know it */
  readonly accountName?: string | undefined;
  /** digest told before, when this is a `changed` */
  readonly previous?: string | undefined;
  /** orders of ours that this entry may undo, whoever ordered them */
  readonly candidates?: readonly Candidate[] | undefined;
  /** the ledger it is told to: another one's ids mean nothing to it, or something else */
  readonly source?: string | undefined;
  readonly at: number;
}

/** Fields of the row under neutral names; what is empty is left out. */
const named = (names: Readonly<Record<string, string>>, entry: StatementEntry) => {
  const fields = Object.entries(names)
    .map(([name, field]) => [name, entry.row[field] ?? ''])
    .filter(([, value]) => value !== '');
  return Object.fromEntries(fields) as Record<string, string>;
};

export function noticeOf(
  credits: CreditsSpec,
  type: NoticeType,
  entry: StatementEntry,
  about: About,
): Omit<Notice, 'version'> {
  const payer = named(credits.payer, entry);
  const time = entry.row[credits.time];
  const { accountName, candidates = [], previous } = about;
  const compares = type === 'credit' && accountName !== undefined && payer.name !== undefined;
  const own = candidates.filter(({ source }) => source === about.source).map(({ id }) => id);
  const [only] = own;
  const alone = candidates.length === 1 && only !== undefined;
  return {
    v: 1,
    type,
    link: about.link,
    account: entry.account,
    day: entry.day,
    ...(time === undefined || time === '' ? {} : { time }),
    key: entry.key,
    identity: 'bank-key',
    amount: entry.amount,
    direction: entry.direction,
    ...(Object.keys(payer).length === 0 ? {} : { payer }),
    ...(compares ? { sameName: sameName(payer.name ?? '', accountName) } : {}),
    entry: named(credits.entry, entry),
    ...(alone ? { of: only } : {}),
    ...(alone || own.length === 0 ? {} : { candidates: own }),
    ...(previous === undefined ? {} : { previous }),
    digest: entry.digest,
    confirmedBy: 'statement',
    at: new Date(about.at).toISOString(),
  };
}
