/** Goal: money goes to the account that is bound, a bound one is not changed in passing, and a record keeps what the bank answers. */
import { describe, expect, it } from 'vitest';
import type { SourceConfig } from '../../src/config.ts';
import { meaningOf } from '../../src/engine/accepting/meaning.ts';
import type { LinkContext } from '../../src/engine/context.ts';
import { keptBy } from '../../src/engine/telling/telling.ts';
import type { Envelope } from '../../src/instruction/envelope.ts';
import type { Member } from '../../src/instruction/intent.ts';
import type { BankSpec, Operation } from '../../src/protocol/spec.ts';
import { citic, contextWith, heldAs, intentOf } from './ground.ts';

const MEMBER = '7110210187000012345';
const payout = { account: '6217001234567890123', name: '张三', sameBank: true };
const another = { ...payout, account: '6217001234567890999' };
const unbound: Member = { account: MEMBER, name: '张三', openedBy: 'erp:O1', since: '20260901' };
const bound: Member = { ...unbound, payout, bank: { code: 'M1' } };

function known(name: string): Operation {
  const found = citic.operations.get(name);
  if (found === undefined) throw new Error(`no operation ${name}`);
  return found;
}

/** Where a bank binds the payout account later, and gives the account number itself. */
const bind = (more: Partial<Operation> = {}): Operation => ({
  ...known('close'),
  body: { ...known('close').body, payout: { ...payeeField, need: 'yes' } },
  bank: { code: { ...payeeField, type: 'code' } },
  member: { by: 'account', need: 'yes' },
  keepsMember: { account: '$body.account', payout: '$body.payout', 'bank.code': '$body.bank.code' },
  ...more,
});
const payeeField = {
  type: 'payee',
  zh: '出金账户',
  en: 'payout account',
  need: 'no',
  mask: 'account',
} as const;

const spec: BankSpec = {
  ...citic,
  operations: new Map([
    ...citic.operations,
    ['bind', bind()],
    ['rebind', bind({ rebinds: true })],
    [
      'register',
      bind({
        member: undefined,
        keepsMember: { account: '$answer.subAccNo', name: '$body.payout.name' },
      }),
    ],
  ]),
};

const source: SourceConfig = {
  name: 'erp',
  links: { 'citic-main': { operations: ['*'], notices: true } },
  resultsBacklogMax: 10,
};

const context = (record: Member): LinkContext =>
  contextWith({
    spec,
    store: {
      member: async (account: string) => (account === MEMBER ? record : undefined),
    } as unknown as LinkContext['store'],
  });

const order = (operation: string, body: Record<string, unknown>): Envelope => ({
  ...intentOf('transfer', {}).envelope,
  operation,
  body,
});

const asked = (record: Member, operation: string, body: Record<string, unknown>) =>
  meaningOf(context(record), source, order(operation, body));

describe('P5: a payout', () => {
  const paid = { account: MEMBER, amount: '12.30' };

  it('goes to the bound account', async () => {
    expect(await asked(bound, 'withdraw', paid)).toMatchObject({ member: { payout } });
  });

  it('is refused by name while none is bound, also where the body names one', async () => {
    const refused = { code: 'REFERENCE_NOT_HELD', path: 'body.account' };
    await expect(asked(unbound, 'withdraw', paid)).rejects.toMatchObject(refused);
    const named = { ...paid, payee: payout };
    await expect(asked(unbound, 'withdraw', named)).rejects.toMatchObject(refused);
  });

  it('goes to no other', async () => {
    await expect(asked(bound, 'withdraw', { ...paid, payee: another })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      path: 'body.payee',
    });
  });
});

describe('binding a payout account', () => {
  const body = { account: MEMBER, payout, bank: { code: 'M1' } };

  it('is accepted where there is none yet, or the same again', async () => {
    for (const record of [unbound, bound]) {
      expect(await asked(record, 'bind', body)).toMatchObject({ kind: 'maintenance' });
    }
  });

  it("takes only one of the member's own name", async () => {
    const foreign = { ...body, payout: { ...payout, name: '李四' } };
    await expect(asked(unbound, 'bind', foreign)).rejects.toMatchObject({
      path: 'body.payout.name',
    });
  });

  it('changes a bound one only by an operation that says so', async () => {
    const changed = { ...body, payout: another };
    await expect(asked(bound, 'bind', changed)).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      path: 'body.payout',
    });
    expect(await asked(bound, 'rebind', changed)).toMatchObject({ kind: 'maintenance' });
  });
});

describe('a record', () => {
  const ordered = (operation: string, body: Record<string, unknown>) => ({
    ...intentOf('close', body),
    operation,
  });
  const body = { account: MEMBER, payout, bank: { code: 'M1' } };

  it('keeps what the operation says, and no more', () => {
    const held = heldAs(ordered('rebind', body), 'succeeded');
    expect(keptBy(contextWith({ spec }), held).member).toEqual({
      account: MEMBER,
      payout,
      bank: { code: 'M1' },
      rebinds: true,
      openedBy: 'erp:A1',
      since: '20260924',
    });
  });

  it('is kept under the number the bank answered, and not at all without one', () => {
    const ctx = contextWith({ spec });
    const intent = ordered('register', body);
    const answered = heldAs(intent, 'succeeded', { answer: { subAccNo: MEMBER } });
    expect(keptBy(ctx, answered).member).toMatchObject({ account: MEMBER, name: '张三' });
    expect(keptBy(ctx, heldAs(intent, 'succeeded')).member).toBeUndefined();
  });
});
