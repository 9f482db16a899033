/** Which journal this is: a random name made once, so that Redis can remember which one a link was run with. */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { YinqiError } from '../errors.ts';
import { type Disk, FILE_MODE } from './disk.ts';

const FILE = 'identity';
const IDENTITY_BYTES = 16;
const SHAPE = /^[0-9a-f]{32}\n$/;

/** Undefined if there is none. A file that is not ours is never replaced. */
export async function readIdentity(directory: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(join(directory, FILE), 'latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  if (!SHAPE.test(text)) throw new YinqiError('JOURNAL_DAMAGED', { path: FILE });
  return text.trimEnd();
}

/** Durable, with its name, before it is given out. */
export async function makeIdentity(directory: string, disk: Disk): Promise<string> {
  const identity = randomBytes(IDENTITY_BYTES).toString('hex');
  const draft = join(directory, `${FILE}.new`);
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', FILE_MODE);
  try {
    await file.writeFile(`${identity}\n`);
    await disk.datasync(file);
  } finally {
    await file.close();
  }
  await rename(draft, join(directory, FILE));
  await disk.syncDirectory(directory);
  return identity;
}
