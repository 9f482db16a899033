/** The gateway's own book at the end: what its journal says was sent, and what it says was told. */
import type { JournalView } from '../../src/journal/journal.ts';
import type { Books } from '../world/books.ts';

export interface JournalBook {
  /** serials that a send record names */
  readonly serials: ReadonlySet<string>;
  readonly sentTwice: readonly string[];
  readonly untold: readonly string[];
  readonly broken: readonly string[];
}

export async function readJournal(journal: JournalView, books: Books): Promise<JournalBook> {
  const serials = new Set<string>();
  /** sends that may have left, by instruction */
  const mayHaveLeft = new Map<string, number[]>();
  const finals = new Map<string, { outcome: unknown; version: number }>();
  const broken: string[] = [];
  for await (const record of journal.records()) {
    if (record.kind === 'send') {
      if (record.serial !== undefined) serials.add(record.serial);
      const at = `${record.link} ${record.id}`;
      mayHaveLeft.set(at, [...(mayHaveLeft.get(at) ?? []), record.attempt]);
    } else if (record.kind === 'not-written') {
      const at = `${record.link} ${record.id}`;
      const left = mayHaveLeft.get(at)?.filter((attempt) => attempt !== record.attempt) ?? [];
      mayHaveLeft.set(at, left);
    } else if (record.kind === 'outcome') {
      const at = `${record.link} ${record.id}`;
      const { outcome } = record.message;
      const known = finals.get(at);
      if (known !== undefined && known.outcome !== outcome) {
        broken.push(`the journal has two outcomes of ${at}`);
      }
      finals.set(at, { outcome, version: record.version });
    }
  }
  const sentTwice = [...mayHaveLeft]
    .filter(([, attempts]) => attempts.length > 1)
    .map(([at, attempts]) => `${at} was written ${attempts.length} times by the journal`);
  const untold: string[] = [];
  for (const [at, { outcome }] of finals) {
    const [, id = ''] = at.split(' ');
    const result = books.resultOf(id);
    if (!books.orders.has(id)) continue;
    if (result?.final !== true) untold.push(`${at} ended by the journal and was never told`);
    else if (result.outcome !== outcome) broken.push(`${at} was told otherwise than journaled`);
  }
  return { serials, sentTwice, untold, broken };
}
