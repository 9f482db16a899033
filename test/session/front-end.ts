/**
 * An hour of virtual time in front of a bank: lanes with their demands, the pure budget, and a front end
 * that answers after a while and may complain. Nothing here waits.
 */
import { type Budget, type BudgetEvent, openBudget, stepBudget } from '../../src/session/budget.ts';
import type { BudgetRules, Lane } from '../../src/session/tokens.ts';

export interface Asked {
  readonly lane: Lane;
  readonly wantedAt: number;
  readonly at: number;
  readonly complained: boolean;
}

export interface Play {
  readonly rules: BudgetRules;
  readonly forMs: number;
  /** wishes per minute, evenly spread */
  readonly wishes: Partial<Record<Lane, number>>;
  /** each movement is asked about so often, this long after its answer */
  readonly inquiries?: { readonly each: number; readonly afterMs: number };
  readonly answerMs: (at: number) => number;
  /** does the bank complain about a request now, given the times of the last ones? */
  readonly complains?: (at: number, times: readonly number[]) => boolean;
}

interface Due {
  readonly at: number;
  readonly happens: () => void;
}

/** Due things in order of time, first in first out within one moment. */
class Agenda {
  readonly #due: Due[] = [];

  add(at: number, happens: () => void): void {
    let place = this.#due.length;
    while (place > 0 && (this.#due[place - 1]?.at ?? 0) > at) place -= 1;
    this.#due.splice(place, 0, { at, happens });
  }

  get nextAt(): number {
    return this.#due[0]?.at ?? Infinity;
  }

  take(): (() => void) | undefined {
    return this.#due.shift()?.happens;
  }
}

export function playTraffic(play: Play): {
  asked: Asked[];
  budget: Budget;
  waiting: Record<Lane, number[]>;
} {
  const agenda = new Agenda();
  const asked: Asked[] = [];
  const times: number[] = [];
  const waiting: Record<Lane, number[]> = { inquiry: [], movement: [], sweep: [], query: [] };
  let budget = openBudget(play.rules, 0);
  let now = 0;
  let wakeAt = Infinity;

  const hear = (event: BudgetEvent): void => {
    const step = stepBudget(budget, event, now, play.rules);
    budget = step.budget;
    wakeAt = Infinity;
    for (const effect of step.effects) {
      if (effect.do === 'grant') ask(effect.lane);
      else wakeAt = now + effect.inMs;
    }
  };
  const want = (lane: Lane): void => {
    waiting[lane].push(now);
    hear({ type: 'ask', lane });
  };
  const ask = (lane: Lane): void => {
    times.push(now);
    const complained = play.complains?.(now, times) ?? false;
    asked.push({ lane, wantedAt: waiting[lane].shift() ?? now, at: now, complained });
    agenda.add(now + play.answerMs(now), () => {
      hear({ type: complained ? 'throttled' : 'passed' });
      hear({ type: 'done' });
      if (lane !== 'movement' || play.inquiries === undefined) return;
      for (let i = 1; i <= play.inquiries.each; i += 1) {
        agenda.add(now + i * play.inquiries.afterMs, () => want('inquiry'));
      }
    });
  };
  for (const lane of ['inquiry', 'movement', 'sweep', 'query'] as const) {
    const perMinute = play.wishes[lane] ?? 0;
    const wish = (i: number): void =>
      agenda.add((i * 60_000) / perMinute, () => {
        wish(i + 1);
        want(lane);
      });
    if (perMinute > 0) wish(0);
  }
  while (Math.min(wakeAt, agenda.nextAt) <= play.forMs) {
    if (wakeAt < agenda.nextAt) {
      now = wakeAt;
      hear({ type: 'tick' });
    } else {
      now = agenda.nextAt;
      agenda.take()?.();
    }
  }
  return { asked, budget, waiting };
}

/** The most requests that any span of `ms` saw. */
export function mostIn(ms: number, asked: readonly Asked[]): number {
  let from = 0;
  return asked.reduce((most, one, i) => {
    while (one.at - (asked[from]?.at ?? one.at) >= ms) from += 1;
    return Math.max(most, i - from + 1);
  }, 0);
}
