/** Goal (R15): where the bank names no entry, equal rows are told apart by counting, and only in what was read whole. */
import { beforeEach, describe, expect, it } from 'vitest';
import { readSpec } from '../../src/spec-directory.ts';
import { type Row, StatementBank } from './statement-bank.ts';

const spec = readSpec('protocol-specs/pingan_b2bi');
const sweep = spec.protocol.credits?.find(({ name }) => name === 'main');
if (sweep === undefined) throw new Error('no sweep main');
const ACCOUNT = '11000000000001';
const settings = { customerCode: 'C1', mainAccount: ACCOUNT, mainAccountName: '示例' };

let at: StatementBank;
beforeEach(() => {
  at = new StatementBank(spec, { ...sweep, pageRowsMax: 2 }, settings, { returnCode: '000000' });
});

const row = (more: Row = {}): Row => ({
  AcctDate: '20260924',
  TxTime: '101500',
  HostTrace: 'H1',
  OutAcctNo: '6217001234567890',
  OutAcctName: '张三',
  InAcctNo: ACCOUNT,
  DcFlag: 'C',
  TranAmount: '12.30',
  ...more,
});

/** Pages of two, the last one marked, as the bank has the rows at that moment. */
const pages = (rows: () => readonly Row[]) => (asked: Row) => {
  const n = Number(asked.PageNo);
  const all = rows();
  const last = n * 2 >= all.length;
  return {
    rows: all.slice(n * 2 - 2, n * 2),
    fields: { AcctNo: ACCOUNT, EndFlag: last ? 'Y' : 'N' },
  };
};

describe('rows the bank gives no key', () => {
  it('R15: two equal ones of one second are two notices, each told once', async () => {
    at.bank = pages(() => [row(), row()]);
    const { told } = await at.round();
    expect(told).toMatchObject([
      { type: 'main-credit', identity: 'counted', amount: '12.30' },
      { type: 'main-credit', identity: 'counted', amount: '12.30' },
    ]);
    expect(new Set(told.map(({ key }) => key)).size).toBe(2);
    expect((await at.round()).told).toEqual([]);
  });

  it('R15: one that vanishes is no news, nor is its coming back; a third is', async () => {
    let rows = [row(), row()];
    at.bank = pages(() => rows);
    const first = await at.round();
    rows = [row()];
    expect((await at.round()).told).toEqual([]);
    rows = [row(), row()];
    expect((await at.round()).told).toEqual([]);
    rows = [row(), row(), row()];
    const { told } = await at.round();
    expect(told).toHaveLength(1);
    expect(first.told.map(({ key }) => key)).not.toContain(told[0]?.key);
  });

  it('the order of the rows is no news', async () => {
    let rows = [row(), row({ TranAmount: '1.00' }), row()];
    at.bank = pages(() => rows);
    expect((await at.round()).told).toHaveLength(3);
    rows = rows.toReversed();
    expect((await at.round()).told).toEqual([]);
  });

  it('what is not stable may change without a word', async () => {
    let balance = '100.00';
    at.bank = pages(() => [row({ AcctBalance: balance })]);
    await at.round();
    balance = '90.00';
    expect((await at.round()).told).toEqual([]);
  });
});

describe('a reading that was not whole', () => {
  it('tells nothing: the rows of a day are told once they are all there', async () => {
    const rows = [row(), row({ HostTrace: 'H2' }), row({ HostTrace: 'H3' })];
    at.bank = (asked) =>
      asked.PageNo === '2'
        ? { rows: [], head: { returnCode: 'YQ9976' } }
        : pages(() => rows)(asked);
    expect(await at.round()).toEqual({ whole: false, told: [] });
    at.bank = pages(() => rows);
    expect((await at.round()).told).toHaveLength(3);
  });

  it('a row that moved to the next page while it was read is not two', async () => {
    // the third page is read while a row comes in front of the second page: row 4 is seen on both
    const before = ['H1', 'H2', 'H3', 'H4'].map((HostTrace) => row({ HostTrace }));
    const after = [...before.slice(0, 2), row({ HostTrace: 'H9' }), ...before.slice(2)];
    at.bank = (asked) => {
      const all =
        at.asked.length <= 2
          ? [...before, row({ HostTrace: 'H5' })]
          : [...after, row({ HostTrace: 'H5' })];
      return pages(() => all)(asked);
    };
    expect(await at.round()).toEqual({ whole: false, told: [] });
    const { told } = await at.round();
    expect(told).toHaveLength(6);
    expect(new Set(told.map(({ key }) => String(key).split('/')[2])).size).toBe(6);
  });
});

describe('the mark of the last page', () => {
  it('a short page without it is not the last: the next one is asked for', async () => {
    at.bank = (asked) => {
      const n = Number(asked.PageNo);
      return { rows: [row({ HostTrace: `H${n}` })], fields: { EndFlag: n === 3 ? 'Y' : 'N' } };
    };
    expect((await at.round()).told).toHaveLength(3);
  });

  it('a full page with it is the last', async () => {
    at.bank = pages(() => [row(), row()]);
    expect((await at.round()).whole).toBe(true);
    expect(at.asked.map(({ PageNo }) => PageNo)).toEqual(['1']);
  });

  it('is read under either name', async () => {
    at.bank = () => ({ rows: [row(), row()], fields: { IsEnded: 'Y' } });
    expect((await at.round()).whole).toBe(true);
  });

  it('that never comes leaves the day unread, and ends', async () => {
    at.bank = (asked) => ({ rows: asked.PageNo === '1' ? [row()] : [], fields: { EndFlag: 'N' } });
    expect(await at.round()).toEqual({ whole: false, told: [] });
    at.bank = (asked) =>
      asked.PageNo === '1'
        ? { rows: [row()], fields: { EndFlag: 'N' } }
        : { rows: [], head: { returnCode: 'YQ9996' } };
    expect(await at.round()).toEqual({ whole: false, told: [] });
  });

  it('is not asked of a bank that says there is nothing', async () => {
    at.bank = () => ({ rows: [], head: { returnCode: 'YQ9996' } });
    expect(await at.round()).toEqual({ whole: true, told: [] });
  });
});
