/** Faults that only packets with heads can have, byte by byte: the wire alone, without a bank behind it. */
import { Buffer } from 'node:buffer';
import { expect, it } from 'vitest';
import { type Fault, fault } from '../../mock-bank/faults.ts';
import { headsWire } from '../../mock-bank/front/heads-wire.ts';
import type { BankSpec, HeadsFraming } from '../../src/protocol/spec.ts';
import { spec as citic } from './support.ts';

const text = { zh: '测试', en: 'test', mask: 'none', radix: 10 } as const;
const framing: HeadsFraming = {
  type: 'heads',
  heads: [
    {
      name: 'outer',
      parts: [
        { ...text, name: 'mark', bytes: 4, fixed: 'A001', align: 'left', pad: ' ' },
        { ...text, name: 'length', bytes: 6, length: 'after-head', align: 'right', pad: '0' },
        { ...text, name: 'serial', bytes: 8, align: 'right', pad: '0' },
      ],
    },
  ],
  end: 'length',
  bodyBytesMax: 100,
};
const spec: BankSpec = {
  ...citic,
  protocol: { ...citic.protocol, framing, correlation: { request: 'serial', answer: 'serial' } },
};
const wire = headsWire(spec, framing, () => true);
const packet = Buffer.from('A00100000600000042&12.30');

type Given = { kind: Fault['kind'] } & Record<string, unknown>;
const made = (given?: Given) => {
  const { bytes, ...rest } = wire.bytes(
    packet,
    false,
    given === undefined ? undefined : fault.parse(given),
  );
  return { bytes: bytes.toString('latin1'), ...rest };
};

it('no fault: the packet as it is', () => {
  expect(made()).toEqual({ bytes: packet.toString('latin1'), close: false });
});

it.each<[Given, string, object]>([
  [{ kind: 'cut-body' }, 'A00100000600', { close: true }],
  [{ kind: 'cut-body', at: 3 }, 'A00', { close: true }],
  [{ kind: 'half-then-silence' }, 'A00100000600', { close: false, silent: true }],
  [{ kind: 'wrong-length', by: 20 }, 'A00100002600000042&12.30', { close: true }],
  [{ kind: 'wrong-length', by: -2 }, 'A00100000400000042&12.30', { close: false }],
  [{ kind: 'wrong-serial', serial: '77' }, 'A00100000600000077&12.30', { close: false }],
  [
    { kind: 'two-frames', serial: '77' },
    'A00100000600000042&12.30A00100000600000077&12.30',
    { close: false },
  ],
  [{ kind: 'empty-body' }, 'A00100000000000042', { close: false }],
])('%j', (given, bytes, rest) => {
  expect(made(given)).toEqual({ bytes, ...rest });
});

it('html: no packet at all', () => {
  expect(made({ kind: 'html' }).bytes).toMatch(/^<html>/);
});

it('requests in pieces of any size, and two in one', () => {
  for (const size of [1, 5, 24, 30, 48]) {
    const reader = wire.reader();
    const found: string[] = [];
    const two = Buffer.concat([packet, packet]);
    for (let at = 0; at < two.length; at += size) {
      reader.push(two.subarray(at, at + size));
      for (let read = reader.next(); read.is === 'request'; read = reader.next()) {
        found.push(Buffer.from(read.packet).toString('latin1'));
      }
    }
    expect(found).toEqual([packet.toString('latin1'), packet.toString('latin1')]);
  }
});

it('what is no packet is bad', () => {
  const reader = wire.reader();
  reader.push(Buffer.from('POST / HTTP/1.1\r\n'));
  expect(reader.next()).toEqual({ is: 'bad' });
});
