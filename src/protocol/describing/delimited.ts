/** The fields of a delimited body by their places; a body whose fields do not fit is shown as far as they go. */
import { bestLaid, type LaidField, tokensIn } from '../bodies/delimited.ts';
import { noneOf } from '../bodies/texts.ts';
import { isList, type Layout } from '../layout.ts';
import type { DescribedField } from './described.ts';
import { checkRows, describeField, describeStray, type Outer } from './field.ts';

const valuesOf = (row: readonly LaidField[]): Map<string, string> =>
  new Map(row.map(({ field, text }): [string, string] => [field.name, text ?? '']));

function describeRow(row: readonly LaidField[], prefix: string, outer: Outer): DescribedField[] {
  const level = { ...outer, prefix, values: prefix === '' ? outer.head : valuesOf(row) };
  return row.map(({ field, text }) =>
    describeField(field, { times: text === undefined ? 0 : 1, nested: false }, level),
  );
}

export function describeDelimited(
  text: string,
  layout: Layout,
  delimiter: string,
  given: Omit<Outer, 'head'>,
): DescribedField[] {
  const { tokens, whole } = tokensIn(text, delimiter);
  const { laid, none } = bestLaid(layout, tokens, given.side);
  const { faults } = given;
  if (!whole) faults.push('the last field has no delimiter behind it');
  if (laid.missing > 0) faults.push(`${laid.missing} fields too few`);
  if (laid.over.length > 0) faults.push(`${laid.over.length} fields too many`);
  const outer: Outer = { ...given, head: valuesOf(laid.fields) };
  const byName = new Map(laid.fields.map((one) => [one.field.name, one]));
  const described = layout.parts.flatMap((part) => {
    if (!isList(part)) {
      const one = byName.get(part.name);
      return one === undefined ? [] : describeRow([one], '', outer);
    }
    const rows = laid.lists.get(part.list)?.rows ?? [];
    if (none === part) return describeRow(rows[0] ?? [], `${noneOf(part.list)}.`, outer);
    checkRows(part, rows.length, outer);
    return rows.flatMap((row, index) => describeRow(row, `${part.list}.${index}.`, outer));
  });
  return [...described, ...laid.over.map((token) => describeStray('?', token))];
}
