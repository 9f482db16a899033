/** New instructions become ours; those put back from the journal stand where they stood. */
import type { Held } from '../../../src/instruction/intent.ts';
import type { Accepted, NewIntent, Restore, Told } from '../../../src/store/shapes.ts';
import type { Entry } from './data.ts';
import { keepMember } from './member.ts';
import { refuse, type Script } from './script.ts';
import { headOf, offer, retire, settled, stand, waitFor, waitNoMore } from './waiting.ts';

export function heldOf({ intent, serial, phase, life, version, attempt, epoch }: Entry): Held {
  const known = serial === '' ? intent : { ...intent, serial };
  return { intent: known, phase, life, version, attempt, epoch };
}

export const toldOf = ({ told, toldVersion }: Entry): Told | undefined =>
  told === '' ? undefined : { body: told, version: toldVersion };

const blank = {
  attempt: 0,
  epoch: 0,
  aside: false,
  order: '',
  after: '',
  notBefore: undefined,
  serial: '',
  released: false,
  change: '',
  changeTo: 0,
  told: '',
  toldVersion: 0,
  expireAt: undefined,
} satisfies Partial<Entry>;

/** Keeps the message told under the version of the outbox entry that carries it. */
export function tell(
  script: Script,
  id: string,
  message: string | undefined,
  made: readonly { body: string; version: number }[],
): void {
  if (message === undefined || message === '') return;
  const version = made.find(({ body }) => body === message)?.version;
  const entry = script.entry(id);
  script.set(id, { told: message, toldVersion: version ?? entry?.version ?? 0 });
}

export function accept(script: Script, items: readonly NewIntent[]): Accepted[] {
  script.open(false);
  return items.map((item) => acceptOne(script, item));
}

function acceptOne(script: Script, item: NewIntent): Accepted {
  const { id, digest } = item.intent;
  const known = script.entry(id);
  if (known !== undefined) {
    if (known.digest !== digest) return { was: 'conflict', digest: known.digest };
    const told = toldOf(known);
    return { was: 'exists', held: heldOf(known), ...(told === undefined ? {} : { told }) };
  }
  const serial = item.serials.find((one) => {
    const owner = script.part('serials').get(one);
    return owner === undefined || owner.id === id;
  });
  if (serial === undefined && item.serials.length > 0) return { was: 'serials-taken' };
  const version = script.raise();
  script.create({
    ...blank,
    ...{ id, digest, version, seq: version, intent: item.intent, phase: item.phase },
    ...{ life: item.life, expires: item.expiresAt, aside: item.aside },
    ...{ order: item.orderKey ?? '', serial: serial ?? '', notBefore: item.notBeforeMs },
  });
  if (serial !== undefined) script.put('serials', serial, { id, expireAt: undefined });
  tell(script, id, item.message, script.emit(item.out, version));
  const entry = script.set(id, {});
  if (settled(entry)) {
    stand(script, entry, null);
    retire(script, entry, null);
  } else queue(script, entry, item);
  return { was: 'new', version, ...(serial === undefined ? {} : { serial }) };
}

/** It expires even while it waits, and is claimed only when nothing holds it back. */
function queue(script: Script, entry: Entry, item: NewIntent): void {
  const { expiresAt, aside, dueAt, notBeforeMs = 0, orderKey = '', after = '' } = item;
  stand(script, entry, aside ? Math.max(dueAt ?? expiresAt, notBeforeMs) : expiresAt);
  if (orderKey !== '') {
    const list = script.part('orders').get(orderKey) ?? [];
    script.put('orders', orderKey, [...list, entry.id]);
  }
  const waits = after !== '' && script.entry(after)?.released !== true;
  offer(script, waits ? waitFor(script, entry, after) : entry);
}

export function restore(script: Script, items: readonly Restore[]): void {
  script.open(true);
  for (const item of items) restoreOne(script, item);
}

function restoreOne(script: Script, item: Restore): void {
  const { intent, phase, life, attempt, orderKey = '' } = item;
  const serial = intent.serial ?? '';
  const { id, digest } = intent;
  const known = script.entry(id);
  if ((known?.version ?? null) !== item.expect) return;
  if (known !== undefined && settled(known) && known.phase !== phase) refuse('DEFECT', 'final');
  const version = script.raise();
  const said = { version, phase, attempt, epoch: 0, digest, intent, life };
  const fields = { ...said, expires: item.expiresAt, change: '', changeTo: 0 };
  if (known === undefined) script.create({ ...blank, id, seq: version, ...fields });
  else script.set(id, fields);
  // the journal has the last word on who owns a number
  if (serial !== '') {
    script.set(id, { serial });
    script.put('serials', serial, { id, expireAt: undefined });
  }
  const { told, member, freeze } = item;
  if (told !== undefined && told.body !== '') {
    script.set(id, { told: told.body, toldVersion: told.version });
  }
  if (known === undefined && orderKey !== '') inFront(script, script.set(id, { order: orderKey }));
  script.emit(item.out, version);
  if (member !== undefined) keepMember(script, member, told?.version ?? 0);
  if (freeze !== undefined && !script.part('freezes').has(freeze.id)) {
    script.put('freezes', freeze.id, freeze);
  }
  settle(script, script.set(id, {}), item);
}

function settle(script: Script, entry: Entry, item: Restore): void {
  const dueAt = item.dueAt ?? (item.phase === 'received' ? item.expiresAt : null);
  stand(script, entry, dueAt, item.life.since);
  if (settled(entry)) retire(script, entry, dueAt);
  else if (entry.phase === 'received') offer(script, entry);
  else waitNoMore(script, entry);
}

/** It was claimed before anything that still waits under its key: who stood there waits again. */
function inFront(script: Script, entry: Entry): void {
  if (settled(entry)) return;
  const head = headOf(script, entry.order);
  if (head !== undefined) {
    script.put('ready', head, undefined);
    script.put('later', head, undefined);
  }
  const list = script.part('orders').get(entry.order) ?? [];
  script.put('orders', entry.order, [entry.id, ...list]);
}
