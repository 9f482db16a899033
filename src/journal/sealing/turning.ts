/**
 * Days that are over: begins a new segment where a day has ended without a record behind it, has each day
 * sealed that is over, oldest first, and then takes the plain segments away. What a killed process has not
 * finished is finished here by the next one.
 */
import { YinqiError } from '../../errors.ts';
import type { Commit } from '../commit.ts';
import { errno } from '../disk.ts';
import type { Positions } from '../positions.ts';
import { listFiles, type Segment, segmentPath } from '../segments.ts';
import { listSealed, readSeal, type Seal, sealedDays } from './seal.ts';
import type { Ground, Shelf } from './shelf.ts';

/** Makes the seal of a day, elsewhere if it can: compressing beside a fdatasync makes it ten times as slow. */
export type SealDay = (ground: Ground, day: string) => Promise<void>;

export interface TurningOptions {
  readonly ground: Ground;
  readonly commit: Commit;
  readonly positions: Positions;
  readonly shelf: Shelf;
  readonly sealDay: SealDay;
}

export class Turning {
  readonly #options: TurningOptions;
  #running: Promise<readonly Seal[]> | undefined;

  constructor(options: TurningOptions) {
    this.#options = options;
  }

  /** The seals that were made; rejects with JOURNAL_SEAL where a day could not be sealed: tried again next time. */
  turn(today: string): Promise<readonly Seal[]> {
    this.#running ??= this.#turn(today).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Waits for what is under way. */
  async settled(): Promise<void> {
    await this.#running?.catch(() => undefined);
  }

  async #turn(today: string): Promise<readonly Seal[]> {
    const { commit, ground } = this.#options;
    await commit.turn(today);
    const { segments } = await listFiles(ground.disk, ground.directory);
    const over = segments.filter(({ day }) => day < commit.day);
    const made: Seal[] = [];
    for (const day of [...new Set(over.map((segment) => segment.day))].sort()) {
      try {
        const seal = await this.#seal(day);
        if (seal !== undefined) made.push(seal);
        await this.#remove(over.filter((segment) => segment.day === day));
      } catch (error) {
        if (error instanceof YinqiError && error.code === 'JOURNAL_DAMAGED') throw error;
        const detail = error instanceof YinqiError ? error.detail : undefined;
        throw new YinqiError('JOURNAL_SEAL', {
          path: day,
          detail: detail ?? errno(error),
          cause: error,
        });
      }
    }
    return made;
  }

  /** Undefined: it had no records, or was sealed before. */
  async #seal(day: string): Promise<Seal | undefined> {
    const { ground, positions, sealDay, shelf } = this.#options;
    const { directory, disk, identity } = ground;
    if (day <= (shelf.last?.day ?? '')) return undefined;
    await sealDay(ground, day);
    if (!sealedDays(await listSealed(disk, directory)).includes(day)) return undefined;
    const seal = await readSeal(disk, directory, day, identity);
    shelf.add(seal);
    positions.forget(seal.last);
    return seal;
  }

  async #remove(segments: readonly Segment[]): Promise<void> {
    const { directory, disk } = this.#options.ground;
    for (const segment of segments) await disk.remove(segmentPath(directory, segment));
    await disk.syncDirectory(directory);
  }
}
