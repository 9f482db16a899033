/** A final never changes; evidence that disagrees with it is kept and flagged, once (R9). */
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/instruction/event.ts';
import type { Held } from '../../src/instruction/intent.ts';
import { step } from '../../src/instruction/step.ts';
import {
  answered,
  at,
  carriedOn,
  heldIn,
  inquired,
  livedThrough,
  RULES,
  resolved,
  silent,
} from './ground.ts';

const unanswered = livedThrough(heldIn('sending'), [silent]);
const FINALS: Record<string, Held> = {
  'succeeded by inquiry': livedThrough(unanswered, [inquired('succeeded')]),
  'succeeded by people': livedThrough(unanswered, [resolved('succeeded')]),
  'failed by the answer': livedThrough(heldIn('sending'), [answered('refused')]),
  'failed by inquiry': livedThrough(unanswered, [inquired('failed')]),
  'failed by people': livedThrough(unanswered, [resolved('failed')]),
  'failed by denials': livedThrough(heldIn('sending'), [
    answered('unlisted'),
    ...Array<Event>(3).fill(inquired('none')),
  ]),
  'failed, never sent': livedThrough(heldIn('received'), [{ type: 'expired' }]),
};
const succeeded = Object.keys(FINALS).filter((name) => name.startsWith('succeeded'));
const failed = Object.keys(FINALS).filter((name) => name.startsWith('failed'));

const final = (name: string): Held => {
  const held = FINALS[name];
  if (held === undefined) throw new Error(`no final ${name}`);
  return held;
};

/** Who says otherwise: an inquiry, or an answer that comes late. */
const YES: Event[] = [
  inquired('succeeded'),
  inquired('pending'),
  answered('booked'),
  answered('accepted'),
];
const NO: Event[] = [inquired('failed'), answered('refused')];
const SILENCE: Event[] = [
  inquired('none'),
  inquired('unknown'),
  answered('unlisted'),
  answered('client-side'),
  answered('indeterminate'),
];

const says = (event: Event): string => ('evidence' in event ? event.evidence.says : event.type);
const pairs = (names: string[], events: Event[]) =>
  names.flatMap((name) => events.map((event) => [name, event.type, says(event), event] as const));

describe('P3: evidence against a final', () => {
  it.each([...pairs(failed, YES), ...pairs(succeeded, NO)])(
    'R9: %s, then %s %s: flagged, and stays',
    (name, _, __, event) => {
      const before = final(name);
      const next = step(before, event, at(100), RULES);
      expect(next?.contradicts).toEqual('evidence' in event ? event.evidence : undefined);
      // a bank that only has it may still refuse it: it is looked at again
      const dueAt = says(event) === 'pending' ? at(100).wall + RULES.ladder.maxMs : null;
      expect(next).toMatchObject({ phase: before.phase, tell: false, dueAt, back: false });
      const flagged = { contradicted: true, contradictedBy: says(event) };
      expect(next?.life).toEqual({ ...before.life, ...flagged });
    },
  );

  it.each([...pairs(failed, YES), ...pairs(succeeded, NO)])(
    '%s, then %s %s: once',
    (name, _, __, event) => {
      const flagged = carriedOn(final(name), step(final(name), event, at(100), RULES));
      for (const again of [...YES, ...NO]) {
        const news = says(event) === 'pending' && says(again) === 'succeeded';
        expect(step(flagged, again, at(101), RULES)?.contradicts !== undefined).toBe(news);
      }
    },
  );

  it.each([...pairs(succeeded, [...YES, ...SILENCE]), ...pairs(failed, [...NO, ...SILENCE])])(
    '%s, then %s %s: no disagreement',
    (name, _, __, event) => {
      const before = final(name);
      const next = step(before, event, at(100), RULES);
      expect(next?.contradicts).toBeUndefined();
      expect(carriedOn(before, next)).toMatchObject({ phase: before.phase, life: before.life });
      expect(next?.tell ?? false).toBe(false);
    },
  );
});
