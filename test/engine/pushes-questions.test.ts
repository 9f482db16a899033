/** Goal: what only a ledger can answer is answered in time or not at all, and a yes promises no more than was written (R16). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LinkEngine } from '../../src/engine/link-engine.ts';
import { type Bench, LINK } from './bench.ts';
import { envelopeOf, results, until } from './orders.ts';
import {
  ACCOUNT,
  type Entry,
  push,
  pushBench,
  serialOf,
  statement,
  told,
  trading,
} from './pushing.ts';

let self: Bench;
beforeEach(async () => {
  self = await pushBench();
  self.bank = statement([]);
});
afterEach(() => self.close());

const withdrawal = {
  TranWebName: '样例商城',
  ThirdCustId: 'M10001',
  CustAcctId: ACCOUNT,
  CustName: '张样例',
  SupAcctId: '15000000000001',
  OutAcctId: '6230580000000000001',
  OutAcctIdName: '张样例',
  CcyCode: 'RMB',
  TranAmount: '20.00',
};
const balance = { SupAcctId: '15000000000001', ThirdCustId: 'M10001', CustAcctId: ACCOUNT };

const asked = async (n = 1): Promise<string> => {
  await until(() => told(self, 'question').length === n);
  return String(told(self, 'question').at(-1)?.key);
};
let count = 0;
async function answer(engine: LinkEngine, operation: string, body: Record<string, unknown>) {
  count += 1;
  const id = `Q${count}`;
  await engine.acceptor.accept(self.source, envelopeOf(id, operation, body), id);
  await until(() => results(self, id).some(({ final }) => final));
  return results(self, id).at(-1);
}
const state = async (): Promise<string[]> => {
  const all = await self.redis.hgetall(`{yinqi:${LINK}}:questions`);
  return Object.values(all).map((text) => JSON.parse(text).state);
};

describe('a balance', () => {
  it('is answered by the ledger, in fen where the bank wants fen', async () => {
    const engine = await self.engine();
    expect(trading.operations.get('answer-member-balance')?.transaction).toBe('local');
    const sent = push(engine, '1019', { values: balance });
    const question = await asked();
    const said = {
      total: '500.00',
      available: '499.50',
      frozen: '0.50',
      name: '张样例',
      date: '20250101',
    };
    const result = await answer(engine, 'answer-member-balance', {
      question,
      says: 'yes',
      ...said,
    });
    expect(result).toMatchObject({ outcome: 'succeeded', data: { became: 'answered' } });
    const got = await sent.answer;
    expect(got).toMatchObject({ head: { rspCode: '000000' }, fields: { CustName: '张样例' } });
    const fields = got === 'closed' ? {} : got.fields;
    expect([fields.TotalAmount, fields.TotalBalance, fields.TotalFreezeAmount].map(String)).toEqual(
      ['50000', '49950', '50'],
    );
  });

  it('is not answered when nobody answers in time, and a late answer is not told to the bank', async () => {
    const engine = await self.engine({ link: { questionWithinMs: 150 } });
    const sent = push(engine, '1019', { values: balance });
    const question = await asked();
    expect(await sent.answer).toBe('closed');
    const said = { total: '1.00', available: '1.00', frozen: '0.00', name: '张', date: '20250101' };
    const result = await answer(engine, 'answer-member-balance', {
      question,
      says: 'yes',
      ...said,
    });
    expect(result).toMatchObject({ outcome: 'failed', code: 'QUESTION_CLOSED' });
  });

  it('needs what a yes must carry, and nobody else’s answer counts', async () => {
    const engine = await self.engine();
    push(engine, '1019', { values: balance });
    const question = await asked();
    const some = await answer(engine, 'answer-member-balance', { question, says: 'yes' });
    expect(some).toMatchObject({ outcome: 'failed', code: 'FIELD_MISSING' });
    const other = await answer(engine, 'answer-member-balance', { question: 'x', says: 'no' });
    expect(other).toMatchObject({ outcome: 'failed', code: 'REFERENCE_NOT_HELD' });
  });
});

describe('a withdrawal', () => {
  it('that the ledger agrees to is reserved, and withdrawn when the statement shows it', async () => {
    const engine = await self.engine();
    const entries: Entry[] = [];
    self.bank = statement(entries);
    const sent = push(engine, '1312', { values: withdrawal });
    const question = await asked();
    const result = await answer(engine, 'answer-withdrawal', { question, says: 'yes' });
    expect(result).toMatchObject({ outcome: 'succeeded', data: { became: 'reserved' } });
    expect(await sent.answer).toMatchObject({ head: { rspCode: '000000' } });
    await until(() => told(self, 'reserved').length === 1);
    expect(told(self, 'withdrawn')).toEqual([]);
    entries.push({ number: 'W1', amount: '20.00', flag: '2' });
    await push(engine, '1310', {
      values: {
        SupAcctId: '1',
        CustAcctId: ACCOUNT,
        TranAmount: '1.00',
        InAcctId: '6',
        InAcctIdName: '李',
        CcyCode: 'RMB',
        AcctDate: String(told(self, 'question')[0]?.day),
        Reserve: 'M1',
      },
    }).answer;
    await until(() => told(self, 'withdrawn').length === 1);
    expect(told(self, 'withdrawn')[0]).toMatchObject({ confirmedBy: 'statement', question });
    expect(told(self, 'released')).toEqual([]);
  });

  it('that the ledger declines is refused with the bank’s own code', async () => {
    const engine = await self.engine();
    const sent = push(engine, '1312', { values: withdrawal });
    const question = await asked();
    await answer(engine, 'answer-withdrawal', { question, says: 'no' });
    expect(await sent.answer).toMatchObject({ head: { rspCode: 'ERR074', returnCode: 'ERR074' } });
    expect(told(self, 'reserved')).toEqual([]);
  });

  it('a yes that comes too late is released: the bank was told nothing', async () => {
    const engine = await self.engine({ link: { questionWithinMs: 150 } });
    const sent = push(engine, '1312', { values: withdrawal });
    const question = await asked();
    expect(await sent.answer).toBe('closed');
    const result = await answer(engine, 'answer-withdrawal', { question, says: 'yes' });
    expect(result).toMatchObject({ outcome: 'failed', code: 'QUESTION_CLOSED' });
    await until(() => told(self, 'released').length === 1);
    expect(told(self, 'reserved')).toEqual([]);
  });

  it('a yes to a connection that is gone is released', async () => {
    const engine = await self.engine();
    push(engine, '1312', { values: withdrawal }, { gone: () => true });
    const question = await asked();
    await answer(engine, 'answer-withdrawal', { question, says: 'yes' });
    await until(() => told(self, 'released').length === 1);
    expect(await state()).toEqual(['released']);
  });

  it('asked again gets the same yes, and is promised once', async () => {
    const engine = await self.engine();
    const serial = serialOf();
    const first = push(engine, '1312', { serial, values: withdrawal });
    const question = await asked();
    await answer(engine, 'answer-withdrawal', { question, says: 'yes' });
    const one = await first.answer;
    const two = await push(engine, '1312', { serial, values: withdrawal }).answer;
    expect(two).toMatchObject({ fields: one === 'closed' ? {} : one.fields });
    expect(told(self, 'question').length).toBe(1);
    const again = await answer(engine, 'answer-withdrawal', { question, says: 'no' });
    expect(again).toMatchObject({ outcome: 'failed', code: 'QUESTION_CLOSED' });
  });

  it('R16: a yes that was recorded before a kill stays reserved: nobody knows whether it was written', async () => {
    const engine = await self.engine();
    const sent = push(engine, '1312', { values: withdrawal });
    const question = await asked();
    let killed = false;
    self.at = (failpoint) => {
      if (failpoint !== 'promise-stored') return;
      killed = true;
      throw new Error('killed here');
    };
    await engine.acceptor.accept(
      self.source,
      envelopeOf('KILLED', 'answer-withdrawal', { question, says: 'yes' }),
      'k',
    );
    await until(() => killed);
    expect(await state()).toEqual(['promised']);
    self.at = () => undefined;
    await engine.stop(0);
    expect(await sent.answer).toBe('closed');
    await self.engine();
    await until(() => told(self, 'reserved').length === 1);
    await until(() => results(self, 'KILLED').some(({ final }) => final));
    expect(results(self, 'KILLED').at(-1)).toMatchObject({ data: { became: 'reserved' } });
    expect(told(self, 'released')).toEqual([]);
  });

  it('R16: a yes that was written stays reserved when Redis goes back to before it', async () => {
    const engine = await self.engine();
    const key = `{yinqi:${LINK}}:questions`;
    const sent = push(engine, '1312', { values: withdrawal });
    const question = await asked();
    const before = await self.redis.hgetall(key);
    await answer(engine, 'answer-withdrawal', { question, says: 'yes' });
    expect(await sent.answer).not.toBe('closed');
    await engine.stop(0);
    await self.redis.hset(key, before);
    await self.redis.del(`{yinqi:${LINK}}:awaited`);
    self.bank = statement([{ number: 'W1', amount: '20.00', flag: '2' }]);
    await self.engine();
    await until(() => told(self, 'withdrawn').length === 1);
    expect(await state()).toEqual(['shown']);
    expect(told(self, 'released')).toEqual([]);
  });

  it('R18: what was told of it before Redis went back is told again as it was', async () => {
    const engine = await self.engine();
    const key = `{yinqi:${LINK}}:questions`;
    push(engine, '1312', { values: withdrawal });
    const question = await asked();
    const before = await self.redis.hgetall(key);
    self.bank = statement([{ number: 'W1', amount: '20.00', flag: '2' }]);
    await answer(engine, 'answer-withdrawal', { question, says: 'yes' });
    await until(() => told(self, 'reserved').length === 1);
    await engine.stop(0);
    const second = await self.engine();
    await until(() => told(self, 'withdrawn').length === 1);
    await second.stop(0);
    await self.redis.hset(key, before);
    await self.redis.del(`{yinqi:${LINK}}:awaited`);
    await self.engine();
    await until(() => told(self, 'withdrawn').length === 2);
    for (const type of ['reserved', 'withdrawn']) {
      const said = told(self, type).map((one) => JSON.stringify(one));
      expect({ type, contents: new Set(said).size }).toEqual({ type, contents: 1 });
    }
  });
});

it('what was settled long ago is not kept for ever, and what still may cost money is', async () => {
  const DAY_MS = 86_400_000;
  const key = (serial: string) => `1312/20250101/${serial}`;
  const old = { v: 1, code: '1312', day: '20250101', digest: 'd', source: 'erp', data: {} };
  const kept = { answered: 40, shown: 40, released: 40, lapsed: 40, reserved: 400, declined: 20 };
  for (const [state, days] of Object.entries(kept)) {
    const record = { ...old, key: key(state), at: Date.now() - days * DAY_MS, state };
    await self.redis.hset(`{yinqi:${LINK}}:questions`, record.key, JSON.stringify(record));
  }
  const engine = await self.engine();
  expect((await state()).sort()).toEqual(['declined', 'reserved']);
  // nobody takes an answer for one that is gone
  const result = await answer(engine, 'answer-withdrawal', {
    question: key('lapsed'),
    says: 'yes',
  });
  expect(result).toMatchObject({ outcome: 'failed', code: 'REFERENCE_NOT_HELD' });
});

it('R16: a question of long ago that comes again after a restart is the same, and ends nothing', async () => {
  const again = { serial: '25010100000000000001', day: '20250101', values: balance };
  const first = await self.engine({ link: { questionWithinMs: 150 } });
  expect(await push(first, '1019', again).answer).toBe('closed');
  await until(async () => (await state())[0] === 'lapsed');
  await first.stop(0);
  const second = await self.engine({ link: { questionWithinMs: 150 } });
  expect(await push(second, '1019', again).answer).toBe('closed');
  // long enough for its deadline
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(self.fatal).toEqual([]);
  expect(await state()).toEqual(['lapsed']);
  expect(told(self, 'question')).toHaveLength(1);
});
