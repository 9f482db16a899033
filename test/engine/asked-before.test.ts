/** A process that stood still between question and answer: what the bank said is of the time of the question (R1, R13). */
import { expect, it } from 'vitest';
import { Asker } from '../../src/engine/asking/asker.ts';
import { Clock } from '../../src/engine/clock.ts';
import type { LinkContext } from '../../src/engine/context.ts';
import { Sweep } from '../../src/engine/credits/sweep.ts';
import type { DaySeen } from '../../src/engine/pushes/awaiting.ts';
import type { Settler } from '../../src/engine/settler.ts';
import { addDays, startOfDay } from '../../src/instruction/day.ts';
import type { Event } from '../../src/instruction/event.ts';
import type { Held } from '../../src/instruction/intent.ts';
import { encodeAnswer } from '../../src/protocol/encode.ts';
import { citic, contextWith, heldAs, intentOf, MAIN_ACCOUNT, NOW } from './ground.ts';

const DAY = '20260924';
const FROZEN_MS = 600_000;
const quiet = () => undefined;

it('R1: an inquiry is of the time it was asked at, not of that at which its answer is read', async () => {
  let mono = 1_000;
  const connection = {
    close: quiet,
    send: () => {
      mono += FROZEN_MS;
      const body = encodeAnswer(
        citic,
        'DLCIDSTT',
        { status: 'ED02083', statusText: '' },
        'GBK',
        {},
      );
      return { ended: Promise.resolve({ type: 'answer', body }) };
    },
  };
  const ctx = contextWith({
    clock: new Clock({ wall: () => NOW + mono, mono: () => mono, run: 'run-1' }),
    traffic: { permit: async () => ({ done: quiet, unused: quiet }), passed: quiet },
    line: { peer: 'fep.invalid:7001', connect: async () => connection },
    metrics: { bankTime: quiet },
    log: { warn: quiet },
    fatal: (error: unknown) => expect.fail(String(error)),
    store: { seen: 1 },
    journal: { append: async () => [{ n: 9 }] },
  } as unknown as Partial<LinkContext>);
  const events: Event[] = [];
  const apply = async (_: Held, event: Event) => void events.push(event);
  const asker = new Asker(ctx, { apply } as unknown as Settler);
  asker.take([heldAs(intentOf('transfer', {}), 'unknown')]);
  await expect
    .poll(() => events)
    .toMatchObject([{ type: 'inquired', evidence: { says: 'none' }, askedAt: 1_000 }]);
  expect(mono).toBe(1_000 + FROZEN_MS);
});

it('R13: a day is not closed by what was asked for before it could be, nor by two readings side by side', async () => {
  const [spec] = (citic.protocol.credits ?? []).filter(({ name }) => name === 'main');
  if (spec === undefined) throw new Error('no sweep of the main account');
  const base = contextWith().link;
  const { agreeAfterMs, closeDayAfterMs } = base.credits;
  const closes = startOfDay(addDays(DAY, 1), base.zone) + closeDayAfterMs;
  /** as Redis has them */
  const states = new Map<string, string>();
  const closed: boolean[] = [];
  let now = 0;
  let frozenMs = 0;
  const head = { status: 'AAAAAAA', statusText: 'OK', accountNo: MAIN_ACCOUNT };
  const body = encodeAnswer(citic, spec.transaction, { ...head, userDataList: [] }, 'GB18030');
  const connection = {
    close: quiet,
    send: () => {
      now += frozenMs;
      return { ended: Promise.resolve({ type: 'answer', body }) };
    },
  };
  const ctx = contextWith({
    link: base,
    clock: new Clock({ wall: () => now, mono: () => now, run: 'run-1' }),
    traffic: { permit: async () => ({ done: quiet, unused: quiet }), passed: quiet },
    line: { peer: 'fep.invalid:7001', connect: async () => connection },
    metrics: { bankTime: quiet },
    log: { warn: quiet, error: quiet },
    store: {
      entries: async () => new Map(),
      mark: async ({ account, day, state }: { account: string; day: string; state: string }) =>
        void states.set(`${account}|${day}`, state),
      forgetDay: quiet,
    },
  } as unknown as Partial<LinkContext>);
  const onDay = async (seen: DaySeen) => void closed.push(seen.closed);
  const { signal } = new AbortController();
  const sweep = new Sweep(ctx, spec, { first: false, sources: [], signal, onDay });
  const [target] = sweep.targets(new Map(), DAY);
  if (target === undefined) throw new Error('nothing is read');
  const read = async (at: number, lasts: number) => {
    [now, frozenMs] = [at, lasts];
    await sweep.read(target, [DAY], states, new Map());
  };
  await read(closes - 1, 2 * agreeAfterMs);
  await read(closes + 2 * agreeAfterMs, 0);
  await read(closes + 2 * agreeAfterMs + 1, 2 * agreeAfterMs);
  expect(closed).toEqual([false, false, false]);
  await read(closes + 5 * agreeAfterMs, 0);
  expect(closed.at(-1)).toBe(true);
});
