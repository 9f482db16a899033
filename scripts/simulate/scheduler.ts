/**
 * Virtual time, and what happens next. Of everything that may happen now one is drawn by the seed (or the
 * oldest taken), then promises run until nothing is left to run; when nothing may happen now, time moves.
 * One step is one event: a crash may fall between any two.
 */
import type { Timers } from '../../src/timers.ts';
import type { Chance } from './chance.ts';
import type { Host } from './host.ts';

/** `soon` waits behind what has already arrived, as a turn of the event loop does. */
type Kind = 'event' | 'soon';

interface Pending {
  readonly at: number;
  readonly n: number;
  readonly bornAt: number;
  readonly host: Host;
  readonly kind: Kind;
  readonly what: string;
  readonly fire: () => void;
  over: boolean;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class Scheduler {
  /** ms since the beginning */
  now = 0;
  /** steps taken */
  steps = 0;
  /** told of every step before it is taken */
  onStep: (host: Host, what: string) => void = () => undefined;
  /** draws among what may happen now; without it the oldest comes first */
  readonly #chance: Chance | undefined;
  #pending: Pending[] = [];
  #born = 0;

  constructor(chance: Chance | undefined) {
    this.#chance = chance;
  }

  after(host: Host, ms: number, what: string, fire: () => void): () => void {
    return this.#add(host, ms, what, 'event', fire);
  }

  soon(host: Host, what: string, fire: () => void): () => void {
    return this.#add(host, 0, what, 'soon', fire);
  }

  #add(host: Host, ms: number, what: string, kind: Kind, fire: () => void): () => void {
    this.#born += 1;
    const at = this.now + ms;
    const one = { at, n: this.#born, bornAt: this.now, host, kind, what, fire, over: false };
    this.#pending.push(one);
    return () => {
      one.over = true;
    };
  }

  /** A process's timers: they stand still while it is stopped, and count on while it is. */
  timersOf(host: Host, chance: Chance): Timers {
    return {
      mono: () => this.now - host.lagMs,
      after: (ms, fire) => this.after(host, Math.max(1, ms), 'timer', fire),
      soon: (fire) => this.soon(host, 'turn', fire),
      random: () => chance.next(),
    };
  }

  /** False: nothing is left that could ever happen, or only later than `until`. */
  async step(until = Number.POSITIVE_INFINITY): Promise<boolean> {
    const ready = this.#ready(until);
    if (ready === undefined) return false;
    const one = this.#next(ready.length > 1 ? ready.filter((soon) => mayRun(soon, ready)) : ready);
    this.steps += 1;
    this.onStep(one.host, one.what);
    // what was just stopped or killed does not do it
    if (one.host.state === 'running') {
      one.over = true;
      one.fire();
    }
    await turn();
    return true;
  }

  /** All that may happen now; time is moved to the first of them. Nothing up to `until`: undefined. */
  #ready(until: number): Pending[] | undefined {
    let first = Number.POSITIVE_INFINITY;
    let kept = 0;
    for (const one of this.#pending) {
      if (one.over || one.host.dead) continue;
      this.#pending[kept] = one;
      kept += 1;
      if (one.at < first && one.host.state === 'running') first = one.at;
    }
    this.#pending.length = kept;
    if (first > until || first === Number.POSITIVE_INFINITY) return undefined;
    this.now = Math.max(this.now, first);
    return this.#pending.filter(({ at, host }) => at <= this.now && host.state === 'running');
  }

  #next(ready: readonly Pending[]): Pending {
    if (this.#chance !== undefined) return this.#chance.pick(ready);
    const [first, ...others] = ready;
    if (first === undefined) throw new Error('nothing may happen');
    return others.reduce((best, one) => (isBefore(one, best) ? one : best), first);
  }
}

const isBefore = (a: Pending, b: Pending): boolean => a.at < b.at || (a.at === b.at && a.n < b.n);

/** Not before what its process was owed when it asked for another turn, nor before an older turn. */
function mayRun(one: Pending, ready: readonly Pending[]): boolean {
  if (one.kind !== 'soon') return true;
  return !ready.some((other) => {
    if (other === one || other.host !== one.host) return false;
    return other.kind === 'soon' ? other.n < one.n : other.at <= one.bornAt && other.n < one.n;
  });
}
