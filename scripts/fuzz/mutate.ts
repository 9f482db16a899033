/** One input → another that is nearly it. All chance is the caller's: the same numbers make the same bytes. */
import { Buffer } from 'node:buffer';

type Chance = () => number;

/** What parsers stumble over: marks of XML and of lists, halves of characters, numbers at their limits. */
const TOKENS = [
  '',
  '<',
  '</',
  ']]>',
  '<!DOCTYPE a [<!ENTITY b "cc">]>',
  '&b;',
  '&#x110000;',
  '&#0;',
  '<row>',
  '</stream>',
  '<?xml version="1.0"?>',
  '<__proto__>',
  'constructor',
  '&',
  '&&&&',
  '\r\n\r\n',
  '\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Content-Length: 99999999999999999999\r\n',
  'ffffffff\r\n',
  '0\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  '99999999999999999999',
  '-1',
  '0x10',
  '1e9',
  '0.000',
  '\u0000',
  '\ud800',
  '{"__proto__":1}',
  '[[[[[[[[[[[[[[[[',
  '"',
  '\\',
].map((text) => Buffer.from(text, 'utf8'));
const HALVES = [[0x81], [0x81, 0x30], [0x81, 0x30, 0x81], [0xfe, 0x7f], [0xff], [0xe4, 0xbd]].map(
  (bytes) => Buffer.from(bytes),
);
const REPEATS_MAX = 2_000;

const below = (random: Chance, n: number): number => Math.floor(random() * n);
const pick = <T>(random: Chance, all: readonly T[]): T | undefined =>
  all[below(random, all.length)];

function once(random: Chance, bytes: Buffer, others: readonly Uint8Array[]): Buffer {
  const at = below(random, bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + below(random, 16));
  const [before, between, after] = [
    bytes.subarray(0, at),
    bytes.subarray(at, to),
    bytes.subarray(to),
  ];
  const token = pick(random, random() < 0.7 ? TOKENS : HALVES) ?? Buffer.alloc(0);
  switch (below(random, 9)) {
    case 0: {
      const turned = Buffer.from(bytes);
      if (at < bytes.length) turned[at] = (turned[at] ?? 0) ^ (1 << below(random, 8));
      return turned;
    }
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return Buffer.concat([before, between, between, after]);
    case 3:
      return Buffer.concat([before, token, between, after]);
    case 4:
      return Buffer.concat([before, token, after]);
    case 5:
      return before;
    case 6: {
      const many = Array.from({ length: below(random, REPEATS_MAX) }, () => token);
      return Buffer.concat([before, ...many, between, after]);
    }
    case 7: {
      const other = pick(random, others) ?? bytes;
      return Buffer.concat([before, other.subarray(below(random, other.length + 1))]);
    }
    default: {
      // another digit where one stands: lengths, counts, codes
      const digits = Buffer.from(bytes);
      for (let i = at; i < digits.length; i += 1) {
        const byte = digits[i] ?? 0;
        if (byte < 0x30 || byte > 0x39) continue;
        digits[i] = 0x30 + below(random, 10);
        break;
      }
      return digits;
    }
  }
}

/** One to four changes of `bytes`; never longer than `bytesMax`. */
export function mutate(
  random: Chance,
  bytes: Uint8Array,
  others: readonly Uint8Array[],
  bytesMax: number,
): Uint8Array {
  let made: Buffer = Buffer.from(bytes);
  for (let left = 1 + below(random, 4); left > 0; left -= 1) {
    made = once(random, made, others).subarray(0, bytesMax);
  }
  return made;
}
