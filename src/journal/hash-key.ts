/**
 * The key under which the journal keeps secrets (`mask: secret` of a spec): who has the journal and not this
 * file can neither read them nor try them out. Made once, beside the journal, for its owner alone, and never
 * exported with it. Where it was lost a new one is made: older hashes can then be compared among each other only,
 * as can those of an imported journal, which had a key of its own.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { YinqiError } from '../errors.ts';
import { type Disk, errno, writeWhole } from './disk.ts';

const FILE = 'hash-key';
const KEY_BYTES = 32;
const SHAPE = /^[0-9a-f]{64}\n$/;

async function readKey(disk: Disk, path: string): Promise<string | undefined> {
  try {
    return (await disk.read(path)).toString('latin1');
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Text → `hmac-sha256:` and 64 hex. Throws JOURNAL_DAMAGED for a file that is no key of ours. */
export async function openHashKey(
  disk: Disk,
  directory: string,
): Promise<(value: string) => string> {
  const path = join(directory, FILE);
  let text = await readKey(disk, path);
  if (text === undefined) {
    text = `${randomBytes(KEY_BYTES).toString('hex')}\n`;
    await writeWhole(disk, directory, path, Buffer.from(text));
  }
  if (!SHAPE.test(text)) throw new YinqiError('JOURNAL_DAMAGED', { path: FILE });
  const key = Buffer.from(text.trimEnd(), 'hex');
  return (value) => `hmac-sha256:${createHmac('sha256', key).update(value, 'utf8').digest('hex')}`;
}
