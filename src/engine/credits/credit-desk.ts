/**
 * Rounds over every statement a link reads: whole days, again and again, known entries dropped, the rest
 * told (R13). One desk whatever the number of sweeps: they share the budget, and whoever's money moved last
 * comes first. How one day is read stands in sweep.ts.
 */
import { inOrder, longestUnsweptMs, openDays, type Swept } from '../../credits/round.ts';
import { YinqiError } from '../../errors.ts';
import { addDays, dayOf } from '../../instruction/day.ts';
import { evaluate } from '../../protocol/expression.ts';
import type { SweepSpec } from '../../protocol/spec.ts';
import { sleep } from '../../timers.ts';
import { type LinkContext, settingsOf } from '../context.ts';
import type { DaySeen } from '../pushes/awaiting.ts';
import type { Wanted } from '../pushes/push-desk.ts';
import { Sweep } from './sweep.ts';
import type { DayRead, Members, Target } from './target.ts';

const PAUSE_MS_MIN = 50;
/** A closed day is read again only while Redis surely knows its entries: the shortest retention is a day longer. */
const DAYS_AGAIN_MAX = 7;

/** A target with the sweep that reads it. */
interface Aim {
  readonly sweep: Sweep;
  readonly target: Target;
}

function isWanted({ link, spec }: LinkContext, { onlyIf }: SweepSpec): boolean {
  if (onlyIf === undefined) return true;
  if (onlyIf === 'mainStatement') return link.credits.mainStatement;
  return evaluate(onlyIf, { link: settingsOf(spec, link.settings) }) !== '';
}

export class CreditDesk {
  readonly #ctx: LinkContext;
  readonly #sweeps: readonly Sweep[];
  readonly #seen = new Map<string, Swept>();
  readonly #stop = new AbortController();
  #startedAt = 0;
  #firstDay = '';
  #loop: Promise<void> | undefined;

  /** account-days the bank said something about */
  readonly #wanted = new Map<string, Wanted>();
  #soon = false;
  #wake: () => void = () => undefined;

  /** `sources`: ledgers that get the notices of this link; `onDay`: told of every reading. */
  constructor(
    ctx: LinkContext,
    sweeps: readonly SweepSpec[],
    sources: readonly string[],
    onDay: (seen: DaySeen) => Promise<void>,
  ) {
    this.#ctx = ctx;
    const { signal } = this.#stop;
    this.#sweeps = sweeps.flatMap((sweep, index) =>
      isWanted(ctx, sweep)
        ? [new Sweep(ctx, sweep, { first: index === 0, sources, signal, onDay })]
        : [],
    );
  }

  start(): void {
    this.#startedAt = this.#ctx.clock.now().wall;
    this.#loop = this.#run().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#ctx.fatal(error);
    });
  }

  /** Reads it before anything else; one asked for twice is read once. */
  look(wanted: Wanted): void {
    this.#wanted.set(`${wanted.sweep}|${wanted.account ?? ''}|${wanted.day}`, wanted);
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopping'));
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { clock, link } = this.#ctx;
    this.#firstDay = await this.#linkBegan();
    while (!this.#stop.signal.aborted) {
      const began = clock.mono();
      try {
        await this.#round();
      } catch (error) {
        if (error instanceof YinqiError || this.#stop.signal.aborted) throw error;
        this.#ctx.log.warn('sweep-failed', { link: link.name, error });
      }
      await this.#rest(began + link.credits.roundMs);
    }
  }

  /** Until the next round: what the bank announces meanwhile is looked at. */
  async #rest(until: number): Promise<void> {
    const { clock, link, log } = this.#ctx;
    do {
      await this.#pause(PAUSE_MS_MIN);
      try {
        await this.#hurry();
      } catch (error) {
        if (error instanceof YinqiError || this.#stop.signal.aborted) throw error;
        log.warn('sweep-failed', { link: link.name, error });
      }
      const left = until - clock.mono();
      if (left > 0 && this.#wanted.size === 0) await this.#pauseUntilWanted(left);
    } while (!this.#soon && clock.mono() < until && !this.#stop.signal.aborted);
    this.#soon = false;
  }

  async #pauseUntilWanted(ms: number): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await sleep(this.#ctx.timers, ms, AbortSignal.any([this.#stop.signal, woken.signal]));
    this.#wake = () => undefined;
  }

  /** The account-days that were asked for by now. */
  async #hurry(): Promise<void> {
    if (this.#wanted.size === 0) return;
    const { clock, link, store } = this.#ctx;
    const wanted = [...this.#wanted.values()];
    this.#wanted.clear();
    const members = await this.#members();
    const states = await store.days();
    const today = dayOf(clock.now().wall, link.zone);
    const oldest = addDays(today, -Math.min(DAYS_AGAIN_MAX, link.credits.openDaysMax - 1));
    for (const { account, day, sweep: name } of wanted) {
      // what the bank dates ahead is read when its day comes; what is forgotten would all be told anew
      if (day > today || day < oldest || this.#stop.signal.aborted) continue;
      const aims = [...this.#aims(members).values()].filter(({ sweep, target }) => {
        return sweep.name === name && sweep.covers(target, account);
      });
      for (const aim of aims) {
        // one request covers more than that day: it is read in its round, which then begins now
        if (aim.sweep.ranges) this.#soon = true;
        else await this.#read(aim, [day], states, members);
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return sleep(this.#ctx.timers, ms, this.#stop.signal);
  }

  /**
   * Day of the first start record: where a Redis that lost everything begins again. The journal's times are the
   * host's: one that was ahead then would leave out the days up to its own (R25).
   */
  async #linkBegan(): Promise<string> {
    const { clock, journal, link } = this.#ctx;
    const today = dayOf(clock.now().wall, link.zone);
    for await (const record of journal.records({ link: link.name, kinds: ['start'] })) {
      const began = dayOf(Date.parse(record.at), link.zone);
      if (began < today) return began;
      break;
    }
    return today;
  }

  async #members(): Promise<Members> {
    const members = await this.#ctx.store.members();
    return new Map(members.map((member) => [member.account, member]));
  }

  #aims(members: Members): Map<string, Aim> {
    const aims = this.#sweeps.flatMap((sweep) =>
      sweep
        .targets(members, this.#firstDay)
        .map((target): [string, Aim] => [target.name, { sweep, target }]),
    );
    return new Map(aims);
  }

  async #round(): Promise<void> {
    const { clock, link, metrics, store } = this.#ctx;
    const members = await this.#members();
    const aims = this.#aims(members);
    const states = await store.days();
    const known = new Map<string, string[]>();
    for (const at of states.keys()) {
      const [name = '', day = ''] = at.split('|');
      known.set(name, [...(known.get(name) ?? []), day]);
    }
    for (const name of inOrder([...aims.keys()], this.#seen)) {
      const aim = aims.get(name);
      if (aim === undefined || this.#stop.signal.aborted) continue;
      await this.#hurry();
      await this.#visit(aim, known.get(name) ?? [], states, members);
    }
    const now = clock.now().wall;
    const longest = longestUnsweptMs([...aims.keys()], this.#seen, this.#startedAt, now);
    metrics.gauge(link.name, { longestUnsweptSeconds: longest / 1000 });
  }

  /** Every open day of one target. */
  async #visit(
    { sweep, target }: Aim,
    known: readonly string[],
    states: ReadonlyMap<string, string>,
    members: Members,
  ): Promise<void> {
    const { clock, link, log, store } = this.#ctx;
    const { name } = target;
    const today = dayOf(clock.now().wall, link.zone);
    const { openDaysMax } = link.credits;
    const days = openDays(known, target.first, today, openDaysMax, sweep.ranges);
    for (const day of days.givenUp) {
      log.error('day-given-up', { link: link.name, day });
      await store.forgetDay(name, day);
    }
    let whole = true;
    for (const group of sweep.together(days.open)) {
      const read = await this.#read({ sweep, target }, group, states, members);
      whole = read.whole && whole;
      if (read.news) this.#swept(name, { activeAt: clock.now().wall });
    }
    if (whole) this.#swept(name, { sweptAt: clock.now().wall });
  }

  /** A fault of one account-day stops no other. */
  async #read(
    { sweep, target }: Aim,
    days: readonly string[],
    states: ReadonlyMap<string, string>,
    members: Members,
  ): Promise<DayRead> {
    try {
      return await sweep.read(target, days, states, members);
    } catch (error) {
      if (!(error instanceof YinqiError) || this.#stop.signal.aborted) throw error;
      this.#ctx.log.error('sweep-failed', { link: this.#ctx.link.name, day: days[0] ?? '', error });
      return { whole: false, news: false };
    }
  }

  #swept(name: string, what: Partial<Swept>): void {
    const before = this.#seen.get(name) ?? { activeAt: 0, sweptAt: 0 };
    this.#seen.set(name, { ...before, ...what });
  }
}
