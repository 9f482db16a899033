/** What makes two rows one entry, and what makes news of an entry (R15). */
import { describe, expect, it } from 'vitest';
import { entryOf } from '../../src/credits/entry.ts';
import { CREDIT, credits, entry, RETURNED, type Row } from './ground.ts';

describe('the identity of a row', () => {
  it("is the bank's key, its direction and its sign", () => {
    expect(entry(CREDIT)).toEqual({
      account: '7110210187000012345',
      day: '20260924',
      key: '20260924/SC000000000042/1/7110210187000012345/C/+',
      digest: expect.stringMatching(/^[0-9a-f]{32}$/),
      amount: '100.00',
      direction: 'in',
      row: CREDIT,
    });
  });

  it('is one for two rows that are equal in everything', () => {
    expect(entry({ ...CREDIT })).toEqual(entry(CREDIT));
  });

  const others: [what: string, change: Row][] = [
    ['day', { TRANDATE: '20260925' }],
    ['teller number', { HOSTFLW: 'SC000000000043' }],
    ['sequence', { HOSTSEQ: '2' }],
    ['account', { subAccNo: '7110210187000012352' }],
    ['direction', { CDFG: 'D' }],
    ['sign', { TRANAMT: '-100.00' }],
  ];
  it.each(others)('another %s is another entry', (_, change) => {
    expect(entry({ ...CREDIT, ...change }).key).not.toBe(entry(CREDIT).key);
  });

  it("R15: a reversal that repeats the original's number is an entry of its own", () => {
    const payout = entry({ ...RETURNED, TRANAMT: '12.30' });
    const back = entry(RETURNED);
    expect(back.key).not.toBe(payout.key);
    expect([payout.direction, back.direction]).toEqual(['out', 'in']);
  });
});

describe('news of a known entry', () => {
  const stable: [field: string, value: string][] = [
    ['TRANTYPE', '22'],
    ['TRANTIME', '101501'],
    ['OPPACCNO', '6217001234567890124'],
    ['OPPACCNAME', '李四'],
    ['TRANAMT', '100.01'],
    ['RESUME', '货款 2'],
  ];
  it.each(stable)('another %s under the same key has another digest', (field, value) => {
    const other = entry({ ...CREDIT, [field]: value });
    expect(other.key).toBe(entry(CREDIT).key);
    expect(other.digest).not.toBe(entry(CREDIT).digest);
  });

  it.each(['ACCBAL', 'XTSFAM', 'OPPBRANCHNAME', 'OPPBANKNO'])('%s alone is no news', (field) => {
    expect(entry({ ...CREDIT, [field]: '7' }).digest).toBe(entry(CREDIT).digest);
  });

  it('a field the bank leaves out is as good as empty', () => {
    const { RESUME: _, ...bare } = CREDIT;
    expect(entry(bare).digest).toBe(entry({ ...CREDIT, RESUME: '' }).digest);
  });

  it('does not hang on the order in which fields came', () => {
    const turned = Object.fromEntries(Object.entries(CREDIT).reverse());
    expect(entry(turned)).toEqual(entry(CREDIT));
  });

  it('a value that moves to the next field is another content', () => {
    const one = entry({ ...CREDIT, OPPACCNAME: '张三', RESUME: '' });
    const other = entry({ ...CREDIT, OPPACCNAME: '', RESUME: '张三' });
    expect(one.digest).not.toBe(other.digest);
  });
});

describe('a row that cannot be told apart', () => {
  it.each(['TRANDATE', 'HOSTFLW', 'HOSTSEQ', 'subAccNo', 'CDFG', 'TRANAMT'])(
    'is no entry without %s',
    (field) => {
      const { [field]: _, ...without } = CREDIT;
      expect(entryOf(credits, without)).toBeUndefined();
      expect(entryOf(credits, { ...CREDIT, [field]: '' })).toBeUndefined();
    },
  );
});

describe('where the money went', () => {
  const rows: [flag: string, amount: string, direction: 'in' | 'out'][] = [
    ['C', '100.00', 'in'],
    ['C', '-100.00', 'out'],
    ['D', '100.00', 'out'],
    ['D', '-100.00', 'in'],
  ];
  it.each(rows)('%s %s: %s', (CDFG, TRANAMT, direction) => {
    expect(entry({ ...CREDIT, CDFG, TRANAMT }).direction).toBe(direction);
  });
});
