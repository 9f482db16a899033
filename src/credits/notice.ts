/** From an entry to the notice a ledger gets. Pure: what the message says. */
import type { Notice, NoticeType } from '../instruction/notices.ts';
import { sameName } from '../instruction/same-name.ts';
import type { SweepSpec } from '../protocol/spec.ts';
import { marksOf, type StatementEntry } from './entry.ts';

export interface Candidate {
  readonly id: string;
  readonly source: string;
  /** what it was sent with, where the row names the order and says neither */
  readonly sent?: { readonly account: string; readonly amount: string };
}

/** What is known about an entry beside its row. */
export interface About {
  readonly link: string;
  /** name on the account, where we know it */
  readonly accountName?: string | undefined;
  /** digest told before, when this is a `changed` */
  readonly previous?: string | undefined;
  /** orders of ours that this entry belongs to, whoever ordered them */
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
  sweep: SweepSpec,
  type: NoticeType,
  entry: StatementEntry,
  about: About,
): Omit<Notice, 'version'> {
  const payer = named(sweep.payer, entry);
  const marks = marksOf(sweep, entry.row);
  const time = sweep.time === undefined ? undefined : entry.row[sweep.time];
  const { accountName, candidates = [], previous } = about;
  const compares = type === 'credit' && accountName !== undefined && payer.name !== undefined;
  const own = candidates.filter(({ source }) => source === about.source).map(({ id }) => id);
  const [only] = own;
  const alone = candidates.length === 1 && only !== undefined;
  const sent = candidates.length === 1 ? candidates[0]?.sent : undefined;
  const amount = entry.amount === '' ? sent?.amount : entry.amount;
  return {
    v: 1,
    type,
    link: about.link,
    account: sent?.account || entry.account,
    day: entry.day,
    ...(time === undefined || time === '' ? {} : { time }),
    key: entry.key,
    identity: Array.isArray(sweep.identity) ? 'bank-key' : 'counted',
    ...(amount === undefined ? {} : { amount }),
    direction: entry.direction,
    ...(Object.keys(payer).length === 0 ? {} : { payer }),
    ...(compares ? { sameName: sameName(payer.name ?? '', accountName) } : {}),
    entry: named(sweep.entry, entry),
    ...(Object.keys(marks).length === 0 ? {} : { marks }),
    ...(alone ? { of: only } : {}),
    ...(alone || own.length === 0 ? {} : { candidates: own }),
    ...(previous === undefined ? {} : { previous }),
    digest: entry.digest,
    confirmedBy: 'statement',
    at: new Date(about.at).toISOString(),
  };
}
