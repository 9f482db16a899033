/** Every operation of Ping An B2Bi, from a body as a ledger sends it to the packet, and on to the question about it. */
import { describe, expect, it } from 'vitest';
import { decodeRequest } from '../../src/protocol/decode.ts';
import { encodeRequest } from '../../src/protocol/encode.ts';
import { evaluateAll, type Scope } from '../../src/protocol/expression.ts';
import { headValues } from '../../src/protocol/framing/head-values.ts';
import type { Values } from '../../src/protocol/message.ts';
import { checkBody, fillOwned, plan, requestFields } from '../../src/protocol/operation.ts';
import type { Operation } from '../../src/protocol/spec.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { errorOf, transaction } from './ground.ts';

const b2bi = readSpec('protocol-specs/pingan_b2bi');
const MAIN = '15000000000101';
const SERIAL = '20250311000000000042';
const link = {
  customerCode: '00900000000000001000',
  operator: '',
  mainAccount: MAIN,
  mainAccountName: '样例贸易有限公司',
  mainAccountAddress: '',
  bankName: '平安银行',
  sameCity: '',
};
const packet = { reference: '20250311999999999999', date: '20250311', time: '101500' };
const days = { from: '20250301', to: '20250311' };
const payee = { account: '6230580000000000001', name: '张样例', sameBank: true };
const other = {
  account: '6222000000000000008',
  name: '赵样例',
  sameBank: false,
  bankCode: '104100000004',
  bankName: '样例商业银行',
};
const money = { amount: '12.50', sameCity: 'yes', memo: '货款' };

/** What a ledger says, and what of it must stand in the packet under the bank's names. */
type Sample = readonly [name: string, body: Record<string, unknown>, sent: Record<string, string>];

const samples: Sample[] = [
  [
    'payment',
    { payee, ...money },
    {
      ThirdVoucher: SERIAL,
      OutAcctNo: MAIN,
      OutAcctName: link.mainAccountName,
      CcyCode: 'RMB',
      InAcctBankName: '平安银行',
      UnionFlag: '1',
      SysFlag: 'N',
      AddrFlag: '1',
      TranAmount: '12.50',
      UseEx: '货款',
    },
  ],
  [
    'payment',
    {
      payee: other,
      amount: '0.01',
      sameCity: 'no',
      bank: { urgency: 'express', receivingCode: '104100000012', city: '深圳', reference: 'A1' },
    },
    {
      InAcctBankNode: '104100000004',
      InAcctRecCode: '104100000012',
      InAcctBankName: '样例商业银行',
      InAcctCityName: '深圳',
      CstInnerFlowNo: 'A1',
      UnionFlag: '0',
      SysFlag: 'S',
      AddrFlag: '2',
      UseEx: '',
    },
  ],
  ['main-balance', {}, { Account: MAIN, CcyCode: 'RMB' }],
  ['main-balance-on', { date: '20250310' }, { Account: MAIN, RptDate: '20250310' }],
  ['main-statement', days, { AcctNo: MAIN, BeginDate: '20250301', PageNo: '1', PageSize: '100' }],
  ['returned-payments', days, { AccNo: MAIN, EndDate: '20250311', PageNo: '1', PageCts: '300' }],
  ['probe', {}, {}],
];

function operationNamed(name: string): Operation {
  const found = b2bi.operations.get(name);
  if (found === undefined) throw new Error(`no operation ${name}`);
  return found;
}

const scopeFor = (wanted: Operation, body: Record<string, unknown>): Scope => ({
  body,
  link,
  serial: wanted.serial === 'usual' ? SERIAL : '',
  transaction: wanted.transaction,
  memo: typeof body.memo === 'string' ? body.memo : '',
});

/** The packet as the bank reads it, head and body; a question goes without the serial of its order. */
function packetOf(code: string, values: Values, scope: Scope, serial: unknown) {
  const owned = evaluateAll(b2bi.protocol.owned, scope) as Record<string, string>;
  const head = headValues(b2bi, 'request', { ...scope, serial, transaction: code, packet });
  const whole = fillOwned(b2bi, code, values, owned);
  const message = decodeRequest(b2bi, code, encodeRequest(b2bi, code, whole, 'GBK', head));
  return { head: message.head, fields: requestFields(b2bi, code, message) };
}

function sentFor(name: string, body: Record<string, unknown>) {
  const wanted = operationNamed(name);
  checkBody(wanted, body, b2bi);
  const scope = scopeFor(wanted, body);
  const { paging } = transaction(b2bi, wanted.transaction);
  const page =
    paging?.page === undefined || paging.size === undefined
      ? {}
      : { [paging.page]: '1', [paging.size]: String(paging.rowsMax) };
  const values = { ...plan(wanted, scope), ...page };
  return packetOf(wanted.transaction, values, scope, scope.serial);
}

describe('an operation', () => {
  it('has a sample here, whichever it is', () => {
    const remote = [...b2bi.operations].filter(([, one]) => one.transaction !== 'local');
    expect([...new Set(samples.map(([name]) => name))]).toEqual(remote.map(([name]) => name));
  });

  it.each(samples)('%s becomes a whole packet', (name, body, sent) => {
    const { fields, head } = sentFor(name, body);
    for (const [field, value] of Object.entries(sent)) {
      expect([field, fields[field] ?? '']).toEqual([field, value]);
    }
    expect(head).toMatchObject({
      code: operationNamed(name).transaction,
      customer: link.customerCode,
      reference: name === 'payment' ? SERIAL : packet.reference,
      returnCode: '000000',
      service: '01',
    });
  });

  it('has the same fields as at CITIC where it has the same name', () => {
    const citic = readSpec('protocol-specs/citic');
    for (const [name, { body }] of b2bi.operations) {
      const there = citic.operations.get(name);
      if (there === undefined) continue;
      for (const [field, { type }] of Object.entries(body)) {
        expect([name, field, there.body[field]?.type]).toEqual([name, field, type]);
      }
      const left = Object.entries(there.body).filter(([field]) => !Object.hasOwn(body, field));
      expect([name, left.filter(([, { need }]) => need === 'yes')]).toEqual([name, []]);
    }
  });
});

describe('a payment', () => {
  const paying = (body: Record<string, unknown>): string => errorOf(() => sentFor('payment', body));

  it('names the bank of the payee and says whether it is in the same city', () => {
    const { bankName: _, ...nameless } = other;
    expect(paying({ payee: nameless, ...money })).toBe('FIELD_MISSING InAcctBankName');
    expect(paying({ payee, amount: '1.00' })).toBe('FIELD_MISSING AddrFlag');
  });

  it('has no other payer and no field of another bank', () => {
    expect(paying({ payee, ...money, OutAcctNo: '1' })).toContain('FIELD_OWNED');
    expect(paying({ payee, ...money, channel: 'large' })).toContain('FIELD_UNKNOWN');
    expect(paying({ payee, ...money, bank: { urgency: 'soon' } })).toContain('FIELD_CHOICE');
  });

  it('is refused unsent where its text is longer than the bank takes', () => {
    expect(paying({ payee, ...money, memo: '十六个字十六个字十六个字十六个字' })).toContain(
      'FIELD_TOO_LONG UseEx',
    );
  });
});

describe('a question about a movement', () => {
  it.each(['4004', '4014', '4018', '4047'])('%s names its serial, under its own number', (code) => {
    const { inquiry } = transaction(b2bi, code);
    if (typeof inquiry !== 'object') throw new Error('nothing asks about it');
    const scope: Scope = { link, serial: SERIAL, transaction: code };
    const asked = packetOf(inquiry.transaction, evaluateAll(inquiry.request, scope), scope, '');
    expect(Object.values(asked.fields)).toContain(SERIAL);
    expect(asked.head).toMatchObject({ code: inquiry.transaction, reference: packet.reference });
  });
});
