/** Goal: what provably did not reach the bank promises nothing, however slow Redis is and however often it asks again (R16). */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { type Bench, LINK } from './bench.ts';
import { envelopeOf, present, results, until } from './orders.ts';
import { ACCOUNT, push, pushBench, serialOf, statement, told } from './pushing.ts';

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
const asked = async (): Promise<string> => {
  await until(() => told(self, 'question').length === 1);
  return String(told(self, 'question').at(-1)?.key);
};
const states = async (): Promise<string[]> => {
  const all = await self.redis.hgetall(`{yinqi:${LINK}}:questions`);
  return Object.values(all).map((text) => JSON.parse(text).state);
};
const says = (question: string) =>
  envelopeOf('YES', 'answer-withdrawal', { question, says: 'yes' });

/** Redis is slow to take what says that a promise is released. */
function slowRelease(store: Store): { held: () => boolean; go: () => void } {
  let go: () => void = () => undefined;
  let held = false;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const take = store.push.bind(store);
  Object.assign(store, {
    push: async (marks: Parameters<Store['push']>[0]) => {
      if (marks.some(({ guard }) => guard.value.includes('"released"'))) {
        held = true;
        await gate;
      }
      return take(marks);
    },
  });
  return { held: () => held, go };
}

it('asked again while a yes that was not written is being taken back: no yes either', async () => {
  const engine = await self.engine();
  const redis = slowRelease(present(self.stores.at(-1)));
  const serial = serialOf();
  push(engine, '1312', { serial, values: withdrawal }, { gone: () => true });
  const question = await asked();
  await engine.acceptor.accept(self.source, says(question), 'y');
  await until(redis.held);
  const again = push(engine, '1312', { serial, values: withdrawal });
  expect(await again.answer).toBe('closed');
  redis.go();
  await until(() => told(self, 'released').length === 1);
  expect(await states()).toEqual(['released']);
});

it('a yes whose promise could not be kept in time is released, not promised', async () => {
  const engine = await self.engine({ link: { questionWithinMs: 150 } });
  const sent = push(engine, '1312', { values: withdrawal });
  const question = await asked();
  self.at = (failpoint) => {
    if (failpoint === 'promise-recorded') throw new Error('Redis is away');
  };
  await engine.acceptor.accept(self.source, says(question), 'y');
  expect(await sent.answer).toBe('closed');
  self.at = () => undefined;
  await until(() => results(self, 'YES').some(({ final }) => final));
  expect(results(self, 'YES').at(-1)).toMatchObject({ outcome: 'failed', code: 'QUESTION_CLOSED' });
  await until(() => told(self, 'released').length === 1);
  expect(await states()).toEqual(['released']);
});
