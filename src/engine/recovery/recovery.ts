/**
 * What a start finds, and what becomes of it. The journal has the last word (R3, R4, R5, R27):
 *
 *   claimed in Redis, no send record in an intact journal     never written: back to received; where another
 *                                                               journal is missing: unknown
 *   send record, no final in the journal                      whatever Redis says: its journaled answer
 *                                                               is judged again, else it is unknown
 *   Redis was behind the journal                              finals, freezes, members and known entries
 *                                                               are put back, young ones told once more
 */

import { VALIDITY_MS_MAX } from '../../instruction/envelope.ts';
import { type Held, isFinal } from '../../instruction/intent.ts';
import type { Known } from '../../journal/known.ts';
import type { RecordOf } from '../../journal/records.ts';
import type { OutEntry, Taken } from '../../store/shapes.ts';
import type { LinkContext } from '../context.ts';
import { resolvedBy } from '../deciding/resolving.ts';
import { maybeElsewhere } from '../mandate.ts';
import { answeredEvent, readDirect } from '../packets/reading.ts';
import { PUSHES } from '../pushes/messages.ts';
import type { Settler } from '../settler.ts';
import { restoredFinal, restoredNotice, restoredSend } from './restoring.ts';

export interface Recovered {
  readonly returned: number;
  readonly unknown: number;
  readonly restored: number;
}

export class Recovery {
  readonly #ctx: LinkContext;
  readonly #settler: Settler;
  readonly #retentionMs: number;
  #restored = 0;

  constructor(ctx: LinkContext, settler: Settler, retentionMs: number) {
    this.#ctx = ctx;
    this.#settler = settler;
    this.#retentionMs = retentionMs;
  }

  /** Before anything is claimed. */
  async run(taken: Taken): Promise<Recovered> {
    const { journal, link } = this.#ctx;
    let unknown = 0;
    let returned = 0;
    for (const known of journal.index.unsettled(link.name)) {
      if (await this.#unsettled(known)) unknown += 1;
    }
    for (const id of taken.sending) {
      if (journal.known(link.name, id)?.written === 'maybe') continue;
      if (await this.#unrecorded(id)) returned += 1;
      else unknown += 1;
    }
    if (taken.rolledBack) await this.#rolledBack();
    return { returned, unknown, restored: this.#restored };
  }

  /**
   * A final the journal knows and Redis does not. What is older than the retention is left forgotten, unless
   * it is `wanted`: somebody asks about it, or Redis takes it for something that may still be sent.
   */
  async final(known: Known, why: 'all' | 'wanted'): Promise<void> {
    const { journal, link, store, clock } = this.#ctx;
    const held = await store.held(known.id);
    if (held !== undefined && isFinal(held.phase)) return;
    const outcome = await journal.finalOf(link.name, known.id);
    if (outcome === undefined) return;
    const age = clock.now().wall - Date.parse(outcome.at);
    const kept = outcome.member !== undefined || outcome.freeze !== undefined;
    if (age > this.#retentionMs && !kept && why !== 'wanted') return;
    const send = await journal.lastSend(link.name, known.id);
    const again = age < VALIDITY_MS_MAX || held !== undefined;
    const against = await this.#against(known.id);
    await store.restore([restoredFinal(this.#ctx, outcome, send, held, again, against)]);
    this.#restored += 1;
  }

  /** What the bank last said against its final. */
  async #against(id: string): Promise<RecordOf<'contradiction'> | undefined> {
    const { journal, link } = this.#ctx;
    const n = journal.index.matters(link.name).against(id);
    const record = n === undefined ? undefined : await journal.read(n);
    return record?.kind === 'contradiction' ? record : undefined;
  }

  /** A send record without a final: true if it was not settled in Redis either. */
  async #unsettled(known: Known): Promise<boolean> {
    const { journal, link, store } = this.#ctx;
    const send = await journal.lastSend(link.name, known.id);
    if (send === undefined) return false;
    let held = await store.held(known.id);
    if (held === undefined || held.phase === 'received') {
      await store.restore([restoredSend(send, 'sending', held?.version ?? null)]);
      this.#restored += 1;
      held = await store.held(known.id);
    }
    if (held?.phase === 'sending') {
      const event = await this.#journaledAnswer(send);
      held = await this.#settler.apply(held, event ?? { type: 'silent', peer: send.peer });
    } else if (held?.life.ended === 'unanswered') {
      // its answer may have come late, and the end between its record and its judgement
      const event = await this.#journaledAnswer(send);
      if (event !== undefined) held = await this.#settler.apply(held, event);
    }
    if (held !== undefined && known.decision !== undefined)
      await this.#decided(held, known.decision);
    return true;
  }

  /** Two people approved it; the process may have died before that was stored. */
  async #decided(held: Held, decision: number): Promise<void> {
    // carried out already: it only waits for what completes it, and must not be ended without
    if (held.life.proof?.record === decision) return;
    const approval = await this.#ctx.journal.read(decision);
    if (approval.kind === 'approval') await this.#settler.apply(held, resolvedBy(approval));
  }

  /** The bank's answer was read and recorded, and the process died before it was judged. */
  async #journaledAnswer(send: RecordOf<'send'>) {
    const { journal, link } = this.#ctx;
    const filter = { link: link.name, id: send.id, kinds: ['answer' as const], from: send.n };
    for await (const record of journal.records(filter)) {
      if (record.kind !== 'answer' || record.attempt !== send.attempt) continue;
      if (record.about !== 'direct' && record.about !== 'late') continue;
      const body = Buffer.from(record.body, 'base64');
      const reading = readDirect(this.#ctx, record.transaction, body);
      if (reading !== undefined) {
        return answeredEvent(this.#ctx, record.transaction, reading, record.n, record.peer);
      }
    }
    return undefined;
  }

  /** Claimed and never recorded: true if that proves that no byte left. */
  async #unrecorded(id: string): Promise<boolean> {
    const { journal, line, store } = this.#ctx;
    const held = await store.held(id);
    if (held?.phase !== 'sending') return true;
    const proven =
      journal.absenceProves(held.intent.acceptedAt) && !maybeElsewhere(this.#ctx, held.intent);
    await this.#settler.apply(
      held,
      proven ? { type: 'not-written' } : { type: 'silent', peer: line.peer },
    );
    return proven;
  }

  async #rolledBack(): Promise<void> {
    const { journal, link } = this.#ctx;
    for (const id of journal.index.ids(link.name)) {
      const known = journal.known(link.name, id);
      if (known?.final !== undefined) await this.final(known, 'all');
      else if (known?.written === 'no') await this.#neverWritten(id);
    }
    await this.#forgotten();
    await this.#entries();
  }

  /** Members and freezes of days the journal's index begins behind: later orders rest on them for ever. */
  async #forgotten(): Promise<void> {
    const { journal, link, store } = this.#ctx;
    for await (const { outcome, send } of journal.forgotten(link.name)) {
      const held = await store.held(outcome.id);
      if (held !== undefined && isFinal(held.phase)) continue;
      await store.restore([restoredFinal(this.#ctx, outcome, send, held, false)]);
      this.#restored += 1;
    }
  }

  /**
   * Accepted, recorded, taken back: it may be sent. Not where the ledger gave it a secret, which only Redis
   * had: that one is lost as what was never recorded is, and its ledger offers it again.
   */
  async #neverWritten(id: string): Promise<void> {
    const { journal, link, store } = this.#ctx;
    const send = await journal.lastSend(link.name, id);
    if (send === undefined || (await store.held(id)) !== undefined) return;
    if (Object.keys(send.secrets ?? {}).some((path) => path.startsWith('body.'))) return;
    await store.restore([restoredSend(send, 'received', null)]);
    this.#restored += 1;
  }

  /** Known entries of statements, so that a sweep tells none of them anew; young notices once more. */
  async #entries(): Promise<void> {
    const { clock, journal, link, store } = this.#ctx;
    const days = new Map<string, Map<string, { digest: string; out: OutEntry[] }>>();
    for await (const record of journal.records({ link: link.name, kinds: ['notice'] })) {
      // notices of pushes belong to no statement: pushes/returning.ts puts them back
      if (record.kind !== 'notice' || record.account === PUSHES) continue;
      const at = `${record.account}|${record.day}`;
      const entries = days.get(at) ?? new Map<string, { digest: string; out: OutEntry[] }>();
      days.set(at, entries);
      const young = clock.now().wall - Date.parse(record.at) < VALIDITY_MS_MAX;
      const out = entries.get(record.key)?.out ?? [];
      const notice = restoredNotice(record);
      // a kill between record and queue has recorded it twice
      const listed = out.some(
        ({ source, version }) => source === notice.source && version === notice.version,
      );
      entries.set(record.key, {
        digest: record.digest,
        out: young && !listed ? [...out, notice] : out,
      });
    }
    for (const [at, entries] of days) {
      const [account = '', day = ''] = at.split('|');
      const known = await store.entries(account, day);
      const lost = [...entries].filter(([key, { digest }]) => known.get(key) !== digest);
      const marks = lost.map(([key, { digest, out }]) => {
        return { key, expect: known.get(key) ?? '', digest, out };
      });
      if (marks.length > 0) await store.mark({ account, day, entries: marks });
      this.#restored += marks.length;
    }
  }
}
