/** Goal: a ledger's query gets every page of a bank that numbers its pages and marks the last one. */
import { expect, it } from 'vitest';
import { Querier } from '../../src/engine/asking/querier.ts';
import { Clock } from '../../src/engine/clock.ts';
import type { LinkContext } from '../../src/engine/context.ts';
import type { Settler } from '../../src/engine/settler.ts';
import type { Event } from '../../src/instruction/event.ts';
import { decodeRequest } from '../../src/protocol/decode.ts';
import { encodeAnswer } from '../../src/protocol/encode.ts';
import { requestFields } from '../../src/protocol/operation.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { contextWith, heldAs, intentOf, NOW } from './ground.ts';
import type { Page, Row } from './statement-bank.ts';

const spec = readSpec('protocol-specs/pingan_b2bi');
const settings = { customerCode: 'C1', mainAccount: '11000000000001', mainAccountName: '示例' };
const row = (n: number): Row => ({
  AcctDate: '20260924',
  HostTrace: `H${n}`,
  DcFlag: 'C',
  TranAmount: '1.00',
});
const some = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => row(from + n));

/** The event of one query, and the pages that were asked for. */
async function answered(bank: (asked: Row) => Page): Promise<{ event: Event; asked: Row[] }> {
  const asked: Row[] = [];
  const quiet = () => undefined;
  const answer = (packet: Uint8Array): Uint8Array => {
    asked.push(requestFields(spec, '4013', decodeRequest(spec, '4013', packet)));
    const { rows, fields = {}, head = {} } = bank(asked.at(-1) ?? {});
    const values = { ...fields, list: [...rows] };
    return encodeAnswer(spec, '4013', values, 'GBK', { returnCode: '000000', ...head });
  };
  const send = (packet: Uint8Array) => ({
    ended: Promise.resolve({ type: 'answer', body: answer(packet) }),
  });
  const { link } = contextWith();
  const ctx = contextWith({
    spec,
    link: { ...link, settings },
    clock: new Clock({ wall: () => NOW, mono: () => 0, run: 'run-1' }),
    traffic: { permit: async () => ({ done: quiet, unused: quiet }), passed: quiet },
    line: { connect: async () => ({ close: quiet, send }) },
    metrics: { bankTime: quiet },
    log: { error: quiet, warn: quiet },
  } as unknown as Partial<LinkContext>);
  const envelope = intentOf('transfer', {}).envelope;
  const query = {
    ...intentOf('balance', {}),
    operation: 'main-statement',
    transaction: '4013',
    envelope: { ...envelope, body: { from: '20260924', to: '20260924' } },
  };
  const event = await new Promise<Event>((resolve) => {
    const apply = async (_: unknown, one: Event) => resolve(one);
    new Querier(ctx, { apply } as unknown as Settler).take(heldAs(query, 'received'));
  });
  return { event, asked };
}

const rowsOf = (event: Event): unknown[] => {
  if (event.type !== 'query-done') throw new Error(`the query ended by ${event.type}`);
  return event.data?.rows as unknown[];
};

it('goes on by the number of the page until the mark, also past one that is not full', async () => {
  const { event, asked } = await answered(({ PageNo }) =>
    PageNo === '1'
      ? { rows: some(0, 100), fields: { EndFlag: 'N' } }
      : { rows: some(100, 3), fields: { EndFlag: PageNo === '3' ? 'Y' : 'N' } },
  );
  expect(asked.map(({ PageNo, PageSize }) => [PageNo, PageSize])).toEqual([
    ['1', '100'],
    ['2', '100'],
    ['3', '100'],
  ]);
  expect(rowsOf(event)).toHaveLength(106);
});

it('a full page with the mark is the last', async () => {
  const { event, asked } = await answered(() => ({
    rows: some(0, 100),
    fields: { EndFlag: 'Y' },
  }));
  expect(asked).toHaveLength(1);
  expect(rowsOf(event)).toHaveLength(100);
});

it('ends where a bank without anything more says only that', async () => {
  const { event, asked } = await answered(({ PageNo }) =>
    PageNo === '1'
      ? { rows: some(0, 100), fields: { EndFlag: 'N' } }
      : { rows: [], head: { returnCode: 'YQ9996' } },
  );
  expect(asked).toHaveLength(2);
  expect(rowsOf(event)).toHaveLength(100);
});
