/** A company's account at Ping An over TCP: one gateway, two banks, the whole way from queue to ledger. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Books } from '../../scripts/world/books.ts';
import { SOURCE } from '../../scripts/world/options.ts';
import { type Supervisor, World } from '../../scripts/world/world.ts';
import type { Result } from '../../src/instruction/messages.ts';
import { compiled } from '../support/compiled.ts';
import { quickLink, WITHIN_MS } from './ground.ts';

const TEST_MS = 60_000;
const COMPILING_MS = 240_000;
const LINK = 'pingan';
const MAIN = '15000000000101';
const payee = {
  account: '6230580000000000001',
  name: '张样例',
  sameBank: false,
  bankCode: '104100000004',
  bankName: '样例商业银行',
};

let world: World;
let gateway: Supervisor;
let books: Books;
let counted = 0;

beforeAll(async () => {
  world = await World.start({
    directory: mkdtempSync(join(tmpdir(), 'yinqi-e2e-')),
    dist: process.env.YINQI_DIST ?? compiled(),
    specs: join(import.meta.dirname, '..', '..', 'protocol-specs'),
    bankSettings: { settleMs: 100 },
    link: quickLink,
    others: [
      {
        name: LINK,
        spec: 'pingan_b2bi',
        settings: {
          customerCode: '00900000000000001000',
          mainAccount: MAIN,
          mainAccountName: '样例贸易有限公司',
          sameCity: '1',
        },
        more: { ...quickLink, native: ['4018'] },
      },
    ],
    source: {
      links: {
        [LINK]: { operations: ['*'] },
      },
    },
  });
  gateway = world.supervise();
  await world.untilStarted(gateway.current);
  books = new Books(world.ledger(SOURCE, LINK));
}, COMPILING_MS);

afterAll(async () => {
  await gateway?.stop();
  await world?.stop();
  if (process.env.YINQI_KEEP === undefined) {
    rmSync(world.directory, { recursive: true, force: true });
  }
});

async function order(operation: string, body: Record<string, unknown>): Promise<string> {
  counted += 1;
  const id = `P${String(counted).padStart(4, '0')}`;
  await books.order(books.envelope(id, operation, body, { businessRef: `REF-${id}` }));
  return id;
}
/** By the bank's own code. */
async function call(transaction: string, body: Record<string, unknown>): Promise<string> {
  counted += 1;
  const id = `P${String(counted).padStart(4, '0')}`;
  const { operation: _, ...envelope } = books.envelope(id, '', body);
  await books.order({ ...envelope, transaction });
  return id;
}
const settle = async (operation: string, body: Record<string, unknown>): Promise<Result> =>
  books.final(await order(operation, body), WITHIN_MS);
const pay = (amount: string) => order('payment', { payee, amount, bank: { urgency: 'urgent' } });
const executed = async (id: string) =>
  (await world.control.executions({ memo: `REF-${id}` })).executions.length;

describe('a payment', { timeout: TEST_MS }, () => {
  it('is accepted by 4004 and decided by 4005', async () => {
    const id = await pay('12.50');
    const paid = await books.final(id, WITHIN_MS);
    expect(paid).toMatchObject({ outcome: 'succeeded', proof: { kind: 'inquiry' } });
    expect(paid.serial).toMatch(/^\d{20}$/);
    expect(paid.data?.frontNumber).toMatch(/^\d{14}$/);
    expect(await executed(id)).toBe(1);
  });

  it('whose answer is lost is asked about, and never sent again', async () => {
    await world.control.addFault({
      fault: { kind: 'drop-after', how: 'reset' },
      transaction: '4004',
    });
    const id = await pay('3.20');
    expect(await books.final(id, WITHIN_MS)).toMatchObject({
      outcome: 'succeeded',
      proof: { kind: 'inquiry' },
    });
    expect(await executed(id)).toBe(1);
  });

  it('that the bank refuses by a code nobody listed is asked about first', async () => {
    const refused = await settle('payment', { payee, amount: '9999999.00' });
    // nobody knows who made the code: only the written rule this link declares makes a denial final
    expect(refused).toMatchObject({ outcome: 'failed', reason: 'bank-does-not-know' });
  });

  it('that comes back is news, and its order is named', async () => {
    const id = await pay('7.77');
    const { serial = '' } = await books.final(id, WITHIN_MS);
    await world.control.returnPayout({ serial });
    const back = await books.notice(({ type }) => type === 'payout-returned', WITHIN_MS);
    expect(back).toMatchObject({ account: MAIN, amount: '7.77', direction: 'in', of: id });
  });
});

const item = (number: string, amount: string) => ({
  SThirdVoucher: number,
  InAcctNo: payee.account,
  InAcctName: payee.name,
  InAcctBankName: payee.bankName,
  TranAmount: amount,
  UnionFlag: '0',
  AddrFlag: '1',
});
const batch = (totalAmt: string, ...items: ReturnType<typeof item>[]) =>
  call('4018', {
    totalCts: String(items.length),
    totalAmt,
    BSysFlag: 'N',
    PayType: '0',
    HOResultSet4018R: items,
  });

describe('a batch', { timeout: TEST_MS }, () => {
  it('is a success where every payment was made', async () => {
    const done = await books.final(
      await batch('3.00', item('1', '1.00'), item('2', '2.00')),
      WITHIN_MS,
    );
    expect(done).toMatchObject({ outcome: 'succeeded', proof: { kind: 'inquiry' } });
  });

  it('of which a part was made goes to people; its payments are seen by a call', async () => {
    const id = await batch('10000000.00', item('1', '1.00'), item('2', '9999999.00'));
    const told = () => books.orders.get(id)?.result;
    await expect.poll(() => told()?.outcome, { timeout: WITHIN_MS }).toBe('unknown');
    expect(told()).toMatchObject({ final: false, reason: 'manual', sent: 'yes' });
    const question = {
      OrigThirdVoucher: told()?.serial,
      QueryType: '0',
      PageCts: '50',
      PageNo: '1',
    };
    const { data } = await books.final(await call('4015', question), WITHIN_MS);
    // what was refused when the batch came in is not shown, as if it had never been sent
    expect(data?.rows).toMatchObject([{ SThirdVoucher: '1', Stt: '20' }]);
  });
});

describe('the account', { timeout: TEST_MS }, () => {
  it('is read by page', async () => {
    const today = new Date(Date.now() + 8 * 3_600_000)
      .toISOString()
      .slice(0, 10)
      .replaceAll('-', '');
    const { data } = await settle('main-balance', {});
    expect(data?.rows).toMatchObject([{ account: MAIN, currency: 'RMB' }]);
    const statement = await settle('main-statement', { from: today, to: today });
    expect(statement.data?.rows).toContainEqual(
      expect.objectContaining({ direction: 'D', amount: '12.50', to: payee.account }),
    );
    expect((await settle('probe', {})).outcome).toBe('succeeded');
  });

  it('tells money that came in, two alike as two', async () => {
    await world.control.injectCredit({ account: MAIN, amount: '100.00', twins: 2 });
    const told = () =>
      [...books.notices.values()].filter(
        ({ type, amount }) => type === 'main-credit' && amount === '100.00',
      );
    await expect.poll(() => told().length, { timeout: WITHIN_MS }).toBe(2);
    expect(told()[0]).toMatchObject({ account: MAIN, direction: 'in', identity: 'counted' });
    expect(new Set(told().map(({ key }) => key)).size).toBe(2);
  });
});

it('nothing the bank executed was ordered twice, and nothing was told twice', async () => {
  expect((await world.control.violations()).violations).toEqual([]);
  expect(books.broken).toEqual([]);
});
