/** Goal: what the bank sends by itself is kept before it is acknowledged, told once, and never makes a credit. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, LINK } from './bench.ts';
import { until } from './orders.ts';
import {
  ACCOUNT,
  deposit,
  memberEvent,
  push,
  pushBench,
  serialOf,
  statement,
  today,
  told,
} from './pushing.ts';

let self: Bench;
beforeEach(async () => {
  self = await pushBench();
  self.bank = statement([]);
});
afterEach(() => self.close());

const waiting = async (): Promise<number> => {
  const all = await self.redis.hgetall(`{yinqi:${LINK}}:awaited`);
  return Object.values(all).filter((text) => JSON.parse(text).taken === undefined).length;
};

describe('a deposit the bank announces', () => {
  it('is acknowledged with a number of ours, and makes the statement be read: the entry is the credit', async () => {
    const engine = await self.engine();
    self.bank = statement([{ number: 'F1', amount: '500.00' }]);
    const { answer } = push(engine, '1310', { values: deposit('500.00') });
    const got = await answer;
    expect(got).toMatchObject({
      head: { rspCode: '000000', returnCode: '000000', tranFunc: '1310', servType: '02' },
    });
    expect(got === 'closed' ? '' : got.fields.ThirdLogNo).toMatch(/^\d{20}$/);
    await until(() => told(self, 'credit').length === 1);
    expect(told(self, 'credit')[0]).toMatchObject({ account: ACCOUNT, amount: '500.00' });
    await until(async () => (await waiting()) === 0);
    expect(told(self, 'expected')).toEqual([]);
  });

  it('R14: is no credit while no entry shows it, however often it is said', async () => {
    const engine = await self.engine();
    self.bank = statement([]);
    const serial = serialOf();
    for (let again = 0; again < 3; again += 1) {
      await push(engine, '1310', { serial, values: deposit('500.00') }).answer;
    }
    await until(() => self.asked.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(told(self, 'credit')).toEqual([]);
    expect(await waiting()).toBe(1);
  });

  it('gets the same acknowledgement when it comes again', async () => {
    const engine = await self.engine();
    const serial = serialOf();
    const first = await push(engine, '1310', { serial, values: deposit('500.00') }).answer;
    const again = await push(engine, '1310', { serial, values: deposit('500.00') }).answer;
    expect(again).toMatchObject({ fields: first === 'closed' ? {} : first.fields });
    expect(await waiting()).toBe(1);
  });

  it('with another body under its name is refused, and nothing is told', async () => {
    const engine = await self.engine();
    const serial = serialOf();
    await push(engine, '1310', { serial, values: deposit('500.00') }).answer;
    const other = push(engine, '1310', { serial, values: deposit('900.00') });
    expect(await other.answer).toBe('closed');
    const text = await engine.ctx.metrics.text();
    expect(text).toContain('was="conflict"} 1');
    expect(await waiting()).toBe(1);
    const kept = await self.redis.hgetall(`{yinqi:${LINK}}:awaited`);
    const matches = Object.values(kept).flatMap((text) => Object.values(JSON.parse(text).matches));
    expect(matches.map(Number)).toContain(500);
    expect(matches.map(Number)).not.toContain(900);
  });

  it('of which two are alike is two: one entry takes the older, the other goes on waiting', async () => {
    const engine = await self.engine();
    const entries = [{ number: 'F1', amount: '500.00' }];
    self.bank = statement(entries);
    const sent = [serialOf(), serialOf()].map((serial) =>
      push(engine, '1310', { serial, values: deposit('500') }),
    );
    await Promise.all(sent.map(({ answer }) => answer));
    await until(async () => (await waiting()) === 1);
    await until(() => told(self, 'credit').length === 1);
    entries.push({ number: 'F2', amount: '500.00' });
    await push(engine, '1310', { values: deposit('7.00') }).answer;
    await until(() => told(self, 'credit').length === 2);
    await until(async () => (await waiting()) === 1);
    const text = await engine.ctx.metrics.text();
    expect(text).toMatch(/was="new"} 3/);
  });

  it('may be told as expected where the link says so, and that is no credit', async () => {
    const engine = await self.engine({ link: { publishPushes: 'provisional' } });
    self.bank = statement([]);
    await push(engine, '1310', { values: deposit('500.00') }).answer;
    await until(() => told(self, 'expected').length === 1);
    expect(told(self, 'expected')[0]).toMatchObject({
      transaction: '1310',
      confirmedBy: 'push',
      day: today(),
      data: { account: ACCOUNT, amount: '500.00', payerName: '李付款' },
    });
    expect(told(self, 'credit')).toEqual([]);
  });

  it('R16: that cannot be stored is not answered, and is kept as soon as it can be', async () => {
    const engine = await self.engine();
    const [store] = self.stores.slice(-1);
    if (store === undefined) throw new Error('no store');
    const real = store.push.bind(store);
    store.push = async () => {
      throw new Error('OOM');
    };
    expect(await push(engine, '1310', { values: deposit('500.00') }).answer).toBe('closed');
    store.push = real;
    await until(async () => (await waiting()) === 1);
    expect(self.fatal).toEqual([]);
  });

  it('that is none of the spec, or names itself by nothing, is not answered', async () => {
    const engine = await self.engine();
    const { answer } = push(engine, '1310', { day: '2025', values: deposit('1.00') });
    expect(await answer).toBe('closed');
    expect(await push(engine, '1330', { values: { FuncFlag: '1', TxDate: today() } }).answer).toBe(
      'closed',
    );
    expect(await engine.ctx.metrics.text()).toContain('was="unreadable"} 2');
  });
});

describe('what happened at the bank', () => {
  const maintenance = {
    FuncFlag: '1',
    CustAcctId: ACCOUNT,
    RelatedAcctId: '6230580000000000001',
    AcctFlag: '3',
    TranType: '1',
    AcctName: '张样例',
    BankName: '平安银行',
    Reserve: 'M10001',
  };

  it('an opening is told when the bank has confirmed it, and not before', async () => {
    const engine = await self.engine();
    expect(await push(engine, '1301', { values: memberEvent('1') }).answer).not.toBe('closed');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(told(self, 'member-opened')).toEqual([]);
    await push(engine, '1315', { values: maintenance }).answer;
    await until(() => told(self, 'member-opened').length === 1);
    expect(told(self, 'member-opened')[0]).toMatchObject({
      transaction: '1301',
      confirmedBy: 'second-push',
      data: { account: ACCOUNT, name: '张样例', memberCode: 'M10001' },
    });
    await push(engine, '1315', { values: maintenance }).answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(told(self, 'member-opened').length).toBe(1);
    expect(told(self, 'member-opened', 'shop').length).toBe(1);
  });

  it('an opening is still waited for after a start', async () => {
    const first = await self.engine();
    await push(first, '1301', { values: memberEvent('1') }).answer;
    await first.stop(0);
    const second = await self.engine();
    await push(second, '1315', { values: maintenance }).answer;
    await until(() => told(self, 'member-opened').length === 1);
  });

  it('a closing is told at once, and one of no known kind is not acknowledged', async () => {
    const engine = await self.engine();
    await push(engine, '1301', { values: memberEvent('3') }).answer;
    await until(() => told(self, 'member-closed').length === 1);
    expect(told(self, 'member-closed')[0]).toMatchObject({ confirmedBy: 'push' });
    const odd = {
      values: memberEvent('1'),
      change: ['1&15000000000001', '2&15000000000001'] as const,
    };
    expect(await push(engine, '1301', odd).answer).toBe('closed');
  });
});
