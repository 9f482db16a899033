/** The heads of a packet, part by part. */
import { isEmpty } from '../field.ts';
import type { Side } from '../layout.ts';
import { lengthOf } from '../mask.ts';
import type { BankSpec, HeadPart } from '../spec.ts';
import type { DescribedField } from './described.ts';
import { shownOf, UNLISTED } from './field.ts';

function describePart(path: string, part: HeadPart, value: string, needed: boolean) {
  const empty = isEmpty(value);
  const listed = part.values === undefined || Object.hasOwn(part.values, value);
  const faults = empty ? (needed ? ['FIELD_MISSING'] : []) : listed ? [] : [UNLISTED];
  return {
    path,
    zh: part.zh,
    en: part.en,
    type: `char(${part.bytes})`,
    state: empty ? ('empty' as const) : ('given' as const),
    shown: empty ? '' : shownOf(part, value, faults),
    bytes: part.mask === 'secret' ? undefined : lengthOf(value),
    bytesMax: part.bytes,
    faults,
  };
}

export function describeHeads(
  { protocol }: BankSpec,
  head: Readonly<Record<string, string>>,
  side: Side,
): DescribedField[] {
  const { framing, envelope } = protocol;
  if (framing.type === 'http') return [];
  const needed = side === 'request' ? envelope.action : envelope.status;
  return framing.heads.flatMap(({ name, parts }) =>
    parts.map((part) => {
      const value = Object.hasOwn(head, part.name) ? (head[part.name] ?? '') : '';
      return describePart(`${name}.${part.name}`, part, value, part.name === needed);
    }),
  );
}
