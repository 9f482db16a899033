/**
 * Everything the bank sends by itself: understood, kept, and only then acknowledged (R16).
 *
 *   packet ─▶ read ─▶ journal, fdatasync ─▶ Redis, one script ─▶ acknowledged ─▶ the statement is read
 *               │           │  known, other body: refused, alarmed        │
 *               └ no push   └───────────── cannot be stored ─────────────┴─▶ closed without an answer
 *
 * Known by code + the bank's day + its serial, with a digest of the body (R15): the journal has the last word,
 * for Redis may have been restored. A repeat gets the same acknowledgement; nothing is told twice.
 */
import type { BankPacket } from '../../bank/bank-packet.ts';
import { YinqiError } from '../../errors.ts';
import type { Event } from '../../instruction/event.ts';
import type { Held } from '../../instruction/intent.ts';
import type { NewRecord } from '../../journal/records.ts';
import { type Push, readPush, tellOf } from '../../pushes/push.ts';
import { answerPacket } from '../../pushes/scope.ts';
import type { PushMark } from '../../store/shapes.ts';
import type { Cancel } from '../../timers.ts';
import { Batcher } from '../batch.ts';
import type { LinkContext } from '../context.ts';
import { Awaiting, type DaySeen } from './awaiting.ts';
import { changesOf, type Desks, guardOf } from './changes.ts';
import { forgetOld } from './forgetting.ts';
import { Provisional } from './provisional.ts';
import { pushRecord } from './push-record.ts';
import { QuestionDesk } from './question-desk.ts';
import { Returning } from './returning.ts';
import { refusedWhileAsking } from './said.ts';
import { surroundingsOf } from './surroundings.ts';

const BATCH_MAX = 64;
const AGAIN_MS = 2_000;
const FORGET_MS = 3_600_000;

/** What a push turned out to be. */
type Was = 'new' | 'same' | 'conflict';

interface Arrived {
  readonly push: Push;
  /** undefined: it is put back, and nobody waits for an answer */
  readonly packet?: BankPacket;
}

/** An account-day whose statement should be read now. */
export interface Wanted {
  readonly sweep: string;
  readonly account: string | undefined;
  readonly day: string;
}

export interface PushDoors {
  /** there may be something on the outbox */
  out(): void;
  /** the bank says that a statement has something new */
  look(wanted: Wanted): void;
}

export class PushDesk {
  readonly #ctx: LinkContext;
  readonly #doors: PushDoors;
  readonly #desks: Desks;
  readonly #batch: Batcher<Arrived, Was>;
  readonly #returning: Returning;
  /** keys that Redis has */
  readonly #stored = new Set<string>();
  /** in the journal and not in Redis: whether the bank sends them again is not known */
  #owed: Push[] = [];
  #cancelOwed: Cancel | undefined;
  #forgotAt = 0;
  #reload = true;
  #stopped = false;

  constructor(ctx: LinkContext, sources: readonly string[], doors: PushDoors) {
    this.#ctx = ctx;
    this.#doors = doors;
    const awaiting = new Awaiting(ctx);
    const questions = new QuestionDesk(ctx, awaiting);
    questions.onOut = () => doors.out();
    this.#desks = { awaiting, questions, sources, provisional: new Provisional() };
    this.#batch = new Batcher((items) => this.#keep(items), BATCH_MAX, ctx.timers);
    this.#returning = new Returning(ctx, this.#desks);
  }

  /** Puts back what the journal has and Redis has not, and looks at what still waits. */
  async start(rolledBack: boolean): Promise<number> {
    await this.#load();
    const { restored, stored } = await this.#returning.run(rolledBack);
    for (const key of stored) this.#stored.add(key);
    await this.#desks.questions.found();
    await this.#forget();
    for (const { account, day, sweep } of this.#desks.awaiting.wanted()) {
      this.#doors.look({ sweep, account, day });
    }
    if (restored > 0) this.#doors.out();
    return restored;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelOwed?.();
    this.#desks.questions.stop();
  }

  /** A packet of the bank's own. Never throws: whatever cannot be kept is not answered. */
  take(packet: BankPacket): void {
    const { link, log, metrics, spec } = this.#ctx;
    let push: Push;
    try {
      push = readPush(spec, link.name, packet.bytes);
      if (push.spec.role === 'event' && tellOf(spec, push) === undefined) {
        throw new YinqiError('MESSAGE_INVALID', { detail: 'an event nobody knows' });
      }
    } catch (error) {
      packet.refuse();
      metrics.pushed(link.name, 'none', 'unreadable');
      log.warn('push-unreadable', { link: link.name, peer: packet.from, error });
      return;
    }
    if (refusedWhileAsking(this.#ctx, push, packet)) return;
    void this.#batch
      .add({ push, packet })
      .then((was) => this.#answer(push, packet, was))
      .catch((error: unknown) => this.#notKept(push, packet, error));
  }

  /** The answer of a ledger to a question of the bank. */
  answered(held: Held): Promise<Event> {
    return this.#desks.questions.answer(held);
  }

  /** A statement was read: what waited for it is taken by its entries. */
  async seen(day: DaySeen): Promise<void> {
    const { awaiting, questions } = this.#desks;
    const found = awaiting.takenBy(day);
    for (let from = 0; from < found.length; from += BATCH_MAX) {
      const some = found.slice(from, from + BATCH_MAX);
      const marks = some.map(({ entry, mark, record }) =>
        record.what === 'reserved' ? questions.shown(record.key, entry, mark) : mark,
      );
      try {
        await this.#ctx.store.push(marks);
      } catch (error) {
        this.#reload = true;
        throw error;
      }
      for (const { record } of some) awaiting.keep(record);
    }
    for (const { key } of awaiting.givenUpBy(day)) await questions.closed(key);
    if (found.length > 0) this.#doors.out();
  }

  /** For people: what was announced and is not confirmed. */
  measure(): void {
    const { clock, link, metrics } = this.#ctx;
    const { count, oldest } = this.#desks.awaiting.open;
    const age = oldest === undefined ? 0 : Math.max(0, clock.now().wall - oldest) / 1000;
    metrics.gauge(link.name, { awaiting: count, oldestAwaitingSeconds: age });
    if (clock.mono() - this.#forgotAt < FORGET_MS) return;
    this.#forgotAt = clock.mono();
    void this.#forget().catch((error: unknown) => {
      this.#ctx.log.warn('beat-failed', { link: link.name, error });
    });
  }

  async #load(): Promise<void> {
    const { store } = this.#ctx;
    const { awaiting, provisional, questions } = this.#desks;
    awaiting.load(await store.pushed('awaited'));
    provisional.load(await store.pushed('provisional'));
    questions.load(await store.pushed('questions'));
    this.#reload = false;
  }

  /**
   * Which of those that the journal knows Redis has too, though this run has not seen it: a start looks at the last
   * week only, and what comes again from before is no news.
   */
  async #lookUp(pushes: readonly Push[]): Promise<void> {
    const { journal, link, store } = this.#ctx;
    const unseen = pushes.filter(({ digest, key }) => {
      return !this.#stored.has(key) && journal.index.push(link.name, key)?.digest === digest;
    });
    for (const theirs of new Set(unseen.map(({ day }) => day))) {
      const there = await store.pushes(theirs);
      for (const { code, day, digest, key, serial } of unseen) {
        if (day === theirs && there.get(`${code}/${serial}`) === digest) this.#stored.add(key);
      }
    }
  }

  /** One batch: one fdatasync, one script. */
  async #keep(items: readonly Arrived[]): Promise<Was[]> {
    const { failpoint, journal, link } = this.#ctx;
    await this.#lookUp(items.map(({ push }) => push));
    if (this.#reload) await this.#load();
    const fresh: NewRecord[] = [];
    const digests = new Map<string, string>();
    const conflicts = items.map(({ packet, push }) => {
      const known = journal.index.push(link.name, push.key)?.digest ?? digests.get(push.key);
      // the journal has it and we have not seen it in Redis: what memory keeps of it may be long settled there
      if (known !== undefined && !this.#stored.has(push.key)) this.#reload = true;
      if (known !== undefined || packet === undefined) return known !== push.digest;
      digests.set(push.key, push.digest);
      fresh.push(pushRecord(this.#ctx, push, packet.from, packet.bytes));
      return false;
    });
    await journal.append(fresh);
    failpoint('push-recorded');
    const kept = items.filter((_, i) => conflicts[i] === false);
    const words = await this.#store(kept.map(({ push }) => push));
    failpoint('push-stored');
    let next = 0;
    return conflicts.map(
      (conflict): Was => (conflict ? 'conflict' : (words[next++] ?? 'conflict')),
    );
  }

  async #store(pushes: readonly Push[]): Promise<Was[]> {
    const { clock, store } = this.#ctx;
    const at = clock.now().wall;
    const marked = new Set<string>();
    const before = pushes.map(({ key }) => {
      const known = this.#stored.has(key) || marked.has(key);
      marked.add(key);
      return known;
    });
    const marks = pushes.map((push, i): PushMark => {
      // one that is known is asked about all the same: only the owner acknowledges
      if (before[i]) return { guard: guardOf(push), writes: [], out: [] };
      return changesOf(this.#ctx, this.#desks, push, at);
    });
    try {
      const words = await store.push(marks);
      const was = words.map((word, i): Was => {
        if (word === 'other') return 'conflict';
        return before[i] ? 'same' : 'new';
      });
      pushes.forEach(({ key }, i) => {
        if (was[i] === 'conflict' && !before[i]) this.#reload = true;
        if (was[i] !== 'conflict') this.#stored.add(key);
      });
      if (was.includes('new')) this.#doors.out();
      return was;
    } catch (error) {
      this.#reload = true;
      throw error;
    }
  }

  #answer(push: Push, packet: BankPacket, was: Was): void {
    const { link, log, metrics } = this.#ctx;
    metrics.pushed(link.name, push.code, was);
    if (was === 'conflict') {
      packet.refuse();
      log.error('push-conflict', { link: link.name, transaction: push.code, peer: packet.from });
      return;
    }
    const { questions } = this.#desks;
    if (push.spec.role === 'question') {
      if (was === 'new') questions.opened(push, packet);
      else questions.again(push, packet);
      return;
    }
    packet.answer(answerPacket(push, surroundingsOf(this.#ctx), { yes: true }));
    this.#ctx.failpoint('push-acknowledged');
    if (push.spec.role === 'hint' && was === 'new') {
      const { account, day, sweep } = this.#desks.awaiting.get(push.key)?.record ?? {};
      if (sweep !== undefined && day !== undefined) this.#doors.look({ sweep, account, day });
    }
  }

  #notKept(push: Push, packet: BankPacket, error: unknown): void {
    const { fatal, journal, link, log, metrics } = this.#ctx;
    packet.refuse();
    metrics.pushed(link.name, push.code, 'not-stored');
    log.error('push-not-stored', { link: link.name, transaction: push.code, error });
    if (journal.index.push(link.name, push.key)?.digest === push.digest) this.#owe(push);
    if (error instanceof YinqiError) fatal(error);
  }

  /** What is in the journal is ours, acknowledged or not: Redis gets it as soon as it takes it. */
  #owe(push: Push): void {
    if (push.spec.role !== 'question') this.#owed.push(push);
    if (this.#stopped || this.#cancelOwed !== undefined) return;
    this.#cancelOwed = this.#ctx.timers.after(AGAIN_MS, () => {
      this.#cancelOwed = undefined;
      for (const one of this.#owed.splice(0)) {
        void this.#batch.add({ push: one }).catch(() => this.#owe(one));
      }
    });
  }

  async #forget(): Promise<void> {
    this.#forgotAt = this.#ctx.clock.mono();
    await forgetOld(this.#ctx, this.#desks);
  }
}
