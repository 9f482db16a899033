/** The CMS family (cms_corp_no) over TCP: a bank of the same kind, before the same books. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestClock } from '../../mock-bank/clock.ts';
import { type MockBank, startMockBank } from '../../mock-bank/start.ts';
import type { Values } from '../../src/protocol/message.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { ask, day, exchange, outside, packetOf } from './heads.ts';
import { group, main, start } from './support.ts';

const cms = readSpec(join(import.meta.dirname, '../../protocol-specs/cms'));
let bank: MockBank;
let clock: TestClock;
beforeEach(async () => {
  clock = new TestClock(start);
  bank = await startMockBank({ fronts: [{ spec: cms }], clock });
});
afterEach(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
});

const common = (code: string, req_no: string): Values => ({
  ...{ tr_code: code, req_no, tr_acdt: day, tr_time: '093000' },
});
const call = async (code: string, values: Values, serial = '260105000009') => {
  const { fields } = await ask(bank, cms, code, { ...common(code, serial), ...values });
  return fields;
};

const payment = (serial: string, more: Values = {}) =>
  call(
    '300001',
    {
      ...{ pay_acno: main, pay_cur_code: '01', pay_acname: '样例贸易有限公司', cert_no: serial },
      ...{ rcv_acno: outside, rcv_cur_code: '01', rcv_acname: '张样例', amt: '12.50' },
      ...{ rcv_bank_no: '102100099996', rcv_bank_name: '样例银行', bank_flag: '1' },
      ...{ urgency_flag: '2', purpose: '货款', postscript: `REF-${serial}` },
      ...more,
    },
    serial,
  );
const status = (serial: string) =>
  call('200205', {
    ...{ cert_no: serial, origReqNo: serial, origDate: day, corpNo: '1' },
    ...{ acno: main, cur_code: '01' },
  });

it('300001 is accepted, 200205 says 9 when it is booked', async () => {
  bank.control.changeSettings({ paymentMode: 'settle' });
  const accepted = { tr_code: '300001', req_no: '260105000001', ret_code: '0000', succ_flag: '0' };
  expect(await payment('260105000001')).toMatchObject(accepted);
  expect((await status('260105000001')).stat).not.toMatch(/^[69]$/);
  clock.advance(500);
  expect(await status('260105000001')).toMatchObject({ stat: '9', origReqNo: '260105000001' });
  expect(bank.control.obligations().obligations).toMatchObject([
    { obligation: 'REF-260105000001', count: 1 },
  ]);
});

it('2100 with flag 2 for what it does not know, 9999 with 1 for a time-out', async () => {
  expect(await status('260105000001')).toMatchObject({ ret_code: '2100', succ_flag: '2' });
  bank.control.addFault({ fault: { kind: 'code', code: 'UNKNOWN' } });
  expect(await payment('260105000002')).toMatchObject({ ret_code: '9999', succ_flag: '1' });
});

it('a payment that fails: stat 6', async () => {
  bank.control.addFault({ fault: { kind: 'processing', ms: 0, fails: 'MOCK044' } });
  await payment('260105000001');
  clock.advance(1);
  expect(await status('260105000001')).toMatchObject({ stat: '6' });
});

it('529301 moves inside; 200108 is the balance of the one ledger', async () => {
  const order = {
    ...{ pay_acno: main, pay_cur_code: '01', pay_acname: '样例贸易有限公司' },
    ...{ rcv_acno: group, amt: '100.00', purpose: '调拨', postscript: 'REF-9' },
  };
  expect(await call('529301', order)).toMatchObject({ ret_code: '0000' });
  const asked = { acno: main, cur_code: '01' };
  expect(await call('200108', asked)).toMatchObject({ use_balance: 99990000n });
});

it('what is not played is refused in the body, for the head has no place for it', async () => {
  const values = { acno: main, cur_code: '01', start_date: day, end_date: day };
  const asked = { ...common('200110', '260105000009'), ...values };
  const { bytes } = await exchange(bank.port, packetOf(cms, '200110', asked));
  expect(bytes.toString('latin1')).toMatch(
    /^\d+ *00<ap><head>.*<ret_code>M404<\/ret_code>.*<\/head><body><\/body><\/ap>$/,
  );
});
