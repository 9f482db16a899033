/**
 * One sweep of the spec: whose statements it reads, and some days of one of them read, compared with what is
 * known and told (R13, R15). What decides is pure and stands in src/credits; Redis marks entries and their
 * notices in one script, so that a kill -9 between two entries tells none twice and loses none.
 */
import { counted } from '../../credits/counted.ts';
import { afterSweep, freshDay, readDay, sweepDigest } from '../../credits/day.ts';
import {
  distinct,
  entryOf,
  isNothing,
  kindOf,
  partsOf,
  type StatementEntry,
} from '../../credits/entry.ts';
import { noticeOf } from '../../credits/notice.ts';
import { spansOf } from '../../credits/round.ts';
import { addDays, dayOf, startOfDay } from '../../instruction/day.ts';
import type { NoticeType } from '../../instruction/notices.ts';
import { evaluate } from '../../protocol/expression.ts';
import { isDate } from '../../protocol/field.ts';
import type { SweepSpec } from '../../protocol/spec.ts';
import { isGiven } from '../../protocol/spec-credits.ts';
import { noticeStem } from '../../queue/names.ts';
import type { EntryMark, OutEntry } from '../../store/shapes.ts';
import { type LinkContext, settingsOf } from '../context.ts';
import type { DaySeen } from '../pushes/awaiting.ts';
import type { Outgoing } from '../telling/telling.ts';
import { Pages } from './pages.ts';
import { ordersOf } from './payouts.ts';
import type { AtDay, DayRead, Filed, Members, Row, Target } from './target.ts';

/** Name under which the state of a sweep over all sub-accounts at once is kept. */
const ALL = '*';

export class Sweep {
  readonly #ctx: LinkContext;
  readonly #sweep: SweepSpec;
  /** ledgers that get the notices of this link */
  readonly #sources: readonly string[];
  readonly #prefix: string;
  readonly #pages: Pages;
  readonly #onDay: (seen: DaySeen) => Promise<void>;

  constructor(
    ctx: LinkContext,
    sweep: SweepSpec,
    place: {
      first: boolean;
      sources: readonly string[];
      signal: AbortSignal;
      onDay?: (seen: DaySeen) => Promise<void>;
    },
  ) {
    this.#ctx = ctx;
    this.#sweep = sweep;
    this.#sources = place.sources;
    this.#onDay = place.onDay ?? (async () => undefined);
    // no account has a colon in it: what the sweeps keep can never meet
    this.#prefix = place.first ? '' : `${sweep.name}:`;
    this.#pages = new Pages(ctx, sweep, place.signal);
  }

  /** Whose statements are read, now; `firstDay`: when the link began. */
  targets(members: Members, firstDay: string): Target[] {
    const { link } = this.#ctx;
    const { account: from } = this.#sweep;
    const target = (account: string, first = firstDay, unplaced = false): Target => ({
      name: `${this.#prefix}${account}`,
      account,
      unplaced,
      first,
    });
    if (isGiven(from)) {
      const account = this.#setting(from);
      return account === '' ? [] : [target(account)];
    }
    const swept = this.#allAtOnce
      ? [target(ALL)]
      : [
          ...[...members.values()].map(({ account, since }) => target(account, since)),
          ...link.credits.accounts
            .filter((account) => !members.has(account))
            .map((account) => target(account)),
        ];
    const unplaced = this.#unplacedAccount();
    return unplaced === '' ? swept : [...swept, target(unplaced, firstDay, true)];
  }

  get #allAtOnce(): boolean {
    return this.#sweep.accounts === 'all' || this.#ctx.link.credits.allSubAccounts;
  }

  get name(): string {
    return this.#sweep.name;
  }

  /** Whether this target shows what concerns an account; undefined: whatever it shows. */
  covers(target: Target, account: string | undefined): boolean {
    if (target.unplaced) return false;
    if (account === undefined || target.account === ALL) return true;
    return isGiven(this.#sweep.account) || target.account === account;
  }

  /** Whether one request covers a range of days. */
  get ranges(): boolean {
    return this.#sweep.days > 1;
  }

  /** '' where the link has none. */
  #unplacedAccount(): string {
    return this.#setting(this.#sweep.unplacedAccount);
  }

  #setting(expr: string | undefined): string {
    const { link, spec } = this.#ctx;
    return evaluate(expr ?? '', { link: settingsOf(spec, link.settings) });
  }

  /** Days that are read together: each alone, or all of them where one request covers several. */
  together(days: readonly string[]): (readonly string[])[] {
    if (this.#sweep.days > 1) return days.length === 0 ? [] : [days];
    return days.map((day) => [day]);
  }

  /** `days`: open ones of one group. `states` by `target|day`. */
  async read(
    target: Target,
    days: readonly string[],
    states: ReadonlyMap<string, string>,
    members: Members,
  ): Promise<DayRead> {
    const { clock, link } = this.#ctx;
    const account = target.account === ALL ? '' : target.account;
    const began = clock.now().wall;
    const today = dayOf(began, link.zone);
    const filed = new Map(days.map((day): [string, Filed] => [day, { rows: [], young: false }]));
    let whole = true;
    for (const [n, { from, day }] of spansOf(days, this.#sweep.days).entries()) {
      const when = day === today ? 'today' : 'past';
      const read = await this.#pages.read({ account, from, day, when, unplaced: target.unplaced });
      whole = read.whole && whole;
      for (const row of read.rows) this.#file(row, day, n === 0, filed);
    }
    let news = false;
    for (const [day, one] of filed) {
      const state = states.get(`${target.name}|${day}`);
      news = (await this.#day({ target, day, state, whole, began, members }, one)) || news;
    }
    return { whole, news };
  }

  /** Under the day that was asked for; where that was a range, under the row's own. */
  #file(
    row: Record<string, string>,
    asked: string,
    young: boolean,
    filed: Map<string, Filed>,
  ): void {
    const { days, day: field } = this.#sweep;
    const own = field === undefined ? '' : (row[field] ?? '');
    const day = days > 1 && isDate(own) ? own : asked;
    const there = filed.get(day) ?? { rows: [], young: false };
    filed.set(day, { rows: [...there.rows, row], young: there.young || young });
  }

  /** One day as it was read; whether it had news. */
  async #day(at: AtDay, { rows, young }: Filed): Promise<boolean> {
    const { clock, link, store } = this.#ctx;
    const { target, day, whole } = at;
    const known = await store.entries(target.name, day);
    const entries = this.#entries(rows, at, known);
    const marks: EntryMark[] = [];
    for (const entry of entries) {
      const told = known.get(entry.key);
      if (told !== entry.digest) marks.push(await this.#mark(entry, target, at.members, told));
    }
    const before = readDay(at.state);
    // what one request covers is read with the youngest day for so long: only then may it be forgotten
    const { days, openDays = 1 } = this.#sweep;
    const end = startOfDay(addDays(day, Math.max(days, openDays)), link.zone);
    const listed = days > 1 && young;
    const times = { began: at.began, ended: clock.now().wall };
    const after =
      whole && !listed
        ? afterSweep(before, sweepDigest(entries), times, end, link.credits)
        : { state: whole ? freshDay : before, closed: false };
    const state = JSON.stringify(after.state);
    if (marks.length > 0 || state !== at.state) {
      await store.mark({ account: target.name, day, entries: marks, state });
    }
    // what the bank announced is looked for among all of them, also among those known before
    const seen = entries.filter(({ part }) => part === undefined);
    const all = target.account === ALL || isGiven(this.#sweep.account);
    await this.#onDay({
      sweep: this.#sweep.name,
      account: all ? '' : target.account,
      day,
      rows: seen.map(({ key, row }) => ({ key, fields: row })),
      closed: after.closed,
    });
    if (after.closed) await store.forgetDay(target.name, day);
    return marks.length > 0;
  }

  /** Every entry once, under the key it is known by. */
  #entries(
    rows: readonly Row[],
    { target, whole, day }: AtDay,
    known: ReadonlyMap<string, string>,
  ): StatementEntry[] {
    // what lies on the adjustment account is told by its own sweep, as what it is
    const elsewhere = target.account === ALL ? this.#unplacedAccount() : undefined;
    const own = rows
      .flatMap((row) => this.#entry(row, target, day))
      .filter(({ account: on }) => on !== elsewhere);
    const named = Array.isArray(this.#sweep.identity) ? own : counted(own, known, whole);
    const all = named.flatMap((entry) => this.#withParts(entry, target));
    return distinct(all, known, whole).filter((one) => !isNothing(one) || known.has(one.key));
  }

  #entry(row: Row, target: Target, day: string): StatementEntry[] {
    const { link, log } = this.#ctx;
    const accountElse = this.#setting(this.#sweep.accountElse);
    const entry = entryOf(this.#sweep, row, { account: target.account, accountElse, day });
    if (entry !== undefined) return [entry];
    log.error('entry-without-key', { link: link.name });
    return [];
  }

  /** An entry, and the amounts of their own beside it; what nobody could place is told whole. */
  #withParts(entry: StatementEntry, target: Target): StatementEntry[] {
    return target.unplaced ? [entry] : [entry, ...partsOf(this.#ctx.spec, this.#sweep, entry)];
  }

  async #mark(
    entry: StatementEntry,
    target: Target,
    members: Members,
    previous: string | undefined,
  ): Promise<EntryMark> {
    const { clock, journal, link, metrics, spec } = this.#ctx;
    const isOurs = (serial: string): boolean =>
      serial !== '' && journal.index.bySerial(link.name, serial) !== undefined;
    // money that names nobody waits there, whatever the row is: nothing of it is an order's
    const kind = target.unplaced ? undefined : kindOf(spec, this.#sweep, entry, isOurs);
    const own: NoticeType | undefined = target.unplaced ? 'unplaced' : kind?.kind;
    const type = previous === undefined ? own : 'changed';
    const out: OutEntry[] = [];
    if (type !== undefined) {
      metrics.noticed(link.name, type);
      const orders =
        kind === undefined ? undefined : await ordersOf(this.#ctx, this.#sweep, kind, entry);
      const about = {
        link: link.name,
        accountName: members.get(entry.account)?.name,
        previous,
        candidates: orders,
        at: clock.now().wall,
      };
      for (const source of this.#sources) {
        const message = noticeOf(this.#sweep, type, entry, { ...about, source });
        out.push(this.#told(source, target, entry, message));
      }
    }
    return { key: entry.key, expect: previous ?? '', digest: entry.digest, out };
  }

  #told(source: string, target: Target, entry: StatementEntry, message: object): OutEntry {
    const { day, digest, key } = entry;
    const outgoing: Outgoing = {
      message: { ...message },
      notice: { id: key, source, account: target.name, day, key, digest },
    };
    const stem = noticeStem(this.#ctx.link.name);
    return { queue: 'notices', source, stem, body: JSON.stringify(outgoing) };
  }
}
