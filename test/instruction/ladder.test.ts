/** When to ask next, and who has one name. */
import { describe, expect, it } from 'vitest';
import { pauseAfter } from '../../src/instruction/ladder.ts';
import { sameName } from '../../src/instruction/same-name.ts';
import { LADDER } from './ground.ts';

describe('the ladder', () => {
  it('doubles up to its limit, and stays there', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 6].map((asked) => pauseAfter(LADDER, asked) / 1_000);
    expect(pauses).toEqual([2, 4, 8, 16, 32, 60, 60]);
    expect(pauseAfter(LADDER, 1_000_000)).toBe(LADDER.maxMs);
  });

  it('never waits less than its first pause, nor where the limit is below it', () => {
    expect(pauseAfter({ ...LADDER, maxMs: 500 }, 0)).toBe(500);
  });
});

describe('one name', () => {
  it.each([
    ['张三', '张三'],
    ['ＡＢＣ贸易有限公司', 'ABC贸易有限公司'],
    ['（上海）贸易', '(上海)贸易'],
    [' 张 三\u3000', '张三'],
    ['John  Smith', 'JohnSmith'],
    ['１２３号', '123号'],
  ])('%s and %s', (one, other) => {
    expect(sameName(one, other)).toBe(true);
    expect(sameName(other, one)).toBe(true);
  });

  it.each([
    ['张三', '张叁'],
    ['张三', '张三丰'],
    ['abc', 'ABC'],
    ['', ''],
    [' ', '\u3000'],
    ['张三', ''],
    // a look-alike of another script is another name
    ['ABC', 'АBC'],
  ])('%s and %s are two', (one, other) => {
    expect(sameName(one, other)).toBe(false);
    expect(sameName(other, one)).toBe(false);
  });
});
