/** What a packet means, once framing, charset and XML are off it. */

/** decimal(p,s) is a bigint of the field's own scale (12.34 → 1234n at scale 2); everything else is text. */
export type Scalar = string | bigint;
export type Row = Record<string, Scalar>;

/** An element that is empty or absent is not in the record: the two mean the same to every bank we know. */
export interface Message {
  readonly fields: Row;
  /** list name → rows; one row and many look alike */
  readonly lists: Record<string, Row[]>;
  /** elements the spec does not list, kept as text: `name` or `list.0.name` → value */
  readonly extra: Record<string, string>;
}

/** What a caller gives to an encoder: field → value, list name → rows. Empty string and absent are the same. */
export type Values = Record<string, Scalar | Row[]>;
