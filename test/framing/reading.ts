/** What a reader says in the end, in one line. */
import { Buffer } from 'node:buffer';
import type { Reading } from '../../src/protocol/framing/framer.ts';
import { PacketReader } from '../../src/protocol/framing/reader.ts';
import type { HeadsFraming } from '../../src/protocol/spec.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export const byteByByte = (whole: Uint8Array): Buffer[] =>
  [...whole].map((byte) => Buffer.from([byte]));

/** `more` · `<packet in hex> +<rest> open` · `FRAME_… why` */
export function verdict(reading: Reading): string {
  if (reading.is === 'more') return 'more';
  if (reading.is === 'broken') return `${reading.code} ${reading.why}`;
  const { packet, rest, staysOpen } = reading;
  return `${hex(packet)}${rest.length > 0 ? ` +${hex(rest)}` : ''}${staysOpen ? ' open' : ''}`;
}

/** Pieces until the reader has made up its mind; what is left of the pieces counts as rest. */
export function read(framing: HeadsFraming, pieces: readonly Uint8Array[], fin = false): string {
  const reader = new PacketReader(framing);
  let reading: Reading = { is: 'more' };
  pieces.forEach((piece, i) => {
    if (reading.is !== 'more') return;
    reading = reader.push(piece);
    if (reading.is !== 'packet') return;
    const rest = Buffer.concat([reading.rest, ...pieces.slice(i + 1)]);
    reading = { ...reading, rest, staysOpen: reading.staysOpen && rest.length === 0 };
  });
  return verdict(reading.is === 'more' && fin ? reader.end() : reading);
}
