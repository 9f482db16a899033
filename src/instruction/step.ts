/**
 * One instruction's life as a function: (held, event, now) → step. No I/O, no clock, no surprise: what is
 * to be stored, told and asked comes out as data, and the engine carries it out.
 *
 *   received ─▶ sending ─▶ pending | unknown ─▶ manual        each may become succeeded | failed;
 *      ▲           │                                          a final never changes: evidence that
 *      └───────────┘ proven not written                       disagrees with it is flagged, loudly
 */
import { onEvidenceAfterFinal, onInquired } from './asking.ts';
import type { Event, Evidence, Moment } from './event.ts';
import type { NoSuchSerialRule } from './evidence.ts';
import { type Held, isFinal, type Life, type Phase } from './intent.ts';
import { type Ladder, pauseAfter } from './ladder.ts';
import type { Proof, Reason } from './messages.ts';

export interface Rules {
  readonly ladder: Ladder;
  readonly noSuchSerialIsFinal?: NoSuchSerialRule | undefined;
  /** a failed by "no such serial" or by people is asked about for so long after: a late yes must be seen */
  readonly watchForMs: number;
  readonly interim: 'all' | 'unknown' | 'none';
  /** digest of the spec the evidence was judged under */
  readonly spec: string;
  /** digest of the configuration, likewise */
  readonly config: string;
  /** the operation owes a completing query after success (a freeze its number) */
  readonly completes: boolean;
  /** false: the bank has no inquiry for this transaction, so an unknown goes to people at once */
  readonly hasInquiry: boolean;
  /** whoever may have sent is not proven dead: no denial makes anything final (R2, R3) */
  readonly asksOnly?: boolean;
}

export interface Step {
  readonly phase: Phase;
  readonly life: Life;
  /** Redis TIME ms of the next look, or null for never */
  readonly dueAt: number | null;
  /** lets the next of its order key, and whoever waits for it, go */
  readonly release: boolean;
  /** sending → received: sendable again */
  readonly back: boolean;
  readonly tell: boolean;
  /** set when this evidence disagrees with the final already told */
  readonly contradicts?: Evidence;
}

export type Stepping = (held: Held, now: Moment, rules: Rules) => Step | undefined;

/** Life with what is undefined left out, so that the stored form is canonical. */
export function lifeWith(life: Life, changes: { [K in keyof Life]?: Life[K] | undefined }): Life {
  const merged = Object.entries({ ...life, ...changes }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(merged) as Life;
}

const toldKey = (phase: Phase, reason: Reason | undefined): string => `${phase}/${reason ?? ''}`;

/** Puts a phase with its life into a step, deciding what is told, when to look again and who may go. */
export function stepTo(
  phase: Phase,
  life: Life,
  rules: Rules,
  more: { dueAt?: number | null; back?: boolean } = {},
): Step {
  const key = toldKey(phase, life.reason);
  const interim = phase === 'unknown' || phase === 'manual' ? rules.interim !== 'none' : false;
  const tell =
    life.told !== key &&
    (isFinal(phase) || interim || (phase === 'pending' && rules.interim === 'all'));
  return {
    phase,
    life: tell ? lifeWith(life, { told: key }) : life,
    dueAt: more.dueAt ?? null,
    // whoever waits for a freeze needs its number: one that owes it releases nobody before
    release: isFinal(phase) || (phase === 'pending' && !rules.completes),
    back: more.back ?? false,
    tell,
  };
}

/** What proves a final, and what it was judged under. */
export const proofOf = (
  kind: Proof['kind'],
  record: number | undefined,
  { spec, config }: Rules,
): Proof => ({ kind, ...(record === undefined ? {} : { record }), spec, config });

/** It is done: succeeded, or, where a completing query is owed, pending until that has answered. */
export function succeed(life: Life, now: Moment, rules: Rules): Step {
  const clean = lifeWith(life, { reason: undefined, sent: 'yes' });
  if (!rules.completes || life.data !== undefined) return stepTo('succeeded', clean, rules);
  const owed = lifeWith(clean, { completing: true, reason: 'completing', since: now.wall });
  return stepTo('pending', owed, rules, { dueAt: now.wall });
}

/** Written and not settled: what is known of it, and when it is asked about. */
export function unsettled(
  phase: 'pending' | 'unknown',
  life: Life,
  now: Moment,
  rules: Rules,
): Step {
  const since = lifeWith(life, { since: life.since ?? now.wall });
  if (!rules.hasInquiry) {
    return stepTo('manual', lifeWith(since, { reason: 'manual' }), rules);
  }
  // the bank has accepted it: give it a moment. Everything else is asked about at once.
  const pause = phase === 'pending' ? rules.ladder.firstMs : 0;
  return stepTo(phase, since, rules, { dueAt: now.wall + pause });
}

const silent =
  (peer: string, from: readonly Phase[]): Stepping =>
  (held, now, rules) => {
    if (!from.includes(held.phase)) return undefined;
    const lastByte = { run: now.run, at: now.mono };
    const life = lifeWith(held.life, {
      sent: 'maybe',
      ended: 'unanswered',
      reason: 'unanswered',
      lastByte,
      peer,
    });
    return unsettled('unknown', life, now, rules);
  };

const answered =
  (event: Extract<Event, { type: 'answered' }>): Stepping =>
  (held, now, rules) => {
    const { evidence } = event;
    if (isFinal(held.phase)) return onEvidenceAfterFinal(held, evidence, now, rules);
    if (held.phase === 'received') return undefined;
    // a late answer never takes back what an inquiry has already shown
    const first = held.life.ended === undefined || held.life.ended === 'unanswered';
    if (!first || held.life.completing) return undefined;
    const life = lifeWith(held.life, {
      sent: 'yes',
      ended: evidence.ended,
      reason: evidence.reason,
      code: evidence.code,
      text: evidence.text,
      answer: event.answer,
      peer: event.peer,
      lastByte: { run: now.run, at: now.mono },
      negatives: 0,
    });
    if (evidence.says === 'succeeded' || evidence.says === 'failed') {
      const proven = lifeWith(life, { proof: proofOf('answer', evidence.record, rules) });
      return evidence.says === 'succeeded'
        ? succeed(proven, now, rules)
        : stepTo('failed', lifeWith(proven, { reason: 'refused-by-bank' }), rules);
    }
    if (evidence.says === 'pending') return unsettled('pending', life, now, rules);
    const reason =
      evidence.reason ?? (evidence.ended === 'client-side' ? 'client-side' : 'indeterminate');
    return unsettled('unknown', lifeWith(life, { reason }), now, rules);
  };

const neverSent =
  (reason: Reason, more: Partial<Life>): Stepping =>
  (held, _now, rules) => {
    if (held.phase !== 'received' && held.phase !== 'sending') return undefined;
    const life = lifeWith(held.life, {
      ...more,
      sent: 'never',
      reason,
      proof: proofOf('never-sent', held.life.unwritten, rules),
    });
    return stepTo('failed', life, rules);
  };

const completed =
  (event: Extract<Event, { type: 'completed' }>): Stepping =>
  (held, now, rules) => {
    if (!held.life.completing || isFinal(held.phase)) return undefined;
    if (event.data !== undefined) {
      const life = lifeWith(held.life, {
        data: { ...held.life.data, ...event.data },
        completing: false,
      });
      return succeed(life, now, rules);
    }
    const completionAsked = held.life.completionAsked + 1;
    const life = lifeWith(held.life, { completionAsked });
    const late = now.wall - (life.since ?? now.wall) > rules.ladder.manualAfterMs;
    const pause = late ? rules.ladder.manualEveryMs : pauseAfter(rules.ladder, completionAsked);
    return stepTo(late ? 'manual' : held.phase, life, rules, { dueAt: now.wall + pause });
  };

const queryDone =
  (event: Extract<Event, { type: 'query-done' }>): Stepping =>
  (held, _now, rules) => {
    const { kind } = held.intent;
    // an order is never ended by a question's answer
    if (isFinal(held.phase) || (kind !== 'query' && kind !== 'local')) return undefined;
    const { evidence } = event;
    const succeeded = evidence.says === 'succeeded';
    const local = kind === 'local';
    const life = lifeWith(held.life, {
      sent: local ? 'never' : evidence.reason === 'unanswered' ? 'maybe' : 'yes',
      code: evidence.code || undefined,
      text: evidence.text || undefined,
      reason: succeeded ? undefined : (evidence.reason ?? 'refused-by-bank'),
      data: event.data,
      proof: proofOf(local ? 'local' : 'answer', undefined, rules),
    });
    return stepTo(succeeded ? 'succeeded' : 'failed', life, rules);
  };

const resolved =
  (event: Extract<Event, { type: 'resolved' }>): Stepping =>
  (held, now, rules) => {
    if (isFinal(held.phase) || held.phase === 'received' || held.phase === 'sending')
      return undefined;
    const life = lifeWith(held.life, {
      text: event.text,
      proof: proofOf('people', event.record, rules),
    });
    if (event.outcome === 'succeeded') {
      // what completes it, like the number of a freeze, only the bank knows; where it has been asked in vain,
      // people end it without
      const completes = rules.completes && !held.life.completing;
      return succeed(lifeWith(life, { completing: false }), now, { ...rules, completes });
    }
    // what people did not find may still lie in a buffer of the front end: a late yes must be seen
    const watchUntil = rules.hasInquiry ? now.wall + rules.watchForMs : undefined;
    const failed = lifeWith(life, { reason: 'resolved', sent: held.life.sent, watchUntil });
    const dueAt = rules.hasInquiry ? now.wall + rules.ladder.maxMs : null;
    return stepTo('failed', failed, rules, { dueAt });
  };

/** The record outlasts attempts that were never recorded. */
const takenBack = (life: Life, record: number | undefined): Life =>
  record === undefined ? life : lifeWith(life, { unwritten: record });

/** The next look at what could not be asked about: later, and people once it has lasted too long. */
const notInquired: Stepping = (held, now, rules) => {
  if (held.phase === 'received' || held.phase === 'sending') return undefined;
  if (isFinal(held.phase)) {
    const again =
      (held.life.watchUntil ?? 0) > now.wall ? now.wall + rules.ladder.manualEveryMs : null;
    return stepTo(held.phase, held.life, rules, { dueAt: again });
  }
  const { completing, since = now.wall } = held.life;
  const owed = held.phase === 'unknown' || completing;
  if (owed && now.wall - since > rules.ladder.manualAfterMs) {
    const life = completing ? held.life : lifeWith(held.life, { reason: 'manual' });
    return stepTo('manual', life, rules, { dueAt: now.wall + rules.ladder.manualEveryMs });
  }
  const pause =
    held.phase === 'manual'
      ? rules.ladder.manualEveryMs
      : pauseAfter(rules.ladder, held.life.asked);
  return stepTo(held.phase, held.life, rules, { dueAt: now.wall + pause });
};

/** The next step, or undefined when the event changes nothing where the instruction stands. */
export function step(held: Held, event: Event, now: Moment, rules: Rules): Step | undefined {
  switch (event.type) {
    case 'not-written':
      if (held.phase !== 'sending') return undefined;
      return stepTo('received', takenBack(held.life, event.record), rules, { back: true });
    case 'silent':
      return silent(event.peer, ['sending'])(held, now, rules);
    case 'maybe-elsewhere':
      return silent(event.peer, ['received', 'sending'])(held, now, rules);
    case 'answered':
      return answered(event)(held, now, rules);
    case 'inquired':
      return onInquired(held, event, now, rules);
    case 'not-inquired':
      return notInquired(held, now, rules);
    case 'completed':
      return completed(event)(held, now, rules);
    case 'refused-here':
      return neverSent(event.reason, {
        code: event.code,
        text: event.text,
        ...(event.path === undefined ? {} : { path: event.path }),
      })(held, now, rules);
    case 'expired':
      return held.phase === 'received'
        ? neverSent('expired', { code: 'EXPIRED' })(held, now, rules)
        : undefined;
    case 'cancelled':
      return held.phase === 'received' ? neverSent('cancelled', {})(held, now, rules) : undefined;
    case 'query-done':
      return queryDone(event)(held, now, rules);
    case 'resolved':
      return resolved(event)(held, now, rules);
  }
}
