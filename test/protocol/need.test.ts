import { describe, expect, it } from 'vitest';
import { encodeRequest } from '../../src/protocol/encode.ts';
import type { Values } from '../../src/protocol/message.ts';
import { citic, errorOf, small } from './ground.ts';

const whole: Values = {
  clientID: '20260105AAAAAAAAAAAA',
  name: '张三',
  amount: '12.30',
  people: [{ id: '1' }],
};
const refused = (more: Values) =>
  errorOf(() => encodeRequest(small, 'PAY', { ...whole, ...more }, 'GBK'));

describe('necessity', () => {
  it('yes: never empty, at the head and in every row', () => {
    expect(refused({ name: '' })).toBe('FIELD_MISSING name');
    expect(refused({ clientID: '' })).toBe('FIELD_MISSING clientID');
    expect(refused({ people: [{ id: '1' }, { kind: 'X' }] })).toBe('FIELD_MISSING people.1.id');
    expect(refused({ people: [] })).toBe('FIELD_MISSING people');
  });

  it('requiredWhen: only while the other field has the value', () => {
    expect(refused({ way: 'A', left: 'x' })).toBe('FIELD_MISSING bankCode (required by way)');
    expect(refused({ way: 'A', left: 'x', bankCode: '1' })).toBe('nothing thrown');
    expect(refused({ bankCode: '1' })).toBe('nothing thrown');
  });

  it('emptyWhen: refuses what the bank would have to ignore', () => {
    expect(refused({ way: 'B', bankCode: '1' })).toBe(
      'FIELD_MUST_BE_EMPTY bankCode (must be empty by way)',
    );
    expect(refused({ way: 'B' })).toBe('nothing thrown');
  });

  it('oneOf: either will do, and only when its condition holds', () => {
    expect(refused({ way: 'A', bankCode: '1' })).toBe('FIELD_MISSING left (one of left, right)');
    expect(refused({ way: 'A', bankCode: '1', right: 'x' })).toBe('nothing thrown');
    expect(refused({ way: 'B' })).toBe('nothing thrown');
  });

  it('in a row: looks at the row and at the head, and all conditions must hold', () => {
    const people = [{ id: '1', kind: 'P' }];
    expect(refused({ people })).toBe('nothing thrown');
    expect(refused({ people, way: 'A', left: 'x', bankCode: '1' })).toBe(
      'FIELD_MISSING people.0.phone (required by row.kind, way)',
    );
  });
});

describe("CITIC's own conditions", () => {
  const transfer = {
    userName: 'demo01',
    clientID: '20260105093000AB0001',
    accountNo: '8110700000000000001',
    payAccNo: '3110700000000000011',
    tranAmt: '1.00',
    tranFlag: '1',
  };
  const payee = { recvAccNo: '3110700000000000022', recvAccNm: '示例公司' };
  const forced = (more: Values) =>
    errorOf(() => encodeRequest(citic, 'DLMDETRN', { ...transfer, ...more }, 'GBK'));

  it.each(['BF', 'BG', 'BH', 'BS'])('%s needs a payee, by number and by name', (tranType) => {
    const freezeNo = 'FZ1';
    expect(forced({ tranType, freezeNo })).toMatch(/^FIELD_MISSING recvAccNo/);
    expect(forced({ tranType, freezeNo, ...payee, recvAccNm: '' })).toMatch(
      /^FIELD_MISSING recvAccNm/,
    );
    expect(forced({ tranType, freezeNo, ...payee })).toBe('nothing thrown');
  });

  it('BR needs no payee; BG and BH need the freeze number', () => {
    expect(forced({ tranType: 'BR' })).toBe('nothing thrown');
    expect(forced({ tranType: 'BG', ...payee })).toMatch(/^FIELD_MISSING freezeNo/);
    expect(forced({ tranType: 'BH', ...payee })).toMatch(/^FIELD_MISSING freezeNo/);
  });

  it('a payout to another bank needs its number or its name', () => {
    const payout = {
      userName: 'demo01',
      clientID: '20260105093000AB0001',
      accountNo: '3110700000000000011',
      ...payee,
      tranAmt: '1.00',
      preFlg: '0',
    };
    const paid = (more: Values) =>
      errorOf(() => encodeRequest(citic, 'DLFCSOUT', { ...payout, ...more }, 'GBK'));
    expect(paid({ sameBank: '0' })).toBe('nothing thrown');
    expect(paid({ sameBank: '1' })).toMatch(/^FIELD_MISSING recvTgfi \(one of/);
    expect(paid({ sameBank: '1', recvTgfi: '102100099996' })).toBe('nothing thrown');
    expect(paid({ sameBank: '1', recvBankNm: '示例银行' })).toBe('nothing thrown');
    expect(paid({ sameBank: '0', preFlg: '1' })).toMatch(/^FIELD_MISSING preDate/);
  });
});
