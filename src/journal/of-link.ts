/** What the journal knows of one link, kept by every entry about it. */
import { MattersIndex } from '../people/open-matters.ts';
import { About } from './about.ts';
import type { Entry } from './entry.ts';
import type { KnownPush, Switched } from './known.ts';
import { MissingOfLink } from './missing.ts';

export const RUNS: Switched = { process: 'run', link: 'run' };

export class OfLink {
  readonly ids = new Map<string, About>();
  readonly serials = new Map<string, string>();
  readonly notices: number[] = [];
  /** of these, those about a push, by their id: one for each source */
  readonly said = new Map<string, readonly number[]>();
  readonly dealings: number[] = [];
  readonly matters = new MattersIndex();
  readonly pushes = new Map<string, KnownPush>();
  /** kept by every record, so that a start does not look at years of finals */
  readonly unsettled = new Set<About>();
  readonly missing = new MissingOfLink();
  watermark = 0;
  switched: Switched = RUNS;
  reserved: { day: string; upTo: number } | undefined;

  /** The day only moves forward; within it the highest number counts. */
  reserve({ day, upTo }: { day: string; upTo: number }): void {
    const last = this.reserved;
    const later = last === undefined || day > last.day || (day === last.day && upTo > last.upTo);
    if (later) this.reserved = { day, upTo };
  }

  /**
   * What a start would not be told any more: instructions that are final, and pushes, with no record from `before` on.
   * They stand in the order of their first records, so that no call looks at more than it takes away, and at what
   * is not settled.
   */
  forget(before: number): void {
    for (const [id, about] of this.ids) {
      if (about.first >= before) break;
      if (about.final === undefined || about.last >= before) continue;
      this.ids.delete(id);
      const { serial } = about;
      if (serial !== undefined && this.serials.get(serial) === id) this.serials.delete(serial);
    }
    for (const [key, { n }] of this.pushes) {
      if (n >= before) break;
      this.pushes.delete(key);
    }
    for (const [id, told] of this.said) {
      if ((told.at(-1) ?? 0) < before) this.said.delete(id);
    }
    const young = this.notices.findIndex((n) => n >= before);
    this.notices.splice(0, young === -1 ? this.notices.length : young);
  }

  about(id: string): About {
    const found = this.ids.get(id);
    if (found !== undefined) return found;
    const fresh = new About(id);
    this.ids.set(id, fresh);
    return fresh;
  }

  /** What people said of an instruction is among its records. */
  dealt(entry: Extract<Entry, { kind: 'proposal' | 'approval' }>, id: string): void {
    const about = this.about(id);
    if (entry.kind === 'approval' && entry.action === 'resolve') about.decide(entry.n);
    else about.others.push(entry.n);
  }

  add(entry: Exclude<Entry, { kind: 'seal' }>): void {
    this.watermark = Math.max(this.watermark, entry.watermark);
    // what another journal missed comes with the record that says that all of it is here
    if (entry.kind === 'start' && entry.from !== undefined) return;
    if (entry.kind === 'import') {
      this.missing.imported(entry, entry.missing);
      return;
    }
    if (entry.kind === 'start') {
      this.missing.started();
      if (entry.asks !== undefined) this.missing.found(entry.asks.missing, entry.asks.since);
      return;
    }
    if (entry.kind === 'operator') {
      const { of, what } = entry;
      // the switch of another machine is not ours
      if (what !== 'fence' && entry.from === undefined)
        this.switched = { ...this.switched, [of]: what };
      return;
    }
    if (entry.kind === 'sequence') {
      this.reserve(entry);
      return;
    }
    if (entry.kind === 'push') {
      const { key, digest, n } = entry;
      if (!this.pushes.has(key)) this.pushes.set(key, { key, digest, n });
      return;
    }
    if (entry.kind === 'push-answer') {
      const asked = this.pushes.get(entry.key);
      if (asked?.answer === undefined && asked !== undefined) {
        this.pushes.set(entry.key, { ...asked, answer: entry.n });
      }
      return;
    }
    if (entry.kind === 'notice') {
      this.notices.push(entry.n);
      const { id, n } = entry;
      const about = id.slice(0, Math.max(0, id.lastIndexOf('/')));
      if (this.pushes.has(about)) this.said.set(id, [...(this.said.get(id) ?? []), n]);
      return;
    }
    if (entry.kind === 'withdrawal' || entry.kind === 'proposal' || entry.kind === 'approval') {
      // proposals are known by their number, and theirs is of another journal: what it closed is shown again
      if (entry.from === undefined) {
        this.dealings.push(entry.n);
        if (entry.kind === 'approval' && entry.action === 'release') this.missing.released();
        if (entry.kind === 'approval') this.matters.add(entry);
      }
      if (entry.kind !== 'withdrawal' && entry.id !== undefined) this.dealt(entry, entry.id);
      return;
    }
    if (entry.kind === 'change') {
      // what another machine was configured as says nothing of this one
      if (entry.from === undefined) this.matters.add(entry);
      return;
    }
    if (entry.kind === 'unclaimed' || entry.kind === 'contradiction') {
      this.matters.add(entry);
      if (entry.kind === 'contradiction') this.about(entry.id).others.push(entry.n);
      return;
    }
    const about = this.about(entry.id);
    about.watermark = Math.max(about.watermark, entry.watermark);
    if (entry.kind === 'send') {
      about.send(entry);
      const { serial } = entry;
      if (serial !== undefined && !this.serials.has(serial)) this.serials.set(serial, entry.id);
    } else if (entry.kind === 'not-written') about.notWritten(entry.attempt, entry.n);
    else if (entry.kind === 'answer') about.answers.push(entry.n);
    else about.outcome(entry);
    if (about.written === 'maybe' && about.final === undefined) this.unsettled.add(about);
    else this.unsettled.delete(about);
  }
}
