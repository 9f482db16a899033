/**
 * One sweep of the spec: whose statements it reads, and one day of one of them read, compared with what is
 * known and told (R13, R15). What decides is pure and stands in src/credits; Redis marks entries and their
 * notices in one script, so that a kill -9 between two entries tells none twice and loses none.
 */
import { afterSweep, readDay, sweepDigest } from '../../credits/day.ts';
import {
  distinct,
  entryOf,
  isNothing,
  kindOf,
  partsOf,
  type StatementEntry,
} from '../../credits/entry.ts';
import { noticeOf } from '../../credits/notice.ts';
import { addDays, startOfDay } from '../../instruction/day.ts';
import type { Member } from '../../instruction/intent.ts';
import type { NoticeType } from '../../instruction/notices.ts';
import { evaluate } from '../../protocol/expression.ts';
import type { SweepSpec } from '../../protocol/spec.ts';
import { isGiven } from '../../protocol/spec-credits.ts';
import { noticeStem } from '../../queue/names.ts';
import type { EntryMark, OutEntry } from '../../store/shapes.ts';
import { type LinkContext, settingsOf } from '../context.ts';
import type { Outgoing } from '../telling/telling.ts';
import { Pages } from './pages.ts';
import { ordersOf } from './payouts.ts';

/** Name under which the state of a sweep over all sub-accounts at once is kept. */
const ALL = '*';

export type Members = ReadonlyMap<string, Member>;

export interface Target {
  /** what its days are kept under: the account, and the sweep where it is not the first */
  readonly name: string;
  readonly account: string;
  readonly unplaced: boolean;
  /** where a target without any days begins */
  readonly first: string;
}

export interface DayRead {
  /** everything was read; what was read is told all the same */
  readonly whole: boolean;
  readonly news: boolean;
}

export class Sweep {
  readonly #ctx: LinkContext;
  readonly #sweep: SweepSpec;
  /** ledgers that get the notices of this link */
  readonly #sources: readonly string[];
  readonly #prefix: string;
  readonly #pages: Pages;

  constructor(
    ctx: LinkContext,
    sweep: SweepSpec,
    place: { first: boolean; sources: readonly string[]; signal: AbortSignal },
  ) {
    this.#ctx = ctx;
    this.#sweep = sweep;
    this.#sources = place.sources;
    // no account has a colon in it: what the sweeps keep can never meet
    this.#prefix = place.first ? '' : `${sweep.name}:`;
    this.#pages = new Pages(ctx, sweep, place.signal);
  }

  /** Whose statements are read, now; `firstDay`: when the link began. */
  targets(members: Members, firstDay: string): Target[] {
    const { link, spec } = this.#ctx;
    const { account: from } = this.#sweep;
    const target = (account: string, first = firstDay, unplaced = false): Target => ({
      name: `${this.#prefix}${account}`,
      account,
      unplaced,
      first,
    });
    const scope = { link: settingsOf(spec, link.settings) };
    if (isGiven(from)) {
      const account = evaluate(from, scope);
      return account === '' ? [] : [target(account)];
    }
    const swept = link.credits.allSubAccounts
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

  /** '' where the link has none. */
  #unplacedAccount(): string {
    const { link, spec } = this.#ctx;
    const scope = { link: settingsOf(spec, link.settings) };
    return evaluate(this.#sweep.unplacedAccount ?? '', scope);
  }

  async read(
    target: Target,
    day: string,
    stateText: string | undefined,
    members: Members,
  ): Promise<DayRead> {
    const { clock, link, store } = this.#ctx;
    const account = target.account === ALL ? '' : target.account;
    const read = await this.#pages.readDay(account, day, target.unplaced);
    const known = await store.entries(target.name, day);
    // what lies on the adjustment account is told by its own sweep, as what it is
    const elsewhere = target.account === ALL ? this.#unplacedAccount() : undefined;
    const rows = read.rows
      .flatMap((row) => this.#entries(row, target))
      .filter(({ account: on }) => on !== elsewhere);
    const entries = distinct(rows, known, read.whole).filter(
      (one) => !isNothing(one) || known.has(one.key),
    );
    const news = entries.filter(({ key, digest }) => known.get(key) !== digest);
    const marks: EntryMark[] = [];
    for (const entry of news) {
      marks.push(await this.#mark(entry, target, members, known.get(entry.key)));
    }
    const before = readDay(stateText);
    const end = startOfDay(addDays(day, 1), link.zone);
    const after = read.whole
      ? afterSweep(before, sweepDigest(entries), clock.now().wall, end, link.credits)
      : { state: before, closed: false };
    const state = JSON.stringify(after.state);
    if (marks.length > 0 || state !== stateText) {
      await store.mark({ account: target.name, day, entries: marks, state });
    }
    if (after.closed) await store.forgetDay(target.name, day);
    return { whole: read.whole, news: marks.length > 0 };
  }

  /** The entry of a row, and the amounts of their own beside it; what nobody could place is told whole. */
  #entries(row: Record<string, string>, target: Target): StatementEntry[] {
    const { link, log, spec } = this.#ctx;
    const entry = entryOf(this.#sweep, row, target.account);
    if (entry !== undefined) {
      return target.unplaced ? [entry] : [entry, ...partsOf(spec, this.#sweep, entry)];
    }
    log.error('entry-without-key', { link: link.name });
    return [];
  }

  async #mark(
    entry: StatementEntry,
    target: Target,
    members: Members,
    previous: string | undefined,
  ): Promise<EntryMark> {
    const { clock, link, metrics, spec } = this.#ctx;
    // money that names nobody waits there, whatever the row is: nothing of it is an order's
    const kind = target.unplaced ? undefined : kindOf(spec, this.#sweep, entry);
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
