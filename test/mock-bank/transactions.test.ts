/** Every transaction over a real socket, asked and answered by the spec. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  adjustment,
  ask,
  buyer,
  call,
  day,
  type Ground,
  ground,
  http,
  main,
  payout,
  seller,
  state,
  transfer,
} from './support.ts';

let bank: Ground;
beforeEach(async () => {
  bank = await ground();
});
afterEach(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
});

const balance = (number: string): string | undefined =>
  bank.control.ledger().accounts.find((account) => account.number === number)?.balance;

const opening = (tail: string, more = {}) => ({
  mainAccNo: main,
  appFlag: '2',
  accGenType: '1',
  subAccNo: tail,
  subAccNm: '新会员公司',
  accType: '03',
  calInterestFlag: '0',
  overFlag: '0',
  autoAssignInterestFlag: '0',
  autoAssignTranFeeFlag: '0',
  feeType: '0',
  realNameParm: '1',
  subAccPrintParm: '1',
  mngNode: '000000',
  vtlCustNm: '新会员公司',
  legalPersonNm: '张三',
  custCertType: '5',
  custCertNo: '91110000000000000X',
  branch: '001',
  commAddress: '示例地址',
  VilcstDataList: [
    { contactName: '李四', contactPhone: '13800000000', mailAddress: 'a@example.com' },
  ],
  ...more,
});

describe('DLBREGSN 会员注册', () => {
  it('makes the number from the bank’s prefix and the tail, and reviews it', async () => {
    const { fields } = await ask(bank.port, 'DLBREGSN', opening('1234567'));
    expect(fields).toMatchObject({ status: 'AAAAAAA', subAccNo: '3110700000001234567' });
    const asked = {
      mainAccNo: main,
      subAccNo: '3110700000001234567',
      startDate: day,
      endDate: day,
    };
    const waiting = await ask(bank.port, 'DLSASQRY', asked);
    expect(waiting.lists.userDataList).toMatchObject([{ status: '1', subAccNm: '新会员公司' }]);
    bank.clock.advance(1000);
    const normal = await ask(bank.port, 'DLSASQRY', asked);
    expect(normal.lists.userDataList).toMatchObject([{ status: '0', centerNo: '000000' }]);
  });

  it('refuses a tail of the wrong length, and a number that is taken', async () => {
    const short = await ask(bank.port, 'DLBREGSN', opening('123456'));
    expect(short.fields.status).toBe('MOCK004');
    await ask(bank.port, 'DLBREGSN', opening('1234567'));
    const again = await ask(bank.port, 'DLBREGSN', opening('1234567'));
    expect(again.fields.status).toBe('MOCK003');
    bank.control.changeSettings({ openingRepeated: 'answer-again' });
    const repeated = await ask(bank.port, 'DLBREGSN', opening('1234567'));
    expect(repeated.fields).toMatchObject({ status: 'AAAAAAA', subAccNo: '3110700000001234567' });
    expect(bank.control.ledger().accounts.filter(({ name }) => name === '新会员公司')).toHaveLength(
      1,
    );
  });
});

describe('DLMDETRN 强制转账', () => {
  it('transfers at once, or later when it is asked to be asynchronous', async () => {
    const now = await ask(bank.port, 'DLMDETRN', transfer('S1'));
    expect(now.fields.status).toBe('AAAAAAA');
    expect(balance(seller)).toBe('100.00');
    const later = await ask(bank.port, 'DLMDETRN', transfer('S2', { tranFlag: '0' }));
    expect(later.fields.status).toBe('AAAAAAE');
    expect(await state(bank.port, 'S2')).toBe('2 ED02091');
    bank.clock.advance(500);
    expect(await state(bank.port, 'S2')).toBe('0 AAAAAAA');
    expect(balance(seller)).toBe('200.00');
  });

  it('freezes, tells the number by DLFRNOQR only, and pays from the freeze', async () => {
    const freeze = { tranType: 'BR', recvAccNo: '', recvAccNm: '' };
    const frozen = await ask(bank.port, 'DLMDETRN', transfer('F1', freeze));
    expect(Object.keys(frozen.fields)).toEqual(['status', 'statusText']);
    const numbers = await ask(bank.port, 'DLFRNOQR', { userDataList: [{ clientID: 'F1' }] });
    const freezeNo = numbers.lists.userDataList?.[0]?.freezeNo ?? '';
    expect(freezeNo).toMatch(/^FZ\d{20}$/);
    const asked = await ask(bank.port, 'DLSBALQR', { accountNo: main, subAccNo: buyer });
    expect(asked.lists.userDataList).toMatchObject([
      { KYAMT: 990_000n, SJAMT: 1_000_000n, DJAMT: 10_000n },
    ]);
    const paid = await ask(bank.port, 'DLMDETRN', transfer('F2', { tranType: 'BH', freezeNo }));
    expect(paid.fields.status).toBe('AAAAAAA');
    expect(balance(seller)).toBe('100.00');
    const twice = await ask(bank.port, 'DLMDETRN', transfer('F3', { tranType: 'BH', freezeNo }));
    expect(twice.fields.status).toBe('MOCK020');
  });

  it('pays and freezes, and gives back to the payer alone', async () => {
    await ask(bank.port, 'DLMDETRN', transfer('E1', { tranType: 'BS' }));
    const numbers = await ask(bank.port, 'DLFRNOQR', { userDataList: [{ clientID: 'E1' }] });
    const freezeNo = numbers.lists.userDataList?.[0]?.freezeNo ?? '';
    const back = { tranType: 'BG', freezeNo, payAccNo: seller, recvAccNm: '示例买方公司' };
    const wrong = await ask(bank.port, 'DLMDETRN', transfer('E2', { ...back, recvAccNo: seller }));
    expect(wrong.fields.status).toBe('MOCK022');
    const right = await ask(bank.port, 'DLMDETRN', transfer('E3', { ...back, recvAccNo: buyer }));
    expect(right.fields.status).toBe('AAAAAAA');
    expect(balance(buyer)).toBe('10000.00');
  });

  it('refuses what the payer has not, and knows nothing of it afterwards', async () => {
    const { fields } = await ask(bank.port, 'DLMDETRN', transfer('S9', { tranAmt: '10000.01' }));
    expect(fields.status).toBe('DPRA003');
    expect(await state(bank.port, 'S9')).toBe(' ED02083');
    bank.control.changeSettings({ refusedKnown: 'yes', noSuchSerialForm: 'outer' });
    await ask(bank.port, 'DLMDETRN', transfer('S8', { tranAmt: '10000.01' }));
    expect(await state(bank.port, 'S8')).toBe('1 DPRA003');
    expect(await state(bank.port, 'S7')).toBe('outer ED02083');
  });
});

describe('payments outward', () => {
  it('DLFCSOUT 平台出金 is submitted, settled with its fee, and may come back', async () => {
    bank.control.changeSettings({ payoutFee: '2.00' });
    const { fields } = await ask(bank.port, 'DLFCSOUT', payout('P1'));
    expect(fields.status).toBe('AAAAAAE');
    bank.clock.advance(500);
    expect(await state(bank.port, 'P1', 'DLFCSOUT')).toBe('0 AAAAAAA');
    expect(balance(buyer)).toBe('9948.00');
    const asked = {
      accountNo: main,
      subAccNo: buyer,
      tranType: '23',
      startDate: day,
      endDate: day,
    };
    const rows = await ask(bank.port, 'DLSTRNDT', asked);
    expect(rows.lists.userDataList).toMatchObject([{ CDFG: 'D', TRANAMT: 5000n, XTSFAM: 200n }]);
    bank.control.returnPayout({ serial: 'P1', sameKey: true });
    expect(() => bank.control.returnPayout({ serial: 'P1' })).toThrow('serial');
    const after = await ask(bank.port, 'DLSTRNDT', asked);
    const [first, second] = after.lists.userDataList ?? [];
    expect(second).toMatchObject({ CDFG: 'D', TRANAMT: -5000n, HOSTFLW: first?.HOSTFLW });
    expect(await state(bank.port, 'P1', 'DLFCSOUT')).toBe('0 AAAAAAA');
    bank.control.changeSettings({ returnedShowsFailed: 'yes' });
    expect(await state(bank.port, 'P1', 'DLFCSOUT')).toBe('1 MOCK042');
    expect(bank.control.obligations().obligations).toMatchObject([{ count: 1, returned: 1 }]);
  });

  it('DLFCSOUT at an appointed time', async () => {
    const at = { preFlg: '1', preDate: day, preTime: '100000' };
    expect((await ask(bank.port, 'DLFCSOUT', payout('P2', at))).fields.status).toBe('AAAAAAC');
    expect(await state(bank.port, 'P2', 'DLFCSOUT')).toBe('2 AAAAAAC');
    bank.clock.advance(30 * 60_000);
    expect(await state(bank.port, 'P2', 'DLFCSOUT')).toBe('0 AAAAAAA');
    expect(bank.control.entries({ account: buyer }).entries.at(-1)).toMatchObject({
      time: '100000',
    });
  });

  it('DLOUTTRN 对外支付 pays from the main account', async () => {
    const { fields } = await ask(bank.port, 'DLOUTTRN', {
      clientID: 'O1',
      preFlg: '0',
      payType: '01',
      payAccountNo: main,
      recAccountNo: '6200000000000000009',
      recAccountName: '示例收款公司',
      citicbankFlag: '0',
      tranAmount: '0.12',
      abstract: '验证',
      memo: 'OBL-O1',
    });
    expect(fields).toMatchObject({ status: 'AAAAAAA', tranDate: day, tranAmount: 12n });
    expect(balance(main)).toBe('999999.88');
    expect(await state(bank.port, 'O1', 'DLOUTTRN')).toBe('0 AAAAAAA');
  });
});

describe('money nobody could place', () => {
  it('DLTRSFIN 调账入款 assigns it, DLWFDRTN 错账调回 takes it back', async () => {
    const { credits } = bank.control.injectCredit({
      account: '3110700000009999999',
      amount: '70.00',
    });
    expect(credits[0]?.entry).toMatchObject({ account: adjustment, type: '22', waiting: true });
    const waiting = {
      accountNo: main,
      subAccNo: adjustment,
      queryType: '1',
      startDate: day,
      endDate: day,
    };
    const [row] = (await ask(bank.port, 'DLSTRNDT', waiting)).lists.userDataList ?? [];
    const key = {
      tranAmt: '70.00',
      hostDate: String(row?.TRANDATE),
      hostFlw: String(row?.HOSTFLW),
      hostSeq: String(row?.HOSTSEQ),
    };
    const assign = { accountNo: adjustment, recvAccNo: seller, recvAccNm: '示例卖方公司', ...key };
    expect((await ask(bank.port, 'DLTRSFIN', { clientID: 'A1', ...assign })).fields.status).toBe(
      'AAAAAAA',
    );
    expect((await ask(bank.port, 'DLSTRNDT', waiting)).fields.status).toBe('PBRA001');
    expect((await ask(bank.port, 'DLTRSFIN', { clientID: 'A2', ...assign })).fields.status).toBe(
      'MOCK030',
    );
    const back = {
      accountNo: main,
      payAccNo: seller,
      recvAccNo: adjustment,
      recvAccNm: '公共调账账户',
    };
    const returned = await ask(bank.port, 'DLWFDRTN', { clientID: 'A3', ...back, ...key });
    expect(returned.fields.status).toBe('AAAAAAA');
    expect(balance(seller)).toBe('0.00');
    expect((await ask(bank.port, 'DLSTRNDT', waiting)).lists.userDataList).toHaveLength(1);
  });
});

describe('what is not understood', () => {
  const plain = async (bytes: Uint8Array): Promise<string> => {
    const caller = call(bank.port);
    caller.send(bytes);
    const { head, body } = await caller.answer();
    caller.destroy();
    return `${head.split('\r\n')[0]} ${/<status>(\w+)</.exec(body.toString('latin1'))?.[1]}`;
  };

  it('is refused with codes of its own', async () => {
    const stream = (inside: string) => http(Buffer.from(`<stream>${inside}</stream>`));
    expect(await plain(stream('<action>DLNOSUCH</action>'))).toBe('HTTP/1.1 200 OK MOCK404');
    expect(await plain(stream('<action>DLMDETRN</action><tranAmt>x</tranAmt>'))).toMatch(
      /MOCK400$/,
    );
    expect(await plain(stream('no action'))).toMatch(/MOCK400$/);
    expect(await plain(Buffer.from('hello\r\n\r\n'))).toMatch(/MOCK400$/);
  });

  it('reads the code with a blank behind it, and names beyond GBK', async () => {
    const body = Buffer.from('<stream><action>DLCIDSTT </action><clientID>X</clientID></stream>');
    expect(await plain(http(body))).toMatch(/AAAAAAA$/);
    bank.control.openAccount({ tail: '0000333', name: '𠮷祥公司' });
    const number = '3110700000000000333';
    const { lists } = await ask(bank.port, 'DLSBALQR', { accountNo: main, subAccNo: number });
    expect(lists.userDataList).toMatchObject([{ SUBACCNM: '𠮷祥公司' }]);
  });

  it('asks for the login name when it was told one', async () => {
    bank.control.changeSettings({ userName: 'somebody' });
    expect((await ask(bank.port, 'DLMDETRN', transfer('U1'))).fields.status).toBe('MOCK005');
  });
});
