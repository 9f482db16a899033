/** What the bank says by itself, to a merchant that answers as the test wants. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, day, outside, type Site, said, site, supervised, trading } from './heads.ts';
import { type Merchant, merchant, ours } from './merchant-listener.ts';
import { until } from './support.ts';

let bank: Site;
let shop: Merchant;
let member: string;
beforeEach(async () => {
  shop = await merchant();
  bank = await site({ pushTo: { host: '127.0.0.1', port: shop.port } });
  member = bank.control.addMember({
    ...{ code: 'M10001', name: '张样例', balance: '500.00' },
    bound: [{ account: outside, name: '张样例' }],
  }).number;
});
afterEach(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
  await shop.close();
});

const pushes = () => bank.control.pushes().pushes;
const settled = () => until(() => pushes().every(({ state }) => state !== 'sending'));
const states = () => pushes().map(({ state }) => state);
const flow = async (OrigThirdLogNo = '') => {
  const days = { BeginDate: day, EndDate: day, PageNum: '1' };
  const asked = { SupAcctId: supervised, OrigThirdLogNo, ...days };
  const answer = await ask(bank, trading, '1325', asked);
  return said(answer) === 'ERR020' ? [] : (answer.lists.items ?? []);
};

describe('1310', () => {
  const deposit = (more = {}) =>
    bank.control.tellDeposit({ account: member, amount: '500.00', ...more });

  it('a deposit is booked, told, acknowledged, and shown without what the notice said', async () => {
    deposit();
    await settled();
    expect(states()).toEqual(['accepted']);
    const [{ code, serial, message } = { code: '', serial: '', message: undefined }] = shop.heard;
    expect(code).toBe('1310');
    expect(serial).toBe('26010500000000000001');
    expect(message?.fields).toMatchObject({
      ...{ CustAcctId: member, TranAmount: 50000n, InAcctId: '6222000000000000009' },
      ...{ AcctDate: day, Reserve: 'M10001' },
    });
    expect(message?.head).toMatchObject({ reference: serial, servType: '01', qydm: '9001' });
    const [row] = await flow();
    expect(row).toMatchObject({ TranFlag: '1', TranAmount: 50000n });
    expect(row?.ThirdLogNo).toBeUndefined();
  });

  it('by setting 1325 shows the number of the acknowledgement, or the bank’s own', async () => {
    deposit();
    await settled();
    const acknowledged = ours(shop.heard[0]?.message as never);
    bank.control.changeSettings({ depositSerial: 'acknowledged' });
    expect(await flow()).toMatchObject([{ ThirdLogNo: acknowledged }]);
    expect(await flow(acknowledged)).toHaveLength(1);
    bank.control.changeSettings({ depositSerial: 'bank' });
    expect(await flow()).toMatchObject([{ ThirdLogNo: shop.heard[0]?.serial }]);
  });

  it('told before it is shown', async () => {
    deposit({ visibleAfterMs: 60_000 });
    await settled();
    expect(await flow()).toEqual([]);
    bank.clock.advance(60_000);
    expect(await flow()).toHaveLength(1);
  });

  it('refused: it stays in the books and is not told again', async () => {
    shop.says = () => ({ code: 'ERR074' });
    deposit();
    await settled();
    expect(pushes()).toMatchObject([{ state: 'refused', attempts: [{ code: 'ERR074' }] }]);
    expect(await flow()).toHaveLength(1);
  });

  it('a storm of twins and copies: each deposit under one serial', async () => {
    deposit({ twins: 40, copies: 5 });
    await settled();
    expect(shop.heard).toHaveLength(200);
    expect(new Set(shop.heard.map(({ serial }) => serial)).size).toBe(40);
    expect(bank.control.credits().credits).toHaveLength(41);
  });

  it('repeated with the same body and with another, under the same serial', async () => {
    deposit();
    await settled();
    bank.control.repeatPush({ id: 1, times: 2 });
    bank.control.repeatPush({ id: 1, fields: { TranAmount: '600.00' } });
    await settled();
    expect(new Set(shop.heard.map(({ serial }) => serial)).size).toBe(1);
    const amounts = shop.heard.map(({ message }) => message.fields.TranAmount);
    expect(amounts.toSorted()).toEqual([50000n, 50000n, 50000n, 60000n]);
  });

  it('forged: said, and nothing stands behind it', async () => {
    bank.control.push({
      transaction: '1310',
      fields: {
        ...{ SupAcctId: supervised, CustAcctId: member, TranAmount: '9.00', AcctDate: day },
        ...{ InAcctId: '6222', InAcctIdName: '无名', CcyCode: 'RMB', Reserve: 'M10001' },
      },
    });
    await settled();
    expect(states()).toEqual(['accepted']);
    expect(await flow()).toEqual([]);
  });

  it('what the spec does not allow is refused by its field', () => {
    expect(() => bank.control.push({ transaction: '1310', fields: { Nonsense: '1' } })).toThrow(
      'Nonsense',
    );
    expect(() => bank.control.push({ transaction: '9999', fields: {} })).toThrow(
      'OPERATION_UNKNOWN',
    );
  });
});

describe('an answer that does not come', () => {
  it.each([
    ['closed', 'close'],
    ['broken', { serial: '26010500000000000099' }],
  ] as const)('%s', async (end, says) => {
    shop.says = () => says;
    bank.control.tellDeposit({ account: member, amount: '1.00' });
    await settled();
    expect(pushes()).toMatchObject([{ state: 'unanswered', attempts: [{ end }] }]);
  });

  it('silent until the bank’s patience ends, then again as often as the settings say', async () => {
    bank.control.changeSettings({ pushRepeats: 1, pushRepeatMs: 500 });
    shop.says = () => (shop.heard.length > 1 ? {} : 'nothing');
    bank.control.tellDeposit({ account: member, amount: '1.00' });
    await until(() => shop.heard.length === 1);
    bank.clock.advance(5000);
    await until(() => pushes()[0]?.attempts.length === 1);
    bank.clock.advance(500);
    await settled();
    expect(pushes()).toMatchObject([
      { state: 'accepted', attempts: [{ end: 'silent' }, { end: 'answered' }] },
    ]);
    const [first, second] = shop.heard;
    expect(second?.serial).toBe(first?.serial);
  });

  it('nobody listens', async () => {
    bank.control.pushTo({ port: 9 });
    bank.control.askBalance({ account: member });
    await settled();
    expect(pushes()).toMatchObject([{ attempts: [{ end: 'unreachable' }] }]);
  });
});

describe('members at the counter', () => {
  const person = { code: 'M2', name: '新会员', bound: { account: '6222', name: '新会员' } };
  const state = (number: string) =>
    bank.control.ledger().accounts.find((account) => account.number === number)?.state;

  it('1301, then 1315: open after both', async () => {
    const { account } = bank.control.openAtCounter(person);
    expect(state(account)).toBe('1');
    await until(() => state(account) === '0');
    expect(shop.heard.map(({ code }) => code)).toEqual(['1301', '1315']);
    expect(shop.heard[1]?.message.fields).toMatchObject({ Reserve: 'M2', RelatedAcctId: '6222' });
  });

  it('the 1315 is refused, or never comes: taken back, or left waiting', async () => {
    shop.says = ({ code }) => (code === '1315' ? { code: 'ERR074' } : {});
    const { account } = bank.control.openAtCounter(person);
    await until(() => state(account) === '3');
    const other = bank.control.openAtCounter({ ...person, code: 'M3', confirmed: false });
    await settled();
    expect(state(other.account)).toBe('1');
  });

  it('1303 binds and unbinds when it is acknowledged; 1301 closes', async () => {
    const { account } = bank.control.openAtCounter({ code: 'M4', name: '会员四' });
    await until(() => state(account) === '0');
    const to = { account: '6223', name: '会员四' };
    bank.control.bindAtCounter({ account, to });
    await settled();
    const bound = () => bank.bank.books.pingan.members.get(account)?.bindings;
    expect(bound()).toMatchObject([{ account: '6223', state: 'bound' }]);
    bank.control.bindAtCounter({ account, to, change: 'remove' });
    await until(() => bound()?.length === 0);
    bank.control.closeAtCounter({ account });
    await until(() => state(account) === '2');
    expect(() => bank.control.closeAtCounter({ account: member })).toThrow('balance');
  });
});

describe('questions', () => {
  it('1312 is booked on a yes in time', async () => {
    bank.control.withdrawAtCounter({ account: member, amount: '20.00' });
    await settled();
    const [push] = pushes();
    expect(push?.booked).toBeDefined();
    expect(await flow()).toMatchObject([
      { TranFlag: '2', TranAmount: 2000n, FrontLogNo: push?.booked },
    ]);
  });

  it.each(['close', { code: 'ERR074' }, 'nothing'] as const)(
    '1312 is not booked: %j',
    async (says) => {
      shop.says = () => says;
      bank.control.withdrawAtCounter({ account: member, amount: '20.00' });
      await until(() => shop.heard.length === 1);
      bank.clock.advance(5000);
      await settled();
      expect(await flow()).toEqual([]);
      expect(() => bank.control.withdrawAtCounter({ account: member, amount: '900.00' })).toThrow();
    },
  );

  it('1019 keeps the answer, in fen', async () => {
    const values = {
      ...{ CustAcctId: member, ThirdCustId: 'M10001', CustName: '张样例', TranDate: day },
      ...{ TotalAmount: '50000', TotalBalance: '50000', TotalFreezeAmount: '0' },
    };
    shop.says = () => ({ values });
    bank.control.askBalance({ account: member });
    await settled();
    expect(pushes()[0]?.attempts[0]?.answer).toMatchObject({ TotalAmount: '50000' });
  });
});

it('a bank without such a front end says nothing', async () => {
  const { startMockBank } = await import('../../mock-bank/start.ts');
  const other = await startMockBank();
  expect(() => other.control.pushes()).toThrow('no front end');
  await other.close();
});
