/**
 * The door: an envelope becomes an instruction the gateway owns, or a clear refusal. Nothing is sent here.
 * Whatever happens, an id has one story: a known id with the same content gets its known result again, with
 * other content a rejection of its own type that touches nothing (R6, R17).
 */
import type { LinkConfig, SourceConfig } from '../config.ts';
import { ERRORS, type SafeError, safeError, YinqiError } from '../errors.ts';
import { dayOf } from '../instruction/day.ts';
import { digestOf, type Envelope } from '../instruction/envelope.ts';
import { type Held, type Intent, life as lifeShape } from '../instruction/intent.ts';
import type { Rejection } from '../instruction/messages.ts';
import { accountCandidates, serialCandidates } from '../instruction/serial.ts';
import type { Known } from '../journal/known.ts';
import { Busy } from '../queue/busy.ts';
import type { Invalid, Poison } from '../queue/door.ts';
import { reaskJobId, rejectionJobId } from '../queue/names.ts';
import type { Accepted, NewIntent } from '../store/shapes.ts';
import { Batcher } from './batch.ts';
import { type LinkContext, settingsOf } from './context.ts';
import { type Meaning, meaningOf } from './meaning.ts';
import { entryFor, finalRecord, type Outgoing } from './telling.ts';

/** A createdAt further ahead of the bank's clock than this is no timestamp of now. */
const CREATED_AHEAD_MS_MAX = 600_000;
const BATCH_ITEMS_MAX = 256;

/** A message for one ledger that goes out at once: a known result again, or a rejection. */
export interface Reply {
  source: string;
  jobId: string;
  message: Record<string, unknown>;
}

export interface AcceptorDoors {
  /** adds to the source's results queue; resolves when Redis has it */
  reply: (reply: Reply) => Promise<void>;
  /** an instruction is ours: someone may look for work */
  arrived: (held: Held) => void;
  /** puts a final back that the journal knows, where Redis has forgotten it */
  recall: (known: Known) => Promise<void>;
}

const keyOf = (source: string, id: string): string => `${source}:${id}`;

/** An id that is burnt without ever having been an instruction still needs an envelope to be kept. */
function stubEnvelope(invalid: Invalid, at: number): Envelope {
  const now = new Date(at).toISOString();
  const { id, operation, businessRef, meta } = invalid;
  return {
    v: 1,
    id,
    body: {},
    createdAt: now,
    expiresAt: now,
    ...(operation === undefined ? {} : { operation }),
    ...(businessRef === undefined ? {} : { businessRef }),
    ...(meta === undefined ? {} : { meta }),
  };
}

export class Acceptor {
  readonly #ctx: LinkContext;
  readonly #doors: AcceptorDoors;
  readonly #batch: Batcher<NewIntent, Accepted>;

  constructor(ctx: LinkContext, doors: AcceptorDoors) {
    this.#ctx = ctx;
    this.#doors = doors;
    this.#batch = new Batcher((items) => ctx.store.accept(items), BATCH_ITEMS_MAX);
  }

  /** Takes one instruction of `source`; resolves once it is durable, or known, or refused. */
  async accept(source: SourceConfig, envelope: Envelope, request: string): Promise<void> {
    const digest = digestOf(envelope);
    const at = this.#ctx.clock.now().wall;
    const began = this.#ctx.clock.mono();
    let item: NewIntent;
    try {
      this.#checkTimes(envelope, at);
      const meaning = await meaningOf(this.#ctx, source, envelope);
      const after = envelope.after ?? (await this.#freezeToWaitFor(source, meaning));
      item = this.#taken(source, envelope, digest, at, meaning, after);
    } catch (error) {
      // only a fault of the request burns its id; a fault of Redis is nobody's instruction's
      if (!(error instanceof YinqiError) || ERRORS[error.code].fault !== 'request') throw error;
      item = this.#burnt(source, envelope, digest, at, safeError(error));
    }
    await this.#store(item, source, request);
    this.#ctx.metrics.ownTime(this.#ctx.link.name, 'accept', this.#ctx.clock.mono() - began);
  }

  /** A payload that names an id but is no valid instruction: the id fails, never sent, and is burnt. */
  async acceptInvalid(source: SourceConfig, invalid: Invalid, request: string): Promise<void> {
    const at = this.#ctx.clock.now().wall;
    const envelope = stubEnvelope(invalid, at);
    const item = this.#burnt(source, envelope, invalid.digest, at, invalid.fault);
    await this.#store(item, source, request);
  }

  /** Something that is no instruction at all. */
  async poison(source: SourceConfig, poison: Poison, request: string): Promise<void> {
    const { code, sentence: text, id, path } = poison;
    await this.#reject(source, request, {
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
    await this.#reject(source, jobId, { why: 'poison', code: 'PAYLOAD_POISON', text });
  }

  /** The door has checked how the two lie to each other; this is how they lie to now. */
  #checkTimes(envelope: Envelope, at: number): void {
    const early = Date.parse(envelope.createdAt) > at + CREATED_AHEAD_MS_MAX;
    const late = Date.parse(envelope.expiresAt) <= at;
    if (!early && !late) return;
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
        return this.#again(answer, source, request);
      case 'conflict':
        return this.#reject(source, request, {
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

  /** The known result, under a job id of its own: BullMQ delivers nothing for one it has seen (R17). */
  async #again(
    known: Extract<Accepted, { was: 'exists' }>,
    source: SourceConfig,
    request: string,
  ): Promise<void> {
    if (known.told === undefined) return;
    const { body, version } = known.told;
    const outgoing = JSON.parse(body) as Outgoing;
    // it may be told here before the outbox comes to it
    await this.#ctx.journal.append(finalRecord(this.#ctx, outgoing, version));
    const { message } = outgoing;
    const { id } = known.held.intent.envelope;
    await this.#doors.reply({
      source: source.name,
      jobId: reaskJobId(this.#ctx.link.name, id, version, request),
      message: { ...message, version },
    });
  }

  /** A message of its own type: it has no outcome, for it says nothing about any instruction. */
  async #reject(
    source: SourceConfig,
    request: string,
    what: Omit<Rejection, 'v' | 'type' | 'link' | 'at'>,
  ): Promise<void> {
    const { link, metrics, clock } = this.#ctx;
    metrics.rejected(link.name, what.why);
    const at = new Date(clock.now().wall).toISOString();
    const message: Rejection = { v: 1, type: 'rejection', link: link.name, at, ...what };
    const jobId = rejectionJobId(link.name, request);
    await this.#doors.reply({ source: source.name, jobId, message: { ...message } });
  }

  /** Redis forgets who had a number, the journal does not: an account is never given twice. */
  #unowned(candidates: string[], id: string): string[] {
    const { journal, link } = this.#ctx;
    const free = candidates.filter((one) => {
      const owner = journal.index.bySerial(link.name, one);
      return owner === undefined || owner === id;
    });
    if (free.length > 0 || candidates.length === 0) return free;
    throw new YinqiError('DEFECT', { detail: 'every serial candidate is taken' });
  }

  /** A freeze that is held is waited for no more: its instruction may be forgotten long since. */
  async #freezeToWaitFor(source: SourceConfig, { usesFreeze }: Meaning) {
    if (usesFreeze === undefined) return undefined;
    const held = await this.#ctx.store.freeze(keyOf(source.name, usesFreeze));
    return held === undefined ? usesFreeze : undefined;
  }

  #taken(
    source: SourceConfig,
    envelope: Envelope,
    digest: string,
    at: number,
    meaning: Meaning,
    after: string | undefined,
  ): NewIntent {
    const { link } = this.#ctx;
    const day = dayOf(at, link.zone);
    const intent: Intent = {
      v: 1,
      id: keyOf(source.name, envelope.id),
      link: link.name,
      source: source.name,
      digest,
      operation: meaning.operation,
      transaction: meaning.transaction,
      kind: meaning.kind,
      day,
      acceptedAt: at,
      envelope,
      ...(meaning.member === undefined ? {} : { member: meaning.member }),
      ...(meaning.other === undefined ? {} : { other: meaning.other }),
      ...(meaning.usesFreeze === undefined
        ? {}
        : { usesFreeze: keyOf(source.name, meaning.usesFreeze) }),
    };
    const expiresAt = Date.parse(envelope.expiresAt);
    const notBefore = envelope.notBefore === undefined ? undefined : Date.parse(envelope.notBefore);
    // what changes nothing at the bank waits for no turn: it is looked up by its due time, not claimed
    const aside = meaning.kind === 'query' || meaning.kind === 'local';
    return {
      intent,
      phase: 'received',
      life: lifeShape.parse({}),
      serials: this.#unowned(serialsFor(this.#ctx, link, intent, meaning), intent.id),
      expiresAt,
      aside,
      ...(aside ? { dueAt: at } : {}),
      ...(aside || envelope.orderKey === undefined
        ? {}
        : { orderKey: keyOf(source.name, envelope.orderKey) }),
      ...(aside || after === undefined ? {} : { after: keyOf(source.name, after) }),
      ...(notBefore === undefined ? {} : { notBeforeMs: notBefore }),
      out: [],
    };
  }

  #burnt(
    source: SourceConfig,
    envelope: Envelope,
    digest: string,
    at: number,
    fault: SafeError,
  ): NewIntent {
    const { link } = this.#ctx;
    const notAllowed = fault.code === 'NOT_ALLOWED' || fault.code === 'REFERENCE_NOT_HELD';
    const reason = fault.code === 'EXPIRED' ? 'expired' : notAllowed ? 'not-allowed' : 'invalid';
    const intent: Intent = {
      v: 1,
      id: keyOf(source.name, envelope.id),
      link: link.name,
      source: source.name,
      digest,
      operation: this.#ctx.spec.operations.has(envelope.operation ?? '')
        ? (envelope.operation ?? '')
        : 'refused',
      transaction: 'none',
      kind: 'local',
      day: dayOf(at, link.zone),
      acceptedAt: at,
      envelope: { ...envelope, body: {} },
    };
    const detail = fault.detail === undefined ? '' : ` (${fault.detail})`;
    const life = lifeShape.parse({
      sent: 'never',
      reason,
      code: fault.code,
      text: `${fault.sentence}${detail}`,
      ...(fault.path === undefined ? {} : { path: fault.path }),
      proof: { kind: 'never-sent' },
    });
    const held: Held = { intent, phase: 'failed', life, version: 0, attempt: 0, epoch: 0 };
    const told = entryFor(this.#ctx, held, at);
    return {
      intent,
      phase: 'failed',
      life,
      serials: [],
      expiresAt: at,
      aside: true,
      out: [told],
      message: told.body,
    };
  }
}

function serialsFor(
  ctx: LinkContext,
  link: LinkConfig,
  intent: Intent,
  meaning: Meaning,
): string[] {
  const seed = { link: link.name, day: intent.day, source: intent.source, id: intent.envelope.id };
  const { account, serial } = ctx.spec.protocol;
  if (meaning.serial === 'usual') return serialCandidates(seed, serial.bytes);
  if (meaning.serial === 'none' || account === undefined) return [];
  const settings = settingsOf(ctx.spec, link.settings);
  const prefix = settings[account.prefix] ?? '';
  const tail = Number(settings[account.tailDigits] ?? 0);
  if (prefix.length + tail !== account.digits) {
    throw new YinqiError('NOT_ALLOWED', {
      path: 'operation',
      detail: `settings.${account.prefix} is not set`,
    });
  }
  return accountCandidates(seed, prefix, tail);
}
