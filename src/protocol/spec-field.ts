/** The part of the spec language that describes one field of a message, and a list of them. */
import { z } from 'zod';

/** `2+` two or more independent sources · `1` one source · `inf` inference · `unknown`. */
export const certainty = z.enum(['2+', '1', 'inf', 'unknown']);

/** How a value may be shown: account → last 4, name → first character, amount → hidden with names, secret → never. */
export const mask = z.enum(['none', 'account', 'name', 'amount', 'text', 'secret']);

/**
 * char(n) exactly or up to n bytes as banks print both loosely · varchar(n) · decimal(p,s) · int · date · time ·
 * text: of a length that no source states, such as a file; only the length of the whole message binds it.
 */
export const fieldType = z
  .string()
  .regex(/^(char\(\d+\)|varchar\(\d+\)|decimal\(\d+,\d+\)|int|date|time|text)$/);

/** Field → values it must have. A key names a field of the same message (`row.x` inside the list). */
const condition = z.record(z.string(), z.array(z.string()).min(1));

export const text = { zh: z.string().min(1), en: z.string().min(1) };

export const field = z.strictObject({
  name: z.string().min(1),
  /** XML: the element, where another field of the message has that name, in another section */
  element: z.string().optional(),
  ...text,
  type: fieldType,
  /** yes: never empty · no: may be empty · conditional: see the rules below */
  need: z.enum(['yes', 'no', 'conditional']).default('yes'),
  requiredWhen: condition.optional(),
  emptyWhen: condition.optional(),
  /** at least one of these fields must not be empty, when `when` (if given) holds */
  oneOf: z
    .strictObject({ fields: z.array(z.string()).min(2), when: condition.optional() })
    .optional(),
  /** conditional, and the manual does not say when */
  unstated: z.literal(true).optional(),
  values: z.record(z.string(), z.string()).optional(),
  fixed: z.string().optional(),
  /** set by the gateway and by nobody else; refused in any body */
  owned: z.literal(true).optional(),
  /** the tag itself may be left out (else an empty element is sent) */
  mayBeAbsent: z.literal(true).optional(),
  mask: mask.default('none'),
  /** where it is not that of the whole transaction */
  certainty: certainty.optional(),
  /** answers: what an empty element says, in the words of a request, where rows are selected by this field */
  emptyMeans: z.string().min(1).optional(),
  note: z.string().optional(),
});

export const list = z.strictObject({
  list: z.string().min(1),
  rowsMax: z.number().int().positive().optional(),
  /** delimited bodies: the field before it that says how many rows there are */
  count: z.string().optional(),
  fields: z.array(field).min(1),
});

/** `section`: the element that groups it, where the envelope has sections; set when the spec is loaded. */
export type Field = z.infer<typeof field> & { readonly section?: string };
export type FieldList = z.infer<typeof list>;
export type Mask = z.infer<typeof mask>;
