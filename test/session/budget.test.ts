import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Budget, type BudgetEvent, openBudget, stepBudget } from '../../src/session/budget.ts';
import { type BudgetRules, LANES, type Lane } from '../../src/session/tokens.ts';
import { type Asked, mostIn, playTraffic } from './front-end.ts';

const RULES: BudgetRules = { window: 4, ratePerMinute: 60, burst: 10, sweepFloorShare: 0.2 };
const HOUR = 3_600_000;

const of = (lane: Lane, asked: readonly Asked[]): Asked[] =>
  asked.filter((one) => one.lane === lane);
const perMinute = (asked: readonly Asked[], from = 0, to = HOUR): number =>
  asked.filter((one) => one.at >= from && one.at < to).length / ((to - from) / 60_000);
const longestWait = (asked: readonly Asked[]): number =>
  Math.max(...asked.map((one) => one.at - one.wantedAt));

/** Events at one moment; what was granted. */
function hear(budget: Budget, events: readonly BudgetEvent[], now = 0, rules = RULES) {
  const grants: string[] = [];
  let next = budget;
  for (const event of events) {
    const step = stepBudget(next, event, now, rules);
    next = step.budget;
    for (const effect of step.effects) {
      if (effect.do === 'grant') grants.push(effect.tried ? `${effect.lane}!` : effect.lane);
    }
  }
  return { budget: next, grants };
}

const ask = (lane: Lane): BudgetEvent => ({ type: 'ask', lane });
const tryFor = (lane: Lane): BudgetEvent => ({ type: 'try', lane });
const DONE: BudgetEvent = { type: 'done' };

describe('the window', () => {
  it('holds no more than its size over all lanes', () => {
    const { grants } = hear(openBudget(RULES, 0), [...LANES, ...LANES].map(ask));
    expect(grants).toEqual(['inquiry', 'movement', 'sweep', 'query']);
  });

  it('lets the best lane go first when a slot is free', () => {
    const rules = { ...RULES, window: 1, burst: 40 };
    const full = hear(
      openBudget(rules, 0),
      ['query', ...LANES.toReversed()].map((lane) => ask(lane as Lane)),
      0,
      rules,
    );
    expect(full.grants).toEqual(['query']);
    const { grants } = hear(full.budget, [DONE, DONE, DONE, DONE], 0, rules);
    expect(grants).toEqual(['inquiry', 'movement', 'sweep', 'query']);
  });

  it('gives sweeps their share where slots are what is short', () => {
    // an answer takes 30 s and one may be on the way: two requests a minute, and tokens for sixty
    const { asked } = playTraffic({
      rules: { ...RULES, window: 1 },
      forMs: HOUR,
      wishes: { inquiry: 60, movement: 60, sweep: 60, query: 60 },
      answerMs: () => 30_000,
    });
    expect(perMinute(asked)).toBeCloseTo(2, 1);
    expect(of('sweep', asked).length / asked.length).toBeCloseTo(0.2, 1);
  });

  it.each([0, 0.5, 0.9])('gives sweeps a share of %d', (sweepFloorShare) => {
    const { asked } = playTraffic({
      rules: { ...RULES, window: 1, sweepFloorShare },
      forMs: HOUR,
      wishes: { inquiry: 60, sweep: 60 },
      answerMs: () => 30_000,
    });
    expect(of('sweep', asked).length / asked.length).toBeCloseTo(sweepFloorShare, 1);
  });
});

describe('trying', () => {
  it('is granted at once or leaves no trace', () => {
    const first = hear(openBudget(RULES, 0), LANES.map(tryFor));
    expect(first.grants).toEqual(['inquiry!', 'movement!', 'sweep!', 'query!']);
    const none = hear(first.budget, LANES.map(tryFor));
    expect(none.grants).toEqual([]);
    expect(none.budget).toEqual(first.budget);
  });

  it('never overtakes who waits in the same lane or in front of it', () => {
    const rules = { ...RULES, window: 2 };
    const full = hear(
      openBudget(rules, 0),
      [ask('query'), ask('query'), ask('movement')],
      0,
      rules,
    );
    const roomy = { ...rules, window: 10 };
    // as if the movement waited for tokens: there are none for it, but there would be for a query
    const poor = { ...full.budget, pots: { ...full.budget.pots, general: 1 } };
    expect(hear(poor, [tryFor('movement')], 0, roomy).grants).toEqual([]);
    expect(hear(poor, [tryFor('sweep')], 0, roomy).grants).toEqual([]);
    expect(hear(poor, [tryFor('query')], 0, roomy).grants).toEqual([]);
    expect(hear(poor, [tryFor('inquiry')], 0, roomy).grants).toEqual(['inquiry!']);
  });
});

describe('tokens', () => {
  it('a movement sets one aside for its inquiry', () => {
    const rules = { ...RULES, window: 100 };
    const asked = hear(openBudget(rules, 0), Array(20).fill(ask('movement')), 0, rules);
    // eight beside the floor of the sweeps: four movements with their inquiries
    expect(asked.grants).toHaveLength(4);
    expect(hear(asked.budget, Array(20).fill(ask('inquiry')), 0, rules).grants).toHaveLength(4);
  });

  it('set aside for inquiries that were not needed do not pile up', () => {
    const { asked } = playTraffic({
      rules: RULES,
      forMs: HOUR,
      wishes: { movement: 600 },
      answerMs: () => 100,
    });
    // answered for good: in the long run one token each, and no sweep wants its floor
    expect(perMinute(asked)).toBeGreaterThan(59);
    expect(mostIn(60_000, asked)).toBeLessThanOrEqual(60 + 10);
  });

  it('nobody behind takes what a movement saves for', () => {
    const { asked } = playTraffic({
      rules: { ...RULES, burst: 1 },
      forMs: HOUR,
      wishes: { movement: 600, query: 600, sweep: 600 },
      answerMs: () => 100,
    });
    expect(of('query', asked).length).toBeLessThan(20);
    expect(perMinute(of('movement', asked))).toBeGreaterThan(40);
  });

  it('are given back for what was not sent', () => {
    const rules = { ...RULES, window: 100 };
    for (const lane of LANES) {
      const before = openBudget(rules, 0);
      const used = hear(before, [ask(lane)], 0, rules);
      const { budget } = hear(used.budget, [{ type: 'unused', lane }], 0, rules);
      expect(budget.pots).toEqual(before.pots);
      expect(budget.inFlight).toBe(0);
    }
  });

  it('never let a minute see more than the rate and about a burst, whatever is wanted', () => {
    const rules = fc.record({
      window: fc.integer({ min: 1, max: 20 }),
      ratePerMinute: fc.integer({ min: 2, max: 600 }),
      burst: fc.integer({ min: 1, max: 50 }),
      sweepFloorShare: fc.double({ min: 0, max: 0.9, noNaN: true }),
    });
    const wishes = fc.record({
      inquiry: fc.nat(300),
      movement: fc.nat(300),
      sweep: fc.nat(300),
      query: fc.nat(300),
    });
    fc.assert(
      fc.property(rules, wishes, fc.integer({ min: 1, max: 5_000 }), (some, wanted, answerMs) => {
        const { asked, budget } = playTraffic({
          rules: some,
          forMs: 300_000,
          wishes: wanted,
          answerMs: () => answerMs,
        });
        // a burst of one is too small for a movement with its inquiry and a sweep
        const burst = Math.max(4, some.burst);
        expect(mostIn(60_000, asked)).toBeLessThanOrEqual(some.ratePerMinute + burst + 1);
        expect(budget.inFlight).toBeLessThanOrEqual(some.window);
      }),
      { numRuns: 60 },
    );
  });
});

describe('an hour of ten times too much', () => {
  const { asked, waiting } = playTraffic({
    rules: RULES,
    forMs: HOUR,
    wishes: { movement: 600, sweep: 600, query: 600 },
    inquiries: { each: 2, afterMs: 2_000 },
    answerMs: () => 300,
  });

  it('uses the whole rate and no more', () => {
    expect(perMinute(asked)).toBeGreaterThan(59);
    expect(mostIn(60_000, asked)).toBeLessThanOrEqual(60 + 10);
  });

  it('R20: no inquiry waits long, and none is left', () => {
    expect(longestWait(of('inquiry', asked))).toBeLessThan(10_000);
    expect(waiting.inquiry.length).toBeLessThan(10);
  });

  it('movements get what inquiries leave', () => {
    expect(perMinute(of('movement', asked))).toBeGreaterThan(14);
  });

  it('sweeps get their floor in every five minutes', () => {
    for (let from = 0; from < HOUR; from += 300_000) {
      expect(perMinute(of('sweep', asked), from, from + 300_000)).toBeGreaterThan(60 * 0.2 - 1);
    }
  });

  it('sweeps that want less leave the rest of their share to others', () => {
    const idle = playTraffic({
      rules: RULES,
      forMs: HOUR,
      wishes: { movement: 600, sweep: 1 },
      inquiries: { each: 1, afterMs: 2_000 },
      answerMs: () => 300,
    });
    expect(perMinute(idle.asked)).toBeGreaterThan(59);
    expect(longestWait(of('sweep', idle.asked))).toBeLessThan(2_000);
  });
});

describe('complaints', () => {
  const throttled: BudgetEvent = { type: 'throttled' };
  const passed: BudgetEvent = { type: 'passed' };

  it('halve the rate, once for one volley', () => {
    const sent = hear(openBudget(RULES, 0), [ask('inquiry'), ask('inquiry'), ask('query')]);
    const after = hear(sent.budget, [throttled, throttled, throttled]);
    expect(after.budget.pots.rate).toBe(30);
    expect(hear(after.budget, [passed]).budget.pots.rate).toBe(30);
    // at 30 a minute the next token takes two seconds
    expect(hear(after.budget, [ask('query')], 1_000).grants).toEqual([]);
    const again = hear(after.budget, [ask('query'), throttled], 3_000);
    expect(again.grants).toEqual(['query']);
    expect(again.budget.pots.rate).toBe(15);
  });

  it('stop movements until one request passes', () => {
    const stopped = hear(openBudget(RULES, 0), [ask('inquiry'), throttled]).budget;
    const later = hear(stopped, [ask('movement'), ask('inquiry')], 20_000);
    expect(later.grants).toEqual(['inquiry']);
    expect(hear(later.budget, [DONE, passed], 21_000).grants).toEqual(['movement']);
  });

  it('are not forgotten because an older request passes', () => {
    const stopped = hear(openBudget(RULES, 0), [ask('inquiry'), ask('query'), throttled, passed]);
    expect(hear(stopped.budget, [ask('movement')], 20_000).grants).toEqual([]);
  });

  it('do not stop movements for ever where nothing else is asked', () => {
    const { asked } = playTraffic({
      rules: RULES,
      forMs: HOUR,
      wishes: { movement: 60 },
      answerMs: () => 300,
      complains: (at) => at < 1_000,
    });
    const next = asked.find((one) => one.at > 1_000);
    expect(next?.at).toBeGreaterThan(60_000);
    expect(next?.at).toBeLessThan(62_000);
    expect(perMinute(asked, 1_800_000)).toBeGreaterThan(50);
  });

  it('R20: of a storm end: the rate settles under what the bank takes, and comes back after', () => {
    const bankTakes = (at: number): number => (at < HOUR ? 10 : 1_000);
    const { asked, budget } = playTraffic({
      rules: { ...RULES, ratePerMinute: 120 },
      forMs: 2 * HOUR,
      wishes: { movement: 120, inquiry: 60, sweep: 60, query: 60 },
      answerMs: () => 300,
      complains: (at, times) => times.filter((one) => at - one < 60_000).length > bankTakes(at),
    });
    const settled = asked.filter((one) => one.at > 600_000 && one.at < HOUR);
    const complaints = settled.filter((one) => one.complained);
    expect(complaints.length / settled.length).toBeLessThan(0.2);
    expect(settled.length / 50).toBeGreaterThan(4);
    // an order the bank complained about is unknown: few of them are
    expect(of('movement', complaints).length).toBeLessThan(complaints.length / 2 + 1);
    expect(perMinute(asked, HOUR + 900_000, 2 * HOUR)).toBeGreaterThan(110);
    expect(budget.pots.rate).toBe(120);
  });

  it('never stop everything, however many there are', () => {
    const { asked } = playTraffic({
      rules: RULES,
      forMs: HOUR,
      wishes: { inquiry: 60, movement: 60 },
      answerMs: () => 300,
      complains: () => true,
    });
    expect(perMinute(asked, 1_800_000)).toBeGreaterThan(1.5);
    expect(perMinute(asked, 1_800_000)).toBeLessThan(2.5);
    expect(of('movement', asked).length).toBeLessThan(10);
  });
});
