/**
 * Sweeps: whole days of statements, read again and again, known entries dropped, the rest told (R13, R15).
 * What decides is pure and stands in src/credits; this reads pages, asks Redis what is known and marks it
 * with its notices in one script, so that a kill -9 between two entries tells none twice and loses none.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterSweep, readDay, sweepDigest } from '../../credits/day.ts';
import { distinct, entryOf, type StatementEntry } from '../../credits/entry.ts';
import { kindOf, noticeOf } from '../../credits/notice.ts';
import { inOrder, longestUnsweptMs, openDays, type Swept } from '../../credits/round.ts';
import { YinqiError } from '../../errors.ts';
import { addDays, dayOf, startOfDay } from '../../instruction/day.ts';
import type { Member } from '../../instruction/intent.ts';
import type { NoticeType } from '../../instruction/notices.ts';
import { evaluate } from '../../protocol/expression.ts';
import type { CreditsSpec } from '../../protocol/spec.ts';
import { noticeStem } from '../../queue/names.ts';
import type { EntryMark, OutEntry } from '../../store/shapes.ts';
import { type LinkContext, settingsOf } from '../context.ts';
import type { Outgoing } from '../telling/telling.ts';
import { Pages } from './pages.ts';
import { payoutsLike } from './payouts.ts';

const PAUSE_MS_MIN = 50;
/** Name under which the state of a sweep over all sub-accounts at once is kept. */
const ALL = '*';

interface Target {
  readonly account: string;
  readonly unplaced: boolean;
  readonly first: string;
}

export class CreditDesk {
  readonly #ctx: LinkContext;
  readonly #credits: CreditsSpec;
  /** ledgers that get the notices of this link */
  readonly #sources: readonly string[];
  readonly #pages: Pages;
  readonly #seen = new Map<string, Swept>();
  readonly #stop = new AbortController();
  #members = new Map<string, Member>();
  #startedAt = 0;
  #firstDay = '';
  #loop: Promise<void> | undefined;

  constructor(ctx: LinkContext, credits: CreditsSpec, sources: readonly string[]) {
    this.#ctx = ctx;
    this.#credits = credits;
    this.#sources = sources;
    this.#pages = new Pages(ctx, credits, this.#stop.signal);
  }

  start(): void {
    this.#startedAt = this.#ctx.clock.now().wall;
    this.#loop = this.#run().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#ctx.fatal(error);
    });
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
        // never fatal: what must end the process is met by the heartbeat too, and a round can be made again
        if (this.#stop.signal.aborted) return;
        this.#ctx.log.error('sweep-failed', { link: link.name, error });
      }
      const left = link.credits.roundMs - (clock.mono() - began);
      await this.#pause(Math.max(PAUSE_MS_MIN, left));
    }
  }

  #pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  /** Day of the first start record: where a Redis that lost everything begins again. */
  async #linkBegan(): Promise<string> {
    const { clock, journal, link } = this.#ctx;
    for await (const record of journal.records({ link: link.name, kinds: ['start'] })) {
      return dayOf(Date.parse(record.at), link.zone);
    }
    return dayOf(clock.now().wall, link.zone);
  }

  /** '' where the link has none. */
  #unplacedAccount(): string {
    const { link, spec } = this.#ctx;
    const scope = { link: settingsOf(spec, link.settings) };
    return evaluate(this.#credits.unplacedAccount ?? '', scope);
  }

  #targets(): Target[] {
    const { link } = this.#ctx;
    const members = [...this.#members.values()];
    const swept: Target[] = link.credits.allSubAccounts
      ? [{ account: ALL, unplaced: false, first: this.#firstDay }]
      : [
          ...members.map(({ account, since }) => ({ account, unplaced: false, first: since })),
          ...link.credits.accounts
            .filter((account) => !this.#members.has(account))
            .map((account) => ({ account, unplaced: false, first: this.#firstDay })),
        ];
    const unplaced = this.#unplacedAccount();
    if (unplaced === '') return swept;
    return [...swept, { account: unplaced, unplaced: true, first: this.#firstDay }];
  }

  async #round(): Promise<void> {
    const { clock, link, log, metrics, store } = this.#ctx;
    this.#members = new Map((await store.members()).map((member) => [member.account, member]));
    const targets = new Map(this.#targets().map((target) => [target.account, target]));
    const states = await store.days();
    const known = new Map<string, string[]>();
    for (const at of states.keys()) {
      const [account = '', day = ''] = at.split('|');
      known.set(account, [...(known.get(account) ?? []), day]);
    }
    const today = dayOf(clock.now().wall, link.zone);
    for (const account of inOrder([...targets.keys()], this.#seen)) {
      const target = targets.get(account);
      if (target === undefined || this.#stop.signal.aborted) continue;
      const days = openDays(
        known.get(account) ?? [],
        target.first,
        today,
        link.credits.openDaysMax,
      );
      for (const day of days.givenUp) {
        log.error('day-given-up', { link: link.name, day });
        await store.forgetDay(account, day);
      }
      let whole = true;
      for (const day of days.open) {
        whole = (await this.#trySweep(target, day, states.get(`${account}|${day}`))) && whole;
      }
      if (whole) this.#swept(account, { sweptAt: clock.now().wall });
    }
    const now = clock.now().wall;
    const longest = longestUnsweptMs([...targets.keys()], this.#seen, this.#startedAt, now);
    metrics.gauge(link.name, { longestUnsweptSeconds: longest / 1000 });
  }

  #swept(account: string, what: Partial<Swept>): void {
    const before = this.#seen.get(account) ?? { activeAt: 0, sweptAt: 0 };
    this.#seen.set(account, { ...before, ...what });
  }

  /** A fault of one account-day stops no other. */
  async #trySweep(target: Target, day: string, stateText: string | undefined): Promise<boolean> {
    try {
      return await this.#sweep(target, day, stateText);
    } catch (error) {
      if (!(error instanceof YinqiError) || this.#stop.signal.aborted) throw error;
      this.#ctx.log.error('sweep-failed', { link: this.#ctx.link.name, day, error });
      return false;
    }
  }

  /** One account-day; false if it could not be read whole. What was read is told all the same. */
  async #sweep(target: Target, day: string, stateText: string | undefined): Promise<boolean> {
    const { clock, link, store } = this.#ctx;
    const account = target.account === ALL ? '' : target.account;
    const read = await this.#pages.readDay(account, day, target.unplaced);
    const known = await store.entries(target.account, day);
    // what lies on the adjustment account is told by its own sweep, as what it is
    const elsewhere = target.account === ALL ? this.#unplacedAccount() : undefined;
    const rows = read.rows
      .flatMap((row) => this.#entry(row))
      .filter(({ account: on }) => on !== elsewhere);
    const entries = distinct(rows, known, read.whole);
    const news = entries.filter(({ key, digest }) => known.get(key) !== digest);
    const marks: EntryMark[] = [];
    for (const entry of news) marks.push(await this.#mark(entry, target, known.get(entry.key)));
    const before = readDay(stateText);
    const end = startOfDay(addDays(day, 1), link.zone);
    const after = read.whole
      ? afterSweep(before, sweepDigest(entries), clock.now().wall, end, link.credits)
      : { state: before, closed: false };
    const state = JSON.stringify(after.state);
    if (marks.length > 0 || state !== stateText) {
      await store.mark({ account: target.account, day, entries: marks, state });
    }
    if (after.closed) await store.forgetDay(target.account, day);
    if (marks.length > 0) this.#swept(target.account, { activeAt: clock.now().wall });
    return read.whole;
  }

  #entry(row: Record<string, string>): StatementEntry[] {
    const entry = entryOf(this.#credits, row);
    if (entry !== undefined) return [entry];
    this.#ctx.log.error('entry-without-key', { link: this.#ctx.link.name });
    return [];
  }

  async #mark(
    entry: StatementEntry,
    target: Target,
    previous: string | undefined,
  ): Promise<EntryMark> {
    const { clock, link, metrics, spec } = this.#ctx;
    const kind = kindOf(spec, entry);
    const own: NoticeType | undefined = target.unplaced ? 'unplaced' : kind?.kind;
    const type = previous === undefined ? own : 'changed';
    const out: OutEntry[] = [];
    if (type !== undefined) {
      metrics.noticed(link.name, type);
      const candidates =
        kind?.of === undefined ? undefined : await payoutsLike(this.#ctx, entry, kind.of);
      const about = {
        link: link.name,
        accountName: this.#members.get(entry.account)?.name,
        previous,
        at: clock.now().wall,
      };
      for (const source of this.#sources) {
        const message = noticeOf(this.#credits, type, entry, { ...about, candidates, source });
        out.push(this.#told(source, target, entry, message));
      }
    }
    return { key: entry.key, expect: previous ?? '', digest: entry.digest, out };
  }

  #told(source: string, target: Target, entry: StatementEntry, message: object): OutEntry {
    const { account } = target;
    const { day, digest, key } = entry;
    const outgoing: Outgoing = {
      message: { ...message },
      notice: { id: key, source, account, day, key, digest },
    };
    const stem = noticeStem(this.#ctx.link.name);
    return { queue: 'notices', source, stem, body: JSON.stringify(outgoing) };
  }
}
