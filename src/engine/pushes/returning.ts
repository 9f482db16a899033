/**
 * What a start finds of pushes: the journal has them, Redis may not. Killed between the two, or Redis went
 * back (R16): what the journal has is put back with all that follows from it. What a ledger was told before is
 * told again as it was, under its own version.
 */
import { VALIDITY_MS_MAX } from '../../instruction/envelope.ts';
import type { KnownPush } from '../../journal/known.ts';
import type { RecordOf } from '../../journal/records.ts';
import { type Push, readPush } from '../../pushes/push.ts';
import type { OutEntry, PushMark } from '../../store/shapes.ts';
import type { LinkContext } from '../context.ts';
import { restoredNotice } from '../recovery/restoring.ts';
import type { Outgoing } from '../telling/telling.ts';
import { awaitedOf, changesOf, type Desks } from './changes.ts';
import { PUSHES } from './messages.ts';
import { surroundingsOf } from './surroundings.ts';

const BATCH_MAX = 64;

interface Found {
  readonly restored: number;
  /** keys of the days that were looked at: Redis has them all now */
  readonly stored: readonly string[];
}

type Notices = Map<string, RecordOf<'notice'>>;
const noticeAt = (key: string, source: string): string => `${source}|${key}`;

export class Returning {
  readonly #ctx: LinkContext;
  readonly #desks: Desks;

  constructor(ctx: LinkContext, desks: Desks) {
    this.#ctx = ctx;
    this.#desks = desks;
  }

  async run(rolledBack: boolean): Promise<Found> {
    const { missing, stored } = await this.#missing();
    await this.#promises(stored);
    const lost = [];
    for (const known of missing) {
      const push = await this.#read(known);
      if (push !== undefined) lost.push({ push, known });
    }
    if (lost.length > 0) {
      const told = rolledBack ? await this.#told() : new Map();
      for (let from = 0; from < lost.length; from += BATCH_MAX) {
        const some = lost.slice(from, from + BATCH_MAX);
        const marks: PushMark[] = [];
        for (const { known, push } of some) marks.push(await this.#mark(push, known, told));
        await this.#ctx.store.push(marks);
        stored.push(...some.map(({ push }) => push.key));
      }
    }
    return { restored: lost.length, stored };
  }

  /** Of the days Redis still keeps; what is older than the retention is left forgotten. */
  async #missing(): Promise<{ missing: KnownPush[]; stored: string[] }> {
    const { clock, journal, link, store } = this.#ctx;
    const oldest = new Date(clock.now().wall - VALIDITY_MS_MAX).toISOString();
    const first = oldest.slice(0, 10).replaceAll('-', '');
    const days = new Map<string, Map<string, string>>();
    const missing: KnownPush[] = [];
    const stored: string[] = [];
    for (const known of journal.index.pushes(link.name)) {
      const [code = '', day = '', serial = ''] = known.key.split('/');
      if (day < first) continue;
      const kept = days.get(day) ?? (await store.pushes(day));
      days.set(day, kept);
      if (kept.get(`${code}/${serial}`) === known.digest) stored.push(known.key);
      else missing.push(known);
    }
    return { missing, stored };
  }

  async #read({ n }: KnownPush): Promise<Push | undefined> {
    const { journal, link, log, spec } = this.#ctx;
    const record = await journal.read(n);
    if (record.kind !== 'push') return undefined;
    try {
      return readPush(spec, link.name, Buffer.from(record.packet, 'base64'));
    } catch (error) {
      // the spec that read it was another one
      log.error('push-unreadable', { link: link.name, record: n, error });
      return undefined;
    }
  }

  /** Notices of pushes that were told, by source and key. */
  async #told(): Promise<Notices> {
    const { journal, link } = this.#ctx;
    const told: Notices = new Map();
    for await (const record of journal.records({ link: link.name, kinds: ['notice'] })) {
      if (record.kind === 'notice' && record.account === PUSHES) {
        told.set(noticeAt(record.key, record.source), record);
      }
    }
    return told;
  }

  async #mark(push: Push, known: KnownPush, told: Notices): Promise<PushMark> {
    const mark = changesOf(this.#ctx, this.#desks, push, this.#ctx.clock.now().wall);
    const out = mark.out.map((entry): OutEntry => {
      const { notice } = JSON.parse(entry.body) as Outgoing;
      const before = notice && told.get(noticeAt(notice.key, notice.source));
      return before === undefined ? entry : restoredNotice(before);
    });
    if (push.spec.role !== 'question') return { ...mark, out };
    return this.#question(push, known, mark);
  }

  /** Its connection is gone, so nothing is asked any more; what was promised stays promised. */
  async #question(push: Push, known: KnownPush, mark: PushMark): Promise<PushMark> {
    const yes = await this.#yes(known);
    if (yes === undefined) return { ...mark, out: [] };
    const promised = this.#desks.questions.promised(push.key, yes.by, yes.reply);
    if (promised === undefined) return { ...mark, out: [] };
    const { expect: _, ...write } = promised;
    return { ...mark, writes: [write, ...this.#waits(push)], out: [] };
  }

  /** Redis has the question, and may have gone back to before the yes that the bank has got (R16). */
  async #promises(stored: readonly string[]): Promise<void> {
    const { journal, link, store } = this.#ctx;
    const there = new Set(stored);
    for (const known of journal.index.pushes(link.name)) {
      const yes = there.has(known.key) ? await this.#yes(known) : undefined;
      const guard = yes && this.#desks.questions.promised(known.key, yes.by, yes.reply);
      const push = guard && (await this.#read(known));
      if (guard === undefined || push === undefined) continue;
      await store.push([{ guard, writes: this.#waits(push), out: [] }]);
    }
  }

  async #yes(known: KnownPush): Promise<RecordOf<'push-answer'> | undefined> {
    if (known.answer === undefined) return undefined;
    const answer = await this.#ctx.journal.read(known.answer);
    return answer.kind === 'push-answer' && answer.says === 'yes' ? answer : undefined;
  }

  #waits(push: Push): PushMark['writes'] {
    const waits = awaitedOf(push, surroundingsOf(this.#ctx), this.#ctx.clock.now().wall);
    return waits === undefined ? [] : [{ part: 'awaited', ...this.#desks.awaiting.keep(waits) }];
  }
}
