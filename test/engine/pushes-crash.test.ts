/**
 * What was pushed survives a kill between any two steps, and a Redis that went back (R16): what was
 * acknowledged leads to its notice, and none leads to two.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failpoint } from '../../src/engine/context.ts';
import { type Bench, LINK } from './bench.ts';
import { until } from './orders.ts';
import {
  deposit,
  type Entry,
  memberEvent,
  push,
  pushBench,
  serialOf,
  statement,
  told,
} from './pushing.ts';

let self: Bench;
beforeEach(async () => {
  self = await pushBench();
  self.bank = statement([]);
});
afterEach(() => self.close());

const awaited = async (): Promise<string[]> => {
  const all = await self.redis.hgetall(`{yinqi:${LINK}}:awaited`);
  return Object.values(all).filter((text) => JSON.parse(text).taken === undefined);
};

/** Ends this run at a failpoint, as a kill would, and starts the next one. */
async function killedAt(at: Failpoint, doing: () => unknown): Promise<void> {
  let passed = false;
  self.at = (failpoint) => {
    if (failpoint !== at) return;
    passed = true;
    throw new Error('killed here');
  };
  doing();
  await until(() => passed);
  self.at = () => undefined;
}

const steps: Failpoint[] = ['push-recorded', 'push-stored', 'push-acknowledged'];

describe.each(steps)('killed at %s', (at) => {
  it('a deposit waits for its entry once, and the repeat gets its acknowledgement', async () => {
    const serial = serialOf();
    const first = await self.engine();
    await killedAt(at, () => push(first, '1310', { serial, values: deposit('500.00') }));
    await first.stop(0);
    const entries: Entry[] = [{ number: 'F1', amount: '500.00' }];
    const second = await self.engine();
    const again = await push(second, '1310', { serial, values: deposit('500.00') }).answer;
    expect(again).toMatchObject({ head: { rspCode: '000000' } });
    expect((await awaited()).length).toBe(1);
    self.bank = statement(entries);
    await push(second, '1310', { values: deposit('1.00') }).answer;
    await until(() => told(self, 'credit').length === 1);
    await until(async () => (await awaited()).length === 1);
  });

  it('an event is told once, though the bank never says it again', async () => {
    const first = await self.engine();
    await killedAt(at, () => push(first, '1301', { values: memberEvent('3') }));
    await first.stop(0);
    await self.engine();
    await until(() => told(self, 'member-closed').length >= 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const versions = new Set(told(self, 'member-closed').map(({ version }) => version));
    expect(versions.size).toBe(1);
  });
});

describe('a Redis that went back', () => {
  it('R16: gets what was acknowledged put back, and tells again only what it told, as it told it', async () => {
    const first = await self.engine();
    await push(first, '1301', { values: memberEvent('3') }).answer;
    for (const amount of ['1.00', '2.00', '3.00']) {
      await push(first, '1310', { values: deposit(amount) }).answer;
    }
    await until(() => told(self, 'member-closed').length === 1);
    await first.stop(0);
    await self.redis.flushall();
    self.bank = statement(['1.00', '2.00'].map((amount, n) => ({ number: `F${n}`, amount })));
    await self.engine();
    await until(() => told(self, 'credit').length === 2);
    await until(async () => (await awaited()).length === 1);
    expect(new Set(told(self, 'credit').map(({ amount }) => amount))).toEqual(
      new Set(['1.00', '2.00']),
    );
    const closed = told(self, 'member-closed');
    expect(new Set(closed.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(self.fatal).toEqual([]);
  });
});
