/**
 * The reference protocol from queue to bank and back, over one persistent session: orders side by side, a
 * kick in mid-flight, a gateway that is killed, money that the bank tells of by itself. Nothing is paid twice.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Books, until } from '../../scripts/world/books.ts';
import type { LedgerClient } from '../../src/queue/client.ts';
import { COMPILING_MS } from '../support/compiled.ts';
import { executedFor, type Ground, ground, quickLink, WITHIN_MS } from './ground.ts';
import { journaled, logged } from './words.ts';

const LINK = 'front';
const BUYER = '3110700000000000011';
const SELLER = '3110700000000000022';
const TEST_MS = 60_000;

let at: Ground;
let books: Books;
let ledger: LedgerClient;
let counted = 0;
let failpoint: string | undefined;

beforeAll(async () => {
  at = await ground({
    bankSettings: { settleMs: 100, sessionNoticeAgainMs: 300 },
    others: [
      {
        name: LINK,
        spec: 'reference',
        settings: { user: 'yinqi-demo' },
        more: { ...quickLink, window: 8, credits: { roundMs: 60_000, accounts: [SELLER] } },
      },
    ],
    env: () => {
      const armed = failpoint;
      failpoint = undefined;
      return armed === undefined ? {} : { YINQI_FAILPOINT: armed };
    },
  });
  await at.world.untilStarted(at.gateway.current);
  await at.world.control.openAccount({ number: BUYER, name: '示例买方公司', balance: '10000.00' });
  await at.world.control.openAccount({ number: SELLER, name: '示例卖方公司' });
  // results of all links come on one queue of the ledger; orders have one for each
  ledger = at.world.ledger(undefined, LINK);
  books = at.books;
}, COMPILING_MS);

afterAll(async () => {
  await at.stop();
}, TEST_MS);

async function order(operation: string, body: Record<string, unknown>): Promise<string> {
  counted += 1;
  const id = `R${String(counted).padStart(4, '0')}`;
  const envelope = books.envelope(id, operation, body, { businessRef: `REF-${id}` });
  books.orders.set(id, { envelope, told: [] });
  await ledger.enqueue(envelope);
  return id;
}

const transfer = (amount = '1.00'): Promise<string> =>
  order('transfer', { from: BUYER, to: SELLER, toName: '示例卖方公司', amount });

const settled = (id: string) => books.final(id, WITHIN_MS);

const timesPaid = async (id: string): Promise<number> =>
  (await executedFor(at.world, `REF-${id}`)).length;

/** Kills the gateway where it stands; the supervisor starts the next one. */
async function killed(): Promise<void> {
  const { current } = at.gateway;
  current.signal('SIGKILL');
  await current.ended;
  await until('the next gateway', () => at.gateway.current !== current, WITHIN_MS);
  await at.world.untilStarted(at.gateway.current);
}

describe('one session', { timeout: TEST_MS }, () => {
  it('carries orders and queries, each answered as itself', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => transfer()));
    for (const id of ids) {
      expect(await settled(id)).toMatchObject({
        outcome: 'succeeded',
        sent: 'yes',
        code: '000000',
      });
      expect(await timesPaid(id)).toBe(1);
    }
    const { data } = await settled(await order('balance', { account: SELLER }));
    expect(data).toMatchObject({ rows: [{ account: SELLER, ledger: '12.00' }] });
  });

  it('pays out, and says done only when the bank has settled', async () => {
    const payee = { account: '6225880137721234', name: '示例买方公司', sameBank: false };
    const whole = { ...payee, bankCode: '308290003020', bankName: '招商银行上海分行' };
    const id = await order('withdraw', { account: BUYER, payee: whole, amount: '3.00' });
    expect(await settled(id)).toMatchObject({ outcome: 'succeeded', proof: { kind: 'inquiry' } });
    expect(await timesPaid(id)).toBe(1);
  });

  it('is refused by the bank without anything being changed', async () => {
    expect(await settled(await transfer('999999.00'))).toMatchObject({
      outcome: 'failed',
      reason: 'refused-by-bank',
      code: '100002',
    });
  });

  it('kicked in mid-flight: asked about on the next session, and never sent again', async () => {
    await at.world.control.addFault({
      fault: { kind: 'drop-after', how: 'close' },
      transaction: 'T101',
    });
    const ids = await Promise.all(Array.from({ length: 6 }, () => transfer()));
    for (const id of ids) {
      expect(await settled(id)).toMatchObject({ outcome: 'succeeded' });
      expect(await timesPaid(id)).toBe(1);
    }
    expect(logged(at.world, 'kicked').length).toBeGreaterThan(0);
  });

  it('killed again and again: no number twice, nothing paid twice', async () => {
    const ids: string[] = [];
    for (let kills = 0; kills < 3; kills += 1) {
      ids.push(...(await Promise.all(Array.from({ length: 5 }, () => transfer()))));
      await killed();
    }
    for (const id of ids) {
      expect(await settled(id)).toMatchObject({ outcome: 'succeeded' });
      expect(await timesPaid(id)).toBe(1);
    }
    const sent = journaled(at, 'send')
      .filter(({ link }) => link === LINK)
      .map(({ sequence }) => JSON.stringify(sequence));
    expect(sent.length).toBeGreaterThan(20);
    expect(new Set(sent).size).toBe(sent.length);
  });

  it('R24: killed between record and write: the number is closed, the order asked about', async () => {
    failpoint = 'before-write:1';
    const before = at.gateway.ends.length;
    await killed();
    const id = await transfer();
    await until('its own end', () => at.gateway.ends.length > before + 1, WITHIN_MS);
    await at.world.untilStarted(at.gateway.current);
    const result = await settled(id);
    // the mock bank's contract lets "no such serial" be believed, so either is an end; twice is not
    expect(await timesPaid(id)).toBe(result.outcome === 'succeeded' ? 1 : 0);
    await until(
      'the gap told',
      () => logged(at.world, 'sequence-gap').some(({ code }) => code === 'us'),
      WITHIN_MS,
    );
  });

  it('money that comes in is told once, however often the bank tells of it', async () => {
    await at.world.control.injectCredit({ account: SELLER, amount: '77.00' });
    // a round of all accounts is a minute away: it is the push that makes the gateway look now
    const notice = await books.notice(({ amount }) => amount === '77.00', WITHIN_MS);
    // acknowledged, the bank tells it no more: longer than it would wait
    const pushes = () => journaled(at, 'push').length;
    const before = pushes();
    expect(before).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(pushes()).toBe(before);
    expect(logged(at.world, 'push-unanswered')).toEqual([]);
    expect(notice).toMatchObject({ type: 'credit', account: SELLER });
    await killed();
    await settled(await transfer());
    const told = [...books.notices.values()].filter(({ amount }) => amount === '77.00');
    // by version: the same one told twice is one
    expect(told).toHaveLength(1);
  });

  it('in the end the books are whole, and nothing was executed twice', async () => {
    const { violations } = await at.world.control.violations();
    const { obligations } = await at.world.control.obligations({ pattern: 'REF-\\w+' });
    const twice = obligations.filter(({ count }) => count > 1);
    expect({ broken: books.broken, violations, twice }).toEqual({
      broken: [],
      violations: [],
      twice: [],
    });
    expect(logged(at.world, 'out-of-protocol')).toEqual([]);
  });
});
