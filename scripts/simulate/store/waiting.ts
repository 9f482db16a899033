/** Who waits for whom, and the indexes an instruction stands in. */
import { isFinal } from '../../../src/instruction/intent.ts';
import { type Entry, upTo } from './data.ts';
import type { Script } from './script.ts';

const EXPIRE_AFTER_DUE_MS = 3_600_000;
const PROMOTE_MAX = 1000;

/** The first of a key that was not let go; who was, or is forgotten, leaves the list when he is its first. */
export function headOf(script: Script, order: string): string | undefined {
  const list = script.part('orders').get(order) ?? [];
  const gone = list.findIndex((id) => script.entry(id)?.released === false);
  if (gone === 0) return list[0];
  const left = gone < 0 ? [] : list.slice(gone);
  script.put('orders', order, left.length === 0 ? undefined : left);
  return left[0];
}

/** To where it can be claimed from, if nothing holds it back any more. */
export function offer(script: Script, entry: Entry): void {
  const { id, phase, aside, after, order, notBefore, seq } = entry;
  if (phase !== 'received' || aside || after !== '') return;
  if (order !== '' && headOf(script, order) !== id) return;
  if (notBefore !== undefined && notBefore > script.now) script.put('later', id, notBefore);
  else {
    if (notBefore !== undefined) script.put('later', id, undefined);
    script.put('ready', id, seq);
  }
}

export function waitFor(script: Script, entry: Entry, target: string): Entry {
  const waiting = script.part('waits').get(target) ?? [];
  if (!waiting.includes(entry.id)) script.put('waits', target, [...waiting, entry.id]);
  return script.set(entry.id, { after: target });
}

export function waitNoMore(script: Script, entry: Entry): Entry {
  if (entry.after === '') return entry;
  const left = (script.part('waits').get(entry.after) ?? []).filter((id) => id !== entry.id);
  script.put('waits', entry.after, left.length === 0 ? undefined : left);
  return script.set(entry.id, { after: '' });
}

/** Lets the next of its key go, and whoever waits for it. Once. */
export function release(script: Script, entry: Entry): void {
  const { id, order } = entry;
  if (entry.released) return;
  script.set(id, { released: true });
  const head = order === '' ? undefined : script.entry(headOf(script, order) ?? '');
  if (head !== undefined) offer(script, head);
  const waiting = script.part('waits').get(id) ?? [];
  script.put('waits', id, undefined);
  for (const one of waiting) {
    if (script.entry(one)?.after === id) offer(script, script.set(one, { after: '' }));
  }
}

/** Into the indexes its phase belongs to, out of the others. */
export function stand(script: Script, entry: Entry, dueAt: number | null, since?: number): void {
  const { id, phase, version } = entry;
  const place = (index: 'sending' | 'doubt' | 'due', score: number | null | false): void => {
    if (typeof score === 'number') script.put(index, id, score);
    // a forgotten one of that name may still stand there: a new one does not look
    else if (!script.fresh(id)) script.put(index, id, undefined);
  };
  place('sending', phase === 'sending' && version);
  place('doubt', (phase === 'unknown' || phase === 'manual') && (since ?? script.now));
  place('due', phase !== 'sending' && dueAt);
  if (phase === 'received' || script.fresh(id)) return;
  script.put('ready', id, undefined);
  script.put('later', id, undefined);
}

/** A final: whoever waits goes on, and it is forgotten after the retention, never before its last look. */
export function retire(script: Script, entry: Entry, dueAt: number | null): void {
  release(script, waitNoMore(script, entry));
  const { retentionMs } = script.caller;
  const expireAt = Math.max(script.now + retentionMs, (dueAt ?? 0) + EXPIRE_AFTER_DUE_MS);
  if (entry.serial !== '') script.expireAt('serials', entry.serial, expireAt);
  script.expireAt('entries', entry.id, expireAt);
}

/** Those whose time has come, some at a time. */
export function promote(script: Script): void {
  for (const id of upTo(script.part('later'), script.now, PROMOTE_MAX)) {
    const entry = script.entry(id);
    script.put('later', id, undefined);
    if (entry !== undefined) offer(script, entry);
  }
}

export const settled = (entry: Entry): boolean => isFinal(entry.phase);
