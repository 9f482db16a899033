/**
 * A front end that does everything wrong that bytes can do, by the numbers of a seed. Its packets are made by
 * hand, after Ping An's head of 222 bytes: length at 30, service at 51, reference at 67.
 */
import { Buffer } from 'node:buffer';

export type Random = () => number;

/** mulberry32: the same numbers for the same seed, everywhere. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const below = (random: Random, most: number): number => Math.floor(random() * most);
export const oneOf = <T>(random: Random, all: readonly [T, ...T[]]): T =>
  all[below(random, all.length)] ?? all[0];

export const HEAD = 222;
export const keyIn = (packet: Uint8Array): string =>
  Buffer.from(packet).subarray(67, 87).toString('latin1').trimEnd();

/** What the peer does to a connection, so many ms after the last thing it did. */
export type Deed =
  | { readonly after: number; readonly bytes: Buffer }
  | { readonly after: number; readonly does: 'end' | 'reset' };

export interface Asking {
  /** the answer as it should be */
  readonly answer: Buffer;
  /** the same, for another request that is on the way, or for nobody */
  readonly other: Buffer;
  readonly random: Random;
}

export function answerTo(request: Buffer, key = keyIn(request)): Buffer {
  const body = `<Result><ThirdVoucher>${key}</ThirdVoucher></Result>`;
  const text = request.toString('latin1');
  const length = String(body.length).padStart(10, '0');
  const before = `${text.slice(0, 30)}${length}${text.slice(40, 51)}02${text.slice(53, 67)}`;
  const head = `${before}${key.padEnd(20)}000000${text.slice(93, HEAD)}`;
  return Buffer.from(head + body, 'latin1');
}

const send = (bytes: Buffer, after = 5): Deed => ({ after, bytes });
const end: Deed = { after: 5, does: 'end' };
const reset: Deed = { after: 5, does: 'reset' };

function pieces(bytes: Buffer, random: Random): Deed[] {
  const deeds: Deed[] = [];
  for (let at = 0; at < bytes.length; ) {
    const to = at + 1 + below(random, 120);
    deeds.push(send(bytes.subarray(at, to), below(random, 900)));
    at = to;
  }
  return deeds;
}

const half = ({ answer, random }: Asking): Deed =>
  send(answer.subarray(0, 1 + below(random, answer.length - 1)));

function withLength({ answer }: Asking, length: string): Buffer {
  const changed = Buffer.from(answer);
  changed.write(length.padStart(10), 30, 'latin1');
  return changed;
}

const longer = (asking: Asking, by: number): Deed =>
  send(withLength(asking, String(asking.answer.length - HEAD + by).padStart(10, '0')));

function flipped({ answer, random }: Asking): Buffer {
  const changed = Buffer.from(answer);
  changed[below(random, changed.length)] = below(random, 256);
  return changed;
}

const noise = (random: Random): Buffer =>
  Buffer.from(Array.from({ length: 1 + below(random, 600) }, () => below(random, 256)));

/** longer than any deadline, and sometimes longer than whoever waits for a late answer */
const late = (random: Random): number => 60_000 + below(random, 640_000);

export const honest = ({ answer, random }: Asking): Deed[] => [send(answer, below(random, 3_000))];

export const FAULTS: Readonly<Record<string, (asking: Asking) => Deed[]>> = {
  'half a frame, then close': (asking) => [half(asking), end],
  'half a frame, then reset': (asking) => [half(asking), reset],
  'half a frame, then silence': (asking) => [half(asking)],
  'half a frame, then late': (asking) => {
    const at = 1 + below(asking.random, asking.answer.length - 1);
    const rest = asking.answer.subarray(at);
    return [send(asking.answer.subarray(0, at)), send(rest, below(asking.random, 90_000))];
  },
  'the answer twice in one segment': ({ answer }) => [send(Buffer.concat([answer, answer]))],
  'another behind it in one segment': ({ answer, other }) => [send(Buffer.concat([answer, other]))],
  'another before it in one segment': ({ answer, other }) => [send(Buffer.concat([other, answer]))],
  'one byte a segment': ({ answer }) => [...answer].map((byte) => send(Buffer.from([byte]), 1)),
  'in pieces': ({ answer, random }) => pieces(answer, random),
  'a length one too long': (asking) => [longer(asking, 1)],
  'a length one too short': (asking) => [longer(asking, -1)],
  'a length of nothing': (asking) => [send(withLength(asking, ''))],
  'a length of letters': (asking) => [send(withLength(asking, 'length'))],
  'a negative length': (asking) => [send(withLength(asking, '-1'))],
  'a length beyond all limits': (asking) => [send(withLength(asking, '9999999999'))],
  'the serial of another': ({ other }) => [send(other)],
  'no serial': ({ answer }) => [send(answerTo(answer, ''))],
  'the answer twice': ({ answer, random }) => [send(answer), send(answer, below(random, 4_000))],
  'the answer, then another': ({ answer, other, random }) => [
    send(answer),
    send(other, below(random, 4_000)),
  ],
  'close, then the answer': ({ answer }) => [end, send(answer)],
  'reset, then the answer': ({ answer }) => [reset, send(answer)],
  'close instead of an answer': () => [end],
  'reset instead of an answer': () => [reset],
  silence: () => [],
  'a late answer': ({ answer, random }) => [send(answer, late(random))],
  'a late answer of another': ({ other, random }) => [send(other, late(random))],
  'a late answer, twice': ({ answer, random }) => [send(answer, late(random)), send(answer)],
  'one byte changed': (asking) => [send(flipped(asking))],
  noise: ({ random }) => [send(noise(random))],
  'another protocol': () => [send(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))],
};
