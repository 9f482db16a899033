/** What a packet means, once framing, charset and the form of its body are off it. */

/** decimal(p,s) is a bigint of the field's own scale (12.34 → 1234n at scale 2); everything else is text. */
export type Scalar = string | bigint;
export type Row = Record<string, Scalar>;

/** What is empty or absent is not in the record: the two mean the same to every bank we know. */
export interface Message {
  /** part of a head → its value, pad off; `{}` where HTTP carries the body */
  readonly head: Record<string, string>;
  readonly fields: Row;
  /** list name → rows; one row and many look alike */
  readonly lists: Record<string, Row[]>;
  /** elements the spec does not list, kept as text: `name` or `list.0.name` → value */
  readonly extra: Record<string, string>;
  /**
   * Of a delimited body, what stands there and says nothing: the one row behind a count of none as
   * `<list>.none`, or the name of a field where every field is empty. A row and a field for nobody; kept so
   * that the same bytes can be made again.
   */
  readonly hollow?: Values;
}

/** What a caller gives to an encoder: field → value, list name → rows. Empty string and absent are the same. */
export type Values = Record<string, Scalar | Row[]>;

/** A field of the body, or else a part of a head: the spec gives no name twice. */
export const fieldAt = (message: Message, name: string): Scalar | undefined =>
  Object.hasOwn(message.fields, name) ? message.fields[name] : own(message.head, name);

const own = (head: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(head, name) ? head[name] : undefined;

/** A decoded message as an encoder takes it; what the spec does not list is left out. */
export const valuesOf = (message: Message): Values => ({
  ...message.fields,
  ...message.lists,
  ...message.hollow,
});
