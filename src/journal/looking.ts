/** A journal directory as whoever only reads it needs it: which journal it is, and what opens its records. */
import { YinqiError } from '../errors.ts';
import { clearBodies, encryptedBodies } from './bodies.ts';
import { type Disk, realDisk } from './disk.ts';
import { readIdentity } from './identity.ts';
import { type KeyFiles, openKeys } from './keys.ts';
import type { Ground } from './sealing/shelf.ts';

export interface Looking {
  /** either of the two opens it */
  readonly encryption?: KeyFiles | undefined;
  readonly disk?: Disk | undefined;
}

/**
 * Throws CONFIG_INVALID where there is no journal, and JOURNAL_KEY where no key given opens it; without any key the first
 * encrypted record throws that.
 */
export async function groundOfLook(
  directory: string,
  { disk = realDisk, encryption }: Looking,
): Promise<Ground> {
  const identity = await readIdentity(disk, directory);
  if (identity === undefined) {
    throw new YinqiError('CONFIG_INVALID', { path: 'journal.directory', detail: 'no journal' });
  }
  const key = encryption && (await openKeys(disk, directory, identity, encryption));
  const bodies = key === undefined ? clearBodies : encryptedBodies(key, identity);
  return { disk, directory, identity, bodies };
}
