/**
 * The door: an envelope becomes an instruction the gateway owns, or a clear refusal. Nothing is sent here.
 * Whatever happens, an id has one story: a known id with the same content gets its known result again, with
 * other content a rejection of its own type that touches nothing (R6, R17).
 */
import type { SourceConfig } from '../../config.ts';
import { ERRORS, type ErrorCode, safeError, YinqiError } from '../../errors.ts';
import { digestOf, type Envelope } from '../../instruction/envelope.ts';
import type { Held } from '../../instruction/intent.ts';
import type { Known } from '../../journal/known.ts';
import { Busy } from '../../queue/busy.ts';
import type { Invalid, Poison } from '../../queue/door.ts';
import type { Accepted, NewIntent } from '../../store/shapes.ts';
import { Batcher } from '../batch.ts';
import type { LinkContext } from '../context.ts';
import { CREATED_AHEAD_MS_MAX, olderThanFinding } from '../mandate.ts';
import { Turns } from '../turns.ts';
import { type Meaning, meaningOf } from './meaning.ts';
import { burntIntent, keyOf, newIntent, stubEnvelope } from './new-intent.ts';
import { Replies, type Reply } from './replies.ts';

/** What stands in the records of members and in the rights: they may have been others elsewhere. */
const BY_RECORDS: ReadonlySet<ErrorCode> = new Set(['NOT_ALLOWED', 'REFERENCE_NOT_HELD']);
const BATCH_ITEMS_MAX = 256;

export interface AcceptorDoors {
  /** adds to the source's results queue; resolves when Redis has it */
  reply: (reply: Reply) => Promise<void>;
  /** an instruction is ours: someone may look for work */
  arrived: (held: Held) => void;
  /** puts a final back that the journal knows, where Redis has forgotten it */
  recall: (known: Known) => Promise<void>;
}

export class Acceptor {
  readonly #ctx: LinkContext;
  readonly #doors: AcceptorDoors;
  readonly #replies: Replies;
  readonly #batch: Batcher<NewIntent, Accepted>;
  /** by order key */
  readonly #turns = new Turns<void>();

  constructor(ctx: LinkContext, doors: AcceptorDoors) {
    this.#ctx = ctx;
    this.#doors = doors;
    this.#replies = new Replies(ctx, doors.reply);
    this.#batch = new Batcher((items) => ctx.store.accept(items), BATCH_ITEMS_MAX, ctx.timers);
  }

  /** Takes one instruction of `source`; resolves once it is durable, or known, or refused. */
  accept(source: SourceConfig, envelope: Envelope, request: string): Promise<void> {
    const { orderKey } = envelope;
    if (orderKey === undefined) return this.#accept(source, envelope, request);
    // one that takes longer to look up is not overtaken by the next of its key
    const key = keyOf(source.name, orderKey);
    return this.#turns.take(key, () => this.#accept(source, envelope, request));
  }

  async #accept(source: SourceConfig, envelope: Envelope, request: string): Promise<void> {
    const at = this.#ctx.clock.now().wall;
    const arrived = { source, envelope, digest: digestOf(envelope), at };
    const began = this.#ctx.clock.mono();
    let item: NewIntent;
    try {
      this.#checkTimes(envelope, at);
      const meaning = await meaningOf(this.#ctx, source, envelope);
      const after = envelope.after ?? (await this.#freezeToWaitFor(source, meaning));
      item = newIntent(this.#ctx, arrived, meaning, after);
    } catch (error) {
      // only a fault of the request burns its id; a fault of Redis is nobody's instruction's
      if (!(error instanceof YinqiError) || ERRORS[error.code].fault !== 'request') throw error;
      // an id that may have been sent elsewhere is not said to be never sent
      if (BY_RECORDS.has(error.code) && olderThanFinding(this.#ctx, envelope)) {
        throw new Busy('what it rests on may be in a journal that is missing');
      }
      item = burntIntent(this.#ctx, arrived, safeError(error));
    }
    await this.#store(item, source, request);
    this.#ctx.metrics.ownTime(this.#ctx.link.name, 'accept', this.#ctx.clock.mono() - began);
  }

  /** A payload that names an id but is no valid instruction: the id fails, never sent, and is burnt. */
  async acceptInvalid(source: SourceConfig, invalid: Invalid, request: string): Promise<void> {
    const at = this.#ctx.clock.now().wall;
    const { digest, fault } = invalid;
    const arrived = { source, envelope: stubEnvelope(invalid, at), digest, at };
    const item = burntIntent(this.#ctx, arrived, fault);
    await this.#store(item, source, request);
  }

  /** Something that is no instruction at all. */
  async poison(source: SourceConfig, poison: Poison, request: string): Promise<void> {
    const { code, sentence: text, id, path } = poison;
    await this.#replies.reject(source, request, {
      why: 'poison',
      code,
      text,
      ...(id === undefined ? {} : { id }),
      ...(path === undefined ? {} : { path }),
    });
  }

  /** A job nobody can read: all that is known of it is its name in the queue. */
  async unreadable(source: SourceConfig, jobId: string): Promise<void> {
    const text = 'the job is no JSON; its bytes are on the dead-letter list';
    await this.#replies.reject(source, jobId, { why: 'poison', code: 'PAYLOAD_POISON', text });
  }

  /** The door has checked how the two lie to each other; this is how they lie to now. */
  #checkTimes(envelope: Envelope, at: number): void {
    const early = Date.parse(envelope.createdAt) > at + CREATED_AHEAD_MS_MAX;
    const late = Date.parse(envelope.expiresAt) <= at;
    if (!early && !late) return;
    // taken, so that the bank is asked about it
    if (late && olderThanFinding(this.#ctx, envelope)) return;
    // while clocks disagree nothing expires (R25)
    const why = this.#ctx.clock.disagreement();
    if (why !== undefined) throw new Busy(why);
    if (late) throw new YinqiError('EXPIRED', { path: 'expiresAt' });
    throw new YinqiError('FIELD_FORMAT', { path: 'createdAt', detail: 'lies in the future' });
  }

  async #store(item: NewIntent, source: SourceConfig, request: string): Promise<void> {
    const { id, link } = item.intent;
    const journaled = this.#ctx.journal.known(link, id);
    // the retention of Redis may be over, the id keeps its one story all the same (R12)
    if (journaled?.final !== undefined) await this.#doors.recall(journaled);
    const answer = await this.#batch.add(item);
    this.#ctx.failpoint('accepted');
    switch (answer.was) {
      case 'new': {
        if (journaled !== undefined) {
          // Redis forgot what the journal knows: only a start puts that right (R27)
          this.#ctx.fatal(new YinqiError('REDIS_ROLLED_BACK', { path: 'accept' }));
        }
        const { serial } = answer;
        const intent = serial === undefined ? item.intent : { ...item.intent, serial };
        const { phase, life } = item;
        this.#ctx.metrics.accepted(link, intent.operation);
        this.#doors.arrived({ intent, phase, life, version: answer.version, attempt: 0, epoch: 0 });
        return;
      }
      case 'exists':
        return this.#replies.again(answer, source, request);
      case 'conflict':
        return this.#replies.reject(source, request, {
          why: 'conflict',
          code: 'ID_CONFLICT',
          text: 'this id is known with other content; the first request is not touched',
          id: item.intent.envelope.id,
          digestKnown: answer.digest,
          digestGiven: item.intent.digest,
        });
      case 'serials-taken':
        throw new YinqiError('DEFECT', { detail: 'every serial candidate is taken' });
    }
  }

  /** A freeze that is held is waited for no more: its instruction may be forgotten long since. */
  async #freezeToWaitFor(source: SourceConfig, { usesFreeze }: Meaning) {
    if (usesFreeze === undefined) return undefined;
    const held = await this.#ctx.store.freeze(keyOf(source.name, usesFreeze));
    return held === undefined ? usesFreeze : undefined;
  }
}
