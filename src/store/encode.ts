/** What goes into the scripts: shapes flattened into text, in the order the scripts read them. */
import type { Freeze, Life, MemberChange } from '../instruction/intent.ts';
import type { Argument } from './script.ts';
import type { Change, EntryMark, NewIntent, OutEntry, PushMark, Restore } from './shapes.ts';

const flag = (value: boolean): string => (value ? '1' : '');
const maybe = (value: number | null | undefined): Argument => value ?? '';

export function many<Item>(
  items: readonly Item[],
  flat: (item: Item) => readonly Argument[],
): Argument[] {
  return [items.length, ...items.flatMap(flat)];
}

const outEntry = ({ queue, source, stem, body, version }: OutEntry): Argument[] => [
  queue,
  source,
  stem,
  body,
  maybe(version),
];

const since = (life: Life): Argument => maybe(life.since);

const kept = (item: { member?: MemberChange; freeze?: Freeze }): Argument[] => {
  const { freeze, member } = item;
  return [
    member?.account ?? '',
    member === undefined ? '' : JSON.stringify(member),
    freeze?.id ?? '',
    freeze === undefined ? '' : JSON.stringify(freeze),
  ];
};

export const newIntent = (item: NewIntent): Argument[] => [
  item.intent.id,
  item.intent.digest,
  item.phase,
  JSON.stringify(item.intent),
  JSON.stringify(item.life),
  item.expiresAt,
  flag(item.aside),
  maybe(item.dueAt),
  item.orderKey ?? '',
  item.after ?? '',
  maybe(item.notBeforeMs),
  item.message ?? '',
  ...many(item.serials, (serial) => [serial]),
  ...many(item.out, outEntry),
];

export const change = (item: Change): Argument[] => [
  item.id,
  item.expect,
  item.phase,
  JSON.stringify(item.life),
  since(item.life),
  maybe(item.dueAt),
  flag(item.release),
  flag(item.back),
  item.message ?? '',
  ...kept(item),
  ...many(item.out, outEntry),
];

export const restored = (item: Restore): Argument[] => [
  item.intent.id,
  item.intent.digest,
  item.intent.serial ?? '',
  item.phase,
  JSON.stringify(item.intent),
  JSON.stringify(item.life),
  since(item.life),
  item.attempt,
  maybe(item.expect),
  maybe(item.dueAt),
  item.expiresAt,
  item.orderKey ?? '',
  item.told?.body ?? '',
  maybe(item.told?.version),
  ...kept(item),
  ...many(item.out, outEntry),
];

export const entryMark = (entry: EntryMark): Argument[] => [
  entry.key,
  entry.expect,
  entry.digest,
  ...many(entry.out, outEntry),
];

export const pushMark = ({ guard, writes, out }: PushMark): Argument[] => [
  guard.part,
  guard.name ?? '',
  guard.field,
  guard.expect,
  guard.value,
  ...many(writes, ({ part, field, value }) => [part, field, value]),
  ...many(out, outEntry),
];
