/**
 * Goes through a whole journal, or an exported part of one, and says everything that is not as it was written:
 * the chain of the seals, the digest of every sealed file, the chain from line to line and from day to day,
 * every record by its schema. Needs nothing but the directory; where records are encrypted and there is no key,
 * all but what is in them is gone through. Changes nothing, and may look while the owner appends.
 *
 * What it cannot say is whether somebody who owns the disk has written all of it anew: that says the hash of
 * the last seal, held against the one that was told outside.
 */

import { YinqiError } from '../errors.ts';
import type { Continuity } from './continuity.ts';
import { errno } from './disk.ts';
import { type Exported, readExported } from './exporting.ts';
import { linesOf, type Sound } from './line.ts';
import { journalRecord } from './records.ts';
import { expanded } from './sealing/blocks.ts';
import { readSeals } from './sealing/remembering.ts';
import { listSealed, type Seal, sealedDays, sealName } from './sealing/seal.ts';
import { continuityBehind } from './sealing/seal-day.ts';
import { type Ground, readSealed } from './sealing/shelf.ts';
import {
  type DamageKind,
  listFiles,
  type Segment,
  segmentName,
  segmentOf,
  segmentPath,
} from './segments.ts';

export interface Fault {
  /** name of the file */
  readonly file: string;
  /** 1, 2, 3 …; 0: all of the file */
  readonly line: number;
  /** number of the record, where the line still says it */
  readonly record: number | undefined;
  /** `seal`: the day is not what its seal says · `cut`: whole lines were cut off by a start */
  readonly why: DamageKind | 'seal' | 'cut';
}

export interface Verified {
  readonly identity: string;
  /** it says of itself that it is an exported part: days before it are not there, and not gone through */
  readonly part: Exported | undefined;
  /** days that were gone through, and the last seal there is */
  readonly days: readonly string[];
  readonly lastSeal: Seal | undefined;
  readonly seals: readonly Seal[];
  /** records that are as they were written, in sealed days and in those not sealed yet */
  readonly sealedRecords: number;
  readonly openRecords: number;
  /** of all of them: encrypted, and no key was given. Only their chain was looked at */
  readonly unopened: number;
  readonly faults: readonly Fault[];
}

const whole = (file: string, why: Fault['why']): Fault => ({
  file,
  line: 0,
  record: undefined,
  why,
});

interface Scanned {
  readonly records: number;
  /** encrypted ones for which there was no key */
  readonly unopened: number;
  readonly faults: Fault[];
}

/** `"n":12` of a line, which stands first in it, encrypted or not; of a rotten one as far as it can be read. */
function numberIn(line: Buffer, sound: Sound | undefined): number | undefined {
  const text = (sound?.body ?? line).toString('latin1');
  const n = (sound === undefined ? /"n":(\d{1,15})[,}]/ : /^\{"n":(\d{1,15})[,}]/).exec(text)?.[1];
  return n === undefined ? undefined : Number(n);
}

function recordIn(
  ground: Ground,
  day: string,
  sound: Sound,
  n: number,
): 'sound' | 'no record' | 'closed' {
  try {
    const json = ground.bodies.open(day, sound.body);
    const read = journalRecord.safeParse(json === undefined ? undefined : JSON.parse(json));
    return read.success && read.data.n === n ? 'sound' : 'no record';
  } catch (error) {
    if (error instanceof YinqiError && error.code === 'JOURNAL_KEY') return 'closed';
    if (error instanceof SyntaxError) return 'no record';
    throw error;
  }
}

/** One segment, sealed or not, line by line. `open`: its end may be on its way to the disk. */
function scanned(
  ground: Ground,
  segment: Segment,
  content: Buffer,
  on: Continuity,
  open: boolean,
): Scanned {
  const faults: Fault[] = [];
  let [at, records, unopened] = [0, 0, 0];
  for (const { ended, length, offset, sound } of linesOf(content)) {
    at += 1;
    if (!ended && open) break;
    const record = numberIn(content.subarray(offset, offset + length), sound);
    const fault = (why: Fault['why']): void => {
      faults.push({ file: segmentName(segment), line: at, record, why });
    };
    const is =
      sound === undefined || record === undefined
        ? 'no record'
        : recordIn(ground, segment.day, sound, record);
    if (sound === undefined || record === undefined || is === 'no record') {
      fault(sound === undefined ? 'checksum' : 'content');
      on.lost();
      continue;
    }
    records += 1;
    if (is === 'closed') unopened += 1;
    const broken = on.take(record, sound);
    if (broken !== undefined) fault(broken);
  }
  return { records, unopened, faults };
}

/** A sealed day against its seal; `before`: the seal in front of it. */
async function sealedDay(ground: Ground, seal: Seal, before: Seal | undefined): Promise<Scanned> {
  const continuity = continuityBehind(before, ground.identity);
  const faults: Fault[] = [];
  let [records, unopened] = [0, 0];
  for (const { name } of seal.files) {
    const bytes = await readSealed(ground, seal, name);
    const segment = segmentOf(name.replace(/\.gz$/, ''));
    if (bytes === undefined) faults.push(whole(name, 'digest'));
    if (bytes === undefined || segment === undefined) continue;
    const content = expanded(bytes);
    if (content === undefined) faults.push(whole(name, 'content'));
    const found = scanned(ground, segment, content ?? Buffer.alloc(0), continuity, false);
    records += found.records;
    unopened += found.unopened;
    faults.push(...found.faults);
  }
  const holds =
    continuity.chain === seal.chain &&
    continuity.next - 1 === seal.last &&
    records === seal.records;
  // a file that is gone is told by itself
  if (!holds && faults.length === 0) faults.push(whole(sealName(seal.day), 'seal'));
  return { records, unopened, faults };
}

async function unsealedDays(ground: Ground, last: Seal | undefined): Promise<Scanned> {
  const { directory, disk, identity } = ground;
  const { cuts, segments } = await listFiles(disk, directory);
  const continuity = continuityBehind(last, identity);
  const faults: Fault[] = cuts.map((name) => whole(name, 'cut'));
  const open = segments.filter(({ day }) => day > (last?.day ?? ''));
  let [records, unopened] = [0, 0];
  for (const [at, segment] of open.entries()) {
    const content = await disk.read(segmentPath(directory, segment));
    const found = scanned(ground, segment, content, continuity, at === open.length - 1);
    records += found.records;
    unopened += found.unopened;
    faults.push(...found.faults);
  }
  return { records, unopened, faults };
}

const LOOKS_MAX = 5;

/** `from`: yyyymmdd, the first day whose records are gone through; the seals are gone through all. */
export async function verifyJournal(ground: Ground, from = ''): Promise<Verified> {
  const exported = await readExported(ground.disk, ground.directory);
  const first = [from, exported?.from ?? ''].sort().at(-1) ?? '';
  const sealed = async () => sealedDays(await listSealed(ground.disk, ground.directory)).at(-1);
  for (let looks = 1; ; looks += 1) {
    const before = await sealed();
    try {
      const found = await verified(ground, first);
      // a day that was sealed meanwhile is neither here nor there for who looked at both in turn
      if ((await sealed()) === before || looks === LOOKS_MAX) return { ...found, part: exported };
    } catch (error) {
      // its plain segments were removed under our eyes
      if (errno(error) !== 'ENOENT' || looks === LOOKS_MAX) throw error;
    }
  }
}

async function verified(ground: Ground, from: string): Promise<Omit<Verified, 'part'>> {
  const { damaged, seals } = await readSeals(ground);
  const skipped = new Set(
    seals.filter(({ day }) => day < from).flatMap(({ files }) => files.map(({ name }) => name)),
  );
  const faults: Fault[] = damaged
    .filter(({ segment, why }) => !(why === 'gone' && skipped.has(segment)))
    .map(({ line, segment, why }) => ({ file: segment, line, record: undefined, why }));
  let [sealedRecords, unopened] = [0, 0];
  const days: string[] = [];
  for (const [at, seal] of seals.entries()) {
    if (seal.day < from) continue;
    days.push(seal.day);
    const found = await sealedDay(ground, seal, seals[at - 1]);
    sealedRecords += found.records;
    unopened += found.unopened;
    faults.push(...found.faults);
  }
  const lastSeal = seals.at(-1);
  const open = await unsealedDays(ground, lastSeal);
  faults.push(...open.faults);
  return {
    identity: ground.identity,
    days,
    lastSeal,
    seals,
    sealedRecords,
    openRecords: open.records,
    unopened: unopened + open.unopened,
    faults: unique(faults),
  };
}

/** What a seal says was damaged when it was made is found again in its records. */
function unique(faults: readonly Fault[]): Fault[] {
  const seen = new Map(faults.map((fault) => [`${fault.file} ${fault.line} ${fault.why}`, fault]));
  const gone = new Set(faults.filter(({ why }) => why === 'gone').map(({ file }) => file));
  return [...seen.values()].filter(({ file, why }) => !(why === 'digest' && gone.has(file)));
}
