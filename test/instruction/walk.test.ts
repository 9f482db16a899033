/** Random events in random order against the rules that no order of events may break. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event, Evidence, Moment } from '../../src/instruction/event.ts';
import { type Held, isFinal, life } from '../../src/instruction/intent.ts';
import { type Rules, type Step, step } from '../../src/instruction/step.ts';
import {
  ANSWERS,
  answered,
  carriedOn,
  FRONT_END,
  heldIn,
  INTENT,
  inquired,
  notInquired,
  notWritten,
  OTHER_FRONT_END,
  RULES,
  resolved,
  START_MS,
  silent,
} from './ground.ts';

/** Not an event of the instruction: Redis claims it, `received` becomes `sending`. */
type Happening = Event | 'claimed';

const SAYS: Evidence['says'][] = ['succeeded', 'failed', 'pending', 'unknown', 'none'];
const peers = fc.constantFrom(FRONT_END, FRONT_END, FRONT_END, OTHER_FRONT_END);
const answers = Object.keys(ANSWERS) as (keyof typeof ANSWERS)[];

/** Nobody says anything about the order, good or bad. */
const idle: fc.Arbitrary<Happening> = fc.constantFrom<Happening[]>(
  'claimed',
  'claimed',
  silent,
  notInquired,
  notWritten,
  { type: 'expired' },
  inquired('unknown'),
  { type: 'completed' },
);
const telling: fc.Arbitrary<Happening> = fc.oneof(
  fc.constantFrom(...answers).map(answered),
  fc.tuple(fc.constantFrom(...SAYS), peers).map(([says, peer]) => inquired(says, peer)),
  fc.constantFrom<Happening[]>(
    { type: 'cancelled' },
    { type: 'refused-here', reason: 'invalid', code: 'X', text: 't' },
    { type: 'completed', data: { freezeNumber: '1' }, record: 3 },
    resolved('succeeded'),
    resolved('failed'),
  ),
);

const anyRules: fc.Arbitrary<Rules> = fc.record({
  ladder: fc.constant(RULES.ladder),
  watchForMs: fc.constantFrom(1, RULES.watchForMs),
  interim: fc.constantFrom('all', 'unknown', 'none'),
  spec: fc.constant('spec-digest'),
  config: fc.constant('config-digest'),
  completes: fc.boolean(),
  hasInquiry: fc.boolean(),
  noSuchSerialIsFinal: fc.constantFrom(undefined, {
    afterMs: 5_000,
    negatives: 2,
    source: 'bank manual, page 12',
  }),
});

/** Milliseconds to the next event; now and then the process is another one, whose time begins anew. */
const pauses = fc.tuple(
  fc.oneof(fc.nat(3_000), fc.nat(100_000), fc.nat(10 * 86_400_000)),
  fc.integer({ min: 0, max: 15 }).map((one) => one === 0),
);
const walks = (events: fc.Arbitrary<Happening>) =>
  fc.array(fc.tuple(events, pauses), { minLength: 1, maxLength: 25 });
const WALKS = { numRuns: 500 };

interface Happened {
  readonly before: Held;
  readonly what: Happening;
  readonly now: Moment;
  readonly next: Step | undefined;
  readonly after: Held;
}

function walk(events: readonly [Happening, [number, boolean]][], rules: Rules): Happened[] {
  let held = heldIn('received');
  let wall = START_MS;
  let mono = 0;
  let run = 0;
  return events.map(([what, [ms, restarted]]) => {
    run += restarted ? 1 : 0;
    wall += ms;
    mono = restarted ? 0 : mono + ms;
    const now = { wall, mono, run: `run-${run}` };
    const before = held;
    const claims = what === 'claimed' && held.phase === 'received';
    const next = what === 'claimed' ? undefined : step(held, what, now, rules);
    held = claims ? { ...held, phase: 'sending' } : carriedOn(held, next);
    return { before, what, now, next, after: held };
  });
}

const toldIn = (happened: readonly Happened[]): string[] =>
  happened.flatMap(({ next }) => (next?.tell ? [`${next.phase}/${next.life.reason ?? ''}`] : []));

describe('P3: whatever happens, in whatever order', () => {
  const anything = walks(fc.oneof(idle, telling, telling));

  it('keeps the rules', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(anything, anyRules, (events, rules) => {
        const happened = walk(events, rules);
        let wrote = false;
        for (const { before, what, next, after } of happened) {
          if (what !== 'claimed' && before.phase === 'sending') {
            wrote ||= what.type === 'answered' || what.type === 'silent';
          }
          seen.add(after.phase);
          // what Redis keeps is a whole life, in its canonical form
          expect(life.parse(after.life)).toEqual(after.life);
          expect(Object.values(after.life)).not.toContain(undefined);
          // a final is absorbing: nothing of it changes but the flag and whether it is looked at
          if (isFinal(before.phase)) {
            const { contradicted, contradictedBy, ...kept } = before.life;
            expect(after).toMatchObject({ phase: before.phase, life: kept });
            expect(next?.tell ?? false).toBe(false);
            if (next?.contradicts) expect(contradicted && contradictedBy !== 'pending').toBe(false);
          }
          // `never` is a proof: no write was ever reported
          if (wrote) expect(after.life.sent).not.toBe('never');
          if (wrote && next !== undefined) expect(next.back).toBe(false);
          if (wrote) expect(['received', 'sending']).not.toContain(after.phase);
          if (next === undefined) continue;
          if (next.back) expect(before.phase).toBe('sending');
          // what is not known is always looked at again
          if (next.phase === 'unknown' || next.phase === 'pending') {
            expect(next.dueAt).not.toBeNull();
          }
          if (next.phase === 'manual' && rules.hasInquiry) expect(next.dueAt).not.toBeNull();
          if (isFinal(next.phase)) {
            expect(next.release).toBe(true);
            // it names its record, and what it was judged under
            const { proof } = next.life;
            expect(proof).toMatchObject({ spec: 'spec-digest', config: 'config-digest' });
            if (next.life.sent === 'never') expect(proof?.kind).toBe('never-sent');
            else expect(proof?.record).toBeGreaterThan(0);
          } else {
            expect(next.release).toBe(next.phase === 'pending' && !rules.completes);
          }
        }
        const told = toldIn(happened);
        // the same is never told twice running, a final once and last, the interims by their setting
        expect(told.filter((one, i) => one === told[i - 1])).toEqual([]);
        const finals = told.filter((one) => /^(succeeded|failed)/.test(one));
        expect(finals).toEqual(
          isFinal(happened.at(-1)?.after.phase ?? 'received') ? told.slice(-1) : [],
        );
        if (rules.interim === 'none') expect(told).toEqual(finals);
        // once, and once more where the bank first only had it
        expect(happened.filter(({ next }) => next?.contradicts).length).toBeLessThanOrEqual(2);
      }),
      WALKS,
    );
    // the walk does get everywhere
    expect([...seen].sort()).toEqual(
      ['failed', 'manual', 'pending', 'received', 'sending', 'succeeded', 'unknown'].sort(),
    );
  });

  it('a failed without an answer or an inquiry that says so is by the written rule, or by people', () => {
    fc.assert(
      fc.property(anything, anyRules, (events, rules) => {
        for (const { before, after, what } of walk(events, rules)) {
          if (after.phase !== 'failed' || isFinal(before.phase) || what === 'claimed') continue;
          if (what.type !== 'inquired' || what.evidence.says !== 'none') continue;
          const answeredUnlisted = before.life.ended === 'unlisted';
          expect(answeredUnlisted || rules.noSuchSerialIsFinal !== undefined).toBe(true);
          expect(before.life.ended).not.toBe('accepted');
          expect(what.peer).toBe(before.life.peer);
        }
      }),
      WALKS,
    );
  });
});

describe('a clock', () => {
  it('R1: alone never finalises: without a word of the bank only what was never sent ends, as expired', () => {
    let expired = 0;
    let doubtful = 0;
    fc.assert(
      fc.property(walks(idle), anyRules, (events, rules) => {
        for (const { before, after } of walk(events, rules)) {
          if (isFinal(after.phase) && !isFinal(before.phase)) {
            expect(before.phase).toBe('received');
            expect(after).toMatchObject({ phase: 'failed', life: { reason: 'expired' } });
            expired += 1;
          }
          if (after.phase === 'unknown' || after.phase === 'manual') doubtful += 1;
        }
      }),
      WALKS,
    );
    expect(expired).toBeGreaterThan(100);
    expect(doubtful).toBeGreaterThan(100);
  });

  it('R1: nor do denials, however many, of an order that was written and not answered', () => {
    const denials = walks(fc.constant<Happening>(inquired('none')));
    const { noSuchSerialIsFinal: _, ...unruled } = RULES;
    fc.assert(
      fc.property(denials, (events) => {
        const begin: typeof events = [
          ['claimed', [0, false]],
          [silent, [0, false]],
        ];
        for (const { after } of walk([...begin, ...events], unruled)) {
          expect(isFinal(after.phase)).toBe(false);
        }
      }),
      WALKS,
    );
  });
});

it('R10: maintenance lives by the same rules as movements', () => {
  const opening = heldIn('sending', {}, { ...INTENT, kind: 'maintenance' });
  const now = { wall: START_MS, mono: 0, run: 'run-1' };
  expect(step(opening, silent, now, RULES)).toEqual(step(heldIn('sending'), silent, now, RULES));
});
