/** An order that ended in one of the ways of the evidence table, and questions about it. */
import type { Event, Evidence } from '../../src/instruction/event.ts';
import { type Rules, step } from '../../src/instruction/step.ts';
import {
  answered,
  at,
  carriedOn,
  FRONT_END,
  heldIn,
  inquired,
  livedThrough,
  RULES,
  silent,
} from './ground.ts';

export const HOW = ['unanswered', 'unlisted', 'client-side', 'indeterminate', 'accepted'] as const;
export type How = (typeof HOW)[number];

export const RULE = { afterMs: 600_000, negatives: 2, source: 'bank manual, page 12' };
export const withRule: Rules = { ...RULES, noSuchSerialIsFinal: RULE };

const endOf = (how: How): Event => (how === 'unanswered' ? silent : answered(how));
export const writtenAndEnded = (how: How) => livedThrough(heldIn('sending'), [endOf(how)]);

export interface Asked {
  readonly seconds: number;
  readonly says?: Evidence['says'];
  readonly peer?: string;
  readonly run?: string;
  /** when it was asked, where that was not when it is judged */
  readonly askedAt?: number;
}

/** Asks about an order that ended so, one inquiry after the other; `phase/reason` after each. */
export function asks(how: How, rules: Rules, questions: readonly Asked[]): string[] {
  let held = writtenAndEnded(how);
  return questions.map(({ seconds, askedAt = seconds, says = 'none', peer = FRONT_END, run }) => {
    const event = inquired(says, peer, at(askedAt).mono);
    held = carriedOn(held, step(held, event, at(seconds, run), rules));
    const { reason } = held.life;
    return reason === undefined ? held.phase : `${held.phase}/${reason}`;
  });
}

export const times = (count: number, first: Asked, more: Partial<Asked> = {}): Asked[] =>
  Array.from({ length: count }, (_, i) => ({ ...first, ...more, seconds: first.seconds + i }));

/** What the state is called while it is still asked about. */
export const ASKING: Record<How, string> = {
  unanswered: 'unknown/unanswered',
  unlisted: 'unknown/refused-unconfirmed',
  'client-side': 'unknown/client-side',
  indeterminate: 'unknown/indeterminate',
  accepted: 'pending',
};
