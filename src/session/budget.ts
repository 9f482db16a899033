/**
 * Who may ask next, as a function: (budget, event, now) → (budget, effects). No clock, no timer.
 *
 * Lanes in order: inquiries; movements, each with its inquiry's token set aside, because an order is asked
 * about at least once and one let go without it only grows the pile of unknowns (R20); sweeps; queries.
 * Sweeps have a floor in both things that can be short: tokens (their own pot) and slots of the window
 * (turns owed for others that went before them). A complaint halves the rate and stops new movements.
 */
import {
  affords,
  type BudgetRules,
  earliestMs,
  emptied,
  fullPots,
  hasFloor,
  LANES,
  type Lane,
  mint,
  type Pots,
  pay,
  payBack,
} from './tokens.ts';

/** However often the bank complains: one order and its inquiry a minute. */
const RATE_LEAST = 2;
/** Each request that passes wins back this share of the rate. */
const RECOVERY = 1 / 16;
/** Where nothing but movements waits, no other request can pass: then the next movement is the trial. */
const STOP_MS_MAX = 60_000;

export interface Budget {
  readonly pots: Pots;
  readonly inFlight: number;
  readonly waiting: Readonly<Record<Lane, number>>;
  /** turns in the window that waiting sweeps have let others have */
  readonly owed: number;
  /** a request was let go since the last complaint: what comes back may be about today's rate */
  readonly fresh: boolean;
  readonly stoppedUntil: number | undefined;
}

export type BudgetEvent =
  | { readonly type: 'ask' | 'leave' | 'try' | 'unused'; readonly lane: Lane }
  | { readonly type: 'done' | 'throttled' | 'passed' | 'tick' };

export type BudgetEffect =
  /** to whoever waits longest in the lane, or to the one that tried */
  | { readonly do: 'grant'; readonly lane: Lane; readonly tried: boolean }
  /** a tick is wanted then; replaces the last wish */
  | { readonly do: 'wake'; readonly inMs: number };

export interface BudgetStep {
  readonly budget: Budget;
  readonly effects: readonly BudgetEffect[];
}

/** Nobody waits. */
export const NOBODY: Budget['waiting'] = { inquiry: 0, movement: 0, sweep: 0, query: 0 };

export const openBudget = (rules: BudgetRules, now: number): Budget => ({
  pots: fullPots(rules, now),
  inFlight: 0,
  waiting: NOBODY,
  owed: 0,
  fresh: true,
  stoppedUntil: undefined,
});

export function stepBudget(
  before: Budget,
  event: BudgetEvent,
  now: number,
  rules: BudgetRules,
): BudgetStep {
  let budget = heard({ ...before, pots: mint(before.pots, rules, now) }, event, now, rules);
  const effects: BudgetEffect[] = [];
  for (let lane = next(budget, now, rules); lane !== undefined; lane = next(budget, now, rules)) {
    budget = granted(waits(budget, lane, -1), lane, rules);
    effects.push({ do: 'grant', lane, tried: false });
  }
  if (event.type === 'try' && mayTry(budget, event.lane, now, rules)) {
    budget = granted(budget, event.lane, rules);
    effects.push({ do: 'grant', lane: event.lane, tried: true });
  }
  const inMs = wakeIn(budget, now, rules);
  if (inMs !== undefined) effects.push({ do: 'wake', inMs });
  return { budget, effects };
}

const waits = (budget: Budget, lane: Lane, by: 1 | -1): Budget => ({
  ...budget,
  waiting: { ...budget.waiting, [lane]: Math.max(0, budget.waiting[lane] + by) },
});

function heard(budget: Budget, event: BudgetEvent, now: number, rules: BudgetRules): Budget {
  switch (event.type) {
    case 'ask':
      return waits(budget, event.lane, 1);
    case 'leave':
      return waits(budget, event.lane, -1);
    case 'done':
      return { ...budget, inFlight: Math.max(0, budget.inFlight - 1) };
    case 'unused': {
      const inFlight = Math.max(0, budget.inFlight - 1);
      return { ...budget, inFlight, pots: payBack(budget.pots, rules, event.lane) };
    }
    case 'throttled': {
      const stopped = { ...budget, fresh: false, stoppedUntil: now + STOP_MS_MAX };
      // the others of the same volley complain about a rate that is halved already
      if (!budget.fresh) return stopped;
      const least = Math.min(RATE_LEAST, rules.ratePerMinute);
      return { ...stopped, pots: emptied(budget.pots, Math.max(least, budget.pots.rate / 2)) };
    }
    case 'passed': {
      if (!budget.fresh) return budget;
      const rate = Math.min(rules.ratePerMinute, budget.pots.rate * (1 + RECOVERY));
      return { ...budget, stoppedUntil: undefined, pots: { ...budget.pots, rate } };
    }
    case 'try':
    case 'tick':
      return budget;
  }
}

const isStopped = (budget: Budget, lane: Lane, now: number): boolean =>
  lane === 'movement' && budget.stoppedUntil !== undefined && now < budget.stoppedUntil;

/** The lane that goes now, if any. */
function next(budget: Budget, now: number, rules: BudgetRules): Lane | undefined {
  if (budget.inFlight >= rules.window) return undefined;
  const { pots, waiting } = budget;
  if (waiting.sweep > 0 && budget.owed >= 1 && hasFloor(pots)) return 'sweep';
  let saving = false;
  for (const lane of LANES) {
    if (waiting[lane] === 0 || isStopped(budget, lane, now)) continue;
    if (affords(pots, rules, lane, saving)) return lane;
    saving = true;
  }
  return undefined;
}

/** As if it waited, and only if nobody waits in its own lane or in front of it. */
function mayTry(budget: Budget, lane: Lane, now: number, rules: BudgetRules): boolean {
  const inFront = LANES.slice(0, LANES.indexOf(lane) + 1);
  if (inFront.some((one) => budget.waiting[one] > 0)) return false;
  return next(waits(budget, lane, 1), now, rules) === lane;
}

function granted(budget: Budget, lane: Lane, rules: BudgetRules): Budget {
  const share = rules.sweepFloorShare;
  const perTurn = share / (1 - share);
  // a whole turn at most is saved up, or as many as one turn of another lane is worth
  const owed =
    lane === 'sweep'
      ? Math.max(0, budget.owed - 1)
      : Math.min(Math.max(1, perTurn), budget.owed + perTurn);
  return {
    ...budget,
    pots: pay(budget.pots, rules, lane),
    inFlight: budget.inFlight + 1,
    owed: budget.waiting.sweep > 0 || lane === 'sweep' ? owed : 0,
    fresh: true,
  };
}

function wakeIn(budget: Budget, now: number, rules: BudgetRules): number | undefined {
  // a full window wakes when somebody is done
  if (budget.inFlight >= rules.window) return undefined;
  const times: number[] = [];
  let saving = false;
  for (const lane of LANES) {
    if (budget.waiting[lane] === 0) continue;
    if (isStopped(budget, lane, now)) {
      times.push((budget.stoppedUntil ?? now) - now);
      continue;
    }
    times.push(earliestMs(budget.pots, rules, lane, saving));
    saving = true;
  }
  const soonest = Math.min(...times);
  return Number.isFinite(soonest) ? Math.max(1, soonest) : undefined;
}
