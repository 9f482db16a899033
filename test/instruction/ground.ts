/** What the tests of one instruction's life stand on: a held order, rules, evidence, and a way to tell its story. */
import { expect, it } from 'vitest';
import type { Event, Evidence, Moment } from '../../src/instruction/event.ts';
import { type Held, type Intent, type Life, life } from '../../src/instruction/intent.ts';
import { type Rules, type Step, step } from '../../src/instruction/step.ts';

export const FRONT_END = 'fep.invalid:7001';
export const OTHER_FRONT_END = 'spare.invalid:7001';
export const DAY_MS = 86_400_000;
export const START_MS = Date.UTC(2026, 8, 24, 2);

export const LADDER = {
  firstMs: 2_000,
  maxMs: 60_000,
  manualAfterMs: 1_800_000,
  manualEveryMs: 600_000,
  negativesMin: 3,
  negativesWithinMs: 8 * DAY_MS,
};

export const RULES: Rules = {
  ladder: LADDER,
  watchForMs: DAY_MS,
  interim: 'all',
  spec: 'spec-digest',
  config: 'config-digest',
  completes: false,
  hasInquiry: true,
};

const created = new Date(START_MS).toISOString();

export const INTENT: Intent = {
  v: 1,
  id: 'erp:A1',
  link: 'citic-main',
  source: 'erp',
  digest: 'digest',
  operation: 'transfer',
  transaction: 'DLMDETRN',
  kind: 'movement',
  serial: '202609240A1B2C3D4E5F',
  day: '20260924',
  acceptedAt: START_MS,
  envelope: {
    v: 1,
    id: 'A1',
    operation: 'transfer',
    body: {},
    createdAt: created,
    expiresAt: new Date(START_MS + DAY_MS).toISOString(),
  },
};

export const lived = (more: Partial<Life> = {}): Life => ({ ...life.parse({}), ...more });

export const heldIn = (phase: Held['phase'], more: Partial<Life> = {}, intent = INTENT): Held => ({
  intent,
  phase,
  life: lived(more),
  version: 1,
  attempt: phase === 'received' ? 0 : 1,
  epoch: 1,
});

/** `seconds` after the start, by both clocks. */
export const at = (seconds: number, run = 'run-1'): Moment => ({
  wall: START_MS + seconds * 1_000,
  mono: seconds * 1_000,
  run,
});

const record = 7;
export const evidence = (says: Evidence['says'], more: Partial<Evidence> = {}): Evidence => ({
  says,
  code: 'CODE',
  text: 'text',
  record,
  ...more,
});

/** The direct answers a bank gives, by how they end our request. */
export const ANSWERS = {
  accepted: evidence('pending', { ended: 'accepted' }),
  booked: evidence('succeeded'),
  refused: evidence('failed', { ended: 'refused', reason: 'refused-by-bank' }),
  unlisted: evidence('unknown', { ended: 'unlisted', reason: 'refused-unconfirmed' }),
  'client-side': evidence('unknown', { ended: 'client-side' }),
  indeterminate: evidence('unknown', { ended: 'indeterminate' }),
};

export const answered = (how: keyof typeof ANSWERS): Event => ({
  type: 'answered',
  evidence: ANSWERS[how],
  answer: { hostNo: '000123' },
  peer: FRONT_END,
});
export const silent: Event = { type: 'silent', peer: FRONT_END };
/** Asked in the moment it is judged, unless `askedAt` says when, in monotonic ms. */
export const inquired = (
  says: Evidence['says'],
  peer = FRONT_END,
  askedAt = Number.MAX_SAFE_INTEGER,
): Event => ({ type: 'inquired', evidence: evidence(says), peer, askedAt });
export const notInquired: Event = { type: 'not-inquired' };
export const notWritten: Event = { type: 'not-written' };
export const resolved = (outcome: 'succeeded' | 'failed'): Event => ({
  type: 'resolved',
  outcome,
  record: 9,
  text: 'resolved by people: seen on the statement',
});

/** `unknown/unanswered sent:maybe told due:0s`: everything a step decides, in one line. */
export function shown(next: Step | undefined, now: Moment): string {
  if (next === undefined) return 'nothing';
  const { phase, life, dueAt } = next;
  return [
    life.reason === undefined ? phase : `${phase}/${life.reason}`,
    `sent:${life.sent}`,
    next.tell ? 'told' : '',
    dueAt === null ? '' : `due:${(dueAt - now.wall) / 1_000}s`,
    next.release ? 'releases' : '',
    next.back ? 'back' : '',
    next.contradicts === undefined ? '' : 'contradicts',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

export const carriedOn = (held: Held, next: Step | undefined): Held =>
  next === undefined
    ? held
    : { ...held, phase: next.phase, life: next.life, version: held.version + 1 };

/** When, what happens, and the line that shows what becomes of it. */
export type Line = readonly [seconds: number, event: Event, becomes: string];

/** Plays `lines` from `start` and compares the whole transcript at once. */
export function story(name: string, start: Held, rules: Partial<Rules>, lines: Line[]): void {
  it(name, () => {
    let held = start;
    const happened = lines.map(([seconds, event]) => {
      const now = at(seconds);
      const next = step(held, event, now, { ...RULES, ...rules });
      held = carriedOn(held, next);
      return `${seconds}s ${event.type} → ${shown(next, now)}`;
    });
    const told = lines.map(([seconds, event, line]) => `${seconds}s ${event.type} → ${line}`);
    expect(happened).toEqual(told);
    // what is stored is always a whole life
    expect(life.parse(held.life)).toEqual(held.life);
  });
}

/** Where `events` lead, one second apart. */
export function livedThrough(
  start: Held,
  events: readonly Event[],
  rules: Partial<Rules> = {},
): Held {
  return events.reduce(
    (held, event, i) => carriedOn(held, step(held, event, at(i), { ...RULES, ...rules })),
    start,
  );
}
