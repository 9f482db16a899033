import { describe, expect, it } from 'vitest';
import { encodeRequest } from '../../src/protocol/encode.ts';
import { evaluateAll } from '../../src/protocol/expression.ts';
import { bodyPathOf, fillOwned, nativeValues, plan } from '../../src/protocol/operation.ts';
import { citic, errorOf, operation } from './ground.ts';

const link = {
  userName: 'demo01',
  mainAccount: '8110700000000000001',
  adjustmentAccount: '3110700000000000009',
  adjustmentAccountName: '调账户',
  branchNode: '700000',
  branch: '701',
  transferFlag: '1',
};
const serial = '20260105AAAAAAAAAAAA';
const member = {
  account: '3110700000000000011',
  name: '示例公司',
  payout: {
    account: '6222020200112233445',
    name: '示例公司',
    sameBank: false,
    bankCode: '102100099996',
  },
};
const freeze = {
  holder: '3110700000000000011',
  amount: '5.00',
  returnTo: '3110700000000000022',
  returnToName: '示例买方公司',
  number: 'FZ20260105000000000001',
};
const scopeOf = (body: Record<string, unknown>) => ({
  body,
  link,
  serial,
  'serial.tail': '0000001',
  transaction: 'X',
  day: '20260105',
  memo: typeof body.memo === 'string' ? body.memo : '',
  member,
  freeze,
});

/** From body to the fields that are sent and are not empty. */
function sent(name: string, body: Record<string, unknown>) {
  const what = operation(name);
  const scope = scopeOf(body);
  const owned = evaluateAll(citic.protocol.owned, scope) as Record<string, string>;
  const values = fillOwned(citic, what.transaction, plan(what, scope), owned);
  encodeRequest(citic, what.transaction, values, 'GBK');
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

const payee = {
  account: '6222020200112233445',
  name: '张三',
  sameBank: false,
  bankCode: '102100099996',
};

describe('an operation becomes the request of its transaction', () => {
  it('transfer: the name of the payee from the record, unless the ledger names it', () => {
    const body = { from: '3110700000000000011', to: '3110700000000000022', amount: '12.30' };
    const common = {
      userName: 'demo01',
      clientID: serial,
      accountNo: link.mainAccount,
      payAccNo: body.from,
      tranType: 'BF',
      recvAccNo: body.to,
      tranAmt: '12.30',
      tranFlag: '1',
    };
    expect(sent('transfer', body)).toEqual({ ...common, recvAccNm: '示例公司' });
    expect(sent('transfer', { ...body, toName: '另一公司' })).toEqual({
      ...common,
      recvAccNm: '另一公司',
    });
  });

  it('unfreeze: amount, number and parties from the freeze and from nowhere else', () => {
    expect(sent('unfreeze', { freeze: 'A1' })).toEqual({
      userName: 'demo01',
      clientID: serial,
      accountNo: link.mainAccount,
      payAccNo: freeze.holder,
      tranType: 'BG',
      recvAccNo: freeze.returnTo,
      recvAccNm: freeze.returnToName,
      tranAmt: freeze.amount,
      freezeNo: freeze.number,
      tranFlag: '1',
    });
  });

  it.each([
    ['large', '2H'],
    ['small', '2B'],
    ['online', '2E'],
    [undefined, undefined],
  ])('withdraw by %s: to the bound account of the record', (channel, payType) => {
    const values = sent('withdraw', { account: member.account, amount: '1.00', channel });
    expect(values).toMatchObject({
      accountNo: member.account,
      recvAccNo: member.payout.account,
      recvAccNm: member.payout.name,
      recvTgfi: member.payout.bankCode,
      sameBank: '1',
      preFlg: '0',
    });
    expect(values.payType).toBe(payType);
  });

  it('payment: the way follows from the bank and the channel', () => {
    const paid = (more: Record<string, unknown>) => {
      const { payType, recBankNo, recOpenBankCode, citicbankFlag } = sent('payment', {
        payee,
        amount: '0.01',
        sameCity: 'no',
        ...more,
      });
      return [payType, recBankNo, recOpenBankCode, citicbankFlag];
    };
    const code = payee.bankCode;
    expect(paid({ channel: 'large' })).toEqual(['02', undefined, code, '1']);
    expect(paid({ channel: 'online' })).toEqual(['05', code, undefined, '1']);
    expect(paid({})).toEqual(['03', undefined, code, '1']);
    expect(paid({ payee: { ...payee, sameBank: true } })).toEqual(['01', undefined, code, '0']);
  });

  it('open: the tail of the chosen number, and the contact as a row', () => {
    const body = {
      name: '示例公司',
      legalPerson: '李四',
      certificateType: '5',
      certificate: '91110000000000000X',
      address: '示例路1号',
      contact: '王五',
      phone: '13800000000',
      email: 'a@example.com',
      payout: payee,
    };
    expect(sent('open', body)).toMatchObject({
      subAccNo: '0000001',
      mainAccNo: link.mainAccount,
      VilcstDataList: [
        { contactName: '王五', contactPhone: '13800000000', mailAddress: 'a@example.com' },
      ],
    });
  });
});

describe('fields the gateway owns', () => {
  const owned = {
    userName: 'demo01',
    clientID: serial,
    accountNo: link.mainAccount,
    mainAccNo: 'M',
  };

  it('are filled in where the transaction marks them, and only there', () => {
    expect(fillOwned(citic, 'DLSBALQR', { subAccNo: '1' }, owned)).toEqual({
      subAccNo: '1',
      userName: 'demo01',
      accountNo: link.mainAccount,
    });
    // the serial asked about is the question, and not the number of the question
    expect(fillOwned(citic, 'DLCIDSTT', { clientID: 'ASKED' }, owned)).toEqual({
      clientID: 'ASKED',
      userName: 'demo01',
    });
    // the payer of a payout is the member, although other transactions carry the main account here
    expect(fillOwned(citic, 'DLFCSOUT', {}, owned)).toEqual({
      userName: 'demo01',
      clientID: serial,
    });
  });

  it('are not filled in behind a mapping that came out empty', () => {
    expect(fillOwned(citic, 'DLMDETRN', { accountNo: '' }, owned).accountNo).toBe('');
    expect(fillOwned(citic, 'DLMDETRN', { accountNo: 'X' }, owned).accountNo).toBe('X');
  });

  it('leave a missing one missing', () => {
    expect(fillOwned(citic, 'DLSBALQR', {}, {})).toEqual({});
  });
});

describe('a native call', () => {
  const native = (code: string, body: Record<string, unknown>) =>
    errorOf(() => nativeValues(citic, code, body));

  it("uses the bank's own names", () => {
    const body = { subAccNo: '1', startDate: '20260101', endDate: '20260102' };
    expect(nativeValues(citic, 'DLSTRNDT', body)).toEqual(body);
    const asked = { userDataList: [{ clientID: serial }, { clientID: 'B' }] };
    expect(nativeValues(citic, 'DLFRNOQR', asked)).toEqual(asked);
    expect(nativeValues(citic, 'DLCIDSTT', { clientID: serial })).toEqual({ clientID: serial });
  });

  it('sets nothing that the gateway owns or the spec fixes', () => {
    for (const name of ['action', 'userName', 'clientID', 'accountNo']) {
      expect(native('DLMDETRN', { [name]: 'x' })).toBe(`FIELD_OWNED ${name}`);
    }
    expect(native('DLCIDSTT', { action: 'DLCIDSTT' })).toBe('FIELD_OWNED action');
  });

  it('knows no other field, also in rows', () => {
    expect(native('DLSTRNDT', { from: '20260101' })).toBe('FIELD_UNKNOWN from');
    expect(native('DLSTRNDT', JSON.parse('{"__proto__":"1"}'))).toBe('FIELD_UNKNOWN ?');
    expect(native('DLFRNOQR', { userDataList: [{ x: '1' }] })).toBe(
      'FIELD_UNKNOWN userDataList.0.x',
    );
  });

  it('takes strings and rows of strings, and nothing that could mean a float', () => {
    expect(native('DLMDETRN', { tranAmt: 1.1 })).toBe('FIELD_FORMAT tranAmt (a string)');
    expect(native('DLMDETRN', { memo: ['x'] })).toBe('FIELD_FORMAT memo (a string)');
    for (const rows of ['x', {}, ['x'], [null], [[]]]) {
      expect(native('DLFRNOQR', { userDataList: rows })).toBe(
        'FIELD_FORMAT userDataList (an array of objects)',
      );
    }
    expect(native('DLFRNOQR', { userDataList: [{ clientID: 1 }] })).toBe(
      'FIELD_FORMAT userDataList.0.clientID (a string)',
    );
  });
});

describe('a fault at a bank field', () => {
  it.each([
    ['transfer', 'recvAccNm', 'body.toName'],
    ['transfer', 'tranAmt', 'body.amount'],
    ['transfer', 'memo', 'body.memo'],
    ['transfer', 'tranType', 'operation.tranType'],
    ['transfer', 'clientID', 'operation.clientID'],
    ['transfer', '', 'operation'],
    ['open', 'VilcstDataList.0.contactName', 'body.contact'],
    ['open', 'VilcstDataList.9.contactName', 'operation.VilcstDataList.9.contactName'],
    ['open', 'VilcstDataList', 'operation.VilcstDataList'],
    ['withdraw', 'payType', 'body.channel'],
    ['withdraw', 'recvAccNm', 'operation.recvAccNm'],
    ['payment', 'recBankNo', 'body.payee.bankCode'],
    ['payment', 'citicbankFlag', 'body.payee.sameBank'],
    ['unfreeze', 'recvAccNm', 'body.returnToName'],
    ['transfer', 'constructor', 'operation.constructor'],
  ])('%s %s is told as %s', (name, bankPath, path) => {
    expect(bodyPathOf(operation(name), bankPath)).toBe(path);
  });
});
