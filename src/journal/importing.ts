/**
 * Takes another journal into this one, record by record, so that this index knows every id, serial, final and
 * watermark of it and the gate before a write asks about all of them (R3). Nobody may hold either meanwhile.
 *
 * Each record keeps its content and its time and says where it is from. Whoever is killed half-way goes on behind
 * the last one that came; only when all are synced is it recorded, for each link, that the other is here whole.
 * One of which lines cannot be read is taken in as far as it goes and never counts as whole.
 */
import { YinqiError } from '../errors.ts';
import type { Journal, JournalView } from './journal.ts';
import type { JournalRecord, OldRecord } from './records.ts';

const BATCH_MAX = 256;

export interface Imported {
  /** how many came this time */
  readonly records: number;
  readonly links: readonly string[];
  /** false: lines of the other cannot be read, so nobody can say that all of it is here */
  readonly whole: boolean;
}

/** Not what is of the directory it lies in. */
function carried({ n, ...record }: JournalRecord, journal: string): OldRecord {
  return { ...record, from: { journal, n } };
}

/** Number there of the last record that is here; the days of the others may be sealed and not read any more. */
function hereAlready({ index }: Journal, journal: string): number {
  const whole = [...index.links()].flatMap((link) => index.missing(link).covered);
  const known = whole.flatMap((one) =>
    one.journal === journal && one.imported ? one.records : [],
  );
  return Math.max(index.importedFrom(journal), ...known);
}

export async function importJournal(mine: Journal, other: JournalView): Promise<Imported> {
  const journal = other.identity;
  if (journal === mine.identity) {
    const detail =
      'it is this journal, or a copy of it: the one with more records is put in its place';
    throw new YinqiError('CONFIG_INVALID', { path: 'journal.directory', detail });
  }
  let records = 0;
  let batch: OldRecord[] = [];
  const flush = async (): Promise<void> => {
    await mine.append(batch);
    records += batch.length;
    batch = [];
  };
  for await (const record of other.records({ from: hereAlready(mine, journal) + 1 })) {
    // which of its days were sealed and told is of that directory: our seals count from one
    if (record.kind === 'seal') continue;
    batch.push(carried(record, journal));
    if (batch.length === BATCH_MAX) await flush();
  }
  await flush();
  const links = [...other.index.links()];
  const whole = other.openReport.intact;
  const said = (link: string): boolean =>
    mine.index
      .missing(link)
      .covered.some((one) => one.journal === journal && one.records >= other.last);
  if (whole) {
    const unsaid = links.filter((link) => !said(link));
    await mine.append(
      unsaid.map((link) => ({
        kind: 'import' as const,
        link,
        watermark: other.highestWatermark(link),
        journal,
        records: other.last,
        missing: other.index.missing(link).adoptable(),
      })),
    );
  }
  return { records, links, whole };
}
