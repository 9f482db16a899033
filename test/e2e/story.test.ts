/** Every operation a ledger may order on the link, once from queue to bank and back, with what it is told. */
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/world/books.ts';
import { openingOf, PAYOUT_ACCOUNT, payoutTo } from '../../scripts/world/member.ts';
import { ADJUSTMENT_ACCOUNT, MAIN_ACCOUNT, MEMBER_PREFIX } from '../../scripts/world/options.ts';
import { executedFor, WITHIN_MS } from './ground.ts';
import {
  expectNothingTwice,
  nativeEnvelope,
  openMember,
  timesExecuted,
  today,
  worldOfFile,
} from './words.ts';

const BUYER = '上海远航贸易有限公司';
const SELLER = '宁波海天实业有限公司';
const TEST_MS = 40_000;
/** Long enough for a cancel to arrive before the claim. */
const LATER_MS = 60_000;

const at = worldOfFile();
let buyer = '';
let seller = '';

beforeAll(async () => {
  [buyer, seller] = await Promise.all([
    openMember(at(), BUYER, '50000.00'),
    openMember(at(), SELLER),
  ]);
}, TEST_MS);

const stands = async (number: string) => {
  const { accounts } = await at().world.control.ledger();
  const found = accounts.find((account) => account.number === number);
  return { balance: found?.balance, frozen: found?.frozen };
};

const span = (account: string) => ({ account, from: today(), to: today() });

interface Rows {
  readonly rows?: readonly Record<string, string>[];
}

const rowsOf = (data: Record<string, unknown> | undefined): readonly Record<string, string>[] =>
  (data as Rows | undefined)?.rows ?? [];

describe('P2: members', { timeout: TEST_MS }, () => {
  it('opens an account when the bank’s reviewer has said yes, and not before', async () => {
    const { books, world } = at();
    await world.control.changeSettings({ reviewMs: null });
    const id = await at().enqueue('open', openingOf('苏州新源材料有限公司'));
    const openings = async () => (await world.control.reviews()).openings;
    await until('an opening to review', async () => (await openings()).length === 1, WITHIN_MS);
    const [opening] = await openings();
    expect(books.resultOf(id)).toBeUndefined();
    await world.control.review({ account: opening?.number, decision: 'approve' });
    await world.control.changeSettings({ reviewMs: 200 });
    const result = await books.final(id, WITHIN_MS);
    expect(result).toMatchObject({
      outcome: 'succeeded',
      sent: 'yes',
      code: '0',
      serial: opening?.number,
      proof: { kind: 'inquiry' },
      data: { account: opening?.number, bankCustomer: expect.stringMatching(/^\d{12}$/) },
    });
    expect(opening?.number.startsWith(MEMBER_PREFIX)).toBe(true);
  });

  it('tells the state of an account', async () => {
    const result = await at().settle('member-state', span(buyer));
    expect(result).toMatchObject({ outcome: 'succeeded', sent: 'yes' });
    expect(rowsOf(result.data)).toEqual([{ account: buyer, name: BUYER, type: '03', state: '0' }]);
  });

  it('tells a balance', async () => {
    const result = await at().settle('balance', { account: buyer });
    expect(rowsOf(result.data)).toEqual([
      {
        account: buyer,
        name: BUYER,
        available: '50000.00',
        ledger: '50000.00',
        frozen: '0.00',
        overdraft: '0.00',
        mainAvailable: expect.stringMatching(/^\d+\.\d{2}$/),
      },
    ]);
  });
});

describe('money between members', { timeout: TEST_MS }, () => {
  it('transfers, and says done only when the bank’s inquiry does', async () => {
    const before = await stands(seller);
    const result = await at().settle('transfer', { from: buyer, to: seller, amount: '1200.00' });
    expect(result).toMatchObject({
      outcome: 'succeeded',
      final: true,
      sent: 'yes',
      code: 'AAAAAAA',
      proof: { kind: 'inquiry', record: expect.any(Number) },
      businessRef: `REF-${result.id}`,
    });
    expect(before.balance).toBe('0.00');
    expect(await stands(seller)).toEqual({ balance: '1200.00', frozen: '0.00' });
    const [executed] = await executedFor(at().world, `REF-${result.id}`);
    expect(executed).toMatchObject({ serial: result.serial, type: 'BF', from: buyer, to: seller });
  });

  it('freezes, tells the bank’s number, and lets go again', async () => {
    const held = await at().settle('freeze', { account: buyer, amount: '500.00' });
    const { freezes } = await at().world.control.ledger();
    const mine = freezes.find(({ serial }) => serial === held.serial);
    expect(held).toMatchObject({ outcome: 'succeeded', data: { freezeNumber: mine?.number } });
    expect((await stands(buyer)).frozen).toBe('500.00');
    const free = await at().settle('unfreeze', { freeze: held.id });
    expect(free).toMatchObject({ outcome: 'succeeded' });
    expect((await stands(buyer)).frozen).toBe('0.00');
  });

  it('pays out of a freeze', async () => {
    const before = await stands(seller);
    const held = await at().settle('freeze', { account: buyer, amount: '300.00' });
    const paid = await at().settle('pay-from-freeze', { freeze: held.id, to: seller });
    expect(paid).toMatchObject({ outcome: 'succeeded' });
    expect(before.balance).toBe('1200.00');
    expect((await stands(seller)).balance).toBe('1500.00');
    expect((await stands(buyer)).frozen).toBe('0.00');
  });

  it('pays and freezes at the payee; the release gives the money back to the payer', async () => {
    const before = await stands(buyer);
    const body = { from: buyer, to: seller, amount: '250.00' };
    const escrow = await at().settle('pay-and-freeze', body);
    expect(escrow).toMatchObject({
      outcome: 'succeeded',
      data: { freezeNumber: expect.stringMatching(/\S/) },
    });
    expect(await stands(seller)).toEqual({ balance: '1750.00', frozen: '250.00' });
    expect(await at().settle('unfreeze', { freeze: escrow.id })).toMatchObject({
      outcome: 'succeeded',
    });
    expect(await stands(seller)).toEqual({ balance: '1500.00', frozen: '0.00' });
    expect(await stands(buyer)).toEqual(before);
  });
});

describe('money that leaves and money nobody could place', { timeout: TEST_MS }, () => {
  it('pays a member out to its one bound account', async () => {
    const body = { account: seller, amount: '700.00', channel: 'large' };
    const result = await at().settle('withdraw', body);
    expect(result).toMatchObject({ outcome: 'succeeded', proof: { kind: 'inquiry' } });
    const [executed] = await executedFor(at().world, `REF-${result.id}`);
    expect(executed).toMatchObject({
      to: PAYOUT_ACCOUNT,
      amount: '700.00',
      transaction: 'DLFCSOUT',
    });
  });

  it('pays from the main account, and tells the bank’s number of it', async () => {
    const payee = payoutTo('任意收款人', '6217009999999999999');
    const body = { payee, amount: '0.37', channel: 'small', sameCity: 'no' };
    const result = await at().settle('payment', body);
    expect(result).toMatchObject({
      outcome: 'succeeded',
      data: {
        date: today(),
        time: expect.stringMatching(/^\d{6}$/),
        number: expect.stringMatching(/\S/),
      },
    });
    const [executed] = await executedFor(at().world, `REF-${result.id}`);
    expect(executed).toMatchObject({ from: MAIN_ACCOUNT, to: '6217009999999999999' });
  });

  it('assigns an unplaced credit to a member, and takes a wrong assignment back', async () => {
    const before = await stands(seller);
    await at().world.control.injectCredit({ account: ADJUSTMENT_ACCOUNT, amount: '88.00' });
    const notice = await at().books.notice(({ type }) => type === 'unplaced', WITHIN_MS);
    const entry = {
      account: seller,
      amount: '88.00',
      entryDate: notice.entry?.date,
      entryNumber: notice.entry?.number,
      entrySequence: notice.entry?.sequence,
    };
    expect(await at().settle('assign-credit', entry)).toMatchObject({ outcome: 'succeeded' });
    expect((await stands(seller)).balance).toBe('888.00');
    expect(await at().settle('return-credit', entry)).toMatchObject({ outcome: 'succeeded' });
    expect(await stands(seller)).toEqual(before);
  });
});

describe('what can be asked', { timeout: TEST_MS }, () => {
  const TWINS = 23;

  it('reads a statement of more pages than one, every entry once', async () => {
    const { world } = at();
    await world.control.injectCredit({ account: buyer, amount: '0.01', twins: TWINS });
    const result = await at().settle('statement', span(buyer));
    const rows = rowsOf(result.data);
    const { entries } = await world.control.entries({ account: buyer });
    const numbers = rows.map(({ number, sequence }) => `${number}/${sequence}`);
    expect(rows.length).toBeGreaterThan(TWINS);
    expect(numbers).toEqual(entries.map(({ number, sequence }) => `${number}/${sequence}`));
    expect(rows.at(-1)).toMatchObject({
      account: buyer,
      direction: 'C',
      amount: '0.01',
      type: '23',
    });
    expect(result.data).not.toHaveProperty('truncatedAtRows');
  });

  it('reads receipts with the codes they are printed by', async () => {
    const result = await at().settle('receipts', span(buyer));
    const { entries } = await at().world.control.entries({ account: buyer });
    expect(rowsOf(result.data).map(({ receiptCode }) => receiptCode)).toEqual(
      entries.map(({ verifyCode }) => verifyCode),
    );
  });

  it('tells what it knows of another instruction', async () => {
    const paid = await at().settle('transfer', { from: buyer, to: seller, amount: '1.00' });
    const result = await at().settle('status', { of: paid.id });
    expect(result).toMatchObject({
      outcome: 'succeeded',
      sent: 'never',
      proof: { kind: 'local' },
      data: {
        id: paid.id,
        phase: 'succeeded',
        outcome: 'succeeded',
        final: true,
        sent: 'yes',
        serial: paid.serial,
      },
    });
    expect(await at().settle('status', { of: 'NEVERHEARD' })).toMatchObject({
      outcome: 'failed',
      reason: 'not-allowed',
      code: 'REFERENCE_NOT_HELD',
    });
  });

  it('asks by the bank’s own code, in the bank’s own names', async () => {
    const envelope = nativeEnvelope(at(), 'NATIVE1', 'DLSBALQR', { subAccNo: buyer });
    await at().books.order(envelope);
    const result = await at().books.final('NATIVE1', WITHIN_MS);
    expect(result).toMatchObject({ outcome: 'succeeded', data: { fields: { status: 'AAAAAAA' } } });
    expect(rowsOf(result.data)).toMatchObject([{ subAccNo: buyer, SUBACCNM: BUYER }]);
  });

  it('sends no order by the bank’s own code unless the link lists it', async () => {
    const body = { payAccNo: buyer, tranType: 'BF', recvAccNo: seller, recvAccNm: SELLER };
    const native = { ...body, tranAmt: '5.00', tranFlag: '1', memo: 'REF-NATIVE2' };
    await at().books.order(nativeEnvelope(at(), 'NATIVE2', 'DLMDETRN', native));
    expect(await at().books.final('NATIVE2', WITHIN_MS)).toMatchObject({
      outcome: 'failed',
      reason: 'not-allowed',
      sent: 'never',
      code: 'NOT_ALLOWED',
      path: 'transaction',
    });
    expect(await timesExecuted(at(), 'REF-NATIVE2')).toBe(0);
  });
});

describe('cancel', { timeout: TEST_MS }, () => {
  const pay = () => ({ from: buyer, to: seller, amount: '2.00' });

  it('wins before the claim: the order fails as cancelled and was never sent', async () => {
    const notBefore = new Date(Date.now() + LATER_MS).toISOString();
    const id = await at().enqueue('transfer', pay(), { notBefore });
    await at().taken(id);
    const cancelled = await at().settle('cancel', { of: id });
    expect(cancelled).toMatchObject({ outcome: 'succeeded', data: { id } });
    expect(await at().books.final(id, WITHIN_MS)).toMatchObject({
      outcome: 'failed',
      reason: 'cancelled',
      sent: 'never',
      proof: { kind: 'never-sent' },
    });
    expect(await timesExecuted(at(), `REF-${id}`)).toBe(0);
  });

  it('comes too late after it, and changes nothing', async () => {
    const paid = await at().settle('transfer', pay());
    expect(await at().settle('cancel', { of: paid.id })).toMatchObject({
      outcome: 'failed',
      code: 'TOO_LATE',
      sent: 'never',
    });
    expect(at().books.resultOf(paid.id)).toEqual(paid);
    expect(await timesExecuted(at(), `REF-${paid.id}`)).toBe(1);
  });
});

it('told one story, and the bank executed nothing twice', () => expectNothingTwice(at()));
