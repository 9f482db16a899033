/**
 * One record as it lies in a segment. Record JSON in, bytes out, and back; no files here.
 *
 *   +----------+----+--------------------------------+----+
 *   | crc32    | SP | JSON of the record, UTF-8      | LF |
 *   +----------+----+--------------------------------+----+
 *     8 hex      1    has no LF of its own             1
 *
 * The checksum is over the JSON bytes alone. It finds torn and rotten lines; it does not stop a forger.
 */
import { crc32 } from 'node:zlib';

const CHECKSUM_BYTES = 8;
const OVERHEAD_BYTES = CHECKSUM_BYTES + 2;
const LF = 0x0a;
const SPACE = 0x20;

const checksum = (json: Uint8Array): string =>
  crc32(json).toString(16).padStart(CHECKSUM_BYTES, '0');

export function encodeLine(json: string): Buffer {
  const body = Buffer.from(json, 'utf8');
  return Buffer.concat([Buffer.from(`${checksum(body)} `), body, Buffer.from('\n')]);
}

/** The JSON text of a whole line (with its LF), or undefined if the bytes are no such line. */
export function decodeLine(line: Buffer): string | undefined {
  const last = line.length - 1;
  if (line.length < OVERHEAD_BYTES || line[last] !== LF || line[CHECKSUM_BYTES] !== SPACE) {
    return undefined;
  }
  const body = line.subarray(CHECKSUM_BYTES + 1, last);
  return line.toString('latin1', 0, CHECKSUM_BYTES) === checksum(body)
    ? body.toString('utf8')
    : undefined;
}

export interface Line {
  /** byte where it starts in its segment */
  readonly offset: number;
  /** with its LF, if it has one */
  readonly length: number;
  /** false only for the last line of a segment, when its LF is missing */
  readonly ended: boolean;
  /** undefined: torn or rotten */
  readonly json: string | undefined;
}

/** The lines of a segment, lazily: a long one is not held as text all at once. */
export function* linesOf(segment: Buffer): Generator<Line, void, undefined> {
  let offset = 0;
  while (offset < segment.length) {
    const at = segment.indexOf(LF, offset);
    const end = at === -1 ? segment.length : at + 1;
    const line = segment.subarray(offset, end);
    yield { offset, length: line.length, ended: at !== -1, json: decodeLine(line) };
    offset = end;
  }
}
