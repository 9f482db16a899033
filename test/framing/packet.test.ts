/** Heads and bodies to bytes and back, against bytes written by hand; and what is no packet. */
import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { cutToFit, keyOf, packetBytes, readPacket } from '../../src/protocol/framing/packet.ts';
import { errorOf } from '../protocol/ground.ts';
import { framingOf, framings, gbk, part, pingan222, pingan344 } from './framings.ts';
import { byteByByte, read } from './reading.ts';

describe.each(framings)('$name', ({ framing, samples }) => {
  it.each(samples)(
    'is written as it stands on the wire (%#)',
    ({ head, body, bytes, readOnly }) => {
      const written = Buffer.from(packetBytes(framing, 'GBK', head, gbk(body)));
      if (readOnly) expect(written).not.toEqual(bytes);
      else expect(written).toEqual(bytes);
    },
  );

  it.each(samples)('says what stands in it, pad taken off (%#)', ({ head, body, bytes }) => {
    const packet = readPacket(framing, 'GBK', bytes);
    expect(packet.head).toEqual(head);
    expect(Buffer.from(packet.body)).toEqual(gbk(body));
  });

  it.each(samples)('is one packet, whole: nothing less, nothing more (%#)', ({ bytes }) => {
    const shorter = () => readPacket(framing, 'GBK', bytes.subarray(0, -1));
    expect(errorOf(shorter)).toBe('FRAME_INVALID - (ended early)');
    const longer = () => readPacket(framing, 'GBK', Buffer.concat([bytes, Buffer.from(' ')]));
    expect(errorOf(longer)).toBe('FRAME_INVALID - (bytes behind the packet)');
  });
});

const lengthAnd = framingOf({
  heads: [
    {
      name: 'outer',
      parts: [
        part('length', 3, { align: 'right', pad: '0', length: 'after-head' }),
        part('text', 6),
        part('code', 4, { align: 'right', pad: '0' }),
      ],
    },
  ],
});
const written = (head: Record<string, string>, body = ''): string =>
  errorOf(() => packetBytes(lengthAnd, 'GBK', head, gbk(body)));

describe('a packet is not written', () => {
  it.each([
    [
      'a text with more bytes than its part',
      { text: '样例甲x' },
      'FIELD_TOO_LONG head.text (7 bytes, at most 6)',
    ],
    ['a character the charset has not', { text: '𠮷' }, 'FIELD_UNENCODABLE head.text (U+20BB7)'],
    ['a line break', { text: 'a\nb' }, 'FIELD_FORMAT head.text'],
    ['a part that is not there', { other: '' }, 'FIELD_UNKNOWN head.other'],
  ])('with %s', (_what, head, error) => {
    expect(written(head)).toBe(error);
  });

  it('with a body that its length has no digits for', () => {
    expect(written({}, 'x'.repeat(1000))).toBe('FIELD_TOO_LONG head.length (4 bytes, at most 3)');
  });

  it('longer than its part even where every character fits alone', () => {
    expect(written({ text: '样例甲' })).toBe('nothing thrown');
    expect(written({ text: '样例甲乙' })).toBe('FIELD_TOO_LONG head.text (8 bytes, at most 6)');
  });
});

it('constants and lengths are ours, whatever a caller says of them', () => {
  const head = { length: '99', flags: '11' };
  const cms = framings[3]?.framing ?? lengthAnd;
  expect(Buffer.from(packetBytes(cms, 'GBK', head, gbk('x'))).toString()).toBe('3         00x');
});

describe('a peer that cuts its texts', () => {
  it('between characters: what fits, and no more', () => {
    const head = cutToFit(lengthAnd, 'GBK', { text: '样例甲乙', code: '12345' });
    expect(head).toEqual({ text: '样例甲', code: '1234' });
    expect(cutToFit(lengthAnd, 'GBK', { text: 'x样例甲' })).toEqual({ text: 'x样例' });
  });

  it('inside a character: read with a mark where half of it stood', () => {
    const bytes = Buffer.concat([gbk('000x样例').subarray(0, 7), gbk('··0007')]);
    expect(readPacket(lengthAnd, 'GBK', bytes).head).toEqual({
      length: '0',
      text: 'x样\ufffd',
      code: '7',
    });
    const full = Buffer.concat([gbk('000x样例甲').subarray(0, 9), gbk('0007')]);
    expect(readPacket(lengthAnd, 'GBK', full).head).toEqual({
      length: '0',
      text: 'x样例\ufffd',
      code: '7',
    });
  });
});

it('is named by the part that the spec says, compared as it stands', () => {
  const [answer] = framings[0]?.samples ?? [];
  expect(keyOf(pingan222, 'reference', answer?.bytes ?? gbk(''))).toBe('20250311101600000004');
  const [signedOn] = framings[1]?.samples ?? [];
  expect(keyOf(pingan344, 'thirdLogNo', signedOn?.bytes ?? gbk(''))).toBe('20250311080000000001');
  expect(keyOf(pingan222, 'operator', answer?.bytes ?? gbk(''))).toBe('');
});

/** framing of the list, bytes, what the reader says as soon as it can */
const refused: readonly [string, number, string, string][] = [
  ['another flag', 2, '1', 'FRAME_INVALID part encrypted is another'],
  ['another category', 0, 'A002', 'FRAME_INVALID part category is another'],
  ['no length', 2, '0······', 'FRAME_INVALID length length is no number'],
  ['a negative length', 2, '0-1····', 'FRAME_INVALID length length is no number'],
  ['a signed length', 2, '0+1····', 'FRAME_INVALID length length is no number'],
  ['a length with a point', 2, '01.0···', 'FRAME_INVALID length length is no number'],
  ['a length in two pieces', 2, '01·2···', 'FRAME_INVALID length length is no number'],
  ['a length with letters', 2, '012a···', 'FRAME_INVALID length length is no number'],
  ['a length in wide digits', 2, '0１２··', 'FRAME_INVALID length length is no number'],
  ['a length beyond the limit', 2, '0401···', 'FRAME_TOO_LARGE length length'],
  ['a length far beyond the limit', 2, '0999999', 'FRAME_TOO_LARGE length length'],
  [
    'a length that does not count its flags',
    3,
    '1·········',
    'FRAME_INVALID length length is too small',
  ],
  ['a length that does not count itself', 5, '000005', 'FRAME_INVALID length length is too small'],
  ['no number in its radix', 7, '00G1', 'FRAME_INVALID length length is no number'],
];

describe('is refused as soon as its bytes are there', () => {
  it.each(refused)('%s', (_what, which, text, error) => {
    const framing = framings[which]?.framing ?? lengthAnd;
    const bytes = gbk(text);
    expect(read(framing, [bytes])).toBe(error);
    expect(read(framing, byteByByte(bytes))).toBe(error);
    expect(read(framing, [bytes.subarray(0, -1)]), 'not before').toBe('more');
  });

  it('two lengths that disagree', () => {
    const bytes = Buffer.from(framings[1]?.samples[0]?.bytes ?? gbk(''));
    bytes.write('00000015', 222 + 85, 'latin1');
    expect(read(pingan344, [bytes])).toBe('FRAME_INVALID length bodyLength disagrees');
    expect(read(pingan344, byteByByte(bytes))).toBe('FRAME_INVALID length bodyLength disagrees');
    bytes.write('0000000137', 30, 'latin1');
    expect(read(pingan344, [bytes])).toMatch(/ \+26$/);
  });

  it('a length up to the limit is believed', () => {
    expect(read(framings[2]?.framing ?? lengthAnd, [gbk(`0400···${'x'.repeat(400)}`)])).toMatch(
      / open$/,
    );
  });
});
