/** Entries of 交易资金 and 见证宝: whose they are, what they are told as, and what their rows leave out. */
import { describe, expect, it } from 'vitest';
import { entryOf, kindOf, type StatementEntry } from '../../src/credits/entry.ts';
import { type Candidate, noticeOf } from '../../src/credits/notice.ts';
import type { BankSpec, SweepSpec } from '../../src/protocol/spec.ts';
import { readSpec } from '../../src/spec-directory.ts';
import type { Row } from './ground.ts';

const trading = readSpec('protocol-specs/pingan_trading');
const jzb = readSpec('protocol-specs/pingan_jzb');

function sweepOf({ protocol: { credits = [] } }: BankSpec, name: string): SweepSpec {
  const found = credits.find((sweep) => sweep.name === name);
  if (found === undefined) throw new Error(`no sweep ${name}`);
  return found;
}
const flow = sweepOf(trading, 'flow');
const inbound = sweepOf(jzb, 'inbound');
const returned = sweepOf(jzb, 'returned');

const SUPERVISED = '15000000000001';
const MEMBER = '888800000000001';
const OURS = '20250311120200000022';

function entryIn(sweep: SweepSpec, row: Row): StatementEntry {
  const asked = { account: SUPERVISED, accountElse: SUPERVISED, day: '20250311' };
  const found = entryOf(sweep, row, asked);
  if (found === undefined) throw new Error('a row without a key');
  return found;
}

describe('1325, the flow of deposits and withdrawals', () => {
  const row: Row = {
    ThirdLogNo: '20250311093016000012',
    FrontLogNo: '25031100000021',
    TranFlag: '1',
    TranStatus: '0',
    TranAmount: '500.00',
    CustAcctId: MEMBER,
    ThirdCustId: 'M10001',
    TranDate: '20250311',
    AcctDate: '20250311',
  };
  const kind = (more: Row, ours: readonly string[] = []) =>
    kindOf(trading, flow, entryIn(flow, { ...row, ...more }), (serial) => ours.includes(serial))
      ?.kind;

  it('tells a deposit under the number of the front end', () => {
    expect(entryIn(flow, row)).toMatchObject({
      account: MEMBER,
      key: `25031100000021/${MEMBER}/1/+`,
      direction: 'in',
    });
    expect(kind({})).toBe('credit');
  });

  it('tells no withdrawal, nothing undecided, and no deposit that an order of ours asked for', () => {
    expect(kind({ TranFlag: '2' })).toBeUndefined();
    expect(kind({ TranStatus: '2' })).toBeUndefined();
    expect(kind({}, ['20250311093016000012'])).toBeUndefined();
  });
});

describe('6050, inbound transfers', () => {
  const row: Row = {
    TranType: '02',
    ThirdCustId: 'M10001',
    CustAcctId: MEMBER,
    TranAmount: '500.00',
    InAcctId: '6222000000000000009',
    InAcctIdName: '李付款',
    CcyCode: 'RMB',
    AcctDate: '20250311',
    FrontLogNo: '25031100000103',
  };
  const nobodys: Row = { ...row, TranType: '03', ThirdCustId: '', CustAcctId: '' };

  it('all bring money in, to the member or to the supervised account where they name nobody', () => {
    expect(entryIn(inbound, row)).toMatchObject({ account: MEMBER, direction: 'in' });
    expect(entryIn(inbound, nobodys)).toMatchObject({ account: SUPERVISED, direction: 'in' });
    expect(kindOf(jzb, inbound, entryIn(inbound, row))?.kind).toBe('credit');
    expect(kindOf(jzb, inbound, entryIn(inbound, nobodys))?.kind).toBe('unplaced');
  });

  it('keeps its key when somebody claims it, so that this is told as a change', () => {
    expect(entryIn(inbound, row).key).toBe(entryIn(inbound, nobodys).key);
    expect(entryIn(inbound, row).digest).not.toBe(entryIn(inbound, nobodys).digest);
  });
});

describe('6048, returned withdrawals', () => {
  const row: Row = {
    FrontLogNo: '25031100000102',
    ThirdLogNo: OURS,
    Remark: '户名不符',
    WithDrawRemark: '账号户名不符',
    WithDrawDate: '2025/03/12',
  };
  const told = (candidates: readonly Candidate[]) =>
    noticeOf(returned, 'payout-returned', entryIn(returned, row), {
      link: 'jzb',
      source: 'erp',
      candidates,
      at: 0,
    });
  const sent = { account: MEMBER, amount: '11.00' };

  it('are of the day that was asked about, whatever form their own day has', () => {
    expect(entryIn(returned, row)).toMatchObject({ day: '20250311', amount: '' });
    expect(kindOf(jzb, returned, entryIn(returned, row))?.kind).toBe('payout-returned');
  });

  it('have account and amount of the order they name', () => {
    expect(told([{ id: 'W1', source: 'erp', sent }])).toMatchObject({ of: 'W1', ...sent });
  });

  it('have them also for a ledger that did not order it, which is told no id', () => {
    const notice = told([{ id: 'W1', source: 'other', sent }]);
    expect(notice).toMatchObject(sent);
    expect(notice).not.toHaveProperty('of');
  });

  it('are told without an amount where no order of ours is named', () => {
    const notice = told([]);
    expect(notice).toMatchObject({ account: SUPERVISED, payer: { remark: '账号户名不符' } });
    expect(notice).not.toHaveProperty('amount');
  });
});
