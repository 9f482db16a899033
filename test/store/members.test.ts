/** Goal: what operations say of a member is merged, and the journal may give it back in any order, and twice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Member, MemberChange } from '../../src/instruction/intent.ts';
import type { Store } from '../../src/store/store.ts';
import { change, claim, type Ground, ground, item, key, lived, moved } from './ground.ts';

let at: Ground;
beforeAll(async () => {
  at = await ground();
});
afterAll(() => at.close());

const ACCOUNT = '810001';
const payout = (account: string) => ({ account, name: '张三', sameBank: false });
const said = (by: string, more: Partial<MemberChange>): MemberChange => ({
  account: ACCOUNT,
  openedBy: `erp:${by}`,
  since: '20261124',
  ...more,
});

const opened = said('open', { name: '张三', bank: { code: 'M1' } });
const bound = said('bind', { payout: payout('62170001') });
const other = said('other', { payout: payout('62170002'), since: '20261125' });
const rebound = said('rebind', { payout: payout('62170003'), rebinds: true });
const renamed = said('rename', { name: '张三丰', bank: { code: 'M1', phone: '1' } });

/** One after the other, as operations succeed. */
async function kept(store: Store, changes: readonly MemberChange[]): Promise<Member | undefined> {
  for (const [n, member] of changes.entries()) {
    await store.accept([item(`k${n}`)]);
    const [held] = await claim(store);
    if (held === undefined) throw new Error('nothing to claim');
    await change(store, moved(held, 'succeeded', { member }));
  }
  return store.member(ACCOUNT);
}

const restored = (member: MemberChange, version: number) => {
  const { intent, expiresAt } = item(`r${version}`);
  return {
    intent,
    phase: 'succeeded' as const,
    life: lived(),
    attempt: 1,
    expect: null,
    dueAt: null,
    expiresAt,
    out: [],
    told: { body: '{}', version },
    member,
  };
};

describe('what operations say of a member', () => {
  it('is added to what is known: binding later loses neither name nor day', async () => {
    const store = await at.fresh();
    expect(await kept(store, [opened, bound])).toEqual({
      account: ACCOUNT,
      name: '张三',
      bank: { code: 'M1' },
      payout: payout('62170001'),
      openedBy: 'erp:open',
      since: '20261124',
    });
    expect(await store.members()).toEqual([await store.member(ACCOUNT)]);
  });

  it('does not change a bound payout account, unless it says so', async () => {
    expect((await kept(await at.fresh(), [opened, bound, other]))?.payout).toEqual(
      payout('62170001'),
    );
    expect((await kept(await at.fresh(), [opened, bound, rebound, other]))?.payout).toEqual(
      payout('62170003'),
    );
  });

  it('changes what it names, one field at a time', async () => {
    expect(await kept(await at.fresh(), [opened, bound, renamed])).toMatchObject({
      name: '张三丰',
      bank: { code: 'M1', phone: '1' },
      payout: payout('62170001'),
      openedBy: 'erp:open',
    });
  });

  it('adds to a record of before, which has everything but versions', async () => {
    const store = await at.fresh();
    const old: Member = { ...opened, name: '张三', payout: payout('62170009') };
    await at.redis.hset(key('members'), ACCOUNT, JSON.stringify(old));
    expect(await kept(store, [bound, renamed])).toEqual({
      ...old,
      name: '张三丰',
      bank: { code: 'M1', phone: '1' },
    });
  });
});

describe('the journal', () => {
  const story = [opened, bound, other, renamed, rebound].map((one, n) => restored(one, 10 + n));

  it.each([
    ['in its order', [0, 1, 2, 3, 4]],
    ['backwards', [4, 3, 2, 1, 0]],
    ['in any order', [2, 4, 0, 3, 1]],
  ])('gives it back %s', async (_, order) => {
    const inOrder = await at.fresh();
    for (const one of story) await inOrder.restore([one]);
    const wanted = await inOrder.member(ACCOUNT);
    expect(wanted).toMatchObject({ name: '张三丰', payout: payout('62170003') });
    const store = await at.fresh();
    await store.restore(order.flatMap((n) => story[n] ?? []));
    expect(await store.member(ACCOUNT)).toEqual(wanted);
  });

  it('gives back nothing over what Redis knows later', async () => {
    const store = await at.fresh();
    await store.restore([restored(rebound, 40), restored(renamed, 41)]);
    await store.restore([restored(opened, 10), restored(bound, 11)]);
    expect(await store.member(ACCOUNT)).toMatchObject({
      name: '张三丰',
      payout: payout('62170003'),
      openedBy: 'erp:open',
    });
  });
});
