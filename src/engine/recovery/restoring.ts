/** Instructions and notices put back into a Redis that lost them, from what the journal says. */
import type { Held, Intent, Life, Phase } from '../../instruction/intent.ts';
import { life as lifeShape } from '../../instruction/intent.ts';
import {
  contradiction as contradictionShape,
  result as resultShape,
} from '../../instruction/messages.ts';
import type { RecordOf } from '../../journal/records.ts';
import { contradictionStem, noticeStem, resultStem } from '../../queue/names.ts';
import type { OutEntry, Restore } from '../../store/shapes.ts';
import type { LinkContext } from '../context.ts';
import type { Outgoing } from '../telling/telling.ts';

/** The send record holds the whole intent; `expect` is where Redis stands, null where it has nothing. */
export function restoredSend(
  send: RecordOf<'send'>,
  phase: Extract<Phase, 'received' | 'sending'>,
  expect: number | null,
): Restore {
  const { source, envelope } = send.intent;
  const expiresAt = Date.parse(envelope.expiresAt);
  return {
    intent: send.intent,
    phase,
    life: lifeShape.parse({}),
    attempt: send.attempt,
    expect,
    dueAt: phase === 'received' ? expiresAt : null,
    expiresAt,
    ...(envelope.orderKey === undefined ? {} : { orderKey: `${source}:${envelope.orderKey}` }),
    out: [],
  };
}

/** An instruction that was never sent has no send record: what its result says is what is left of it. */
function intentOf(outcome: RecordOf<'outcome'>, at: number): Intent {
  const { id, link, source, digest, message } = outcome;
  const told = String(message.at);
  return {
    v: 1,
    id,
    link,
    source,
    digest,
    operation: 'restored',
    transaction: 'none',
    kind: 'local',
    day: told.slice(0, 10).replaceAll('-', ''),
    acceptedAt: at,
    envelope: { v: 1, id: String(message.id), body: {}, createdAt: told, expiresAt: told },
  };
}

function lifeOf(message: Record<string, unknown>): { phase: Phase; life: Life } {
  const told = resultShape.parse(message);
  const phase = told.outcome === 'succeeded' ? 'succeeded' : 'failed';
  const { sent, reason, code, text, path, proof, data } = told;
  const kept = { sent, reason, code, text, path, proof, data };
  const set = Object.entries(kept).filter(([, value]) => value !== undefined);
  const life = lifeShape.parse({
    ...Object.fromEntries(set),
    told: `${phase}/${reason ?? ''}`,
  });
  return { phase, life };
}

/** What the bank said against it is not news a second time. */
function contradictedIn(record: RecordOf<'contradiction'> | undefined): Partial<Life> {
  if (record === undefined) return {};
  const { evidence } = contradictionShape.parse(record.message);
  return {
    contradicted: true,
    ...(evidence === 'unknown' ? {} : { contradictedBy: evidence }),
  };
}

/** Recorded and maybe not published: told once more under its own version. */
function contradictionEntries(record: RecordOf<'contradiction'> | undefined): OutEntry[] {
  if (record === undefined) return [];
  const { id, source, link, message, version } = record;
  const { version: _, ...unversioned } = message;
  const outgoing: Outgoing = { message: unversioned, against: { id, source } };
  const stem = contradictionStem(link, String(message.id));
  return [{ queue: 'results', source, stem, body: JSON.stringify(outgoing), version }];
}

const mayBeContradicted = (proof: Life['proof']): boolean =>
  proof?.kind === 'inquiry' || proof?.kind === 'people';

/**
 * A final as it was published. `again` puts it on the outbox once more under its own version: it may have
 * been recorded and not published.
 */
export function restoredFinal(
  ctx: LinkContext,
  outcome: RecordOf<'outcome'>,
  send: RecordOf<'send'> | undefined,
  held: Held | undefined,
  again: boolean,
  contradiction?: RecordOf<'contradiction'>,
): Restore {
  const { version, message, member, freeze, source, link } = outcome;
  const at = Date.parse(outcome.at);
  const { version: _, ...unversioned } = message;
  const kept = {
    ...(member === undefined ? {} : { member }),
    ...(freeze === undefined ? {} : { freeze }),
  };
  const { id, digest } = outcome;
  const outgoing: Outgoing = { message: unversioned, final: { id, source, digest, ...kept } };
  const body = JSON.stringify(outgoing);
  const entry: OutEntry = {
    queue: 'results',
    source,
    stem: resultStem(link, String(message.id)),
    body,
    version,
  };
  const { life, phase } = lifeOf(message);
  const now = ctx.clock.now().wall;
  // a failed that rests on an inquiry, or on people, is asked about on: a late yes must be seen
  const watchUntil = at + ctx.link.watchForMs;
  const watched =
    phase === 'failed' && mayBeContradicted(life.proof) && send !== undefined && watchUntil > now;
  return {
    intent: send?.intent ?? held?.intent ?? intentOf(outcome, at),
    phase,
    life: { ...life, ...(watched ? { watchUntil } : {}), ...contradictedIn(contradiction) },
    attempt: send?.attempt ?? 0,
    expect: held?.version ?? null,
    dueAt: watched ? now : null,
    expiresAt: now,
    out: again ? [entry, ...contradictionEntries(contradiction)] : [],
    told: { body, version },
    ...kept,
  };
}

/** The notice as it was told, under its own version. */
export function restoredNotice({ source, link, message }: RecordOf<'notice'>): OutEntry {
  const { version, ...unversioned } = message;
  // without what the journal keeps of it: it has that already, and each time more would double with every restart
  const outgoing: Outgoing = { message: unversioned };
  return {
    queue: 'notices',
    source,
    stem: noticeStem(link),
    body: JSON.stringify(outgoing),
    version: Number(version),
  };
}
