/** Every operation of 交易资金 and 见证宝, from a body as a ledger sends it to the packet, and on to the inquiry about it. */
import { describe, expect, it } from 'vitest';
import { decodeRequest } from '../../src/protocol/decode.ts';
import { encodeRequest } from '../../src/protocol/encode.ts';
import { evaluate, evaluateAll, type Scope } from '../../src/protocol/expression.ts';
import { headValues } from '../../src/protocol/framing/head-values.ts';
import type { Values } from '../../src/protocol/message.ts';
import { checkBody, fillOwned, plan, requestFields } from '../../src/protocol/operation.ts';
import type { BankSpec, Operation } from '../../src/protocol/spec.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { transaction } from './ground.ts';

const SERIAL = '20260924012345678901';
const REFERENCE = '20260925999999999999';
const MEMBER = '888800000000001';
const OTHER = '888800000000002';
const PAYEE = '6230580000000000001';
const SUPERVISED = '15000000000001';

const link = {
  qydm: '9001',
  supAcctId: SUPERVISED,
  operator: 'PA001',
  tranWebName: '样例商城',
  returnsFlag: '1',
};
const payee = { account: PAYEE, name: '张样例', sameBank: true, bankName: '平安银行' };
const member = { account: MEMBER, name: '张样例', payout: payee, bank: { memberCode: 'M10001' } };
const other = { account: OTHER, name: '李样例', bank: { memberCode: 'M10002' } };
const freeze = { id: 'erp:F1', holder: MEMBER, amount: '12.30', number: '20260923000000000001' };

const days = { from: '20260901', to: '20260924' };
const money = { amount: '12.30' };
const certified = { certificateType: '1', certificate: '440300199001010000' };
const code = { memberCode: 'M10001' };
const binding = { account: MEMBER, payout: payee, ...certified, phone: '13800000000' };

/** What a ledger says, and what of it must stand in the packet under the bank's names. */
type Sample = readonly [name: string, body: Record<string, unknown>, sent: Record<string, string>];

const trading: Sample[] = [
  ['sign-in', {}, { FuncFlag: '1', TxDate: '20260924' }],
  ['sign-out', {}, { FuncFlag: '2', TxDate: '20260924' }],
  [
    'deposit',
    {
      account: MEMBER,
      ...money,
      payer: PAYEE,
      payerName: '张样例',
      bank: { ...code, ...certified },
    },
    { CustAcctId: MEMBER, InAcctId: PAYEE, SupAcctId: SUPERVISED, CcyCode: 'RMB' },
  ],
  [
    'withdraw',
    { account: MEMBER, ...money, payee, bank: { ...code, ...certified, name: '张样例' } },
    { OutAcctId: PAYEE, TranType: '1', TranOutType: '1', TranWebName: '样例商城' },
  ],
  [
    'withdraw-other-bank',
    { account: MEMBER, ...money, payee, bank: { ...code, name: '张样例' } },
    { OutAcctId: PAYEE, TranType: '3', TranAmount: '12.30', OutAcctIdBankName: '平安银行' },
  ],
  ['balance', { account: MEMBER }, { CustAcctId: MEMBER, SelectFlag: '2', PageNum: '1' }],
  ['balances', {}, { SelectFlag: '2', PageNum: '1' }],
  ['deposits-and-withdrawals', { ...days }, { BeginDate: '20260901', PageNum: '1' }],
  ['payments', { ...days }, { EndDate: '20260924', PageNum: '1' }],
];

const jzb: Sample[] = [
  [
    'open',
    { name: '张样例', bank: code },
    { ThirdCustId: 'M10001', NickName: '张样例', FuncFlag: '1', CustProperty: '00' },
  ],
  [
    'bind-by-amount',
    { ...binding, bank: { bankType: '1' } },
    { AcctId: PAYEE, CustName: '张样例' },
  ],
  [
    'confirm-amount',
    { account: MEMBER, payout: payee, amount: '0.11' },
    { AcctId: PAYEE, TranAmount: '0.11', ThirdCustId: 'M10001' },
  ],
  ['bind-by-sms', { ...binding, bank: { bankType: '1' } }, { AcctId: PAYEE, BankType: '1' }],
  [
    'confirm-sms',
    { account: MEMBER, payout: payee, bank: { code: '123456' } },
    { AcctId: PAYEE, MessageCode: '123456' },
  ],
  ['assign', { account: MEMBER, ...money, memo: '货款' }, { CustAcctId: MEMBER, Note: '货款' }],
  [
    'transfer',
    { from: OTHER, to: MEMBER, ...money },
    {
      FuncFlag: '9',
      OutThirdCustId: 'M10002',
      OutCustName: '李样例',
      InThirdCustId: 'M10001',
      InCustName: '张样例',
      TranFee: '0.00',
    },
  ],
  [
    'transfer',
    { from: OTHER, to: MEMBER, ...money, bank: { settles: 'next-day', fee: '0.50', order: 'O1' } },
    { FuncFlag: '6', TranFee: '0.50', ThirdHtId: 'O1' },
  ],
  ['freeze', { account: MEMBER, ...money }, { FuncFlag: '1', ThirdHtId: SERIAL }],
  [
    'unfreeze',
    { freeze: 'F1', bank: code },
    { FuncFlag: '2', CustAcctId: MEMBER, TranAmount: '12.30', ThirdHtId: freeze.number },
  ],
  [
    'withdraw',
    { account: MEMBER, ...money, bank: certified },
    { OutAcctId: PAYEE, CustName: '张样例', ThirdCustId: 'M10001', TranWebName: '样例商城' },
  ],
  ['balance', { account: MEMBER }, { CustAcctId: MEMBER, SelectFlag: '2' }],
  ['balances', {}, { SelectFlag: '2' }],
  ['member-state', { bank: code }, { ThirdCustId: 'M10001' }],
  ['main-balance', {}, { SupAcctId: SUPERVISED }],
  [
    'statement',
    { account: MEMBER, ...days, bank: { when: 'past', select: '1' } },
    { FuncFlag: '2', SelectFlag: '1' },
  ],
  [
    'withdrawals',
    { account: MEMBER, ...days, bank: { when: 'today', select: '1' } },
    { FuncFlag: '1', CustAcctId: MEMBER },
  ],
  ['deposits', { ...days, bank: { when: 'past' } }, { FuncFlag: '0' }],
  ['returned-withdrawals', { ...days }, { FuncFlag: '1', BeginDate: '20260901' }],
  ['bank-codes', { name: '样例' }, { KeyWord: '样例' }],
];

const packet = {
  reference: REFERENCE,
  date: '20260925',
  time: '101500',
  moment: '20260925101500',
};

function scopeFor(wanted: Operation, body: Record<string, unknown>): Scope {
  return {
    body,
    link,
    packet,
    serial: wanted.serial === 'usual' ? SERIAL : '',
    transaction: wanted.transaction,
    day: '20260924',
    today: '20260925',
    memo: typeof body.memo === 'string' ? body.memo : '',
    ...(wanted.member === undefined ? {} : { member }),
    ...(wanted.other === undefined ? {} : { other }),
    ...(wanted.freeze === undefined ? {} : { freeze }),
  };
}

/** The packet as the bank reads it: fields and heads. */
function encoded(spec: BankSpec, code: string, values: Values, scope: Scope) {
  const owned = evaluateAll(spec.protocol.owned, scope) as Record<string, string>;
  const head = headValues(spec, 'request', { ...scope, transaction: code });
  const bytes = encodeRequest(spec, code, fillOwned(spec, code, values, owned), 'GBK', head);
  const message = decodeRequest(spec, code, bytes);
  return { ...message.head, ...requestFields(spec, code, message) };
}

function sentFor(spec: BankSpec, wanted: Operation, scope: Scope) {
  const page = transaction(spec, wanted.transaction).paging?.page;
  const paged = page === undefined ? {} : { [page]: '1' };
  return encoded(spec, wanted.transaction, { ...plan(wanted, scope), ...paged }, scope);
}

const banks: [name: string, spec: BankSpec, samples: Sample[]][] = [
  ['pingan_trading', readSpec('protocol-specs/pingan_trading'), trading],
  ['pingan_jzb', readSpec('protocol-specs/pingan_jzb'), jzb],
];

describe.each(banks)('%s', (_, spec, samples) => {
  const remote = [...spec.operations].filter(([, one]) => one.transaction !== 'local');
  const named = (name: string): Operation => {
    const found = spec.operations.get(name);
    if (found === undefined) throw new Error(`no operation ${name}`);
    return found;
  };
  const kindOf = (name: string) => transaction(spec, named(name).transaction).kind;

  it('has a sample here of every operation', () => {
    expect([...new Set(samples.map(([name]) => name))]).toEqual(remote.map(([name]) => name));
  });

  it.each(samples)('%s becomes a whole packet', (name, body, sent) => {
    const wanted = named(name);
    checkBody(wanted, body, spec);
    const fields: Record<string, string> = sentFor(spec, wanted, scopeFor(wanted, body));
    for (const [field, value] of Object.entries(sent))
      expect([field, fields[field] ?? '']).toEqual([field, value]);
    expect(fields).toMatchObject({ tranFunc: wanted.transaction, customer: '9001', qydm: '9001' });
    expect(fields.tranTime).toBe(packet.moment);
    const number = kindOf(name) === 'query' ? REFERENCE : SERIAL;
    expect(fields).toMatchObject({ reference: number, thirdLogNo: number });
  });

  it.each(samples.filter(([name]) => kindOf(name) !== 'query'))(
    '%s is asked about by its serial, with a number of the question',
    (name, body) => {
      const wanted = named(name);
      const { inquiry } = transaction(spec, wanted.transaction);
      if (typeof inquiry !== 'object') {
        expect(inquiry).toBe('none');
        return;
      }
      const scope = scopeFor(wanted, body);
      // the host said midnight, and Redis, whose time the head has, did not yet: the bank files it by the head
      const sent = { date: '20260925', day: '20260926', thirdLogNo: SERIAL };
      const asking = { ...scope, request: plan(wanted, scope), sent };
      const request = evaluateAll(inquiry.request, asking);
      // the head of a question has no serial: the gateway gives it a number of its own
      const asked = encoded(spec, inquiry.transaction, request, { ...asking, serial: '' });
      expect(asked).toMatchObject({ tranFunc: inquiry.transaction, thirdLogNo: REFERENCE });
      if (inquiry.transaction === '6037') expect(asked.ThirdCustId).toBe('M10001');
      else {
        expect(asked.OrigThirdLogNo).toBe(SERIAL);
        expect(asked.TranDate ?? asked.BeginDate).toBe('20260925');
      }
      for (const [field, expr] of Object.entries(inquiry.select ?? {})) {
        expect([field, evaluate(expr, asking)]).not.toEqual([field, '']);
      }
    },
  );
});
