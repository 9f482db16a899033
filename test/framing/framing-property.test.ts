/** Any framing, any packet, any pieces: read as it was written. A failure prints its seed and path. */
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packetBytes, readPacket } from '../../src/protocol/framing/packet.ts';
import { PacketReader } from '../../src/protocol/framing/reader.ts';
import type { HeadsFraming } from '../../src/protocol/spec.ts';
import { framingOf, framings, part } from './framings.ts';
import { byteByByte, read } from './reading.ts';

const LENGTHS = ['packet', 'after-part', 'after-head', 'body'] as const;
const sides = { align: fc.constantFrom('left', 'right'), pad: fc.constantFrom(' ', '0') };

/** zeros behind a length are digits: a length on the left is padded with spaces */
const lengthPart = fc
  .record({
    ...sides,
    bytes: fc.integer({ min: 5, max: 10 }),
    length: fc.constantFrom(...LENGTHS),
    radix: fc.constantFrom(10, 16),
  })
  .map(({ bytes, ...more }) => ({
    bytes,
    more: more.align === 'left' ? { ...more, pad: ' ' } : more,
  }));
const fixedPart = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom('', '0', 'A'))
  .map(([bytes, fixed]) => ({ bytes, more: { fixed } }));
const freePart = fc
  .record({ bytes: fc.integer({ min: 1, max: 12 }), ...sides })
  .map(({ bytes, ...more }) => ({ bytes, more }));

const someHeads = fc
  .array(fc.array(fc.oneof(lengthPart, fixedPart, freePart), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((heads) =>
    heads.map((parts, i) => ({
      name: `h${i}`,
      parts: parts.map(({ bytes, more }, j) => part(`p${i}x${j}`, bytes, more)),
    })),
  );

/** Counted where a length is among the parts, else up to a tag. */
const someFraming: fc.Arbitrary<HeadsFraming> = someHeads.map((heads) => {
  const counted = heads.some(({ parts }) => parts.some((one) => Object.hasOwn(one, 'length')));
  return framingOf({ heads, ...(counted ? {} : { end: { tag: '</TX>' } }) });
});

const words = fc.array(fc.constantFrom('a', '1', '样', '例', '-', 'Z'), { maxLength: 12 });

const somePacket = fc
  .tuple(someFraming, fc.infiniteStream(words), fc.string({ maxLength: 200, unit: 'binary-ascii' }))
  .map(([framing, texts, ascii]) => {
    const head: Record<string, string> = {};
    for (const one of framing.heads.flatMap(({ parts }) => parts)) {
      if (one.length !== undefined || one.fixed !== undefined) continue;
      const chars = texts.next().value ?? [];
      // every character counted as two bytes: what is left fits
      const value = chars.slice(0, Math.floor(one.bytes / 2)).join('');
      if (value !== '') head[one.name] = value;
    }
    const tag = framing.end === 'length' ? '' : '</TX>';
    return { framing, head, body: Buffer.from(ascii.replaceAll('<', '') + tag) };
  });

const cut = (whole: Buffer, at: readonly number[]): Buffer[] => {
  const places = [...new Set([0, ...at.map((one) => one % (whole.length + 1)), whole.length])];
  places.sort((a, b) => a - b);
  return places.slice(1).map((to, i) => whole.subarray(places[i], to));
};

it('what is written is read, in whatever pieces', () => {
  fc.assert(
    fc.property(somePacket, fc.array(fc.nat(), { maxLength: 8 }), ({ framing, head, body }, at) => {
      const bytes = Buffer.from(packetBytes(framing, 'GBK', head, body));
      const packet = readPacket(framing, 'GBK', bytes);
      expect(packet.head).toMatchObject(head);
      expect(Buffer.from(packet.body)).toEqual(body);
      expect(Buffer.from(packetBytes(framing, 'GBK', packet.head, packet.body))).toEqual(bytes);
      const whole = `${bytes.toString('hex')} open`;
      expect(read(framing, cut(bytes, at))).toBe(whole);
      expect(read(framing, byteByByte(bytes))).toBe(whole);
    }),
    { numRuns: 1500 },
  );
});

const known = framings.flatMap(({ framing, samples }) =>
  samples.map(({ bytes }) => ({ framing, bytes })),
);

it('pieces never change what is made of damaged packets', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...known),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      fc.uint8Array({ maxLength: 20 }),
      fc.boolean(),
      ({ framing, bytes }, changes, at, behind, fin) => {
        const whole = Buffer.concat([bytes, behind]);
        for (const [place, byte] of changes) whole[place % whole.length] = byte;
        const atOnce = read(framing, [whole], fin);
        expect(read(framing, cut(whole, at), fin)).toBe(atOnce);
        expect(read(framing, byteByByte(whole), fin)).toBe(atOnce);
      },
    ),
    { numRuns: 3000 },
  );
});

it('noise never crashes a reader, nor does it hoard what it is sent', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...framings),
      fc.array(fc.uint8Array({ maxLength: 900 }), { maxLength: 5 }),
      ({ framing }, pieces) => {
        const reader = new PacketReader(framing);
        for (const piece of pieces) reader.push(piece);
        expect(reader.end().is).toBe('broken');
      },
    ),
    { numRuns: 1000 },
  );
});
