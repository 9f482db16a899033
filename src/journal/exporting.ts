/**
 * Sealed days copied out of a journal, so that they can be kept and verified elsewhere: their files as they are,
 * all seals up to them (they prove where the first day continues), and what opens them.
 *
 *   <out>/export.json                     {"v":1,"journal":…,"from":…,"to":…,"seal":…}: which days are in it
 *   <out>/identity, keys                  as in the journal; the key files themselves are never copied, nor hash-key
 *   <out>/sealed/…                        seals, indexes, compressed segments
 */
import { join } from 'node:path';
import { z } from 'zod';
import { YinqiError } from '../errors.ts';
import { type Disk, errno, makeDirectory, writeWhole } from './disk.ts';
import { readSeals } from './sealing/remembering.ts';
import { type Seal, sealedDirectory, sealName } from './sealing/seal.ts';
import { type Ground, readSealed } from './sealing/shelf.ts';

const FILE = 'export.json';
const day = z.string().regex(/^\d{8}$/);
const shape = z.strictObject({
  v: z.literal(1),
  /** identity of the journal */
  journal: z.string(),
  from: day,
  to: day,
  /** hash of the seal of the last day */
  seal: z.string(),
});
export type Exported = z.infer<typeof shape>;

async function readIf(disk: Disk, path: string): Promise<Buffer | undefined> {
  try {
    return await disk.read(path);
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** What an exported copy says it holds; undefined: it is no copy. */
export async function readExported(disk: Disk, directory: string): Promise<Exported | undefined> {
  const bytes = await readIf(disk, join(directory, FILE));
  if (bytes === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new YinqiError('JOURNAL_DAMAGED', { path: FILE, cause });
  }
}

export interface Range {
  /** yyyymmdd; by default the first sealed day */
  readonly from?: string | undefined;
  /** by default the last sealed day */
  readonly to?: string | undefined;
}

const refused = (path: string, detail: string): YinqiError =>
  new YinqiError('CONFIG_INVALID', { path, detail });

/** Days that are sealed; those that are not yet cannot be exported, for nothing proves their end. */
function wanted(seals: readonly Seal[], { from, to }: Range): readonly Seal[] {
  const last = seals.at(-1)?.day;
  if (last === undefined) throw refused('--to', 'no day of this journal is sealed yet');
  if (to !== undefined && to > last) throw refused('--to', `the last sealed day is ${last}`);
  const found = seals.filter((one) => one.day >= (from ?? '') && one.day <= (to ?? last));
  if (found.length === 0) throw refused('--from', 'no sealed day is in the range');
  return found;
}

/** Copies and syncs; a file that is not as it was sealed is refused. `out` must not exist, or be empty. */
export async function exportDays(ground: Ground, out: string, range: Range): Promise<Exported> {
  const { directory, disk, identity } = ground;
  const { seals } = await readSeals(ground);
  const days = wanted(seals, range);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) throw refused('--from', 'no day');
  await makeDirectory(disk, out);
  if ((await disk.list(out)).length > 0) throw refused('--out', 'the directory is not empty');
  const folder = sealedDirectory(out);
  await makeDirectory(disk, folder);
  const write = (place: string, name: string, bytes: Buffer): Promise<void> =>
    writeWhole(disk, place, join(place, name), bytes);
  for (const name of ['identity', 'keys']) {
    const bytes = await readIf(disk, join(directory, name));
    if (bytes !== undefined) await write(out, name, bytes);
  }
  for (const seal of days) {
    for (const { name } of seal.files) {
      const bytes = await readSealed(ground, seal, name);
      if (bytes === undefined) throw new YinqiError('JOURNAL_DAMAGED', { path: name });
      await write(folder, name, bytes);
    }
  }
  for (const seal of seals.filter((one) => one.day <= last.day)) {
    const name = sealName(seal.day);
    await write(folder, name, await disk.read(join(sealedDirectory(directory), name)));
  }
  const exported: Exported = {
    v: 1,
    journal: identity,
    from: first.day,
    to: last.day,
    seal: last.hash,
  };
  await write(out, FILE, Buffer.from(`${JSON.stringify(exported)}\n`));
  return exported;
}
