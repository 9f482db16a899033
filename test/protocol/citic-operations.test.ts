/** Every operation of CITIC, from a body as a ledger sends it to the packet, and on to the inquiry about it. */
import { describe, expect, it } from 'vitest';
import { decodeRequest } from '../../src/protocol/decode.ts';
import { encodeRequest } from '../../src/protocol/encode.ts';
import { evaluate, evaluateAll, type Scope } from '../../src/protocol/expression.ts';
import type { Values } from '../../src/protocol/message.ts';
import { checkBody, fillOwned, plan, requestFields } from '../../src/protocol/operation.ts';
import type { Operation } from '../../src/protocol/spec.ts';
import { citic, operation, transaction } from './ground.ts';

const MAIN = '8110700000000000001';
const MEMBER = '3110700000000000011';
const OTHER = '3110700000000000022';
const PAYEE = '6217001234567890123';
const SERIAL = '202609240A1B2C3D4E5F';

const link = {
  userName: 'demo01',
  mainAccount: MAIN,
  adjustmentAccount: '3110700000000000088',
  adjustmentAccountName: '公共调账户',
  publicAccount: '3110700000000000077',
  initialisationAccount: '3110700000000000066',
  settlementAccount: '7110700000000000009',
  settlementAccountName: '示例平台公司',
  settlementSameBank: '0',
  settlementBankCode: '',
  settlementBankName: '',
  branchNode: '000000',
  branch: '000',
  transferFlag: '1',
};
const member = {
  account: MEMBER,
  name: '示例买方公司',
  payout: { account: PAYEE, name: '示例买方公司', sameBank: false, bankCode: '104100000004' },
};
const freeze = {
  id: 'erp:F1',
  holder: MEMBER,
  holderName: member.name,
  amount: '12.30',
  returnTo: OTHER,
  returnToName: '示例卖方公司',
  number: '2026092400000000000001',
};

const days = { from: '20260901', to: '20260924' };
const money = { amount: '12.30', memo: '货款' };
const payee = { account: PAYEE, name: '张三', sameBank: false, bankCode: '104100000004' };
const entry = { entryDate: '20260923', entryNumber: 'SC000000000042', entrySequence: '1' };
const all = '9999999999999.99';

/** What a ledger says, and what of it must stand in the packet under the bank's names. */
type Sample = readonly [name: string, body: Record<string, unknown>, sent: Record<string, string>];

const samples: Sample[] = [
  [
    'open',
    {
      name: '示例买方公司',
      legalPerson: '李四',
      certificateType: 'D',
      certificate: '91000000000000000X',
      address: '示例市示例路1号',
      contact: '王五',
      phone: '00000000000',
      email: 'demo@example.com',
      payout: payee,
    },
    { appFlag: '2', accGenType: '1', subAccNm: '示例买方公司', custCertType: 'D' },
  ],
  ['member-state', { account: MEMBER, ...days }, { subAccNo: MEMBER, mainAccNo: MAIN }],
  ['balance', { account: MEMBER }, { accountNo: MAIN, subAccNo: MEMBER }],
  [
    'transfer',
    { from: OTHER, to: MEMBER, ...money },
    { payAccNo: OTHER, recvAccNo: MEMBER, recvAccNm: member.name, tranType: 'BF' },
  ],
  ['freeze', { account: MEMBER, ...money }, { payAccNo: MEMBER, tranType: 'BR' }],
  ['pay-and-freeze', { from: OTHER, to: MEMBER, ...money }, { recvAccNo: MEMBER, tranType: 'BS' }],
  ['unfreeze', { freeze: 'F1' }, { payAccNo: MEMBER, recvAccNo: OTHER, freezeNo: freeze.number }],
  ['pay-from-freeze', { freeze: 'F1', to: MEMBER }, { recvAccNo: MEMBER, tranAmt: '12.30' }],
  [
    'withdraw',
    { account: MEMBER, ...money, channel: 'online' },
    { accountNo: MEMBER, recvAccNo: PAYEE, payType: '2E', sameBank: '1', preFlg: '0' },
  ],
  [
    'payment',
    { payee, amount: '0.01', channel: 'online', sameCity: 'no' },
    { payAccountNo: MAIN, payType: '05', recBankNo: '104100000004', chkNum: SERIAL, cityFlag: '1' },
  ],
  [
    'assign-credit',
    { account: MEMBER, ...money, ...entry },
    { accountNo: link.adjustmentAccount, recvAccNo: MEMBER, hostFlw: 'SC000000000042' },
  ],
  [
    'return-credit',
    { account: MEMBER, ...money, ...entry },
    { payAccNo: MEMBER, recvAccNo: link.adjustmentAccount, hostSeq: '1' },
  ],
  ['statement', { account: MEMBER, ...days }, { subAccNo: MEMBER, qryMode: '1' }],
  ['receipts', { account: MEMBER, ...days }, { subAccNo: MEMBER, startDate: '20260901' }],
  [
    'maintain',
    {
      account: MEMBER,
      name: '示例公司',
      sharesInterest: 'no',
      interest: 'flat',
      rate: '0.35',
      sharesFees: 'yes',
      fees: 'none',
    },
    {
      mainAccNo: MAIN,
      subAccNo: MEMBER,
      subAccNm: '示例公司',
      autoAssignInterestFlag: '0',
      calInterestFlag: '1',
      interestRate: '0.3500000',
      autoAssignTranFeeFlag: '1',
      feeType: '0',
    },
  ],
  ['close', { account: MEMBER }, { mainAccNo: MAIN, subAccNo: MEMBER }],
  [
    'public-transfer',
    { account: MEMBER, ...money },
    { payAccNo: link.publicAccount, recvAccNo: MEMBER, recvAccNm: member.name },
  ],
  [
    'merchant-pay-in',
    { account: OTHER, accountName: '示例平台公司', ...money },
    { accountNo: link.settlementAccount, subAccNo: OTHER, tranAmt: '12.30' },
  ],
  [
    'merchant-pay-out',
    { account: OTHER, ...money, channel: 'large' },
    { accountNo: OTHER, recvAccNo: link.settlementAccount, sameBank: '0', payType: '2H' },
  ],
  [
    'deposit-return',
    { deposit: OTHER, account: MEMBER, ...money },
    { accountNo: MAIN, payAccNo: OTHER, recvAccNo: MEMBER, recvAccNm: member.name },
  ],
  [
    'initialise',
    { account: MEMBER, ...money },
    { accountNo: link.initialisationAccount, subAccNo: MEMBER, subAccNm: member.name },
  ],
  ['interest-trial', { account: MEMBER }, { mainAccNo: MAIN, subAccNo: MEMBER }],
  ['settle-interest', { account: MEMBER }, { mainAccNo: MAIN, subAccNo: MEMBER }],
  ['fees', { account: MEMBER, date: '20260924' }, { subAccNo: MEMBER, tranDate: '20260924' }],
  ['freezes', { account: MEMBER, ...days }, { accountNo: MAIN, subAccNo: MEMBER }],
  ['deposit-entries', { ...days }, { mainAccNo: MAIN, endDate: '20260924' }],
  ['gateway-order', { merchant: 'M1', order: 'O1' }, { mctNo: 'M1', mctJnlNo: 'O1' }],
  ['top-up-return', { account: MAIN, order: 'O1', ...money }, { accountNo: MAIN, orderNo: 'O1' }],
  ['refund', { account: MAIN, order: 'O1', ...money }, { accountNo: MAIN, orderNo: 'O1' }],
  ['bids', { bid: 'B1' }, { qryType: '1', mctJnlNo: 'B1' }],
  ['bids', { ...days }, { qryType: '2', startDate: '20260901', endDate: '20260924' }],
  ['bid-deposit-return', { bid: 'B1', remark: '退' }, { retType: '0', abstract: SERIAL }],
  [
    'bid-deposit-return',
    { bid: 'B1', payee },
    { retType: '1', recvAccNo: PAYEE, sameBank: '1', cryType: '01', abstract: SERIAL },
  ],
  ['bid-deposit-returns', { ...days }, { startDate: '20260901' }],
  ['clearing-file', { date: '20260923' }, { accountNo: link.settlementAccount, date: '20260923' }],
  ['internal-transfer', { to: PAYEE.slice(0, 19), ...money }, { payAccountNo: MAIN, memo: '货款' }],
  ['expense', { to: PAYEE, toName: '张三', ...money }, { payAccountNo: MAIN, recAccountNo: PAYEE }],
  ['main-balance', {}, {}],
  ['main-balances', { ...days }, { accountNo: MAIN, startDate: '20260901' }],
  ['main-statement', { ...days }, { accountNo: MAIN, lowAmount: '0.00', upAmount: all }],
  [
    'main-statement',
    { ...days, least: '1.00', most: '2.00' },
    { lowAmount: '1.00', upAmount: '2.00' },
  ],
  [
    'main-receipts',
    { when: 'today', ...days, start: '1', size: '20' },
    { accNo: MAIN, qryType: '1', billType: '0', minAmt: '0.00', maxAmt: all, pageSize: '20' },
  ],
  ['bank-codes', { name: '示例银行示例支行' }, { tgname: '示例银行示例支行' }],
  ['bank-codes', { code: '104100000004' }, { tgfi: '104100000004' }],
  ['online-banks', {}, {}],
  ['night-banks', { name: '示例' }, { tgname: '示例' }],
  ['work-days', {}, {}],
  [
    'check-name',
    { account: MAIN, name: '示例平台公司', type: 'company' },
    { accountNo: MAIN, accountType: '0' },
  ],
  [
    'group-transfer',
    { from: MEMBER, to: OTHER, toName: '示例卖方公司', ...money },
    { mainAccNo: MAIN, payAccNo: MEMBER, recvAccNo: OTHER, abstract: '货款' },
  ],
  [
    'group-payment',
    { from: MEMBER, payee, ...money },
    { tranType: '03', tgfi: '104100000004', recvTgfi: '', sameBank: '1' },
  ],
  [
    'group-payment',
    { from: MEMBER, payee, ...money, channel: 'online' },
    { tranType: '05', tgfi: '', recvTgfi: '104100000004' },
  ],
  [
    'group-payment',
    { from: MEMBER, payee: { ...payee, sameBank: true }, ...money, channel: 'large' },
    { tranType: '01', sameBank: '0', recvTgfi: '' },
  ],
  ['group-account', { account: MEMBER }, { subAccNo: MEMBER }],
  ['group-balance', { account: MEMBER }, { subAccNo: MEMBER }],
  ['group-balances', { account: MEMBER, ...days }, { subAccNo: MEMBER }],
  ['group-statement', { account: MEMBER, ...days }, { subAccNo: MEMBER, controlFlag: '1' }],
  ['group-links', { account: MEMBER }, { subAccNo: MEMBER }],
];

function scopeFor(wanted: Operation, body: Record<string, unknown>): Scope {
  const serial = { usual: SERIAL, account: MEMBER, none: '' }[wanted.serial];
  return {
    body,
    link,
    serial,
    'serial.tail': serial.slice(12),
    transaction: wanted.transaction,
    day: '20260924',
    today: '20260925',
    memo: typeof body.memo === 'string' ? body.memo : '',
    ...(wanted.member?.need === 'never' || wanted.member === undefined ? {} : { member }),
    ...(wanted.freeze === undefined ? {} : { freeze }),
  };
}

const encoded = (code: string, values: Values, scope: Scope): Record<string, string> => {
  const owned = evaluateAll(citic.protocol.owned, scope) as Record<string, string>;
  const bytes = encodeRequest(citic, code, fillOwned(citic, code, values, owned), 'GBK');
  return requestFields(citic, code, decodeRequest(citic, code, bytes));
};

/** The packet as the bank reads it. */
function sentFor(wanted: Operation, scope: Scope): Record<string, string> {
  const paging = transaction(citic, wanted.transaction).paging;
  const page = paging === undefined ? {} : { [paging.start ?? '']: '1', [paging.size ?? '']: '10' };
  return encoded(wanted.transaction, { ...plan(wanted, scope), ...page }, scope);
}

const remote = [...citic.operations].filter(([, one]) => one.transaction !== 'local');

describe('an operation', () => {
  it('has a sample here, whichever it is', () => {
    expect([...new Set(samples.map(([name]) => name))]).toEqual(remote.map(([name]) => name));
  });

  it.each(samples)('%s becomes a whole packet', (name, body, sent) => {
    const wanted = operation(name);
    checkBody(wanted, body, citic);
    const scope = scopeFor(wanted, body);
    const fields = sentFor(wanted, scope);
    for (const [field, value] of Object.entries(sent))
      expect([field, fields[field] ?? '']).toEqual([field, value]);
    expect(fields.action).toBe(wanted.transaction);
  });

  it('carries its serial wherever the packet has a place for it', () => {
    for (const [name, body] of samples) {
      const wanted = operation(name);
      if (wanted.serial !== 'usual') continue;
      expect(sentFor(wanted, scopeFor(wanted, body)).clientID).toBe(SERIAL);
    }
    const places = [...citic.transactions.values()].filter((one) =>
      one.request.some((part) => 'name' in part && part.name === 'chkNum'),
    );
    expect(places.map(({ code }) => code)).toEqual(['DLOUTTRN']);
  });
});

describe('the inquiry about an order', () => {
  const orders = samples.filter(
    ([name]) => transaction(citic, operation(name).transaction).kind !== 'query',
  );
  it.each(orders)('%s becomes a whole question that looks for the right row', (name, body) => {
    const wanted = operation(name);
    const { inquiry } = transaction(citic, wanted.transaction);
    if (typeof inquiry !== 'object') throw new Error('nothing asks about it');
    const scope = scopeFor(wanted, body);
    const asking = { ...scope, request: plan(wanted, scope) };
    const asked = encoded(inquiry.transaction, evaluateAll(inquiry.request, asking), asking);
    expect(asked.action).toBe(inquiry.transaction);
    if (inquiry.transaction === 'DLCIDSTT') {
      expect(asked).toMatchObject({ clientID: SERIAL, type: wanted.transaction });
    }
    // what is not known selects nothing, and the order would be people's whatever the bank says
    for (const [field, expr] of Object.entries(inquiry.select ?? {})) {
      expect([field, evaluate(expr, asking)]).not.toEqual([field, '']);
    }
  });

  it('none of which orders goes to people by itself', () => {
    const unasked = remote.filter(
      ([, one]) => transaction(citic, one.transaction).inquiry === 'none',
    );
    expect(unasked).toEqual([]);
  });
});
