/** Which "no such serial" counts: where, when and by whom it must have been said. */
import { describe, expect, it } from 'vitest';
import { concludeNo } from '../../src/instruction/evidence.ts';
import { step } from '../../src/instruction/step.ts';
import {
  answered,
  at,
  DAY_MS,
  FRONT_END,
  heldIn,
  inquired,
  LADDER,
  livedThrough,
  OTHER_FRONT_END,
  RULES,
  silent,
} from './ground.ts';
import {
  ASKING,
  type Asked,
  asks,
  HOW,
  RULE,
  times,
  withRule,
  writtenAndEnded,
} from './questions.ts';

describe('which negatives count', () => {
  it.each(HOW)('R1: %s: none asked at another front end', (how) => {
    const happened = asks(how, withRule, times(50, { seconds: 601 }, { peer: OTHER_FRONT_END }));
    expect(new Set(happened)).toEqual(new Set([ASKING[how]]));
  });

  it('one from another front end does not complete the number either', () => {
    const here = times(LADDER.negativesMin - 1, { seconds: 60 });
    const there = { seconds: 70, peer: OTHER_FRONT_END };
    expect(asks('unlisted', RULES, [...here, there, { seconds: 80 }])).toEqual([
      ...Array(3).fill(ASKING.unlisted),
      'failed/refused-by-bank',
    ]);
  });

  it('nor where the number was reached before, as when the setting was lowered', () => {
    const { life } = writtenAndEnded('unlisted');
    const held = heldIn('unknown', { ...life, negatives: LADDER.negativesMin });
    expect(step(held, inquired('none', OTHER_FRONT_END), at(60), RULES)?.phase).toBe('unknown');
    expect(step(held, inquired('none'), at(60), RULES)?.phase).toBe('failed');
  });

  it('an order whose front end is not known is denied by none', () => {
    const { peer: _, ...life } = writtenAndEnded('unanswered').life;
    const held = { ...heldIn('unknown'), life };
    const next = step(held, inquired('none'), at(900), withRule);
    expect(next?.life.negatives).toBe(0);
  });

  it.each(['unlisted', 'unanswered'] as const)(
    '%s: those of an earlier run are forgotten, and its time begins anew',
    (how) => {
      const before = times(how === 'unlisted' ? 2 : 1, { seconds: 601 });
      const again = times(2, { seconds: 700 }, { run: 'run-2' });
      const happened = asks(how, withRule, [...before, ...again]);
      expect(new Set(happened)).toEqual(new Set([ASKING[how]]));
    },
  );

  it('they stand in a row: an answer that shows something of it begins the count anew', () => {
    const questions: Asked[] = [
      { seconds: 60 },
      { seconds: 61 },
      { seconds: 62, says: 'unknown' },
      { seconds: 63 },
      { seconds: 64 },
      { seconds: 65 },
    ];
    const happened = asks('unlisted', RULES, questions);
    expect(happened.slice(0, 5)).toEqual(Array(5).fill(ASKING.unlisted));
    expect(happened[5]).toBe('failed/refused-by-bank');
  });

  it.each(['unlisted', 'unanswered', 'client-side', 'indeterminate'] as const)(
    '%s: none asked later than the bank is known to keep a serial; people then',
    (how) => {
      const late = { seconds: (LADDER.negativesWithinMs + DAY_MS) / 1_000 };
      const happened = asks(how, withRule, times(50, late));
      expect(new Set(happened)).toEqual(new Set(['manual/manual']));
    },
  );
});

describe('an answer that is read long after its question was asked, as after a freeze', () => {
  it('R1: a denial asked before the time of the written rule is none, however late it is read', () => {
    const early = { seconds: 900, askedAt: 1 };
    expect(asks('unanswered', withRule, times(9, early))).toEqual(Array(9).fill(ASKING.unanswered));
    // the same at its time
    const { afterMs, negatives } = RULE;
    expect(
      asks('unanswered', withRule, times(negatives, { seconds: afterMs / 1_000 })).at(-1),
    ).toBe('failed/bank-does-not-know');
  });

  it('R1: a denial asked before the late answer came says nothing of what the bank knew then', () => {
    const { negativesMin } = LADDER;
    const late = livedThrough(heldIn('sending'), [silent, answered('unlisted')]);
    const denied = (askedAt: number) =>
      step(late, inquired('none', FRONT_END, askedAt), at(60), RULES);
    expect(late.life.lastByte?.at).toBe(1_000);
    expect(denied(999)?.life.negatives).toBe(0);
    expect(denied(1_000)?.life.negatives).toBe(1);
    const almost = { ...late, life: { ...late.life, negatives: negativesMin - 1 } };
    expect(step(almost, inquired('none', FRONT_END, 999), at(60), RULES)?.phase).toBe('unknown');
    expect(step(almost, inquired('none', FRONT_END, 1_000), at(60), RULES)?.phase).toBe('failed');
  });

  it('R1: in another run the time begins with the question, not with its answer', () => {
    const { afterMs } = RULE;
    const questions = [
      { seconds: 50, askedAt: 10, run: 'run-2' },
      { seconds: 51 + afterMs / 1_000, askedAt: 9 + afterMs / 1_000, run: 'run-2' },
      { seconds: 52 + afterMs / 1_000, askedAt: 10 + afterMs / 1_000, run: 'run-2' },
      { seconds: 53 + afterMs / 1_000, askedAt: 11 + afterMs / 1_000, run: 'run-2' },
    ];
    expect(asks('unanswered', withRule, questions)).toEqual([
      ...Array(3).fill(ASKING.unanswered),
      'failed/bank-does-not-know',
    ]);
  });
});

describe('the written rule', () => {
  const told = (counted: number, sinceLastByteMs: number) =>
    concludeNo('unanswered', { counted, sinceLastByteMs, ageMs: 0 }, RULE, LADDER);
  it('asks for its number and for its time, each by itself', () => {
    expect(told(RULE.negatives - 1, RULE.afterMs)).toBe('ask-again');
    expect(told(RULE.negatives + 9, RULE.afterMs - 1)).toBe('ask-again');
    expect(told(RULE.negatives, RULE.afterMs)).toBe('failed');
  });
});
