/** Opening an account has no serial of its own: the number we chose is what a lost answer is asked about by. */
import { describe, expect, it } from 'vitest';
import { until } from '../../scripts/world/books.ts';
import { openingOf } from '../../scripts/world/member.ts';
import { WITHIN_MS } from './ground.ts';
import { expectNothingTwice, journaled, worldOfFile } from './words.ts';

const TEST_MS = 60_000;
const NAME = '上海远航贸易有限公司';

/** The first run dies when the first request has been written; whoever comes after it lives. */
const at = worldOfFile({
  env: (run) => (run === 0 ? { YINQI_FAILPOINT: 'written:1' } : {}),
});

const accountsNamed = async (name: string) => {
  const { accounts } = await at().world.control.ledger();
  return accounts.filter((account) => account.name === name);
};

describe('an opening', { timeout: TEST_MS }, () => {
  it('R10: whose gateway is killed right behind the write makes one account, and is told', async () => {
    const { books, gateway, world } = at();
    const id = await at().enqueue('open', openingOf(NAME));
    await until('killed', () => gateway.ends.length === 1, WITHIN_MS);
    expect(gateway.ends).toEqual(['SIGKILL']);
    const final = await books.final(id, WITHIN_MS);
    const accounts = await accountsNamed(NAME);
    expect(accounts).toMatchObject([{ number: final.serial, state: '0' }]);
    expect(final).toMatchObject({
      outcome: 'succeeded',
      sent: 'yes',
      proof: { kind: 'inquiry' },
      data: { account: final.serial },
    });
    const { requests } = await world.control.requests();
    const asked = requests.map(({ transaction }) => transaction);
    expect(asked.filter((transaction) => transaction === 'DLBREGSN')).toHaveLength(1);
    expect(asked).toContain('DLSASQRY');
    expect(journaled(at(), 'send')).toHaveLength(1);
  });

  it('binds the payout account although its answer was lost', async () => {
    const [member] = await accountsNamed(NAME);
    const account = member?.number ?? '';
    await at().world.control.injectCredit({ account, amount: '50.00' });
    const paid = await at().settle('withdraw', { account, amount: '20.00' });
    expect(paid).toMatchObject({ outcome: 'succeeded' });
  });

  it.each([
    ['refuse', '3'],
    ['refuse-by-bank', '8'],
  ] as const)('that the bank turns down (%s) has failed', async (decision, code) => {
    const { books, world } = at();
    await world.control.changeSettings({ reviewMs: null });
    const name = `审核${decision}公司`;
    const id = await at().enqueue('open', openingOf(name));
    await until('in review', async () => (await accountsNamed(name)).length === 1, WITHIN_MS);
    const [opened] = await accountsNamed(name);
    const account = opened?.number ?? '';
    await world.control.review({ account, decision });
    const final = await books.final(id, WITHIN_MS);
    expect(final).toMatchObject({
      outcome: 'failed',
      reason: 'refused-by-bank',
      sent: 'yes',
      code,
      proof: { kind: 'inquiry' },
    });
    expect(await at().settle('withdraw', { account, amount: '1.00' })).toMatchObject({
      outcome: 'failed',
      reason: 'not-allowed',
      sent: 'never',
    });
  });

  it('is never repeated: the same order twice is one account, a new order another', async () => {
    const { world } = at();
    await world.control.changeSettings({ reviewMs: 200 });
    const name = '重复开户公司';
    const fault = { kind: 'drop-after' as const };
    await world.control.addFault({ fault, transaction: 'DLBREGSN' });
    const first = await at().settle('open', openingOf(name));
    await at().books.replay();
    expect(first).toMatchObject({ outcome: 'succeeded' });
    expect(await accountsNamed(name)).toHaveLength(1);
    const second = await at().settle('open', openingOf(name));
    expect(second.serial).not.toBe(first.serial);
    expect(await accountsNamed(name)).toHaveLength(2);
  });
});

it('told one story, and the bank executed nothing twice', () => expectNothingTwice(at()));
