/** One process may send on a link. Others say why they may not and end; whoever comes after a death goes on at once. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/world/books.ts';
import type { Started } from '../../scripts/world/processes.ts';
import { type Ground, WITHIN_MS } from './ground.ts';
import { expectNothingTwice, linesOf, timesExecuted, worldOfFile } from './words.ts';

const TEST_MS = 60_000;
const EXIT_FATAL = '70';
const ORDERS = 12;
/** Longer than any test waits: who takes over a link did not wait for a lease to run out. */
const LEASE_MS = 600_000;
/** A gateway asks Redis for the time more often. */
const ASKS_AGAIN_MS = 1_000;
/** Clocks that differ by so much are not believed. */
const FROZEN_MS = 6_000;

const at = worldOfFile({ link: { leaseMs: LEASE_MS } });
let payer = '';
let payee = '';

beforeAll(async () => {
  payer = await at().account('0000001', '甲方公司', '10000.00');
  payee = await at().account('0000002', '乙方公司');
}, TEST_MS);

const pay = () => ({ from: payer, to: payee, toName: '乙方公司', amount: '1.00' });

/** Orders that keep the first gateway busy while another one tries. */
const orders = (ground: Ground, count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => ground.enqueue('transfer', pay())));

async function expectAllPaidOnce(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    expect(await at().books.final(id, WITHIN_MS)).toMatchObject({ outcome: 'succeeded' });
    expect(await timesExecuted(at(), `REF-${id}`)).toBe(1);
  }
}

/** Starts a gateway that is expected to end by itself; gives how, and the fault it named. */
async function ended(gateway: Started) {
  const how = await gateway.ended;
  const [fatal] = linesOf(gateway.logFile, 'fatal');
  return { how, code: fatal?.code, error: JSON.stringify(fatal?.error) };
}

const intruder = (config: string, name: string): Started =>
  at().world.startGateway({}, { config, logFile: join(at().world.directory, `${name}.log`) });

describe('P1: a second gateway', { timeout: TEST_MS }, () => {
  it('R12b: on the same journal directory ends and names who holds it', async () => {
    const { gateway, world } = at();
    const ids = await orders(at(), 20);
    const second = intruder(world.configPath, 'second');
    const { how, code, error } = await ended(second);
    expect({ how, code }).toEqual({ how: EXIT_FATAL, code: 'JOURNAL_HELD' });
    expect(error).toContain(`pid ${gateway.current.pid} `);
    await expectAllPaidOnce(ids);
    expect(gateway.ends).toEqual([]);
  });

  it('with a journal of its own ends while the first holds the lease', async () => {
    const { gateway, world } = at();
    const ids = await orders(at(), 20);
    const third = intruder(world.configElsewhere(join(world.directory, 'j3')), 'third');
    expect(await ended(third)).toMatchObject({ how: EXIT_FATAL, code: 'LINK_LEASED' });
    await expectAllPaidOnce(ids);
    expect(gateway.ends).toEqual([]);
  });

  it('R3: with a journal of its own asks and sends nothing when nobody holds it any more', async () => {
    const { world } = at();
    await at().down();
    const fourth = intruder(world.configElsewhere(join(world.directory, 'j4')), 'fourth');
    await until('it asks', () => linesOf(fourth.logFile, 'asks-only').length === 1, WITHIN_MS);
    expect(linesOf(fourth.logFile, 'asks-only')[0]?.why).toMatch(
      /^ask-only: last run with journal/,
    );
    const [id = ''] = await orders(at(), 1);
    expect(await at().settle('balance', { account: payer })).toMatchObject({
      outcome: 'succeeded',
    });
    expect(await at().settle('status', { of: id })).toMatchObject({ data: { phase: 'received' } });
    fourth.signal('SIGTERM');
    await fourth.ended;
    await at().up();
    await expectAllPaidOnce([id]);
  });
});

describe('a gateway that is frozen', { timeout: TEST_MS }, () => {
  it('still holds its link, for it may wake up and write', async () => {
    const { gateway, world } = at();
    // Redis owes it an answer: read after the freeze, its time is of long ago, and no clock is wrong
    world.redis.process.kill('SIGSTOP');
    await sleep(ASKS_AGAIN_MS);
    gateway.current.signal('SIGSTOP');
    const frozenAt = performance.now();
    world.redis.process.kill('SIGCONT');
    const ids = await orders(at(), 5);
    const { how, code, error } = await ended(intruder(world.configPath, 'fifth'));
    expect({ how, code }).toEqual({ how: EXIT_FATAL, code: 'JOURNAL_HELD' });
    expect(error).toContain('does not answer');
    await until('a long freeze', () => performance.now() - frozenAt > FROZEN_MS, WITHIN_MS);
    gateway.current.signal('SIGCONT');
    await expectAllPaidOnce(ids);
    expect(gateway.ends).toEqual([]);
  });
});

describe('the end of a gateway', { timeout: TEST_MS }, () => {
  /** Orders under way, some of them at the bank; all of them are the gateway's by then. */
  const busy = async (): Promise<string[]> => {
    const { world } = at();
    await world.control.clearFaults();
    const seen = (await world.control.requests()).requests.length;
    const fault = { kind: 'late' as const, ms: 200 };
    await world.control.addFault({ fault, transaction: 'DLMDETRN', times: ORDERS });
    const ids = await orders(at(), ORDERS);
    const half = async () => {
      const { requests } = await world.control.requests();
      return requests.slice(seen).filter((one) => one.fault === 'late').length > ORDERS / 2;
    };
    await until('half of them at the bank', half, WITHIN_MS);
    return ids;
  };

  it('on SIGTERM waits for what is on its way: exit 0, nothing unknown, nothing lost', async () => {
    const ids = await busy();
    const stopped = at().gateway;
    await at().down();
    expect(stopped.ends).toEqual(['0']);
    await at().up();
    await expectAllPaidOnce(ids);
    const told = ids.flatMap((id) => at().books.orders.get(id)?.told ?? []);
    expect(told.filter(({ outcome }) => outcome === 'unknown')).toEqual([]);
  });

  it('by SIGKILL lets the next one take over at once, whatever the lease says', async () => {
    const { gateway, world } = at();
    const ids = await busy();
    const dead = gateway.current;
    await dead.kill();
    await until('the next run', () => gateway.current !== dead, WITHIN_MS);
    await world.untilStarted(gateway.current);
    // one that was recorded and not yet written may have failed: what counts is that it is true
    for (const id of ids) {
      const { outcome, reason } = await at().books.final(id, WITHIN_MS);
      const executed = await timesExecuted(at(), `REF-${id}`);
      const paid = { outcome: 'succeeded', reason: undefined };
      const lost = { outcome: 'failed', reason: 'bank-does-not-know' };
      expect({ outcome, reason }).toEqual(executed === 1 ? paid : lost);
    }
    expect(gateway.ends).toEqual(['SIGKILL']);
  });
});

describe('the hold file', { timeout: TEST_MS }, () => {
  it('stops what is sent and nothing else; without it orders go on', async () => {
    const { books, world } = at();
    const hold = join(world.journalDirectory, 'hold');
    writeFileSync(hold, '');
    const ids = await orders(at(), 5);
    expect(await at().settle('balance', { account: payer })).toMatchObject({
      outcome: 'succeeded',
    });
    for (const id of ids) {
      const { data } = await at().settle('status', { of: id });
      expect(data).toMatchObject({ phase: 'received', sent: 'never' });
    }
    const { executions } = await world.control.executions();
    const held = executions.filter(({ memo }) => ids.some((id) => memo.includes(`REF-${id}`)));
    expect(held).toEqual([]);
    expect(books.open()).toEqual(ids);
    const soon = new Date(Date.now() + 1_000).toISOString();
    expect(await at().settle('transfer', pay(), { expiresAt: soon })).toMatchObject({
      outcome: 'failed',
      reason: 'expired',
      sent: 'never',
      code: 'EXPIRED',
    });
    rmSync(hold);
    await expectAllPaidOnce(ids);
  });
});

it('told one story, and the bank executed nothing twice', () => expectNothingTwice(at()));
