/** What Redis is given of an envelope: an instruction the gateway owns, or an id that is burnt. Stores nothing. */
import type { LinkConfig, SourceConfig } from '../../config.ts';
import { type SafeError, YinqiError } from '../../errors.ts';
import { dayOf } from '../../instruction/day.ts';
import type { Envelope } from '../../instruction/envelope.ts';
import { type Held, type Intent, life as lifeShape } from '../../instruction/intent.ts';
import { accountCandidates, serialCandidates } from '../../instruction/serial.ts';
import type { Invalid } from '../../queue/door.ts';
import type { NewIntent } from '../../store/shapes.ts';
import { type LinkContext, settingsOf } from '../context.ts';
import { entryFor } from '../telling/telling.ts';
import type { Meaning } from './meaning.ts';

/** Two ledgers on one link may choose the same id. */
export const keyOf = (source: string, id: string): string => `${source}:${id}`;

/** An id that is burnt without ever having been an instruction still needs an envelope to be kept. */
export function stubEnvelope(invalid: Invalid, at: number): Envelope {
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

/** Redis forgets who had a number, and knows one link; the journal does neither: no number is given twice. */
function unowned(ctx: LinkContext, candidates: string[], id: string): string[] {
  const { journal, link } = ctx;
  const { index } = journal;
  const free = candidates.filter((one) => {
    const owner = index.bySerial(link.name, one);
    return (owner === undefined || owner === id) && !index.usedElsewhere(link.name, one);
  });
  if (free.length > 0 || candidates.length === 0) return free;
  throw new YinqiError('DEFECT', { detail: 'every serial candidate is taken' });
}

/** What an envelope is as it came through the door: who sent it, when, and its digest. */
export interface Arrived {
  readonly source: SourceConfig;
  readonly envelope: Envelope;
  readonly digest: string;
  /** Redis TIME, ms */
  readonly at: number;
}

/** `after`: the ledger's id of the instruction to wait for. */
export function newIntent(
  ctx: LinkContext,
  { source, envelope, digest, at }: Arrived,
  meaning: Meaning,
  after: string | undefined,
): NewIntent {
  const { link } = ctx;
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
    serials: unowned(ctx, serialsFor(ctx, link, intent, meaning), intent.id),
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

/** Failed, never sent, and its id is used up: the same id with better content is a conflict. */
export function burntIntent(
  ctx: LinkContext,
  { source, envelope, digest, at }: Arrived,
  fault: SafeError,
): NewIntent {
  const { link } = ctx;
  const notAllowed = fault.code === 'NOT_ALLOWED' || fault.code === 'REFERENCE_NOT_HELD';
  const reason = fault.code === 'EXPIRED' ? 'expired' : notAllowed ? 'not-allowed' : 'invalid';
  const intent: Intent = {
    v: 1,
    id: keyOf(source.name, envelope.id),
    link: link.name,
    source: source.name,
    digest,
    operation: ctx.spec.operations.has(envelope.operation ?? '')
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
    told: `failed/${reason}`,
  });
  const held: Held = { intent, phase: 'failed', life, version: 0, attempt: 0, epoch: 0 };
  const told = entryFor(ctx, held, at);
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

function serialsFor(
  ctx: LinkContext,
  link: LinkConfig,
  intent: Intent,
  meaning: Meaning,
): string[] {
  const seed = { link: link.name, day: intent.day, source: intent.source, id: intent.envelope.id };
  const { account, serial } = ctx.spec.protocol;
  if (meaning.serial === 'usual') return serialCandidates(seed, serial.bytes, serial.alphabet);
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
