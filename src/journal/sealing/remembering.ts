/**
 * What a start reads of sealed days: all seals, the files of the last one, and the index of as many days as
 * ids are remembered. Says what is not as it was sealed, and goes on: an index that cannot be believed is made
 * again from the records.
 */
import { YinqiError } from '../../errors.ts';
import { addDays } from '../../instruction/day.ts';
import { Continuity } from '../continuity.ts';
import type { Entry } from '../entry.ts';
import type { KnownIndex } from '../known.ts';
import { type Damage, scanSegment, segmentOf } from '../segments.ts';
import { expanded } from './blocks.ts';
import { type Carried, decodeEntries } from './day-index.ts';
import { indexName, listSealed, readSeal, type Seal, sealedDays, sealName } from './seal.ts';
import { type Ground, readSealed } from './shelf.ts';

export interface Sealed {
  readonly seals: readonly Seal[];
  /** the last one cannot be read: nobody knows where the days behind it continue */
  readonly lost: boolean;
  readonly damaged: readonly Damage[];
}

const broken = (segment: string, why: 'digest' | 'gone'): Damage => ({ segment, line: 0, why });

/** All seals, each held against the one behind it, which names it. */
export async function readSeals(ground: Ground): Promise<Sealed> {
  const { disk, directory, identity } = ground;
  const names = new Set(await listSealed(disk, directory));
  const seals: Seal[] = [];
  const damaged: Damage[] = [];
  const days = sealedDays([...names]);
  for (const day of days) {
    try {
      seals.push(await readSeal(disk, directory, day, identity));
    } catch (error) {
      if (!(error instanceof YinqiError)) throw error;
      damaged.push(broken(sealName(day), 'digest'));
    }
  }
  seals.forEach((seal, i) => {
    const before = seals[i - 1];
    if (seal.number !== (before?.number ?? 0) + 1) {
      damaged.push(broken(sealName(before?.day ?? seal.day), 'gone'));
    } else if (seal.previous !== (before?.hash ?? null)) {
      damaged.push(broken(sealName(before?.day ?? seal.day), 'digest'));
    }
    const gone = seal.files.filter(({ name }) => !names.has(name));
    damaged.push(...gone.map(({ name }) => broken(name, 'gone')), ...seal.damaged);
  });
  return { seals, lost: seals.at(-1)?.day !== days.at(-1), damaged };
}

/** Files of a day that are there and are not as they were sealed. */
export async function filesBroken(ground: Ground, seal: Seal): Promise<Damage[]> {
  const damaged: Damage[] = [];
  for (const { name } of seal.files) {
    if ((await readSealed(ground, seal, name)) === undefined) damaged.push(broken(name, 'digest'));
  }
  return damaged;
}

/**
 * Hands the entries of a day to `take` (first those it carries, if wanted), and answers what it carries of days before it. Where its index cannot be
 * believed they are read from the records themselves, and nothing is known of what it carries.
 */
export async function readDay(
  ground: Ground,
  seal: Seal,
  take: (entry: Entry) => void,
  older: 'carried too' | undefined = undefined,
): Promise<Carried | undefined> {
  const bytes = await readSealed(ground, seal, indexName(seal.day));
  const read = bytes && decodeEntries(seal.day, bytes, ground.bodies);
  if (read === undefined) await readArchives(ground, seal, take);
  if (older !== undefined) for (const entry of read?.carried.entries ?? []) take(entry);
  for (const entry of read?.entries ?? []) take(entry);
  return read?.carried;
}

async function readArchives(
  ground: Ground,
  seal: Seal,
  take: (entry: Entry) => void,
): Promise<void> {
  const continuity = new Continuity(seal.first - 1, seal.chain);
  for (const { name } of seal.files) {
    const segment = segmentOf(name.replace(/\.gz$/, ''));
    const bytes = segment && (await readSealed(ground, seal, name));
    const content = bytes && expanded(bytes);
    if (segment === undefined || content === undefined) continue;
    scanSegment(content, segment, ground.bodies, continuity, take);
  }
}

/** Tells `into` of the days from the first of these on, and of what still matters of those before. */
export async function remember(
  ground: Ground,
  seals: readonly Seal[],
  days: number,
  into: Pick<KnownIndex, 'resume' | 'add'>,
): Promise<void> {
  let from = seals.length - remembered(seals, days).length;
  // one that cannot say what it carries is read behind the one before it
  for (; from > 0; from -= 1) {
    const seal = seals[from];
    const carried = seal && (await readDay(ground, seal, () => undefined));
    if (carried === undefined) continue;
    for (const link of carried.links) into.resume(link);
    for (const entry of carried.entries) into.add(entry);
    break;
  }
  for (const seal of seals.slice(from)) await readDay(ground, seal, (entry) => into.add(entry));
}

/** The seals of the days that are remembered: those not older than so many days, and the last one always. */
export function remembered(seals: readonly Seal[], days: number): readonly Seal[] {
  const last = seals.at(-1);
  if (last === undefined || days === Number.POSITIVE_INFINITY) return seals;
  const oldest = addDays(last.day, -days);
  return seals.filter(({ day }) => day >= oldest);
}
