/** Statement entries become known, and what the bank sent by itself is kept: each with what follows from it. */
import type { EntryMark, PushMark, PushMarked, PushPart } from '../../../src/store/shapes.ts';
import type { Fields } from './data.ts';
import { refuse, type Script } from './script.ts';

const empty: Fields = { map: new Map(), expireAt: undefined };

export function mark(
  script: Script,
  batch: { account: string; day: string; entries: readonly EntryMark[]; state?: string },
): void {
  script.open(true);
  const { account, day, entries, state } = batch;
  const name = `${account}:${day}`;
  for (const one of entries) {
    const digest = script.part('seen').get(name)?.map.get(one.key) ?? '';
    if (digest === one.digest) continue;
    if (digest !== one.expect) refuse('DEFECT', 'entries');
    write(script, 'seen', name, one.key, one.digest);
    script.emit(one.out, script.raise());
  }
  if (state !== undefined) script.put('days', `${account}|${day}`, state);
}

export function forget(script: Script, account: string, day: string): void {
  script.open(true);
  script.expireAt('seen', `${account}:${day}`, script.now + script.caller.retentionMs);
  script.put('days', `${account}|${day}`, undefined);
}

/** A hash that lost its last field is gone, and its expiry with it. */
function write(
  script: Script,
  part: 'seen' | 'pushes',
  name: string,
  field: string,
  value: string | undefined,
): void {
  const { map, expireAt } = script.part(part).get(name) ?? empty;
  const next = new Map(map);
  if (value === undefined) next.delete(field);
  else next.set(field, value);
  script.put(part, name, next.size === 0 ? undefined : { map: next, expireAt });
}

export const placeOf = (part: PushPart, name = ''): string =>
  name === '' ? part : `${part}:${name}`;

export function push(script: Script, marks: readonly PushMark[]): PushMarked[] {
  script.open(true);
  return marks.map((one) => pushOne(script, one));
}

function pushOne(script: Script, { guard, writes, out }: PushMark): PushMarked {
  const place = placeOf(guard.part, guard.name);
  const set = (at: string, field: string, value: string): void =>
    write(script, 'pushes', at, field, value === '' ? undefined : value);
  const found = script.part('pushes').get(place)?.map.get(guard.field) ?? '';
  if (found === guard.value) return 'kept';
  if (found !== guard.expect) return 'other';
  set(place, guard.field, guard.value);
  if (guard.name !== undefined && guard.name !== '') {
    script.expireAt('pushes', place, script.now + script.caller.retentionMs);
  }
  for (const { part, field, value } of writes) set(placeOf(part), field, value);
  script.emit(out, script.raise());
  return 'kept';
}
