/** The control API: over HTTP, as functions, and what it says to input it cannot take. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { remoteControl } from '../../mock-bank/control/client.ts';
import { InputRefused } from '../../mock-bank/control/context.ts';
import { type RemoteControl, ROUTES } from '../../mock-bank/control/routes.ts';
import { FAULTS } from '../../mock-bank/faults.ts';
import {
  adjustment,
  ask,
  buyer,
  type Ground,
  ground,
  main,
  payout,
  seller,
  transfer,
} from './support.ts';

let bank: Ground;
let control: RemoteControl;
beforeEach(async () => {
  bank = await ground();
  control = remoteControl(bank.controlUrl);
});
afterEach(async () => {
  expect((await control.violations()).violations).toEqual([]);
  await bank.close();
});

const post = async (path: string, body: string): Promise<{ status: number; told: unknown }> => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${bank.controlUrl}${path}`, { method: 'POST', headers, body });
  return { status: response.status, told: await response.json() };
};

const faultsOf = async (path: string, input: unknown): Promise<string[]> => {
  const { status, told } = await post(path, JSON.stringify(input));
  expect(status).toBe(400);
  const { faults } = told as { faults: { path: string }[] };
  return faults.map((fault) => fault.path);
};

describe('input that cannot be taken is refused with the path of every fault', () => {
  it.each([
    ['/credits', { amount: 1, memo: 2, more: 3 }, ['account', 'amount', 'memo', 'more']],
    ['/credits', { account: buyer, amount: '0.00' }, ['amount']],
    ['/credits', { account: buyer, amount: '1.00', payer: { account: '1' } }, ['payer.name']],
    ['/credits', { account: buyer, amount: '1.00', at: 'yesterday' }, ['at']],
    ['/credits', { account: '1', amount: '1.00', kind: 'fee' }, ['account']],
    ['/credits', { account: seller, amount: '1.00', kind: 'fee' }, ['amount']],
    ['/returns', {}, ['serial']],
    ['/returns', { serial: 'X', number: 'Y' }, ['serial']],
    ['/returns', { number: 'Y' }, ['number']],
    ['/faults', { fault: { kind: 'late', ms: -1 } }, ['fault.ms']],
    ['/faults', { fault: { kind: 'no-such-fault' } }, ['fault.kind']],
    ['/faults/mix', { seed: 1, rate: 2, kinds: [] }, ['rate', 'kinds']],
    ['/settings', { settleMs: -1, colour: 'red' }, ['settleMs', 'colour']],
    ['/accounts', { name: 'x', number: '12' }, ['number']],
    ['/accounts', { name: 'x', tail: '12345678' }, ['tail']],
    ['/accounts', { name: 'x', number: buyer }, ['number']],
    ['/reviews', { account: buyer, decision: 'approve' }, ['account']],
    ['/reviews', { serial: 'X', decision: 'refuse-by-bank' }, ['decision']],
    ['/reviews', { decision: 'approve' }, ['account']],
    ['/twin', { from: seller, to: { account: '1', name: 'x' }, amount: '1.00' }, ['amount']],
    ['/twin', { from: buyer, to: { account: buyer, name: 'x' }, amount: '1.00' }, ['to.account']],
    ['/release', { ids: ['1'] }, ['ids.0']],
  ])('POST %s %j', async (path, input, paths) => {
    expect(await faultsOf(path, input)).toEqual(paths);
  });

  it('says what is wrong with a body that is no JSON, and which paths there are', async () => {
    expect(await post('/credits', '{')).toMatchObject({ status: 400, told: { error: 'input' } });
    const { status, told } = await post('/nowhere', '{}');
    expect([status, JSON.stringify(told)]).toEqual([404, expect.stringContaining('POST /credits')]);
  });

  it('is refused in the same words by functions in and out of the process', async () => {
    const wrong = { account: buyer, amount: '1' };
    await expect(control.injectCredit(wrong)).rejects.toThrow(InputRefused);
    expect(() => bank.control.injectCredit(wrong)).toThrow(InputRefused);
    await expect(control.obligations({ pattern: '(' })).rejects.toThrow('pattern');
  });
});

describe('what it does', () => {
  it('injects credits, interest, fees and twins', async () => {
    const { credits } = await control.injectCredit({
      account: buyer,
      amount: '12.30',
      memo: '货款',
      payer: { account: '6222', name: '付款公司', bank: '示例银行', bankCode: '104000000000' },
      twins: 2,
    });
    const [first, second] = credits.map(({ entry }) => entry);
    expect(first).toMatchObject({
      type: '23',
      direction: 'C',
      amount: '12.30',
      otherName: '付款公司',
    });
    expect(second?.time).toBe(first?.time);
    expect(second?.number).not.toBe(first?.number);
    await control.injectCredit({ account: buyer, amount: '0.30', kind: 'interest' });
    await control.injectCredit({ account: buyer, amount: '0.10', kind: 'fee' });
    await control.injectCredit({ account: 'adjustment', amount: '5.00' });
    const types = (await control.credits()).credits.map(
      ({ entry }) => entry.type + entry.direction,
    );
    expect(types).toEqual(['23C', '23C', '13C', '14D', '22C']);
    const { accounts } = await control.ledger();
    const balances = new Map(accounts.map(({ number, balance }) => [number, balance]));
    expect(balances.get(buyer)).toBe('10024.80');
    expect(balances.get(adjustment)).toBe('5.00');
    const { entries } = await control.entries({ account: 'interest' });
    expect(entries.map(({ type }) => type)).toEqual(['13', '14']);
  });

  it('pays over another channel: rows, but no execution of ours', async () => {
    const outward = { account: '6222', name: '收款公司' };
    await control.payElsewhere({
      from: buyer,
      to: outward,
      amount: '5.00',
      memo: 'OBL-1',
      twins: 2,
    });
    await control.payElsewhere({ from: buyer, to: { account: seller, name: 'x' }, amount: '1.00' });
    const { entries } = await control.entries({ account: buyer });
    expect(entries.slice(1).map(({ type, direction }) => type + direction)).toEqual([
      '23D',
      '23D',
      '11D',
    ]);
    const number = entries[1]?.number ?? '';
    expect((await control.returnPayout({ number })).entry).toMatchObject({
      amount: '-5.00',
      type: '23',
    });
    await expect(control.returnPayout({ number })).rejects.toThrow('number');
    expect((await control.executions()).executions).toEqual([]);
  });

  it('keeps, lists and clears faults, in the order they were given', async () => {
    await control.addFault({ fault: { kind: 'code', code: 'UNKNOWN' }, memo: 'OBL-B' });
    await control.addFault({ fault: { kind: 'code', code: 'EEEEEEE' }, times: null });
    const told = async (serial: string) =>
      (await ask(bank.port, 'DLMDETRN', transfer(serial))).fields.status;
    expect([await told('A'), await told('B'), await told('B')]).toEqual([
      'EEEEEEE',
      'UNKNOWN',
      'EEEEEEE',
    ]);
    const { rules, kinds } = await control.faults();
    expect(rules).toMatchObject([{ id: 2, left: null }]);
    expect(Object.keys(kinds)).toEqual(Object.keys(FAULTS));
    await control.clearFaults();
    expect(await told('C')).toBe('AAAAAAA');
  });

  it('draws the same faults from the same seed, whatever the order of the requests', async () => {
    const draw = async (serials: string[]) => {
      await control.mixFaults({
        seed: 7,
        rate: 0.5,
        kinds: ['html', { kind: 'code', code: 'ZZ99999' }, 'empty-body'],
        transactions: ['DLMDETRN'],
      });
      const before = bank.control.requests().requests.length;
      for (const serial of serials) {
        await ask(bank.port, 'DLMDETRN', transfer(serial)).catch(() => undefined);
      }
      const met = bank.control.requests().requests.slice(before);
      return new Map(met.map(({ serial, fault }) => [serial, fault ?? 'none']));
    };
    const serials = Array.from({ length: 12 }, (_, index) => `M${index}`);
    const first = await draw(serials);
    expect(new Set(first.values()).size).toBeGreaterThan(1);
    const second = await draw(serials.toReversed());
    expect(Object.fromEntries(second)).toEqual(Object.fromEntries(first));
  });

  it('tells executions, orders and obligations', async () => {
    await ask(bank.port, 'DLMDETRN', transfer('E1', { memo: 'REF-001 货款' }));
    await ask(bank.port, 'DLMDETRN', transfer('E2', { memo: 'REF-001 货款 again' }));
    await ask(bank.port, 'DLFCSOUT', payout('E3'));
    expect((await control.executions({ memo: 'REF-001' })).executions).toMatchObject([
      {
        serial: 'E1',
        transaction: 'DLMDETRN',
        type: 'BF',
        from: buyer,
        to: seller,
        amount: '100.00',
      },
      { serial: 'E2', time: 1, at: '2026-01-05T01:30:00.000Z' },
    ]);
    const orders = (await control.orders({ transaction: 'DLFCSOUT' })).orders;
    expect(orders).toMatchObject([{ serial: 'E3', state: 'processing', code: 'ED02091' }]);
    const { obligations } = await control.obligations({ pattern: '^REF-\\d+' });
    expect(obligations).toMatchObject([{ obligation: 'REF-001', count: 2, amount: '200.00' }]);
    // what is due is done before anything is told
    bank.clock.advance(500);
    expect((await control.executions()).executions).toHaveLength(3);
  });

  it('decides about openings', async () => {
    await control.openAccount({ tail: '0000077', name: '待审公司', state: '1' });
    const number = '3110700000000000077';
    expect((await control.reviews()).openings).toEqual([{ number, name: '待审公司' }]);
    await control.review({ account: number, decision: 'refuse-by-bank' });
    const { accounts } = await control.ledger();
    expect(accounts.find((account) => account.number === number)?.state).toBe('8');
  });

  it('changes one setting and leaves the others', async () => {
    await control.changeSettings({ settleMs: 7 });
    await control.changeSettings({ reviewMs: null });
    expect(await control.settings()).toMatchObject({ settleMs: 7, reviewMs: null });
  });

  it('has a name for every route, and no two alike', () => {
    const routes = Object.values(ROUTES).map(({ method, path }) => `${method} ${path}`);
    expect(new Set(routes).size).toBe(routes.length);
    expect(Object.keys(bank.control)).toEqual(Object.keys(ROUTES));
  });

  it('tells the accounts it began with', async () => {
    const { accounts } = await control.ledger();
    expect(accounts.map(({ kind }) => kind).slice(0, 5)).toEqual([
      'outside',
      'main',
      'interest',
      'adjustment',
      'initialisation',
    ]);
    expect(accounts[1]).toMatchObject({ number: main, balance: '1000000.00' });
  });
});
