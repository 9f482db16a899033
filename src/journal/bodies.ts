/**
 * How the JSON of a record stands in its line: as it is, or encrypted.
 *
 *   clear       {"n":12,"at":…,"kind":"send",…}
 *   encrypted   {"n":12,"e":"<base64 of: nonce, 12 bytes ‖ AES-256-GCM of the JSON ‖ tag, 16 bytes>"}
 *
 * Each business day has a key of its own, made of the data key; nonces are random, and a day is far from the
 * 2³² lines one key may have. The number of the record and the journal it belongs to are authenticated, so a
 * line cannot stand for another. A journal may begin clear and go on encrypted: both are read.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { YinqiError } from '../errors.ts';

export interface Bodies {
  /** Body of the line of record `n` in a segment of `day`. */
  close(n: number, day: string, json: string): Buffer;
  /** Its JSON; undefined if it is none that was closed so. Throws JOURNAL_KEY if there is no key for it. */
  open(day: string, body: Buffer): string | undefined;
  /** A file beside the segments, whole; the same bytes in are the same bytes out. */
  closeFile(name: string, bytes: Buffer): Buffer;
  openFile(name: string, bytes: Buffer): Buffer | undefined;
}

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ENCRYPTED = /^\{"n":\d+,"e":"/;

const encrypted = z.strictObject({ n: z.number().int().positive(), e: z.base64() });

export function seal(key: Uint8Array, nonce: Uint8Array, about: string, text: Uint8Array): Buffer {
  const cipher = createCipheriv(ALGORITHM, key, nonce);
  cipher.setAAD(Buffer.from(about));
  const first = cipher.update(text);
  const rest = cipher.final();
  return Buffer.concat([nonce, first, rest, cipher.getAuthTag()]);
}

/** Undefined: another key, another `about`, or other bytes than `seal` gave. */
export function unseal(key: Uint8Array, about: string, sealed: Buffer): Buffer | undefined {
  const end = sealed.length - TAG_BYTES;
  if (end < NONCE_BYTES) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(about));
  decipher.setAuthTag(sealed.subarray(end));
  const first = decipher.update(sealed.subarray(NONCE_BYTES, end));
  try {
    return Buffer.concat([first, decipher.final()]);
  } catch {
    return undefined;
  }
}

const keyless = (): YinqiError =>
  new YinqiError('JOURNAL_KEY', { path: 'journal.encryption', detail: 'the journal is encrypted' });
const looksEncrypted = (body: Buffer): boolean =>
  ENCRYPTED.test(body.toString('latin1', 0, Math.min(body.length, 40)));

export const clearBodies: Bodies = {
  close: (_n, _day, json) => Buffer.from(json, 'utf8'),
  open: (_day, body) => {
    if (looksEncrypted(body)) throw keyless();
    return body.toString('utf8');
  },
  closeFile: (_name, bytes) => bytes,
  openFile: (_name, bytes) => bytes,
};

function bodyOf(body: Buffer): z.infer<typeof encrypted> | undefined {
  try {
    return encrypted.safeParse(JSON.parse(body.toString('latin1'))).data;
  } catch {
    return undefined;
  }
}

export function encryptedBodies(dataKey: Buffer, identity: string): Bodies {
  const derive = (what: string): Buffer =>
    Buffer.from(hkdfSync('sha256', dataKey, identity, what, KEY_BYTES));
  const days = new Map<string, Buffer>();
  const keyOf = (day: string): Buffer => {
    const known = days.get(day) ?? derive(`lines of ${day}`);
    days.set(day, known);
    return known;
  };
  const about = (n: number): string => `${identity} record ${n}`;
  const [fileKey, nonceKey] = [derive('files'), derive('nonces of files')];
  return {
    close: (n, day, json) => {
      const sealed = seal(keyOf(day), randomBytes(NONCE_BYTES), about(n), Buffer.from(json));
      return Buffer.from(`{"n":${n},"e":"${sealed.toString('base64')}"}`, 'latin1');
    },
    open: (day, body) => {
      if (!looksEncrypted(body)) return body.toString('utf8');
      const read = bodyOf(body);
      if (read === undefined) return undefined;
      return unseal(keyOf(day), about(read.n), Buffer.from(read.e, 'base64'))?.toString('utf8');
    },
    // a child that was left behind by its parent may make the same file once more: its bytes must be the same
    closeFile: (name, bytes) => {
      const nonce = createHmac('sha256', nonceKey).update(`${name}\n`).update(bytes).digest();
      return seal(fileKey, nonce.subarray(0, NONCE_BYTES), `${identity} ${name}`, bytes);
    },
    openFile: (name, bytes) => unseal(fileKey, `${identity} ${name}`, bytes),
  };
}
