/** Statements and receipts over a real socket: paging, order, rows that come late or under another date. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, buyer, day, type Ground, ground, main, payout, seller } from './support.ts';

let bank: Ground;
beforeEach(async () => {
  bank = await ground();
});
afterEach(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
});

describe('statements', () => {
  const span = { accountNo: main, subAccNo: buyer, startDate: day, endDate: day, tranType: '23' };

  it('DLSTRNDT pages by ten from 1, gives all rows without paging, and goes on after a row', async () => {
    bank.control.injectCredit({ account: buyer, amount: '1.00', twins: 12 });
    const page = await ask(bank.port, 'DLSTRNDT', { ...span, startRecord: '1', pageNumber: '20' });
    expect(page.fields.returnRecords).toBe('10');
    const next = await ask(bank.port, 'DLSTRNDT', { ...span, startRecord: '11', pageNumber: '10' });
    expect(next.lists.userDataList).toHaveLength(2);
    const all = (await ask(bank.port, 'DLSTRNDT', span)).lists.userDataList ?? [];
    expect(new Set(all.map((row) => row.HOSTFLW)).size).toBe(12);
    const more = await ask(bank.port, 'DLSTRNDT', {
      ...span,
      qryMode: '2',
      lastHostDate: day,
      lastHostFlw: String(all[9]?.HOSTFLW),
      lastHostSeq: String(all[9]?.HOSTSEQ),
    });
    expect(more.lists.userDataList).toEqual(all.slice(10));
    bank.control.changeSettings({ rowOrder: 'newest-first' });
    const reversed = (await ask(bank.port, 'DLSTRNDT', span)).lists.userDataList;
    expect(reversed).toEqual(all.toReversed());
  });

  it('shows a row that bears yesterday’s date, and one that becomes visible late', async () => {
    bank.control.injectCredit({ account: buyer, amount: '3.00', at: '2026-01-04T23:59:59+08:00' });
    bank.control.injectCredit({ account: buyer, amount: '4.00', visibleAfterMs: 5000 });
    bank.control.injectCredit({ account: buyer, amount: '5.00' });
    const seen = async (startDate: string) =>
      ((await ask(bank.port, 'DLSTRNDT', { ...span, startDate })).lists.userDataList ?? []).map(
        (row) => row.TRANAMT,
      );
    expect(await seen(day)).toEqual([500n]);
    expect(await seen('20260104')).toEqual([300n, 500n]);
    bank.clock.advance(5000);
    // it stands where it was booked: below what a cursor has passed already
    expect(await seen(day)).toEqual([400n, 500n]);
  });

  it('DLPTDTQY 非登录打印明细查询 gives the same rows with their codes, once they are there', async () => {
    bank.control.changeSettings({ receiptCodeAfterMs: 1000 });
    bank.control.injectCredit({ account: seller, amount: '9.00', kind: 'interest' });
    const asked = { mainAccNo: main, subAccNo: seller, startDate: day, endDate: day };
    const paged = { ...asked, startRecord: '1', pageNumber: '10' };
    const before = (await ask(bank.port, 'DLPTDTQY', paged)).lists.userDataList;
    expect(before).toMatchObject([{ tranType: '13', loanFlag: 'C', tranAmt: 900n }]);
    expect(before?.[0]?.verifyCode).toBeUndefined();
    bank.clock.advance(1000);
    const [row] = (await ask(bank.port, 'DLPTDTQY', paged)).lists.userDataList ?? [];
    expect(row?.verifyCode).toMatch(/^[0-9A-Z]{13}$/);
    const none = await ask(bank.port, 'DLPTDTQY', { ...paged, subAccNo: '3110700000000000033' });
    expect(none.fields.status).toBe('ES88363');
  });

  it('cuts what is longer than a field of the statement', async () => {
    await ask(
      bank.port,
      'DLFCSOUT',
      payout('L1', { recvAccNo: '9'.repeat(32), memo: '摘要'.repeat(25) }),
    );
    bank.clock.advance(500);
    const [row] = (await ask(bank.port, 'DLSTRNDT', span)).lists.userDataList ?? [];
    expect(row).toMatchObject({ OPPACCNO: '9'.repeat(19), RESUME: '摘要'.repeat(25) });
  });
});
