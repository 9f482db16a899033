/** Which journal this is: a random name made once, so that Redis can remember which one a link was run with. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { YinqiError } from '../errors.ts';
import { type Disk, errno, writeWhole } from './disk.ts';

const FILE = 'identity';
const IDENTITY_BYTES = 16;
const SHAPE = /^[0-9a-f]{32}\n$/;

/** Undefined if there is none. A file that is not ours is never replaced. */
export async function readIdentity(disk: Disk, directory: string): Promise<string | undefined> {
  let text: string;
  try {
    text = (await disk.read(join(directory, FILE))).toString('latin1');
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined;
    throw error;
  }
  if (!SHAPE.test(text)) throw new YinqiError('JOURNAL_DAMAGED', { path: FILE });
  return text.trimEnd();
}

export const freshIdentity = (): string => randomBytes(IDENTITY_BYTES).toString('hex');

/** Durable, with its name, before it is given out. */
export async function makeIdentity(
  disk: Disk,
  directory: string,
  identity: string,
): Promise<string> {
  await writeWhole(disk, directory, join(directory, FILE), Buffer.from(`${identity}\n`));
  return identity;
}
