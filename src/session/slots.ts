/**
 * The places of a session's window. Every place that was lent is settled exactly once: with an answer, as
 * silent after its write, or as not sent before it. Every request that was written is told `late` once.
 */
import { YinqiError } from '../errors.ts';
import type { SessionEffect, Slot, Up } from './session-shapes.ts';

type Slots = ReadonlyMap<number, Slot>;

/** Keys remembered after nobody waits for their answers any more. */
const DROPPED_MAX = 256;

export interface Settling {
  readonly up: Up;
  readonly effects: readonly SessionEffect[];
}

const notSent = (id: number): SessionEffect => ({
  do: 'settled',
  id,
  ending: { type: 'not-sent' },
});

export const silent = (id: number, why: 'deadline' | 'closed' | 'broken'): SessionEffect => ({
  do: 'settled',
  id,
  ending: { type: 'silent', why },
});

export const noLate = (id: number): SessionEffect => ({ do: 'late', id, packet: undefined });

export function without(slots: Slots, id: number): Map<number, Slot> {
  const left = new Map(slots);
  left.delete(id);
  return left;
}

const dropped = (up: Up, key: string): readonly string[] =>
  [...up.dropped, key].slice(-DROPPED_MAX);

/** Places that are lent or wait for their answer: what the window counts. */
export function inUse(slots: Slots): number {
  return [...slots.values()].filter(({ is }) => is !== 'retired').length;
}

export const asking = (slots: Slots): number =>
  [...slots.values()].filter(({ is }) => is === 'asking').length;

export function lend(up: Up, id: number): Up {
  if (up.slots.has(id)) throw new YinqiError('DEFECT', { detail: 'a place lent twice' });
  return { ...up, slots: new Map(up.slots).set(id, { is: 'lent' }) };
}

/** Given back unwritten, or by somebody who waits no longer. */
export function release(up: Up, id: number): Settling {
  const slot = up.slots.get(id);
  if (slot === undefined || slot.is === 'retired') return { up, effects: [] };
  const left = { ...up, slots: without(up.slots, id) };
  if (slot.is === 'lent') return { up: left, effects: [notSent(id)] };
  const effects = [silent(id, 'closed'), noLate(id)];
  return { up: { ...left, dropped: dropped(up, slot.key) }, effects };
}

/** What nobody has written on yet goes back: the session is leaving, or the day has changed. */
export function releaseLent(up: Up): Settling {
  const lent = [...up.slots].filter(([, slot]) => slot.is === 'lent').map(([id]) => id);
  const slots = new Map([...up.slots].filter(([, slot]) => slot.is !== 'lent'));
  return { up: { ...up, slots }, effects: lent.map(notSent) };
}

/** Deadlines that have passed: asking becomes retired, retired is dropped. */
export function expire(up: Up, now: number, lateUntilMs: number): Settling {
  const effects: SessionEffect[] = [];
  const slots = new Map(up.slots);
  let keys = up.dropped;
  for (const [id, slot] of up.slots) {
    if (slot.is === 'lent' || now < slot.until) continue;
    const until = slot.sentAt + lateUntilMs;
    if (slot.is === 'asking') effects.push(silent(id, 'deadline'));
    if (slot.is === 'asking' && now < until) slots.set(id, { ...slot, is: 'retired', until });
    else {
      slots.delete(id);
      keys = [...keys, slot.key].slice(-DROPPED_MAX);
      effects.push(noLate(id));
    }
  }
  return { up: { ...up, slots, dropped: keys }, effects };
}

/** Everything ends: written ones are unknown, unwritten ones were not sent. */
export function settleAll(slots: Slots, why: 'closed' | 'broken'): SessionEffect[] {
  return [...slots].flatMap(([id, slot]): SessionEffect[] => {
    if (slot.is === 'lent') return [notSent(id)];
    return slot.is === 'asking' ? [silent(id, why), noLate(id)] : [noLate(id)];
  });
}

export function byKey(slots: Slots, key: string) {
  for (const [id, slot] of slots) {
    if (slot.is !== 'lent' && slot.key === key) return { id, slot };
  }
  return undefined;
}
