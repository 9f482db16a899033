/**
 * Goes through a whole journal, or an exported part of one, and says everything that is not as it was written:
 * the chain of the seals, the digest of every sealed file, the chain from line to line and from day to day,
 * every record by its schema, opened if it is encrypted. Needs nothing but the directory and, where it is
 * encrypted, a key. Changes nothing, and may look while the owner appends.
 *
 * What it cannot say is whether somebody who owns the disk has written all of it anew: that says the hash of
 * the last seal, held against the one that was told outside.
 */

import type { Continuity } from './continuity.ts';
import { errno } from './disk.ts';
import { readExported } from './exporting.ts';
import { decodeLine, linesOf } from './line.ts';
import { journalRecord } from './records.ts';
import { expanded } from './sealing/blocks.ts';
import { readSeals } from './sealing/remembering.ts';
import { type Seal, sealName } from './sealing/seal.ts';
import { continuityBehind } from './sealing/seal-day.ts';
import { type Ground, readSealed } from './sealing/shelf.ts';
import {
  type DamageKind,
  listFiles,
  type Segment,
  scanSegment,
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
  /** days that were gone through, and the last seal there is */
  readonly days: readonly string[];
  readonly lastSeal: Seal | undefined;
  readonly seals: readonly Seal[];
  /** records that are as they were written, in sealed days and in those not sealed yet */
  readonly sealedRecords: number;
  readonly openRecords: number;
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
  readonly faults: Fault[];
}

/** `"n":12` of a line, as far as it can still be read. */
function numberIn(ground: Ground, day: string, line: Buffer): number | undefined {
  const sound = decodeLine(line);
  const json = sound === undefined ? line.toString('latin1') : ground.bodies.open(day, sound.body);
  const n = /"n":(\d{1,15})[,}]/.exec(json ?? line.toString('latin1'))?.[1];
  return n === undefined ? undefined : Number(n);
}

/** The whole record, where the index asks for a part of it only. */
function isRecord(ground: Ground, day: string, line: Buffer, n: number): boolean {
  const sound = decodeLine(line);
  const json = sound && ground.bodies.open(day, sound.body);
  const read = journalRecord.safeParse(json === undefined ? undefined : JSON.parse(json));
  return read.success && read.data.n === n;
}

/** One segment, sealed or not, line by line. `open`: its end may be on its way to the disk. */
function scanned(
  ground: Ground,
  segment: Segment,
  content: Buffer,
  on: Continuity,
  open: boolean,
): Scanned {
  const { day } = segment;
  const wrong: number[] = [];
  let records = 0;
  const { damage, tail } = scanSegment(
    content,
    segment,
    ground.bodies,
    on,
    (entry, from, length) => {
      records += 1;
      if (!isRecord(ground, day, content.subarray(from, from + length), entry.n)) wrong.push(from);
    },
  );
  if (damage.length === 0 && wrong.length === 0) return { records, faults: [] };
  const lines = [...linesOf(content)];
  const torn = open && tail.torn ? lines.length : 0;
  const found = [
    ...damage.filter(({ line }) => line !== torn).map(({ line, why }) => ({ line, why })),
    ...wrong.map((from) => ({
      line: lines.findIndex(({ offset }) => offset === from) + 1,
      why: 'content' as const,
    })),
  ];
  const faults = found.map(({ line, why }): Fault => {
    const { length = 0, offset = 0 } = lines[line - 1] ?? {};
    const record = numberIn(ground, day, content.subarray(offset, offset + length));
    return { file: segmentName(segment), line, record, why };
  });
  return { records: records - wrong.length, faults };
}

/** A sealed day against its seal; `before`: the seal in front of it. */
async function dayOf(ground: Ground, seal: Seal, before: Seal | undefined): Promise<Scanned> {
  const continuity = continuityBehind(before, ground.identity);
  const faults: Fault[] = [];
  let records = 0;
  for (const { name } of seal.files) {
    const bytes = await readSealed(ground, seal, name);
    const segment = segmentOf(name.replace(/\.gz$/, ''));
    if (bytes === undefined) faults.push(whole(name, 'digest'));
    if (bytes === undefined || segment === undefined) continue;
    const content = expanded(bytes);
    if (content === undefined) faults.push(whole(name, 'content'));
    const found = scanned(ground, segment, content ?? Buffer.alloc(0), continuity, false);
    records += found.records;
    faults.push(...found.faults);
  }
  const holds =
    continuity.chain === seal.chain &&
    continuity.next - 1 === seal.last &&
    records === seal.records;
  // a file that is gone is told by itself
  if (!holds && faults.length === 0) faults.push(whole(sealName(seal.day), 'seal'));
  return { records, faults };
}

async function openDays(ground: Ground, last: Seal | undefined): Promise<Scanned> {
  const { directory, disk, identity } = ground;
  const { cuts, segments } = await listFiles(disk, directory);
  const continuity = continuityBehind(last, identity);
  const faults: Fault[] = cuts.map((name) => whole(name, 'cut'));
  const open = segments.filter(({ day }) => day > (last?.day ?? ''));
  let records = 0;
  for (const [at, segment] of open.entries()) {
    const content = await disk.read(segmentPath(directory, segment));
    const found = scanned(ground, segment, content, continuity, at === open.length - 1);
    records += found.records;
    faults.push(...found.faults);
  }
  return { records, faults };
}

const LOOKS_MAX = 5;

/** `from`: yyyymmdd, the first day whose records are gone through; the seals are gone through all. */
export async function verifyJournal(ground: Ground, from = ''): Promise<Verified> {
  const exported = await readExported(ground.disk, ground.directory);
  const first = [from, exported?.from ?? ''].sort().at(-1) ?? '';
  for (let looks = 1; ; looks += 1) {
    try {
      return await verified(ground, first);
    } catch (error) {
      // the owner has sealed a day and removed its plain segments under our eyes
      if (errno(error) !== 'ENOENT' || looks === LOOKS_MAX) throw error;
    }
  }
}

async function verified(ground: Ground, from: string): Promise<Verified> {
  const { damaged, seals } = await readSeals(ground);
  const skipped = new Set(
    seals.filter(({ day }) => day < from).flatMap(({ files }) => files.map(({ name }) => name)),
  );
  const faults: Fault[] = damaged
    .filter(({ segment, why }) => !(why === 'gone' && skipped.has(segment)))
    .map(({ line, segment, why }) => ({ file: segment, line, record: undefined, why }));
  let sealedRecords = 0;
  const days: string[] = [];
  for (const [at, seal] of seals.entries()) {
    if (seal.day < from) continue;
    days.push(seal.day);
    const found = await dayOf(ground, seal, seals[at - 1]);
    sealedRecords += found.records;
    faults.push(...found.faults);
  }
  const lastSeal = seals.at(-1);
  const open = await openDays(ground, lastSeal);
  faults.push(...open.faults);
  return {
    identity: ground.identity,
    days,
    lastSeal,
    seals,
    sealedRecords,
    openRecords: open.records,
    faults: unique(faults),
  };
}

/** What a seal says was damaged when it was made is found again in its records. */
function unique(faults: readonly Fault[]): Fault[] {
  const seen = new Map(faults.map((fault) => [`${fault.file} ${fault.line} ${fault.why}`, fault]));
  const gone = new Set(faults.filter(({ why }) => why === 'gone').map(({ file }) => file));
  return [...seen.values()].filter(({ file, why }) => !(why === 'digest' && gone.has(file)));
}
