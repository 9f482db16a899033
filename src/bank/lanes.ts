/** The traffic to one front end: waiters in their lanes, and one timer over the pure budget. */
import { YinqiError } from '../errors.ts';
import {
  type Budget,
  type BudgetEvent,
  NOBODY,
  openBudget,
  stepBudget,
} from '../session/budget.ts';
import { type BudgetRules, LANES, type Lane } from '../session/tokens.ts';
import type { Cancel, Timers } from '../timers.ts';
import type { Permit, Traffic } from './traffic.ts';

/** The settings of a link that say how often it may be asked. */
export type TrafficOptions = BudgetRules;

export const openTraffic = (options: TrafficOptions, timers: Timers): Traffic =>
  new Lanes(options, timers);

interface Waiter {
  readonly grant: (permit: Permit) => void;
  readonly refuse: (reason: unknown) => void;
}

const closed = (): YinqiError => new YinqiError('PEER_UNREACHABLE', { detail: 'closing' });

class Lanes implements Traffic {
  readonly #rules: BudgetRules;
  readonly #timers: Timers;
  readonly #waiters: Record<Lane, Waiter[]> = { inquiry: [], movement: [], sweep: [], query: [] };
  #budget: Budget;
  #cancelTick: Cancel | undefined;
  #closed = false;

  constructor(rules: BudgetRules, timers: Timers) {
    this.#rules = rules;
    this.#timers = timers;
    this.#budget = openBudget(rules, this.#timers.mono());
  }

  get inFlight(): number {
    return this.#budget.inFlight;
  }

  permit(lane: Lane, signal?: AbortSignal): Promise<Permit> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closed());
      if (signal?.aborted) return reject(signal.reason);
      const waiter: Waiter = {
        grant: (permit) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(permit);
        },
        refuse: (reason) => {
          signal?.removeEventListener('abort', onAbort);
          reject(reason);
        },
      };
      const onAbort = (): void => {
        this.#waiters[lane] = this.#waiters[lane].filter((one) => one !== waiter);
        reject(signal?.reason);
        this.#step({ type: 'leave', lane });
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiters[lane].push(waiter);
      this.#step({ type: 'ask', lane });
    });
  }

  tryPermit(lane: Lane): Permit | undefined {
    return this.#closed ? undefined : this.#step({ type: 'try', lane });
  }

  throttled(): void {
    this.#step({ type: 'throttled' });
  }

  passed(): void {
    this.#step({ type: 'passed' });
  }

  close(): void {
    this.#closed = true;
    this.#budget = { ...this.#budget, waiting: NOBODY };
    this.#cancelTick?.();
    for (const lane of LANES) {
      for (const waiter of this.#waiters[lane].splice(0)) waiter.refuse(closed());
    }
  }

  /** Carries the budget's effects out; returns the permit of one that tried. */
  #step(event: BudgetEvent): Permit | undefined {
    const { budget, effects } = stepBudget(this.#budget, event, this.#timers.mono(), this.#rules);
    this.#budget = budget;
    // permits given back after the end free their slot and wake nobody
    if (this.#closed) return undefined;
    this.#cancelTick?.();
    let tried: Permit | undefined;
    for (const effect of effects) {
      if (effect.do === 'wake') {
        const tick = (): void => void this.#step({ type: 'tick' });
        this.#cancelTick = this.#timers.after(Math.ceil(effect.inMs), tick);
      } else if (effect.tried) {
        tried = this.#newPermit(effect.lane);
      } else {
        this.#waiters[effect.lane].shift()?.grant(this.#newPermit(effect.lane));
      }
    }
    return tried;
  }

  #newPermit(lane: Lane): Permit {
    let held = true;
    const giveBack = (event: BudgetEvent): void => {
      if (!held) return;
      held = false;
      this.#step(event);
    };
    return {
      done: () => giveBack({ type: 'done' }),
      unused: () => giveBack({ type: 'unused', lane }),
    };
  }
}
