/**
 * The part of protocol.yaml that says how packets stand in the byte stream: HTTP, or fixed heads composed
 * from parts; what a body is made of; which part of an answer names its request; what a connection carries.
 *
 *   heads: outer ─────────────────────── business ──────────────── body
 *          A001│03│…│0000000251│…        1318│01│…│00000129│…      样例商城&M10001&…
 *                    └ counts what follows this head  └ counts the body
 *
 * Lengths and pads count encoded bytes. A peer's length is believed up to `bodyBytesMax`.
 */
import { z } from 'zod';
import { expr } from './spec-expr.ts';
import { certainty, field, mask, text } from './spec-field.ts';
import { session } from './spec-session.ts';

export const httpFraming = z.strictObject({
  type: z.literal('http'),
  method: z.literal('POST'),
  path: z.string(),
  contentType: z.string(),
  headBytesMax: z.number().int().positive(),
  bodyBytesMax: z.number().int().positive(),
});

/**
 * Some bytes of a head. What a packet carries there: `fixed`, a length, or the value of an expression over
 * $transaction, $serial, $sequence, $link.x, $packet.reference (20 digits, new for every packet),
 * $packet.date, $packet.time, $packet.moment (both in one); in an answer of ours $request.x (a part of the packet that is answered),
 * $answer.code, $answer.text. Without any: nothing but pad.
 */
export const headPart = z.strictObject({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/),
  ...text,
  bytes: z.number().int().positive(),
  /** where the value stands; the pad fills the other side, and is taken off again */
  align: z.enum(['left', 'right']).default('left'),
  pad: z.string().length(1).default(' '),
  /** the same in every packet: one that is read without it is no packet */
  fixed: z.string().optional(),
  request: expr.optional(),
  answer: expr.optional(),
  /**
   * this part says how long the packet is: the whole of it · what follows this part · what follows this
   * head · the body alone
   */
  length: z.enum(['packet', 'after-part', 'after-head', 'body']).optional(),
  radix: z.union([z.literal(10), z.literal(16)]).default(10),
  values: z.record(z.string(), z.string()).optional(),
  mask: mask.default('none'),
  certainty: certainty.optional(),
  note: z.string().optional(),
});

export const headsFraming = z.strictObject({
  type: z.literal('heads'),
  /** in their order; none: the body stands alone and ends by `end` */
  heads: z.array(z.strictObject({ name: z.string(), parts: z.array(headPart).min(1) })),
  /** where a body ends: by the lengths in the heads, behind this tag, or with the stream */
  end: z
    .union([
      z.literal('length'),
      z.literal('stream'),
      z.strictObject({ tag: z.string().regex(/^<\/\w+>$/) }),
    ])
    .default('length'),
  bodyBytesMax: z.number().int().positive(),
});

export const framing = z.union([httpFraming, headsFraming]);

/** `action`, `status`, `text`: the field of the body, or the part of a head, that carries them. */
const carriers = { action: z.string(), status: z.string(), text: z.string() };

export const xmlEnvelope = z.strictObject({
  body: z.literal('xml'),
  root: z.string(),
  /** other roots that answers have been seen with */
  otherRoots: z.array(z.string()).default([]),
  /** with {charset}; '' for none. Of answers where it differs */
  declaration: z.string().default('<?xml version="1.0" encoding="{charset}"?>'),
  answerDeclaration: z.string().optional(),
  /** named: `<list name="X"><row>…</row></list>` · repeated: `<X>…</X><X>…</X>` */
  lists: z.enum(['named', 'repeated']).default('named'),
  /** elements below the root that group the fields, in order; every message has all of them */
  sections: z.array(z.string()).min(2).optional(),
  /** fields every message has, before its own, in the first section; those of a transaction stand in the last */
  common: z
    .strictObject({ request: z.array(field).min(1), answer: z.array(field).min(1) })
    .optional(),
  ...carriers,
});

/** Every field in its order, each followed by the delimiter, lists flattened in place. */
export const delimitedEnvelope = z.strictObject({
  body: z.literal('delimited'),
  delimiter: z.string().length(1),
  ...carriers,
});

export const envelope = z.union([xmlEnvelope, delimitedEnvelope]);

/** Which part of an answer's head repeats which part of its request's head. */
export const correlation = z.union([
  z.literal('none'),
  z.strictObject({ request: z.string(), answer: z.string() }),
]);

export const connection = z.strictObject({
  /** one request per connection · queries may follow each other · one session for everything */
  policy: z.enum(['per-request', 'kept', 'persistent']),
  /** how it is kept; with `persistent` and only there */
  session: session.optional(),
});

export type HttpFraming = z.infer<typeof httpFraming>;
export type HeadsFraming = z.infer<typeof headsFraming>;
export type HeadPart = z.infer<typeof headPart>;
export type Framing = z.infer<typeof framing>;
export type Envelope = z.infer<typeof envelope>;
export type XmlEnvelope = z.infer<typeof xmlEnvelope>;
export type DelimitedEnvelope = z.infer<typeof delimitedEnvelope>;
