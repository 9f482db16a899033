import { describe, expect, it } from 'vitest';
import { checkBody } from '../../src/protocol/operation.ts';
import { type Operation, operation as operationSchema } from '../../src/protocol/spec.ts';
import { citic, errorOf, operation } from './ground.ts';

const check = (what: Operation, body: Record<string, unknown>) =>
  errorOf(() => checkBody(what, body, citic));

const transfer = {
  from: '3110700000000000011',
  to: '3110700000000000022',
  toName: '示例公司',
  amount: '12.30',
};
const transferring = (more: Record<string, unknown>) =>
  check(operation('transfer'), { ...transfer, ...more });

describe('a body', () => {
  it('that is whole passes, with or without what may be left out', () => {
    expect(transferring({})).toBe('nothing thrown');
    expect(transferring({ memo: '货款', toName: undefined })).toBe('nothing thrown');
    expect(transferring({ memo: '', toName: '  ' })).toBe('nothing thrown');
  });

  it('that lacks a field is refused by its path', () => {
    expect(transferring({ amount: undefined })).toBe('FIELD_MISSING body.amount');
    expect(transferring({ from: '' })).toBe('FIELD_MISSING body.from');
  });

  it('may not name what the gateway owns, nor what nobody knows', () => {
    for (const name of [
      'action',
      'userName',
      'clientID',
      'mainAccNo',
      'accountNo',
      'payAccountNo',
    ]) {
      expect(transferring({ [name]: 'x' })).toBe(`FIELD_OWNED body.${name}`);
    }
    expect(transferring({ tranType: 'BS' })).toBe('FIELD_UNKNOWN body.tranType');
    expect(transferring(JSON.parse('{"__proto__":{}}'))).toBe('FIELD_UNKNOWN body.?');
    expect(transferring({ constructor: 'x' })).toBe('FIELD_UNKNOWN body.constructor');
  });

  it('does not have a name repeated that could be an account number', () => {
    expect(transferring({ 6222020200112233445: 'x' })).toBe('FIELD_UNKNOWN body.?');
    expect(transferring({ a6222020200112233445: 'x' })).toBe('FIELD_UNKNOWN body.?');
    expect(transferring({ 张三: 'x' })).toBe('FIELD_UNKNOWN body.?');
  });
});

describe('what a bank needs beyond the body', () => {
  const base = operation('transfer');
  const short = { type: 'code', zh: '会员代码', en: 'member code', mask: 'none' } as const;
  const bank = (need: 'yes' | 'no'): Operation => ({ ...base, bank: { code: { ...short, need } } });
  const given = (need: 'yes' | 'no', value: unknown) =>
    check(bank(need), { ...transfer, bank: value });

  it('is checked like the body, by its path', () => {
    expect(given('yes', { code: 'M10001' })).toBe('nothing thrown');
    expect(given('yes', undefined)).toBe('FIELD_MISSING body.bank.code');
    expect(given('yes', {})).toBe('FIELD_MISSING body.bank.code');
    expect(given('yes', { code: ' M1' })).toMatch('FIELD_FORMAT body.bank.code');
    expect(given('yes', { code: 'M1', other: '1' })).toBe('FIELD_UNKNOWN body.bank.other');
    expect(given('yes', { code: 'M1', clientID: '1' })).toBe('FIELD_OWNED body.bank.clientID');
  });

  it('may be absent where none of it is needed', () => {
    expect(check(bank('no'), transfer)).toBe('nothing thrown');
    expect(given('no', {})).toBe('nothing thrown');
  });

  it('is an object', () => {
    for (const value of ['M1', null, ['M1']]) {
      expect(given('no', value)).toMatch('FIELD_FORMAT body.bank');
    }
  });

  it('is refused where the operation has none', () => {
    expect(transferring({ bank: { code: 'M1' } })).toBe('FIELD_UNKNOWN body.bank');
  });
});

describe('an amount', () => {
  it.each(['0.01', '1.00', '9999999999999.99'])('%s passes', (amount) => {
    expect(transferring({ amount })).toBe('nothing thrown');
  });

  it.each([
    '12',
    '12.3',
    '12.345',
    '-1.00',
    '+1.00',
    '01.00',
    '.50',
    '1,000.00',
    '1e3',
    '10000000000000.00',
    '１.００',
  ])('%s is refused: two decimals and no more, as text', (amount) => {
    expect(transferring({ amount })).toBe(
      'FIELD_FORMAT body.amount (a decimal string with two decimals, like 12.30)',
    );
  });

  it('of nothing is no order', () => {
    expect(transferring({ amount: '0.00' })).toBe('FIELD_FORMAT body.amount (more than 0.00)');
  });

  it.each([12.3, 12n, null, true, ['12.30'], { value: '12.30' }])(
    'is a string and not %s',
    (amount) => {
      expect(transferring({ amount })).toBe('FIELD_FORMAT body.amount (a string)');
    },
  );
});

describe('accounts, names, dates and choices', () => {
  it('an account is digits or letters', () => {
    expect(transferring({ to: 'A'.repeat(32) })).toBe('nothing thrown');
    for (const to of ['A'.repeat(33), '6222 0202', '6222-0202', '６２２２', 'a\n']) {
      expect(transferring({ to })).toMatch(/^FIELD_FORMAT body\.to/);
    }
  });

  it('a name carries no control characters and no halves of characters', () => {
    for (const toName of ['张\n三', '张\u0000', '\ud800', 'a\u0085b']) {
      expect(transferring({ toName })).toMatch(/^FIELD_FORMAT body\.toName/);
    }
  });

  it('a date is one of the calendar', () => {
    const asked = (from: unknown) =>
      check(operation('statement'), { account: '1', from, to: '20260105' });
    expect(asked('20240229')).toBe('nothing thrown');
    for (const from of ['20230229', '2024-02-29', '20241301', '18991231', 20240229]) {
      expect(asked(from)).toMatch(/^FIELD_FORMAT body\.from/);
    }
  });

  it('a choice is one of its values', () => {
    const paid = (channel: unknown) =>
      check(operation('withdraw'), { account: '1', amount: '1.00', channel });
    expect(paid('large')).toBe('nothing thrown');
    expect(paid('2H')).toBe('FIELD_CHOICE body.channel (large, small, online)');
    expect(paid('toString')).toMatch(/^FIELD_CHOICE/);
  });
});

describe('a payee', () => {
  const payee = {
    account: '6222',
    name: '张三',
    sameBank: false,
    bankCode: '102',
    bankName: '某银行',
  };
  const paid = (more: unknown) => check(operation('payment'), { payee: more, amount: '1.00' });

  it('is an object of known fields', () => {
    expect(paid(payee)).toBe('nothing thrown');
    expect(paid({ account: '1', name: 'x', sameBank: true })).toBe('nothing thrown');
    expect(paid({ ...payee, bank: 'x' })).toBe('FIELD_UNKNOWN body.payee.bank');
  });

  it.each(['6222', 1, null, [payee], true])('is not %j', (value) => {
    expect(paid(value)).toMatch(/^FIELD_FORMAT body\.payee /);
  });

  it('names the field inside that is wrong', () => {
    expect(paid({ ...payee, account: undefined })).toBe('FIELD_MISSING body.payee.account');
    expect(paid({ ...payee, account: '62 22' })).toMatch(/^FIELD_FORMAT body\.payee\.account/);
    expect(paid({ ...payee, name: '' })).toBe('FIELD_MISSING body.payee.name');
    expect(paid({ ...payee, sameBank: undefined })).toBe('FIELD_MISSING body.payee.sameBank');
    expect(paid({ ...payee, sameBank: 'true' })).toBe(
      'FIELD_FORMAT body.payee.sameBank (true or false)',
    );
    expect(paid({ ...payee, bankCode: ' 1' })).toMatch(/^FIELD_FORMAT body\.payee\.bankCode/);
    expect(paid(undefined)).toBe('FIELD_MISSING body.payee');
  });
});

describe('the other types', () => {
  const words = { zh: '词', en: 'word' };
  const types = operationSchema.parse({
    ...words,
    transaction: 'local',
    serial: 'none',
    fields: {},
    body: {
      of: { ...words, type: 'instruction', need: 'no' },
      count: { ...words, type: 'integer', need: 'no' },
      rate: { ...words, type: 'rate', need: 'no' },
      code: { ...words, type: 'code', need: 'no' },
    },
  });

  it.each([
    ['of', ['A1', '20260105_x'], ['a b', 'a-b', 'x'.repeat(41)]],
    ['count', ['0', '10'], ['01', '-1', '1.0', 'x']],
    ['rate', ['0', '0.0035', '12.5'], ['-1', '.5', '1%', '01']],
    ['code', ['X', '010-1234 5678', '南字第1号'], [' X', 'X ', 'a\tb']],
  ])('%s', (name, good, bad) => {
    for (const value of good) expect(check(types, { [name]: value }), value).toBe('nothing thrown');
    for (const value of bad) {
      expect(check(types, { [name]: value }), value).toMatch(
        new RegExp(`^FIELD_FORMAT body.${name}`),
      );
    }
  });
});
