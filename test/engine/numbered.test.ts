/** Orders at a bank that counts them: number, bytes and record are made together, in the order of the records. */
import { expect, it } from 'vitest';
import type { Connection, Line } from '../../src/bank/line.ts';
import type { Permit } from '../../src/bank/traffic.ts';
import { readConfig } from '../../src/config.ts';
import { type Prepared, recorded } from '../../src/engine/sending/send-records.ts';
import { life } from '../../src/instruction/intent.ts';
import { Sequences } from '../../src/session/sequences.ts';
import { readSpec } from '../../src/spec-directory.ts';
import type { Store } from '../../src/store/store.ts';
import { RULES } from '../session/reference-rules.ts';
import { contextWith, intentOf } from './ground.ts';

const spec = readSpec('protocol-specs/reference');
const [link] = readConfig(`
redis: { socket: /run/redis.sock }
journal: { directory: /var/lib/yinqi }
links:
  - { name: front, spec: reference, host: fep.invalid, port: 7001, settings: { user: test } }
sources:
  - { name: erp, links: { front: {} } }
`).links;

const seat = { connection: {} as Connection, permit: {} as Permit };

function prepared(id: string): Prepared {
  const body = { from: '31100', to: '31101', toName: '示例', amount: '1.00' };
  const intent = { ...intentOf('transfer', body), id, link: 'front', transaction: 'T101' };
  const held = { intent, phase: 'sending', life: life.parse({}), version: 5, attempt: 1, epoch: 1 };
  return {
    held,
    freeze: undefined,
    request: new Uint8Array(0),
    seat,
    numbered: undefined,
  } as Prepared;
}

const contextOn = (sequences: Sequences) =>
  contextWith({
    spec,
    ...(link === undefined ? {} : { link }),
    store: { seen: 3 } as Store,
    line: {
      peer: 'fep.invalid:7001',
      numbers: {
        allot: () => sequences.allot(),
        reservation: () => sequences.reservation(),
        unwritten: () => undefined,
      },
    } as unknown as Line,
  });

it('R24: the block first, then the sends in their order, each with the number its bytes carry', () => {
  const sequences = new Sequences();
  sequences.open('20260924');
  const ctx = contextOn(sequences);
  const first = recorded(ctx, [prepared('A1'), prepared('A2'), prepared('A3')]);
  expect(first.records.map(({ kind }) => kind)).toEqual(['sequence', 'send', 'send', 'send']);
  expect(first.records[0]).toMatchObject({ day: '20260924', upTo: 100 });
  const packets = first.batch.map(({ request }) => RULES.codec.read(request));
  expect(packets.map(({ day, kind, number }) => [kind, day, number])).toEqual([
    ['request', '20260924', 1],
    ['request', '20260924', 2],
    ['request', '20260924', 3],
  ]);
  first.records.slice(1).forEach((record, i) => {
    const request = Buffer.from(first.batch[i]?.request ?? []).toString('base64');
    const sequence = { day: '20260924', number: i + 1 };
    expect(record).toMatchObject({ kind: 'send', request, sequence });
  });
  // references are new for every packet
  expect(new Set(packets.map(({ reference }) => reference)).size).toBe(3);
  // the block is not used up
  const next = recorded(ctx, [prepared('A4')]);
  expect(next.records.map(({ kind }) => kind)).toEqual(['send']);
  expect(next.batch[0]?.numbered).toEqual({ day: '20260924', number: 4 });
});

it('an attempt of the next day has a number of that day', () => {
  const sequences = new Sequences();
  sequences.open('20260924');
  const ctx = contextOn(sequences);
  recorded(ctx, [prepared('A1')]);
  sequences.open('20260925');
  const [again] = recorded(ctx, [prepared('A1')]).batch;
  expect(again?.numbered).toEqual({ day: '20260925', number: 1 });
});
