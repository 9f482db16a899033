/**
 * Watches the space on the disk of the journal: before it is full nothing more is taken and nothing new is
 * sent, so that what is on its way can still be recorded. A disk that fills all the same ends the process at
 * the first record that does not fit (journal/commit.ts). In: how to look. Out: reasons of the links' standing.
 */
import type { Standing } from '../engine/standing.ts';
import type { Log } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';

const MEBIBYTE = 2 ** 20;

export interface FreeSpaceOptions {
  /** rejects where nobody can say: then it counts as none */
  readonly free: () => Promise<number>;
  /** `journal.freeBytesMin` */
  readonly least: number;
  readonly standings: () => readonly Pick<Standing, 'set'>[];
  readonly metrics: Pick<Metrics, 'journalDisk'>;
  readonly log: Pick<Log, 'error' | 'warn'>;
}

export class FreeSpace {
  readonly #options: FreeSpaceOptions;
  #short = false;

  constructor(options: FreeSpaceOptions) {
    this.#options = options;
  }

  /** Also before the first link may send. Never rejects. */
  async look(): Promise<void> {
    const { free, least, log, metrics, standings } = this.#options;
    const found = await free().catch(() => 0);
    metrics.journalDisk(found, least);
    const short = found < least;
    if (short !== this.#short) {
      this.#short = short;
      if (short) log.error('disk-nearly-full', { bytes: found });
      else log.warn('disk-has-room', { bytes: found });
    }
    const room = `${Math.floor(found / MEBIBYTE)} of at least ${Math.ceil(least / MEBIBYTE)} MiB`;
    const why = short ? `the disk of the journal is nearly full: ${room} are free` : undefined;
    for (const standing of standings()) {
      standing.set('take', 'disk', why);
      standing.set('send', 'disk', why);
    }
  }
}
