/**
 * Entries of a statement whose rows the bank gives no key: they are told apart by counting (R15). In: the
 * entries of one reading of a day, keyed by their stable fields. Out: the same with keys of their own.
 *
 *   two equal rows of one second   …/3b1f…/C/+   …/3b1f…/C/+
 *   become                         …/3b1f…/C/+/1 …/3b1f…/C/+/2
 *
 * Only a whole reading counts: in any other one a row may be missing, or be there twice. Where a row is gone
 * later its equals keep what they were told as; one more than there ever were is a new entry.
 */
import type { StatementEntry } from './entry.ts';

/** `known`: keys that were told or marked before, with their digests. */
export function counted(
  entries: readonly StatementEntry[],
  known: ReadonlyMap<string, string>,
  whole: boolean,
): StatementEntry[] {
  if (!whole) return [];
  const groups = new Map<string, StatementEntry[]>();
  for (const entry of entries) groups.set(entry.key, [...(groups.get(entry.key) ?? []), entry]);
  return [...groups].flatMap(([stem, equals]) => numbered(stem, equals, known));
}

/**
 * Equals differ at most by what the bank marks them with. Who is as it was keeps its number, so that the
 * order of the rows is no news; who is left takes the first number that is free.
 */
function numbered(
  stem: string,
  equals: readonly StatementEntry[],
  known: ReadonlyMap<string, string>,
): StatementEntry[] {
  const free = new Set(equals.map((_, index) => `${stem}/${index + 1}`));
  for (let more = equals.length + 1; known.has(`${stem}/${more}`); more += 1) {
    free.add(`${stem}/${more}`);
  }
  const take = (key: string): string => {
    free.delete(key);
    return key;
  };
  const placed = equals.map((entry) => {
    const own = [...free].find((key) => known.get(key) === entry.digest);
    return own === undefined ? entry : { ...entry, key: take(own) };
  });
  return placed.map((entry) => {
    if (entry.key !== stem) return entry;
    const [first = stem] = free;
    return { ...entry, key: take(first) };
  });
}
