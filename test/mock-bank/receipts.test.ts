/** Receipts as files, and look-ups in the bank's invented directory. */
import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pdf, zip } from '../../mock-bank/citic/receipt-file.ts';
import type { Row } from '../../src/protocol/message.ts';
import { ask, buyer, day, type Ground, ground, main, payout, seller, transfer } from './support.ts';

let bank: Ground;
beforeEach(async () => {
  bank = await ground();
});
afterEach(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
});

/** Names and contents by the central directory, with their check sums. */
function unzip(archive: Buffer): Map<string, Buffer> {
  const end = archive.lastIndexOf(Buffer.from('504b0506', 'hex'));
  const files = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    expect(archive.readUInt32LE(at)).toBe(0x02014b50);
    const [sum, size, nameSize] = [
      archive.readUInt32LE(at + 16),
      archive.readUInt32LE(at + 24),
      archive.readUInt16LE(at + 28),
    ];
    const name = archive.toString('latin1', at + 46, at + 46 + nameSize);
    const local = archive.readUInt32LE(at + 42);
    expect(archive.readUInt32LE(local)).toBe(0x04034b50);
    const start = local + 30 + archive.readUInt16LE(local + 26);
    const bytes = archive.subarray(start, start + size);
    expect(crc32(bytes)).toBe(sum);
    files.set(name, bytes);
    at += 46 + nameSize;
  }
  expect(at).toBe(end);
  return files;
}

const asked = {
  qryType: '1',
  accNo: main,
  billType: '0',
  minAmt: '0.00',
  maxAmt: '9999999999999.99',
  startDate: '20260101',
  endDate: '20260131',
  pageSize: '10',
  startNo: '1',
};
const list = async (more = {}): Promise<Row[]> =>
  (await ask(bank.port, 'DLEDDRSQ', { ...asked, ...more })).lists.userDataList ?? [];

describe('DLEDDRSQ 回单信息查询', () => {
  it('today: own account and counterparty, each with its sub-account', async () => {
    await ask(bank.port, 'DLMDETRN', transfer('T1'));
    const [, row] = await list({ accNo: buyer });
    expect(row).toMatchObject({
      bresqNo: expect.stringMatching(/^20260105\d{20}$/),
      billType: '200000',
      transeqNo: 'T1',
      tranAmt: 10_000n,
      cdfg: 'D',
      brStt: '1',
      accNo1: main,
      accNo2: buyer,
      otherRaccNo1: main,
      otherRaccNo2: seller,
      otherRaccNm2: '示例卖方公司',
    });
    expect(await list({ accNo: buyer, qryType: '2' })).toEqual([]);
  });

  it('later: payer and payee; kinds, amounts, pages', async () => {
    await ask(bank.port, 'DLFCSOUT', payout('P1'));
    bank.clock.advance(500);
    bank.control.injectCredit({ account: buyer, amount: '0.30', kind: 'interest' });
    bank.control.injectCredit({ account: buyer, amount: '0.10', kind: 'fee' });
    bank.clock.advance(86_400_000);
    const yesterday = { qryType: '2', accNo: buyer };
    const all = await list(yesterday);
    expect(all.map(({ billType }) => billType)).toEqual(['200000', '200000', '400001', '300000']);
    expect(all[1]).toMatchObject({ payerAccNo: buyer, tranCode: 'DLFCSOUT', transeqNo: 'P1' });
    expect(all[2]).toMatchObject({ payeeAccNo: buyer, tranAmt: 30n });
    expect(await list({ ...yesterday, billType: '3' })).toEqual([all[3]]);
    expect(await list({ ...yesterday, billType: '5' })).toEqual([]);
    expect(await list({ ...yesterday, maxAmt: '0.20' })).toEqual([all[3]]);
    expect(await list({ ...yesterday, pageSize: '2', startNo: '3' })).toEqual(all.slice(2));
    bank.control.changeSettings({ receiptStart: 0 });
    expect(await list({ ...yesterday, pageSize: '2', startNo: '3' })).toEqual(all.slice(3));
    const none = await ask(bank.port, 'DLEDDRSQ', { ...asked, accNo: '9' });
    expect(none.fields.status).toBe('MOCK052');
  });
});

describe('DLEDCDTD 电子回单下载', () => {
  it('gives the files whose numbers were listed', async () => {
    bank.control.injectCredit({ account: 'main', amount: '12.30' });
    const receipts = (await list()).map(({ bresqNo, billType }) => ({
      brSeqNo: bresqNo ?? '',
      billType: billType ?? '',
    }));
    const wanted = { isCurrDay: '1', accNo: main, userDataList: receipts };
    const { fields, lists } = await ask(bank.port, 'DLEDCDTD', wanted);
    expect(fields).toMatchObject({ status: 'AAAAAAA', fileName: `${day}.zip`, size: '2' });
    const archive = Buffer.from(String(fields.fileConTent), 'base64');
    const files = unzip(archive);
    expect([...files.keys()]).toEqual(lists.userDataList?.map(({ pdfName }) => pdfName));
    expect(files.get(`${receipts[1]?.brSeqNo}.pdf`)?.toString('latin1')).toContain('12.30 C');
    const other = { brSeqNo: 'X', billType: '200000' };
    const more = { ...wanted, userDataList: [...receipts, other] };
    expect((await ask(bank.port, 'DLEDCDTD', more)).fields.status).toBe('MOCK053');
    bank.control.changeSettings({ unknownReceipt: 'omit', archiveSize: 'bytes' });
    const rest = await ask(bank.port, 'DLEDCDTD', more);
    expect(rest.lists.userDataList).toHaveLength(2);
    expect(rest.fields.size).toBe(String(archive.length));
    const nobody = { ...wanted, userDataList: [other] };
    expect((await ask(bank.port, 'DLEDCDTD', nobody)).fields.status).toBe('PBRA001');
    const late = { ...wanted, isCurrDay: '2' };
    expect((await ask(bank.port, 'DLEDCDTD', late)).fields.status).toBe('PBRA001');
  });

  it('a PDF whose table of objects tells the truth', () => {
    const text = pdf(['one (1)', 'back\\slash']).toString('latin1');
    const table = Number(/startxref\n(\d+)/.exec(text)?.[1]);
    expect(text.slice(table)).toMatch(/^xref\n0 6\n/);
    const starts = [...text.slice(table).matchAll(/^(\d{10}) 00000 n/gm)].map(([, at]) => at);
    starts.forEach((at, index) => {
      expect(text.slice(Number(at))).toMatch(new RegExp(`^${index + 1} 0 obj`));
    });
    expect(text).toContain('(one \\(1\\)) Tj');
    expect([...unzip(zip([]))]).toEqual([]);
  });
});

describe('look-ups', () => {
  const names = async (code: string, more: Row): Promise<string[]> =>
    ((await ask(bank.port, code, more)).lists.userDataList ?? []).map(({ tgname }) =>
      String(tgname),
    );

  it('DLBNKCOD 支付联行信息查询 finds by a part, or by the whole', async () => {
    expect(await names('DLBNKCOD', { tgname: '第一银行' })).toHaveLength(2);
    expect(await names('DLBNKCOD', { tgname: '支行', cityName: '丙市' })).toHaveLength(2);
    expect(await names('DLBNKCOD', { tgfi: '990300000015' })).toEqual(['模拟第三银行丙市支行']);
    expect(await names('DLBNKCOD', { tgfi: '77' })).toEqual([]);
    bank.control.changeSettings({ bankMatch: 'whole' });
    expect(await names('DLBNKCOD', { tgname: '第一银行' })).toEqual([]);
    const whole = { tgname: '模拟第一银行甲市支行', provinceName: '模拟省' };
    expect(await names('DLBNKCOD', whole)).toHaveLength(1);
  });

  it('DLTGIQRY 大额夜间支付联行信息查询', async () => {
    expect(await names('DLTGIQRY', { tgname: '甲市' })).toHaveLength(2);
    expect(await names('DLTGIQRY', { tgname: '丙市' })).toEqual([]);
    expect(await names('DLTGIQRY', {})).toHaveLength(2);
    bank.control.changeSettings({ emptyBankSearch: 'none' });
    expect(await names('DLTGIQRY', {})).toEqual([]);
  });

  it('DLOBKQRY 网银互联参与机构信息查询', async () => {
    const { lists } = await ask(bank.port, 'DLOBKQRY', {});
    expect(lists.userDataList?.[0]).toEqual({ branchName: '模拟第一银行', branchNo: '990100' });
  });

  it('DLWRKDAY 工作日下载', async () => {
    bank.control.changeSettings({ calendarDays: 7 });
    const { lists } = await ask(bank.port, 'DLWRKDAY', {});
    expect(lists.userDataList?.[0]).toEqual({ date: day, workFlag: 'W' });
    expect(lists.userDataList?.map(({ workFlag }) => workFlag).join('')).toBe('WWWWWNN');
  });

  it('DLACCCHK 账号名称校验', async () => {
    const flag = async (accountNo: string, accountName: string, accountType: string) => {
      const given = { accountNo, accountName, accountType };
      const { fields } = await ask(bank.port, 'DLACCCHK', given);
      return fields.flag ?? fields.status;
    };
    expect(await flag(buyer, '示例买方公司', '0')).toBe('0');
    expect(await flag(buyer, '示例卖方公司', '0')).toBe('1');
    expect(await flag(buyer, '示例买方公司', '1')).toBe('2');
    expect(await flag('6200000000000000101', '模拟张三', '1')).toBe('0');
    expect(await flag('9', '谁', '1')).toBe('1');
    bank.control.changeSettings({ unknownChecked: 'refuse' });
    expect(await flag('9', '谁', '1')).toBe('MOCK052');
  });
});
