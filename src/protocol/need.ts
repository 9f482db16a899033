/**
 * Which fields must and must not be empty. In: the fields of a message (or of one row) with their values.
 * Out: nothing, or the first fault with its path. Conditions are data: `{ tranType: [BG, BH] }` looks at
 * the message's own fields, `row.x` at the row's.
 */
import { YinqiError } from '../errors.ts';
import { isEmpty } from './field.ts';
import type { Scalar } from './message.ts';
import type { Field } from './spec.ts';

type Given = ReadonlyMap<string, Scalar>;
type Condition = Readonly<Record<string, readonly string[]>>;

function holds(condition: Condition, head: Given, row: Given): boolean {
  return Object.entries(condition).every(([key, values]) => {
    const value = key.startsWith('row.') ? row.get(key.slice(4)) : head.get(key);
    return values.includes(value === undefined ? '' : String(value));
  });
}

/** `values` are those of `fields`; `head` those of the message they stand in (the same outside a list). */
export function checkNeed(
  fields: readonly Field[],
  values: Given,
  head: Given,
  prefix: string,
): void {
  for (const field of fields) {
    const path = prefix === '' ? field.name : `${prefix}.${field.name}`;
    const empty = isEmpty(values.get(field.name));
    const { requiredWhen, emptyWhen, oneOf } = field;
    if (empty && field.need === 'yes') throw new YinqiError('FIELD_MISSING', { path });
    if (empty && requiredWhen && holds(requiredWhen, head, values)) {
      const detail = `required by ${Object.keys(requiredWhen).join(', ')}`;
      throw new YinqiError('FIELD_MISSING', { path, detail });
    }
    if (!empty && emptyWhen && holds(emptyWhen, head, values)) {
      const detail = `must be empty by ${Object.keys(emptyWhen).join(', ')}`;
      throw new YinqiError('FIELD_MUST_BE_EMPTY', { path, detail });
    }
    if (oneOf && (!oneOf.when || holds(oneOf.when, head, values))) {
      const none = oneOf.fields.every((name) => isEmpty(values.get(name)));
      const detail = `one of ${oneOf.fields.join(', ')}`;
      if (none) throw new YinqiError('FIELD_MISSING', { path, detail });
    }
  }
}
