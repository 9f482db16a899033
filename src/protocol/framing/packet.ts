/**
 * Parts of heads and a body ↔ the bytes of one packet. Lengths and constants are filled in and checked
 * here; what goes into the other parts is said by head-values.ts. All widths are encoded bytes.
 */
import { Buffer } from 'node:buffer';
import { YinqiError } from '../../errors.ts';
import { type Charset, decodeText, encodeText } from '../charset.ts';
import { forbidden } from '../field.ts';
import type { HeadPart, HeadsFraming } from '../spec.ts';
import { layoutOf, numberIn, type PlacedPart, padded, withoutPad } from './layout.ts';
import { PacketReader } from './reader.ts';

export interface Packet {
  /** part → value with the pad taken off; a part that holds nothing but pad is left out */
  readonly head: Record<string, string>;
  readonly body: Uint8Array;
}

const pathOf = (part: HeadPart): string => `head.${part.name}`;

function tooLong(part: HeadPart, bytes: number): YinqiError {
  const detail = `${bytes} bytes, at most ${part.bytes}`;
  return new YinqiError('FIELD_TOO_LONG', { path: pathOf(part), detail });
}

function valueBytes(
  { part, beyondBody }: PlacedPart,
  charset: Charset,
  head: Readonly<Record<string, string>>,
  bodyBytes: number,
): Uint8Array {
  if (part.length !== undefined) {
    const number = (beyondBody + bodyBytes).toString(part.radix).toUpperCase();
    return Buffer.from(number, 'latin1');
  }
  const given = Object.hasOwn(head, part.name) ? (head[part.name] ?? '') : '';
  if (forbidden.test(given)) throw new YinqiError('FIELD_FORMAT', { path: pathOf(part) });
  return encodeText(given, charset, pathOf(part));
}

/**
 * One packet. What `head` says of constants and lengths is not looked at; what it does not name is pad.
 * FIELD_TOO_LONG FIELD_FORMAT (control characters) and FIELD_UNENCODABLE name the part as
 * `head.x`; FIELD_UNKNOWN: no such part.
 */
export function packetBytes(
  framing: HeadsFraming,
  charset: Charset,
  head: Readonly<Record<string, string>>,
  body: Uint8Array,
): Uint8Array {
  const { parts } = layoutOf(framing);
  const unknown = Object.keys(head).find((name) => !parts.some(({ part }) => part.name === name));
  if (unknown !== undefined) throw new YinqiError('FIELD_UNKNOWN', { path: `head.${unknown}` });
  const pieces = parts.map((placed): Uint8Array => {
    if (placed.fixed !== undefined) return placed.fixed;
    const value = valueBytes(placed, charset, head, body.length);
    if (value.length > placed.part.bytes) throw tooLong(placed.part, value.length);
    return padded(placed.part, value);
  });
  return Buffer.concat([...pieces, body]);
}

/**
 * Values cut to what their parts take, between two characters and never inside one: for a bank that would
 * rather say half a sentence than nothing. The gateway never sends what was cut.
 */
export function cutToFit(
  framing: HeadsFraming,
  charset: Charset,
  head: Readonly<Record<string, string>>,
): Record<string, string> {
  const widths = new Map(layoutOf(framing).parts.map(({ part }) => [part.name, part.bytes]));
  const cut = Object.entries(head).map(([name, value]): [string, string] => {
    const chars = [...value];
    const width = widths.get(name) ?? 0;
    while (encodeText(chars.join(''), charset, `head.${name}`).length > width) chars.pop();
    return [name, chars.join('')];
  });
  return Object.fromEntries(cut);
}

function wholePacket(framing: HeadsFraming, bytes: Uint8Array): void {
  const reader = new PacketReader(framing);
  const pushed = reader.push(bytes);
  const reading = pushed.is === 'more' ? reader.end() : pushed;
  if (reading.is === 'broken') throw new YinqiError(reading.code, { detail: reading.why });
  if (reading.is === 'packet' && reading.rest.length > 0) {
    throw new YinqiError('FRAME_INVALID', { detail: 'bytes behind the packet' });
  }
}

function textOf({ part, from, to }: PlacedPart, charset: Charset, bytes: Uint8Array): string {
  const own = bytes.subarray(from, to);
  // a length is a number, whatever it is padded with: 0 is no pad
  if (part.length !== undefined) return String(numberIn(part, own));
  return withoutPad(part, decodeText(own, charset));
}

/** Exactly one whole packet; FRAME_INVALID or FRAME_TOO_LARGE if it is none, or more. */
export function readPacket(framing: HeadsFraming, charset: Charset, bytes: Uint8Array): Packet {
  wholePacket(framing, bytes);
  const layout = layoutOf(framing);
  const values = layout.parts.map((placed) => [placed.part.name, textOf(placed, charset, bytes)]);
  const head = Object.fromEntries(values.filter(([, value]) => value !== ''));
  return { head, body: bytes.subarray(layout.bytes) };
}

/** What a packet carries in one part, as bytes say it: to be compared, not to be shown. */
export function keyOf(framing: HeadsFraming, name: string, packet: Uint8Array): string {
  const placed = layoutOf(framing).parts.find(({ part }) => part.name === name);
  if (placed === undefined) throw new YinqiError('SPEC_INVALID', { path: 'correlation' });
  const own = Buffer.from(packet.subarray(placed.from, placed.to)).toString('latin1');
  return withoutPad(placed.part, own);
}
