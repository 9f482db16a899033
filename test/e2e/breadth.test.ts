/** Beyond members and payouts: changes of accounts, fees beside payouts, and the statement of the main account. */
import { describe, expect, it } from 'vitest';
import { payoutTo } from '../../scripts/world/member.ts';
import { MAIN_ACCOUNT } from '../../scripts/world/options.ts';
import { WITHIN_MS } from './ground.ts';
import { openMember, today, worldOfFile } from './words.ts';

const TEST_MS = 60_000;
const at = worldOfFile({
  bankSettings: { reviewMs: 50, settleMs: 50, payoutFee: '2.00', changeReviewMs: 200 },
  link: { credits: { roundMs: 200, mainStatement: true } },
});

const timesAsked = async (transaction: string) => {
  const { requests } = await at().world.control.requests();
  return requests.filter((one) => one.transaction === transaction).length;
};

const parameters = (account: string, name: string) => ({
  account,
  name,
  sharesInterest: 'no',
  interest: 'flat',
  rate: '0.35',
  sharesFees: 'no',
  fees: 'none',
});

describe('a change of an account', { timeout: TEST_MS }, () => {
  it('is done when the account shows it, although it has no serial', async () => {
    const account = await openMember(at(), '参数管理公司');
    const changed = await at().settle('maintain', parameters(account, '参数管理有限公司'));
    expect(changed).toMatchObject({ outcome: 'succeeded', proof: { kind: 'inquiry' } });
    expect(changed).not.toHaveProperty('serial');
    const body = { account, from: today(), to: today() };
    const { data } = await at().settle('member-state', body);
    expect(data?.rows).toMatchObject([{ name: '参数管理有限公司', state: '0' }]);
    const closed = await at().settle('close', { account });
    expect(closed).toMatchObject({ outcome: 'succeeded', code: '2', proof: { kind: 'inquiry' } });
    expect(await timesAsked('DLOLCACC')).toBe(1);
  });

  it('R10: whose answer is lost is asked about, and never sent again', async () => {
    const account = await openMember(at(), '应答丢失公司');
    const before = await timesAsked('DLSBAMAN');
    await at().world.control.addFault({
      fault: { kind: 'drop-after', how: 'reset' },
      transaction: 'DLSBAMAN',
    });
    const changed = await at().settle('maintain', parameters(account, '应答丢失有限公司'));
    expect(changed).toMatchObject({ outcome: 'succeeded', proof: { kind: 'inquiry' } });
    expect(await timesAsked('DLSBAMAN')).toBe(before + 1);
  });
});

describe('the fee of a payout', { timeout: TEST_MS }, () => {
  it('is told beside it, with the payout it was taken for', async () => {
    const account = await openMember(at(), '手续费公司', '100.00');
    const id = await at().enqueue('withdraw', { account, amount: '30.00' });
    expect(await at().books.final(id, WITHIN_MS)).toMatchObject({ outcome: 'succeeded' });
    const fee = await at().books.notice(
      (one) => one.type === 'fee' && one.account === account,
      WITHIN_MS,
    );
    expect(fee).toMatchObject({ amount: '2.00', direction: 'out', of: id });
  });
});

describe('the main account', { timeout: TEST_MS }, () => {
  it('tells money that came in, and a payment that the bank marks as returned', async () => {
    const { books, world } = at();
    const id = await at().enqueue('payment', {
      payee: payoutTo('退汇测试公司'),
      amount: '7.77',
      channel: 'small',
      sameCity: 'no',
    });
    const paid = await books.final(id, WITHIN_MS);
    expect(paid).toMatchObject({ outcome: 'succeeded' });
    await world.control.returnPayout({ serial: paid.serial ?? '' });
    const marked = await books.notice(
      ({ marks, account }) => account === MAIN_ACCOUNT && marks?.returned === 'yes',
      WITHIN_MS,
    );
    // told as news of a known entry, or as what it is if it was marked before the first sweep
    expect(['changed', 'payout-returned']).toContain(marked.type);
    expect(marked).toMatchObject({ direction: 'out', amount: '7.77', of: id });
    const back = await books.notice(
      ({ type, amount }) => type === 'main-credit' && amount === '7.77',
      WITHIN_MS,
    );
    expect(back).toMatchObject({ account: MAIN_ACCOUNT, direction: 'in' });
    const { data } = await at().settle('main-statement', { from: today(), to: today() });
    expect(data?.rows).toContainEqual(
      expect.objectContaining({ direction: 'D', amount: '7.77', returned: '0' }),
    );
  });
});
