/** What days that no start reads any more left behind for ever: members and freezes that later orders rest on. */
import type { Entry } from '../entry.ts';
import { readDay, remembered } from './remembering.ts';
import type { Seal } from './seal.ts';
import type { Ground } from './shelf.ts';

/** Numbers of records. */
export interface Kept {
  readonly outcome: number;
  /** the latest send record of the same instruction */
  readonly send: number | undefined;
}

export async function* forgotten(
  ground: Ground,
  seals: readonly Seal[],
  rememberDays: number,
  link: string,
): AsyncGenerator<Kept, void, undefined> {
  const older = seals.slice(0, seals.length - remembered(seals, rememberDays).length);
  for (const seal of older) {
    const sends = new Map<string, number>();
    const kept: Kept[] = [];
    const take = (entry: Entry): void => {
      if (entry.link !== link) return;
      if (entry.kind === 'send') sends.set(entry.id, entry.n);
      if (entry.kind === 'outcome' && entry.keeps === true) {
        kept.push({ outcome: entry.n, send: sends.get(entry.id) });
      }
    };
    // an order may have been sent on a day before: then the day carries it
    await readDay(ground, seal, take, 'carried too');
    yield* kept;
  }
}
