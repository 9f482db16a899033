/** Packets of every framing: whole, in pieces of any size, two at once, with rubbish behind them. */
import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../src/protocol/framing/framer.ts';
import { PacketReader } from '../../src/protocol/framing/reader.ts';
import { framings, gbk, headAndTag, streamFraming } from './framings.ts';
import { byteByByte, read, verdict } from './reading.ts';

describe.each(framings)('$name', ({ framing, samples }) => {
  it.each(samples.map(({ bytes }) => bytes))('is read whole, and byte by byte (%#)', (bytes) => {
    expect(read(framing, [bytes])).toBe(`${bytes.toString('hex')} open`);
    expect(read(framing, byteByByte(bytes))).toBe(`${bytes.toString('hex')} open`);
  });

  it.each(samples.map(({ bytes }) => bytes))('is read cut in two anywhere (%#)', (bytes) => {
    for (let at = 1; at < bytes.length; at += 1) {
      const reader = new PacketReader(framing);
      expect(reader.push(bytes.subarray(0, at)).is, `before ${at}`).toBe('more');
      expect(verdict(reader.push(bytes.subarray(at)))).toBe(`${bytes.toString('hex')} open`);
    }
  });

  it.each(samples.map(({ bytes }) => bytes))(
    'two at once are one, and what is behind it (%#)',
    (bytes) => {
      const twice = Buffer.concat([bytes, bytes]);
      expect(read(framing, [twice])).toBe(`${bytes.toString('hex')} +${bytes.toString('hex')}`);
      const first = new PacketReader(framing).push(twice);
      const rest = first.is === 'packet' ? first.rest : Buffer.alloc(0);
      expect(read(framing, [rest])).toBe(`${bytes.toString('hex')} open`);
      expect(read(framing, [Buffer.concat([bytes, Buffer.from('\n')])])).toBe(
        `${bytes.toString('hex')} +0a`,
      );
    },
  );

  it.each(samples.map(({ bytes }) => bytes))(
    'a stream that ends within is no packet (%#)',
    (bytes) => {
      for (let at = 0; at < bytes.length; at += 1) {
        const reader = new PacketReader(framing);
        reader.push(bytes.subarray(0, at));
        expect(reader.started).toBe(at > 0);
        expect(verdict(reader.end()), `cut at ${at}`).toBe('FRAME_INVALID ended early');
      }
    },
  );

  it('is read once', () => {
    const reader = new PacketReader(framing);
    reader.push(samples[0]?.bytes ?? Buffer.alloc(0));
    expect(verdict(reader.push(Buffer.from('x')))).toBe('FRAME_INVALID read on after the end');
    expect(verdict(reader.end())).toBe('FRAME_INVALID read on after the end');
  });
});

describe('a body that ends with the stream', () => {
  const bytes = gbk('<TX>样例</TX>');

  it('is whole when the stream ends, and never stays open', () => {
    expect(read(streamFraming, [bytes], true)).toBe(bytes.toString('hex'));
    expect(read(streamFraming, byteByByte(bytes), true)).toBe(bytes.toString('hex'));
    expect(read(streamFraming, [bytes])).toBe('more');
  });

  it('is nothing where nothing came', () => {
    expect(read(streamFraming, [], true)).toBe('FRAME_INVALID ended early');
  });

  it('is believed up to its limit', () => {
    expect(read(streamFraming, [Buffer.alloc(400, 'x')], true)).toBe('78'.repeat(400));
    expect(read(streamFraming, [Buffer.alloc(401, 'x')], true)).toBe('FRAME_TOO_LARGE body');
  });
});

describe('a closing tag', () => {
  const limit = 400;
  const filled = (bytes: number): Buffer => Buffer.from(`</TX>${'x'.repeat(bytes - 5)}</TX>`);

  it('ends the body where the limit does, and not a byte behind it', () => {
    const most = filled(limit);
    for (const pieces of [[most], byteByByte(most)]) {
      expect(read(headAndTag, pieces)).toBe(`${most.toString('hex')} open`);
    }
    const more = filled(limit + 1);
    expect(read(headAndTag, [more])).toBe('FRAME_TOO_LARGE body');
    expect(read(headAndTag, byteByByte(more))).toBe('FRAME_TOO_LARGE body');
  });
});

it('a length is refused before a byte is held for it', () => {
  const reader = new PacketReader(framings[7]?.framing ?? headAndTag);
  let reading: Reading = { is: 'more' };
  for (const byte of Buffer.from('FFFF')) reading = reader.push(Buffer.from([byte]));
  expect(verdict(reading)).toBe('FRAME_TOO_LARGE length length');
});
