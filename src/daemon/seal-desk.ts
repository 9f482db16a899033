/**
 * Days of the journal that are over: has them sealed, and tells each seal to the log and to every ledger that
 * gets notices, so that nobody who owns the disk can change an old day without being found. The record that
 * a seal was told is appended behind the telling: killed in between, it is told again, the same to the letter.
 */
import type { Config, SourceConfig } from '../config.ts';
import type { SealNotice } from '../instruction/seal-notice.ts';
import type { Journal } from '../journal/journal.ts';
import type { Seal } from '../journal/sealing/seal.ts';
import type { Log } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import { sealJobId } from '../queue/names.ts';
import type { Publisher } from '../queue/publisher.ts';
import type { Timers } from '../timers.ts';

const LOOK_MS = 30_000;
/** lines of the log about damage, at most */
const SHOWN_MAX = 20;

const DAY_MS = 86_400_000;
/** Orders are valid for a week, and the clock of the journal's days may be another zone's than a bank's. */
const MARGIN_DAYS = 9;

/** As long as Redis remembers an id, or a statement may still be read, the index of the journal does, too. */
export function rememberDaysOf({ links, retentionMs }: Config): number {
  const statements = links.map(({ credits }) => credits.openDaysMax);
  return Math.max(Math.ceil(retentionMs / DAY_MS), ...statements) + MARGIN_DAYS;
}

export const getsNotices = ({ links }: SourceConfig): boolean =>
  Object.values(links).some(({ notices }) => notices);

export interface SealDeskOptions {
  readonly journal: Journal;
  readonly publisher: Publisher;
  /** ledgers that get the notices of any link */
  readonly told: readonly string[];
  readonly log: Log;
  readonly metrics: Metrics;
  readonly timers: Timers;
}

const noticeOf = (seal: Seal): SealNotice => ({
  v: 1,
  type: 'seal',
  journal: seal.journal,
  number: seal.number,
  day: seal.day,
  hash: seal.hash,
  ...(seal.previous === null ? {} : { previous: seal.previous }),
  first: seal.first,
  last: seal.last,
  records: seal.records,
  chain: seal.chain,
});

export class SealDesk {
  readonly #options: SealDeskOptions;
  #stopped = false;
  #running: Promise<void> = Promise.resolve();
  #cancel: (() => void) | undefined;

  constructor(options: SealDeskOptions) {
    this.#options = options;
    const { cutFiles, damaged } = options.journal.openReport;
    const suspect = new Set([...cutFiles, ...damaged.map(({ segment }) => segment)]);
    options.metrics.journal({ suspectFiles: suspect.size });
    for (const { line, segment, why } of damaged.slice(0, SHOWN_MAX)) {
      options.log.error('journal-damaged', { path: segment, record: line, why });
    }
  }

  start(): void {
    if (this.#stopped) return;
    this.#running = this.#look().finally(() => {
      this.#cancel = this.#options.timers.after(LOOK_MS, () => this.start());
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#running;
  }

  async #look(): Promise<void> {
    const { journal, log, metrics } = this.#options;
    try {
      await journal.sealOverDays();
      metrics.journal({ sealingFails: false });
    } catch (error) {
      metrics.journal({ sealingFails: true });
      log.warn('not-sealed', { error });
    }
    await this.#tell().catch((error: unknown) => log.warn('seal-not-told', { error }));
  }

  async #tell(): Promise<void> {
    const { journal, log, publisher, told } = this.#options;
    for (const seal of journal.sealsAfter(journal.index.sealsTold())) {
      const { day, hash, journal: identity, last, number, records } = seal;
      log.info('day-sealed', { day, digest: hash, count: records, record: last });
      const data = noticeOf(seal);
      const jobId = sealJobId(identity, number);
      await publisher.publish(
        told.map((source) => ({ queue: 'notices' as const, source, jobId, data })),
      );
      await journal.append([
        { kind: 'seal', link: '', watermark: 0, day, number, hash, told: [...told] },
      ]);
    }
  }
}
