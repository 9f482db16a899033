/** The evidence table (R1), cell by cell: how our request ended × what the inquiry says → what follows. */
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/instruction/event.ts';
import { step } from '../../src/instruction/step.ts';
import {
  answered,
  at,
  carriedOn,
  DAY_MS,
  FRONT_END,
  heldIn,
  inquired,
  LADDER,
  livedThrough,
  OTHER_FRONT_END,
  RULES,
} from './ground.ts';
import {
  ASKING,
  type Asked,
  asks,
  HOW,
  type How,
  RULE,
  times,
  withRule,
  writtenAndEnded,
} from './questions.ts';

describe('P3: no such serial, and no written rule of the bank', () => {
  const END: Record<How, string> = {
    unanswered: 'manual/manual',
    unlisted: 'failed/refused-by-bank',
    'client-side': 'manual/manual',
    indeterminate: 'manual/manual',
    accepted: 'manual/manual',
  };
  it.each(HOW)('R1: %s: asked again until N negatives, then its own end', (how) => {
    const asking = ASKING[how];
    const happened = asks(how, RULES, times(LADDER.negativesMin, { seconds: 60 }));
    expect(happened).toEqual([asking, asking, END[how]]);
  });

  it.each(HOW.filter((how) => END[how].startsWith('manual')))(
    '%s: people stay with it, however often it is denied',
    (how) => {
      const happened = asks(how, RULES, times(200, { seconds: 60 }));
      expect(new Set(happened.slice(LADDER.negativesMin))).toEqual(new Set(['manual/manual']));
    },
  );
});

describe('no such serial, and a written rule of the bank', () => {
  const END: Record<How, string> = {
    unanswered: 'failed/bank-does-not-know',
    unlisted: 'failed/refused-by-bank',
    'client-side': 'failed/bank-does-not-know',
    indeterminate: 'failed/bank-does-not-know',
    accepted: 'manual/manual',
  };
  const enough = (how: How) =>
    how === 'unlisted' || how === 'accepted' ? LADDER.negativesMin : RULE.negatives;

  it.each(HOW)('%s: after its time and so many negatives', (how) => {
    const happened = asks(how, withRule, times(enough(how), { seconds: 601 }));
    expect(happened.at(-1)).toBe(END[how]);
    expect(new Set(happened.slice(0, -1))).toEqual(new Set([ASKING[how]]));
  });

  it.each(['unanswered', 'client-side', 'indeterminate'] as const)(
    '%s: negatives before the time do not count',
    (how) => {
      const early = times(20, { seconds: 60 });
      const happened = asks(how, withRule, [...early, ...times(2, { seconds: 601 })]);
      expect(new Set(happened.slice(0, 21))).toEqual(new Set([ASKING[how]]));
      expect(happened.at(-1)).toBe('failed/bank-does-not-know');
    },
  );

  it('R1: measures from the last byte, not from when the order became unknown', () => {
    const held = heldIn('unknown', {
      sent: 'maybe',
      ended: 'unanswered',
      peer: FRONT_END,
      since: at(0).wall,
      lastByte: { run: 'run-1', at: 500_000 },
      negatives: 1,
    });
    expect(step(held, inquired('none'), at(1_099), withRule)?.phase).toBe('unknown');
    expect(step(held, inquired('none'), at(1_100), withRule)?.phase).toBe('failed');
  });

  it('R25: lets a wall clock that jumped prove nothing: the time is monotonic', () => {
    const held = writtenAndEnded('unanswered');
    const now = { ...at(60), wall: at(60).wall + 900_000 };
    const next = step(
      { ...held, life: { ...held.life, negatives: 9 } },
      inquired('none'),
      now,
      withRule,
    );
    expect(next?.phase).toBe('unknown');
  });
});

describe('what the bank shows decides, in every row and whatever was denied before', () => {
  const denied = [[], times(2, { seconds: 60 }), times(40, { seconds: 60 })];
  const rows = HOW.filter((how) => how !== 'unlisted').flatMap((how) =>
    denied.map((before) => [how, before.length, before] as const),
  );
  it.each(rows)('%s, denied %i times', (how, _, before) => {
    const then = (says: Evidence['says']) =>
      asks(how, RULES, [...before, { seconds: 200, says, peer: OTHER_FRONT_END, run: 'run-9' }]);
    expect(then('succeeded').at(-1)).toBe('succeeded');
    expect(then('failed').at(-1)).toBe('failed/refused-by-bank');
    expect(then('pending').at(-1)).toBe('pending');
  });

  it.each(['succeeded', 'failed'] as const)('an unlisted refusal, then %s', (says) => {
    expect(asks('unlisted', RULES, [{ seconds: 60 }, { seconds: 61, says }]).at(-1)).toMatch(says);
  });
});

describe('accepted, then denied', () => {
  it.each(HOW)('%s: once the bank has shown it, denials are for people', (how) => {
    const shownOnce: Asked = { seconds: 60, says: 'pending' };
    const happened = asks(how, withRule, [shownOnce, ...times(50, { seconds: 700 })]);
    expect(happened.slice(0, 3)).toEqual(['pending', 'pending', 'pending']);
    expect(new Set(happened.slice(3))).toEqual(new Set(['manual/manual']));
  });

  it('even long after the bank has forgotten it', () => {
    const late = { seconds: (LADDER.negativesWithinMs + DAY_MS) / 1_000 };
    expect(asks('accepted', RULES, times(3, late)).at(-1)).toBe('manual/manual');
  });
});

describe('a listed refusal', () => {
  it('is final by the answer, and never asked about', () => {
    const next = step(heldIn('sending'), answered('refused'), at(0), RULES);
    expect(next).toMatchObject({ phase: 'failed', dueAt: null, release: true });
    expect(next?.life).toMatchObject({ reason: 'refused-by-bank', ended: 'refused', sent: 'yes' });
    expect(next?.life.proof).toEqual({
      kind: 'answer',
      record: 7,
      spec: 'spec-digest',
      config: 'config-digest',
    });
  });
});

describe('a failed by denials', () => {
  it('names the record that proves it and keeps whose words are the reason', () => {
    const unlisted = livedThrough(writtenAndEnded('unlisted'), Array(3).fill(inquired('none')));
    expect(unlisted.life).toMatchObject({ reason: 'refused-by-bank', code: 'CODE', sent: 'yes' });
    expect(unlisted.life.proof).toEqual({
      kind: 'inquiry',
      record: 7,
      spec: 'spec-digest',
      config: 'config-digest',
    });
  });

  it('stays a maybe where nothing was answered', () => {
    let held = writtenAndEnded('unanswered');
    for (const seconds of [601, 602]) {
      held = carriedOn(held, step(held, inquired('none'), at(seconds), withRule));
    }
    expect(held.life).toMatchObject({ reason: 'bank-does-not-know', sent: 'maybe' });
  });
});
