/** Rules that look at all rows of an answer at once: what a batch of payments has become, if that is one thing. */
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/protocol/judge.ts';
import type { Row } from '../../src/protocol/message.ts';
import { type Rule, rule } from '../../src/protocol/spec.ts';
import { changed, lintOf, small } from './ground.ts';

const rules: Rule[] = [
  { when: { status: ['AAAAAAA'] }, every: { state: ['20'] }, says: 'succeeded' as const },
  { when: { status: ['AAAAAAA'] }, some: { state: ['20'] }, says: 'pending' as const },
  {
    when: { status: ['AAAAAAA'] },
    every: { state: ['30'], code: ['E*'] },
    says: 'failed' as const,
  },
  { says: 'unknown' as const },
].map((one) => rule.parse(one));

const says = (...rows: Row[]): string => {
  const message = { fields: { status: 'AAAAAAA' }, head: {}, lists: { list: rows }, extra: {} };
  return judge(small, rules, message).says;
};

describe('a rule over rows', () => {
  it('with every holds when each row fits, and never without a row', () => {
    expect(says({ state: '20' })).toBe('succeeded');
    expect(says({ state: '20' }, { state: '20' })).toBe('succeeded');
    expect(says()).toBe('unknown');
    expect(says({ state: '30', code: 'E1' }, { state: '30', code: 'E2' })).toBe('failed');
    expect(says({ state: '30', code: 'E1' }, { state: '30' })).toBe('unknown');
  });

  it('with some holds when one row fits', () => {
    expect(says({ state: '30', code: 'E1' }, { state: '20' })).toBe('pending');
    expect(says({ state: '30', code: 'E1' }, {})).toBe('unknown');
  });
});

describe('a rule over all rows that were sent', () => {
  const all = [rule.parse({ rows: 'all', says: 'succeeded' }), rule.parse({ says: 'unknown' })];
  const seen = (rows: number, sent?: number): string => {
    const list = Array.from({ length: rows }, () => ({ state: '20' }));
    const message = { head: {}, fields: { status: 'AAAAAAA' }, lists: { list }, extra: {} };
    return judge(small, all, message, {}, sent).says;
  };

  it('holds when as many are there, and never of none or of an unknown number', () => {
    expect(seen(2, 2)).toBe('succeeded');
    expect([seen(1, 2), seen(3, 2), seen(0, 0), seen(2)]).toEqual(Array(4).fill('unknown'));
  });

  it('is refused by the lint where nothing says how many were sent', () => {
    const counting = changed('transactions/DLCIDSTT.yaml', 'asInquiry/3/rows', 'all');
    expect(lintOf(counting).join()).toContain('a rule wants all rows, and nothing says of what');
    const direct = changed('protocol.yaml', 'verdicts/query/0/rows', 'all');
    expect(lintOf(direct).join()).toContain('all is for inquiries only');
    const over = changed('transactions/DLCIDSTT.yaml', 'asInquiry/3/reason', 'undecidable');
    expect(lintOf(over).join()).toContain('undecidable is an unknown of an inquiry');
    const unknown = changed('transactions/DLMDETRN.yaml', 'inquiry/rowsOf', 'people');
    expect(lintOf(unknown).join()).toContain('no list people in the request');
  });
});

describe('the lint', () => {
  const table = (every: unknown) =>
    changed('transactions/DLCIDSTT.yaml', 'asInquiry/0/every', every);

  it('wants fields of a row and values that they can have', () => {
    expect(lintOf(table({ stt: ['0'] }))).toEqual([]);
    expect(lintOf(table({ sttt: ['0'] })).join()).toContain('no such field in the answer');
    expect(lintOf(table({ stt: ['9'] })).join()).toContain('9 is not one of its values');
  });

  it('counts such a rule as one with a condition', () => {
    const open = changed('transactions/DLCIDSTT.yaml', 'asInquiry/7/some', { stt: ['0'] });
    expect(lintOf(open).join()).toContain('the last rule must have no conditions');
  });
});
