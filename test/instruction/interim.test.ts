/** What a ledger is told on the way, by the setting `interim`, and that the same is not told twice. */
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/instruction/event.ts';
import { type Rules, step } from '../../src/instruction/step.ts';
import { answered, at, carriedOn, heldIn, inquired, notInquired, RULES, silent } from './ground.ts';

/** unknown, again unknown, pending, denied to people, shown again, booked. */
const life: readonly (readonly [seconds: number, event: Event])[] = [
  [0, silent],
  [1, inquired('unknown')],
  [2, inquired('pending')],
  [3, inquired('pending')],
  [4, inquired('none')],
  [5, inquired('none')],
  [6, inquired('none')],
  [7, notInquired],
  [8, inquired('pending')],
  [9, inquired('succeeded')],
];

function toldOf(interim: Rules['interim']): string[] {
  let held = heldIn('sending');
  const told: string[] = [];
  for (const [seconds, event] of life) {
    const next = step(held, event, at(seconds), { ...RULES, interim });
    held = carriedOn(held, next);
    if (next?.tell) told.push([next.phase, next.life.reason ?? ''].join('/'));
  }
  return told;
}

describe('interim results', () => {
  it.each([
    ['all', ['unknown/unanswered', 'pending/', 'manual/manual', 'pending/', 'succeeded/']],
    ['unknown', ['unknown/unanswered', 'manual/manual', 'succeeded/']],
    ['none', ['succeeded/']],
  ] as const)('%s', (interim, told) => {
    expect(toldOf(interim)).toEqual(told);
  });

  it('pending is told under `all` only, and so is a success that is not complete', () => {
    for (const interim of ['all', 'unknown', 'none'] as const) {
      const rules = { ...RULES, interim };
      const pending = step(heldIn('sending'), answered('accepted'), at(0), rules);
      expect(pending?.tell).toBe(interim === 'all');
      const owing = { ...rules, completes: true };
      const completing = step(heldIn('sending'), answered('booked'), at(0), owing);
      expect(completing?.tell).toBe(interim === 'all');
    }
  });

  it('a final is told whatever the setting', () => {
    for (const interim of ['all', 'unknown', 'none'] as const) {
      const next = step(heldIn('received'), { type: 'expired' }, at(0), { ...RULES, interim });
      expect(next?.tell).toBe(true);
    }
  });
});
