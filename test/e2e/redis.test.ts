/**
 * Redis loses everything, dies, or goes back in time. The journal has the last word: nobody is paid twice,
 * and what was told is told again with the same content.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/world/books.ts';
import { WITHIN_MS } from './ground.ts';
import {
  expectNothingTwice,
  freePort,
  logged,
  openMember,
  timesExecuted,
  worldOfFile,
} from './words.ts';

const TEST_MS = 90_000;
const ORDERS = 10;

const port = await freePort();
const at = worldOfFile({ adminPort: port, link: { sendWithinMs: 1_000 } });
let buyer = '';
let seller = '';

beforeAll(async () => {
  [buyer, seller] = await Promise.all([
    openMember(at(), '上海远航贸易有限公司', '10000.00'),
    openMember(at(), '宁波海天实业有限公司', '10000.00'),
  ]);
  await until('both credits told', () => at().books.notices.size === 2, WITHIN_MS);
}, TEST_MS);

const pay = () => ({ from: buyer, to: seller, amount: '1.00' });
const transfers = (count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => at().enqueue('transfer', pay())));

/** A freeze and a transfer that are done, and orders the bank takes its time for. */
async function busy() {
  const { world } = at();
  const done = await at().settle('transfer', pay());
  const freeze = await at().settle('freeze', { account: buyer, amount: '10.00' });
  const fault = { kind: 'late' as const, ms: 300 };
  await world.control.addFault({ fault, transaction: 'DLMDETRN', times: ORDERS });
  const seen = (await world.control.requests()).requests.length;
  const open = await transfers(ORDERS);
  const atTheBank = async () => {
    const { requests } = await world.control.requests();
    return requests.slice(seen).some((one) => one.fault === 'late');
  };
  await until('some of them at the bank', atTheBank, WITHIN_MS);
  return { done, freeze, open };
}

/** Every order has ended, and truly: what succeeded was executed once, what failed was not. */
async function expectTrue(): Promise<void> {
  const { books, world } = at();
  await until('everything settled', () => books.open().length === 0, WITHIN_MS * 2);
  await world.control.clearFaults();
  for (const [id, { envelope, result }] of books.orders) {
    if (envelope.operation !== 'transfer') continue;
    const executed = await timesExecuted(at(), `REF-${id}`);
    expect({ id, outcome: result?.outcome, executed }).toEqual({
      id,
      outcome: executed === 1 ? 'succeeded' : 'failed',
      executed: executed === 1 ? 1 : 0,
    });
  }
  await expectNothingTwice(at());
}

/** What a member and a freeze of before are still good for. */
async function expectRecords(freeze: string): Promise<void> {
  const paid = await at().settle('pay-from-freeze', { freeze, to: seller });
  expect(paid).toMatchObject({ outcome: 'succeeded' });
  const withdrawn = await at().settle('withdraw', { account: seller, amount: '5.00' });
  expect(withdrawn).toMatchObject({ outcome: 'succeeded' });
}

describe('P1 P4: Redis', { timeout: TEST_MS }, () => {
  it('emptied under a running gateway: it ends, rebuilds, and a replay pays nobody again', async () => {
    const { books, gateway, world } = at();
    const { done, freeze } = await busy();
    const ends = gateway.ends.length;
    const redis = new Redis({ path: world.redis.socket });
    await redis.flushall();
    redis.disconnect();
    await until('the gateway ends', () => gateway.ends.length > ends, WITHIN_MS);
    expect(gateway.ends.at(-1)).toBe('70');
    expect(logged(world, 'fatal').at(-1)).toMatchObject({ code: 'REDIS_ROLLED_BACK' });
    await until('the next run', () => gateway.ends.length === ends + 1, WITHIN_MS);
    await world.untilStarted(gateway.current);
    const before = new Map([...books.orders].map(([id, { result }]) => [id, result]));
    // the ledger lost its books as well, and orders everything again
    for (const { envelope } of [...books.orders.values()]) {
      books.orders.set(envelope.id, { envelope, told: [] });
    }
    await books.replay();
    await expectTrue();
    expect(books.resultOf(done.id)).toEqual(done);
    for (const [id, known] of before) {
      if (known?.final) expect(books.resultOf(id)?.outcome).toBe(known.outcome);
    }
    await expectRecords(freeze.id);
    expect(books.notices.size).toBe(2);
  });

  it('killed and started on the same files while orders flow: nothing is lost', async () => {
    const { world } = at();
    const { freeze } = await busy();
    const [more] = await Promise.all([transfers(ORDERS), world.restartRedis()]);
    await transfers(ORDERS);
    await expectTrue();
    for (const id of more) {
      expect(at().books.resultOf(id)).toMatchObject({ outcome: 'succeeded' });
    }
    await expectRecords(freeze.id);
  });

  it('frozen while orders flow: the gateway says so, waits, and goes on', async () => {
    const { gateway, world } = at();
    const ends = gateway.ends.length;
    const { freeze } = await busy();
    const flowing = transfers(ORDERS);
    world.redis.process.kill('SIGSTOP');
    const ready = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).json();
    const why = async () => JSON.stringify(await ready());
    await until('not ready', async () => (await why()).includes('does not answer'), WITHIN_MS);
    world.redis.process.kill('SIGCONT');
    await flowing;
    await expectTrue();
    await expectRecords(freeze.id);
    expect(gateway.ends).toHaveLength(ends);
  });

  it('put back to an older state: what was sent since is not sent again', async () => {
    const { books, gateway, world } = at();
    const files = join(world.redis.directory, 'appendonlydir');
    const older = join(world.directory, 'older');
    await world.restartRedis(() => cpSync(files, older, { recursive: true }));
    const { done, freeze } = await busy();
    const ends = gateway.ends.length;
    await world.restartRedis(() => {
      rmSync(files, { recursive: true });
      cpSync(older, files, { recursive: true });
    });
    await until('the gateway ends', () => gateway.ends.length > ends, WITHIN_MS);
    await until('a gateway that stays', () => gateway.current.alive, WITHIN_MS);
    await world.untilStarted(gateway.current);
    await books.replay();
    await expectTrue();
    expect(books.resultOf(done.id)).toEqual(done);
    await expectRecords(freeze.id);
    expect(books.notices.size).toBe(2);
  });
});
