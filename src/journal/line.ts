/**
 * One record as it lies in a segment. Body in, bytes out, and back; no files here.
 *
 *   +---------+----+-----------------------+----+------------------------+----+
 *   | crc32   | SP | chain                 | SP | body, UTF-8            | LF |
 *   +---------+----+-----------------------+----+------------------------+----+
 *     8 hex     1    64 hex                  1    has no LF of its own     1
 *
 *   chain = SHA-256( chain of the line before, as 64 hex ‖ body )     of the first line: see `chainStart`
 *   crc32   over  chain SP body
 *
 * The checksum finds a torn or rotten line, and needs no other line for it. The chain finds one that was
 * changed, removed, put in or put elsewhere, from the first such line on, through all segments: an auditor
 * recomputes it with `printf '%s' "$chain$body" | sha256sum`. Neither stops whoever owns the disk from writing
 * everything anew: that is what the hash of a day's seal outside of it is for.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

const CHECKSUM_BYTES = 8;
const CHAIN_BYTES = 64;
const CHAIN_AT = CHECKSUM_BYTES + 1;
const BODY_AT = CHAIN_AT + CHAIN_BYTES + 1;
const LF = 0x0a;
const SPACE = 0x20;

/** What the first line of a journal continues: a line of another journal does not fit in. 64 hex. */
export const chainStart = (identity: string): string =>
  createHash('sha256').update(`yinqi journal ${identity}`).digest('hex');

export const chainOf = (previous: string, body: Uint8Array): string =>
  createHash('sha256').update(previous, 'latin1').update(body).digest('hex');

export function encodeLine(previous: string, body: Buffer): { chain: string; bytes: Buffer } {
  const chain = chainOf(previous, body);
  const bytes = Buffer.allocUnsafe(BODY_AT + body.length + 1);
  bytes.write(` ${chain} `, CHECKSUM_BYTES, 'latin1');
  body.copy(bytes, BODY_AT);
  const last = BODY_AT + body.length;
  const sum = crc32(bytes.subarray(CHAIN_AT, last));
  bytes.write(sum.toString(16).padStart(CHECKSUM_BYTES, '0'), 0, 'latin1');
  bytes[last] = LF;
  return { chain, bytes };
}

/** A line that is as it was written. Whether it continues the one before is the question of `chainOf`. */
export interface Sound {
  /** 64 hex */
  readonly chain: string;
  readonly body: Buffer;
}

/** Undefined if the bytes are no whole line (with its LF). */
export function decodeLine(line: Buffer): Sound | undefined {
  const last = line.length - 1;
  if (last < BODY_AT || line[last] !== LF) return undefined;
  if (line[CHECKSUM_BYTES] !== SPACE || line[BODY_AT - 1] !== SPACE) return undefined;
  const sum = crc32(line.subarray(CHAIN_AT, last)).toString(16).padStart(CHECKSUM_BYTES, '0');
  if (line.toString('latin1', 0, CHECKSUM_BYTES) !== sum) return undefined;
  const chain = line.toString('latin1', CHAIN_AT, BODY_AT - 1);
  return { chain, body: line.subarray(BODY_AT, last) };
}

export interface Line {
  /** byte where it starts in its segment */
  readonly offset: number;
  /** with its LF, if it has one */
  readonly length: number;
  /** false only for the last line of a segment, when its LF is missing */
  readonly ended: boolean;
  /** undefined: torn or rotten */
  readonly sound: Sound | undefined;
}

/** The lines of a segment, lazily: a long one is not held as text all at once. */
export function* linesOf(segment: Buffer): Generator<Line, void, undefined> {
  let offset = 0;
  while (offset < segment.length) {
    const at = segment.indexOf(LF, offset);
    const end = at === -1 ? segment.length : at + 1;
    const line = segment.subarray(offset, end);
    yield { offset, length: line.length, ended: at !== -1, sound: decodeLine(line) };
    offset = end;
  }
}
