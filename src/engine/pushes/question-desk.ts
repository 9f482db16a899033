/**
 * Questions only a ledger can answer: put to it, its answer written in time or not at all, and what a yes
 * promised watched until the statement shows it (R16). What may follow what is decided by the pure machine in
 * src/pushes/question.ts; this side carries it out, one event at a time for each question.
 */
import type { BankPacket } from '../../bank/bank-packet.ts';
import { YinqiError } from '../../errors.ts';
import type { Event } from '../../instruction/event.ts';
import type { Held } from '../../instruction/intent.ts';
import type { QuestionSpec } from '../../protocol/spec-push.ts';
import { type AskedRecord, asked } from '../../pushes/asked.ts';
import type { Push } from '../../pushes/push.ts';
import { inTime, type QuestionEvent, stepQuestion } from '../../pushes/question.ts';
import { missingIn, type Reply, replyFor } from '../../pushes/scope.ts';
import type { OutEntry, PushMark } from '../../store/shapes.ts';
import type { LinkContext } from '../context.ts';
import { Turns } from '../turns.ts';
import type { Awaiting } from './awaiting.ts';
import { awaitedOf } from './changes.ts';
import type { Live } from './live-question.ts';
import { noticeFor } from './messages.ts';
import { outcomeOf, packetFor, refused, sayNo, saySilence } from './said.ts';
import { surroundingsOf } from './surroundings.ts';

interface Kept {
  readonly record: AskedRecord;
  readonly text: string;
}

export class QuestionDesk {
  readonly #ctx: LinkContext;
  readonly #awaiting: Awaiting;
  readonly #turns = new Turns<Event>();
  readonly #live = new Map<string, Live>();
  #kept = new Map<string, Kept>();

  constructor(ctx: LinkContext, awaiting: Awaiting) {
    this.#ctx = ctx;
    this.#awaiting = awaiting;
  }

  load(fields: ReadonlyMap<string, string>): void {
    this.#kept = new Map(
      [...fields].map(([key, text]) => [key, { record: asked.parse(JSON.parse(text)), text }]),
    );
  }

  remember(record: AskedRecord): { part: 'questions'; field: string; value: string } {
    const text = JSON.stringify(record);
    this.#kept.set(record.key, { record, text });
    return { part: 'questions', field: record.key, value: text };
  }

  /** The journal knows of a yes; undefined where Redis knows of it too, and did not go back or lose it. */
  promised(key: string, by: string, reply: Reply) {
    const { record, text } = this.#kept.get(key) ?? {};
    const before = record?.by === undefined && ['open', 'lapsed'].includes(record?.state ?? '');
    if (record === undefined || text === undefined || !before) return undefined;
    return { ...this.remember({ ...record, state: 'promised', by, reply }), expect: text };
  }

  /** It is in Redis no more. */
  drop(key: string): void {
    this.#kept.delete(key);
  }

  /** Every one that an earlier run left: its connection is gone. */
  async found(): Promise<void> {
    for (const { record } of [...this.#kept.values()]) {
      if (!this.#live.has(record.key)) await this.#change(record.key, { type: 'found' });
    }
  }

  stop(): void {
    for (const { packets, cancel } of this.#live.values()) {
      cancel?.();
      for (const packet of packets) packet.refuse();
    }
    this.#live.clear();
  }

  /** It is stored and put to the ledger, or to nobody. */
  opened(push: Push, packet: BankPacket): void {
    if (this.#kept.get(push.key)?.record.state !== 'open') {
      saySilence(this.#ctx, push, [packet]);
      return;
    }
    const { clock, link } = this.#ctx;
    const now = clock.mono();
    const left = packet.answerBy - now;
    const deadline = now + Math.min(link.questionWithinMs, left);
    const live: Live = { push, packets: [packet], deadline, cancel: undefined, promising: false };
    this.#live.set(push.key, live);
    this.#arm(live, deadline - now);
  }

  /** The same again: it gets what the first one got, or waits with it. */
  again(push: Push, packet: BankPacket): void {
    const live = this.#live.get(push.key);
    if (live !== undefined) {
      live.packets.push(packet);
      return;
    }
    const record = this.#kept.get(push.key)?.record;
    // stored, and the answer of Redis got lost: its ledger is asked, and nobody has said anything
    if (record?.state === 'open') this.opened(push, packet);
    // a promise that is just being taken back, or broke off, may be followed by nothing: least of all by a yes
    else if (record?.state === 'promised') packet.refuse();
    else if (['answered', 'reserved', 'shown'].includes(record?.state ?? ''))
      packet.answer(packetFor(this.#ctx, push, { yes: true, reply: record?.reply ?? {} }));
    else if (record?.state === 'declined') sayNo(this.#ctx, push, [packet]);
    else saySilence(this.#ctx, push, [packet]);
  }

  /** A ledger's answer: an instruction of its own, which may come twice. */
  answer(held: Held): Promise<Event> {
    const key = String(held.intent.envelope.body.question ?? '');
    return this.#turns.take(key, () => this.#answer(held, key));
  }

  /** The statement shows what was promised; the mark says so beside it, in the same script. */
  shown(key: string, entry: string, mark: PushMark): PushMark {
    const kept = this.#kept.get(key);
    if (kept === undefined) return mark;
    const { record, out } = this.#stepped(kept.record, { type: 'shown' }, entry);
    if (record === kept.record) return mark;
    return { ...mark, writes: [...mark.writes, this.remember(record)], out: [...mark.out, ...out] };
  }

  /** No day can show it any more: absence is proof only now (R11). */
  async closed(key: string): Promise<void> {
    await this.#change(key, { type: 'closed' });
  }

  async #answer({ intent }: Held, key: string): Promise<Event> {
    const { body } = intent.envelope;
    const kept = this.#kept.get(key);
    const push =
      kept === undefined ? undefined : this.#ctx.spec.transactions.get(kept.record.code)?.push;
    if (kept?.record.source !== intent.source || push?.role !== 'question') {
      return refused('REFERENCE_NOT_HELD', 'question');
    }
    const { record } = kept;
    this.#brokenOff(key);
    if (record.by === intent.id) return outcomeOf(await this.#change(key, { type: 'found' }));
    if (record.by !== undefined) return refused('QUESTION_CLOSED', 'question');
    const [missing] = body.says === 'yes' ? missingIn(push.takes, body) : [];
    if (missing !== undefined) return refused('FIELD_MISSING', `body.${missing}`);
    if (body.says === 'no') return this.#declined(key, intent.id);
    return this.#agreed(key, intent.id, push, replyFor(push.takes, body));
  }

  async #declined(key: string, by: string): Promise<Event> {
    const live = this.#open(key);
    if (live === undefined) return refused('QUESTION_CLOSED', 'question');
    // what is said to the bank is said first: a no that got lost costs a time-out, and nothing else
    this.#end(live);
    sayNo(this.#ctx, live.push, live.packets);
    return outcomeOf(await this.#change(key, { type: 'no' }, { by }));
  }

  async #agreed(key: string, by: string, push: QuestionSpec, reply: Reply): Promise<Event> {
    const live = this.#open(key);
    if (live === undefined) {
      // its time is over, whether or not its timer has said so: an open one would be promised by a late yes
      await this.#change(key, { type: 'deadline' });
      return outcomeOf(await this.#change(key, { type: 'yes' }, { by, reply }));
    }
    let bytes: Uint8Array;
    try {
      bytes = packetFor(this.#ctx, live.push, { yes: true, reply });
    } catch (error) {
      // the bank's fields cannot carry it: it may be answered again, as long as there is time
      if (error instanceof YinqiError) return refused(error.code, error.path ?? 'body');
      throw error;
    }
    const promises = push.shownBy !== undefined;
    if (promises) {
      live.promising = true;
      await this.#promise(live, by, reply);
    }
    const written = this.#write(live, bytes);
    this.#end(live);
    this.#ctx.failpoint('push-answered');
    if (promises) {
      return outcomeOf(await this.#change(key, { type: 'written', done: written }));
    }
    const event: QuestionEvent = { type: written ? 'yes' : 'deadline' };
    return outcomeOf(await this.#change(key, event, { by, reply }));
  }

  /** Before a byte of a yes may leave it is in the journal, and what it promised is watched. */
  async #promise({ push }: Live, by: string, reply: Reply): Promise<void> {
    const { clock, failpoint, journal, link, store } = this.#ctx;
    const { key } = push;
    await journal.append([
      { kind: 'push-answer', link: link.name, watermark: store.seen, key, says: 'yes', by, reply },
    ]);
    failpoint('promise-recorded');
    const waits = awaitedOf(push, surroundingsOf(this.#ctx), clock.now().wall);
    const writes =
      waits === undefined ? [] : [{ part: 'awaited' as const, ...this.#awaiting.keep(waits) }];
    await this.#change(key, { type: 'yes' }, { by, reply }, writes);
    failpoint('promise-stored');
  }

  /** One turn of the event loop from the look at the clock to the write. */
  #write(live: Live, bytes: Uint8Array): boolean {
    if (!inTime(this.#ctx.clock.mono(), live.deadline)) {
      for (const packet of live.packets) packet.refuse();
      return false;
    }
    // a repeat that waits with it gets the same; one written is enough to count as written
    return live.packets.map((packet) => packet.answer(bytes)).includes(true);
  }

  #open(key: string): Live | undefined {
    const live = this.#live.get(key);
    const open = live !== undefined && inTime(this.#ctx.clock.mono(), live.deadline);
    return open && this.#kept.get(key)?.record.state === 'open' ? live : undefined;
  }

  #arm(live: Live, ms: number): void {
    const { timers } = this.#ctx;
    // a timer that fires lets the event loop read once before it is believed (R19)
    live.cancel = timers.after(Math.max(0, ms), () => timers.soon(() => this.#late(live)));
  }

  #late(live: Live): void {
    const { key } = live.push;
    if (this.#live.get(key) !== live) return;
    // a promise on its way may not be followed by a no: the connection closes, and then it is not written
    if (live.promising) {
      for (const packet of live.packets) packet.refuse();
      return;
    }
    this.#end(live);
    saySilence(this.#ctx, live.push, live.packets);
    void this.#turns
      .take(key, async () => outcomeOf(await this.#change(key, { type: 'deadline' })))
      .catch(this.#ctx.fatal);
  }

  /** Turns are one by one: a promise still on its way here broke off. What is kept of it is found as by a start. */
  #brokenOff(key: string): void {
    const live = this.#live.get(key);
    if (live?.promising !== true || this.#open(key) !== undefined) return;
    for (const packet of live.packets) packet.refuse();
    this.#end(live);
  }

  #end(live: Live): void {
    live.cancel?.();
    this.#live.delete(live.push.key);
  }

  /** What an event makes of a record, and what the ledger is told. */
  #stepped(record: AskedRecord, event: QuestionEvent, entry?: string) {
    const push = this.#ctx.spec.transactions.get(record.code)?.push;
    const promises = push?.role === 'question' && push.shownBy !== undefined;
    const step = stepQuestion(record.state, event, promises);
    const out: OutEntry[] = [];
    if (step.tells !== undefined) {
      const confirmedBy = step.tells === 'withdrawn' ? 'statement' : 'nothing';
      const more = { confirmedBy, entry, question: record.key } as const;
      out.push(noticeFor(this.#ctx, record.source, step.tells, record, more));
    }
    return { record: step.state === record.state ? record : { ...record, state: step.state }, out };
  }

  async #change(
    key: string,
    event: QuestionEvent,
    more: { by?: string; reply?: Reply } = {},
    writes: PushMark['writes'] = [],
  ): Promise<AskedRecord> {
    const kept = this.#kept.get(key);
    if (kept === undefined)
      throw new YinqiError('DEFECT', { detail: 'a question that is not kept' });
    const { record: stepped, out } = this.#stepped(kept.record, event);
    const record = stepped === kept.record ? stepped : { ...stepped, ...more };
    if (record === kept.record) return record;
    const text = JSON.stringify(record);
    const guard = { part: 'questions', field: key, expect: kept.text, value: text } as const;
    const [was] = await this.#ctx.store.push([{ guard, writes, out }]);
    if (was === 'other')
      throw new YinqiError('DEFECT', { detail: 'a question changed by another' });
    this.#kept.set(key, { record, text });
    this.onOut();
    return record;
  }

  /** There may be something on the outbox. */
  onOut: () => void = () => undefined;
}
