/** Freezes are named by the instruction that made them, and by nothing else: equal ones are never confused. */
import { beforeAll, describe, expect, it } from 'vitest';
import { WITHIN_MS } from './ground.ts';
import { expectNothingTwice, openMember, timesExecuted, worldOfFile } from './words.ts';

const TEST_MS = 40_000;

const at = worldOfFile();
let holder = '';
let payee = '';

beforeAll(async () => {
  [holder, payee] = await Promise.all([
    openMember(at(), '上海远航贸易有限公司', '1000.00'),
    openMember(at(), '宁波海天实业有限公司'),
  ]);
}, TEST_MS);

const freezes = async () => (await at().world.control.ledger()).freezes;
const freezeOf = async (serial: string | undefined) =>
  (await freezes()).find((one) => one.serial === serial);

describe('two equal freezes on one account', { timeout: TEST_MS }, () => {
  it('have a number each, and paying from one leaves the other', async () => {
    const body = { account: holder, amount: '100.00' };
    const [one, two] = await Promise.all([
      at().settle('freeze', body),
      at().settle('freeze', body),
    ]);
    expect(one.data?.freezeNumber).toBe((await freezeOf(one.serial))?.number);
    expect(two.data?.freezeNumber).toBe((await freezeOf(two.serial))?.number);
    expect(one.data?.freezeNumber).not.toBe(two.data?.freezeNumber);

    const paid = await at().settle('pay-from-freeze', { freeze: two.id, to: payee });
    expect(paid).toMatchObject({ outcome: 'succeeded' });
    expect(await freezeOf(two.serial)).toMatchObject({ active: false });
    expect(await freezeOf(one.serial)).toMatchObject({ active: true, amount: '100.00' });

    const again = await at().settle('pay-from-freeze', { freeze: two.id, to: payee });
    expect(again).toMatchObject({ outcome: 'failed' });
    expect(await timesExecuted(at(), `REF-${again.id}`)).toBe(0);
    expect(await freezeOf(one.serial)).toMatchObject({ active: true });

    expect(await at().settle('unfreeze', { freeze: one.id })).toMatchObject({
      outcome: 'succeeded',
    });
    expect((await freezes()).filter(({ active }) => active)).toEqual([]);
  });

  it('stay apart while the bank turns the questions for their numbers away', async () => {
    const { world } = at();
    const fault = { kind: 'code' as const, code: 'ED11308' };
    await world.control.addFault({ fault, times: 3, transaction: 'DLFRNOQR' });
    const body = { account: holder, amount: '60.00' };
    const both = await Promise.all([
      at().settle('freeze', body),
      at().settle('pay-and-freeze', { from: payee, to: holder, amount: '60.00' }),
    ]);
    for (const { data, serial } of both) {
      expect(data?.freezeNumber).toBe((await freezeOf(serial))?.number);
    }
    await Promise.all(both.map(({ id }) => at().settle('unfreeze', { freeze: id })));
    expect((await freezes()).filter(({ active }) => active)).toEqual([]);
  });
});

describe('a freeze that is used', { timeout: TEST_MS }, () => {
  it('is not there when its instruction failed: not allowed, never sent', async () => {
    const failed = await at().settle('freeze', { account: holder, amount: '999999.00' });
    expect(failed).toMatchObject({ outcome: 'failed', reason: 'refused-by-bank' });
    const paid = await at().settle('pay-from-freeze', { freeze: failed.id, to: payee });
    expect(paid).toMatchObject({
      outcome: 'failed',
      reason: 'not-allowed',
      sent: 'never',
      code: 'REFERENCE_NOT_HELD',
      path: 'body.freeze',
    });
  });

  it('is not there when its instruction made none', async () => {
    const transfer = { from: holder, to: payee, amount: '1.00' };
    const moved = await at().settle('transfer', transfer);
    expect(await at().settle('unfreeze', { freeze: moved.id })).toMatchObject({
      outcome: 'failed',
      reason: 'not-allowed',
      sent: 'never',
    });
  });

  it('may be ordered after what uses it: the payment waits, unsent', async () => {
    const { books } = at();
    const body = { freeze: 'FREEZE_LATER', to: payee };
    const paying = await at().enqueue('pay-from-freeze', body);
    expect(await at().taken(paying)).toMatchObject({ phase: 'received', sent: 'never' });
    await at().enqueue('freeze', { account: holder, amount: '40.00' }, { id: 'FREEZE_LATER' });
    expect(await books.final('FREEZE_LATER', WITHIN_MS)).toMatchObject({ outcome: 'succeeded' });
    expect(await books.final(paying, WITHIN_MS)).toMatchObject({ outcome: 'succeeded' });
    expect(await timesExecuted(at(), `REF-${paying}`)).toBe(1);
  });

  it('waits until the bank has shown its number', async () => {
    const { books, world } = at();
    await world.control.changeSettings({ freezeNumberAfterMs: 700 });
    const freeze = await at().enqueue('freeze', { account: holder, amount: '30.00' });
    const paying = await at().enqueue('pay-from-freeze', { freeze, to: payee });
    const held = await books.final(freeze, WITHIN_MS);
    expect(held).toMatchObject({
      outcome: 'succeeded',
      data: { freezeNumber: expect.any(String) },
    });
    expect(await books.final(paying, WITHIN_MS)).toMatchObject({ outcome: 'succeeded' });
    await world.control.changeSettings({ freezeNumberAfterMs: 0 });
  });
});

it('told one story, and the bank executed nothing twice', () => expectNothingTwice(at()));
