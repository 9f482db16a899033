/**
 * Who can read an encrypted journal. Its data key is random and lies in the file `keys`, wrapped by each of two
 * key files of 32 bytes, which lie elsewhere: either opens it. One is used from day to day, the other lies in
 * a safe. Without both the journal is lost for ever.
 *
 *   <directory>/keys   {"v":1,"wrapped":["<base64>","<base64>"]}     AES-256-GCM of the data key, as in bodies.ts
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { YinqiError } from '../errors.ts';
import { seal, unseal } from './bodies.ts';
import { type Disk, errno, writeWhole } from './disk.ts';

export interface KeyFiles {
  readonly keyFile: string;
  /** needed when the `keys` of a journal are made; later either of the two is enough */
  readonly escrowKeyFile?: string | undefined;
}

const FILE = 'keys';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const shape = z.strictObject({ v: z.literal(1), wrapped: z.array(z.base64()).min(1) });

const refused = (path: string, detail: string): YinqiError =>
  new YinqiError('JOURNAL_KEY', { path: `journal.encryption.${path}`, detail });

async function readKey(disk: Disk, path: string, setting: string): Promise<Buffer> {
  let key: Buffer;
  try {
    key = await disk.read(path);
  } catch (error) {
    throw refused(setting, errno(error));
  }
  if (key.length !== KEY_BYTES) throw refused(setting, `${key.length} bytes, not ${KEY_BYTES}`);
  return key;
}

const aboutKey = (identity: string): string => `${identity} data key`;

function wrappedOf(text: string): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw new YinqiError('JOURNAL_DAMAGED', { path: FILE });
  return parsed.data.wrapped;
}

/** The data key, or undefined if the journal has none yet. Throws JOURNAL_KEY if no key file given opens it. */
export async function openKeys(
  disk: Disk,
  directory: string,
  identity: string,
  { escrowKeyFile, keyFile }: KeyFiles,
): Promise<Buffer | undefined> {
  if (!(await hasKeys(disk, directory))) return undefined;
  const wrapped = wrappedOf((await disk.read(join(directory, FILE))).toString('utf8'));
  let why = refused('keyFile', 'it does not open this journal');
  const given: [string, string | undefined][] = [
    ['escrowKeyFile', escrowKeyFile],
    ['keyFile', keyFile],
  ];
  for (const [setting, path] of given) {
    if (path === undefined) continue;
    try {
      const key = await readKey(disk, path, setting);
      for (const one of wrapped) {
        const dataKey = unseal(key, aboutKey(identity), Buffer.from(one, 'base64'));
        if (dataKey !== undefined) return dataKey;
      }
    } catch (error) {
      // the one in the safe need not be there
      if (!(error instanceof YinqiError)) throw error;
      if (setting === 'keyFile') why = error;
    }
  }
  throw why;
}

export interface FreshKeys {
  readonly dataKey: Buffer;
  /** Durable before the first line that needs it. */
  save(): Promise<void>;
}

/** Keys for a journal that has none. Writes nothing yet; throws JOURNAL_KEY if they cannot be made. */
export async function freshKeys(
  disk: Disk,
  directory: string,
  identity: string,
  { escrowKeyFile, keyFile }: KeyFiles,
): Promise<FreshKeys> {
  if (escrowKeyFile === undefined) throw refused('escrowKeyFile', 'needed to make the keys');
  const keys = [
    await readKey(disk, keyFile, 'keyFile'),
    await readKey(disk, escrowKeyFile, 'escrowKeyFile'),
  ];
  if (keys[0]?.equals(keys[1] ?? Buffer.alloc(0))) throw refused('escrowKeyFile', 'the same key');
  const dataKey = randomBytes(KEY_BYTES);
  const wrapped = keys.map((key) =>
    seal(key, randomBytes(NONCE_BYTES), aboutKey(identity), dataKey).toString('base64'),
  );
  const text = `${JSON.stringify({ v: 1, wrapped })}\n`;
  const save = (): Promise<void> =>
    writeWhole(disk, directory, join(directory, FILE), Buffer.from(text));
  return { dataKey, save };
}

/** Whether the journal says of itself that it is encrypted. */
export const hasKeys = async (disk: Disk, directory: string): Promise<boolean> =>
  (await disk.list(directory)).includes(FILE);
