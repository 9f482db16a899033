/**
 * Values → the bytes of one packet in canonical form: heads as the framing composes them, then the body as
 * the envelope says. Never sends what the spec does not know or allow: every fault names its field.
 *
 *   values ─ textsOf ─▶ checked texts ─ xmlDocument | delimitedText ─▶ body ─ packetBytes ─▶ heads + body
 */
import { delimitedText } from './bodies/delimited.ts';
import { isListTexts, type PartTexts, textsOf } from './bodies/texts.ts';
import { xmlDocument } from './bodies/xml-writer.ts';
import { type Charset, encodeText } from './charset.ts';
import { packetBytes } from './framing/packet.ts';
import { layoutOf, type Side, transactionOf } from './layout.ts';
import type { Values } from './message.ts';
import type { BankSpec } from './spec.ts';

export { valuesOf } from './message.ts';

/** Part of a head → its value; fixed parts and lengths are the framing's. `{}` where HTTP carries the body. */
export type HeadValues = Readonly<Record<string, string>>;

function packet(spec: BankSpec, charset: Charset, head: HeadValues, body: Uint8Array): Uint8Array {
  const { framing } = spec.protocol;
  return framing.type === 'http' ? body : packetBytes(framing, charset, head, body);
}

function bodyBytes(
  spec: BankSpec,
  parts: readonly PartTexts[],
  side: Side,
  charset: Charset,
): Uint8Array {
  const { envelope } = spec.protocol;
  const text =
    envelope.body === 'xml'
      ? xmlDocument(parts, envelope, side, charset)
      : delimitedText(parts, envelope.delimiter);
  return encodeText(text, charset, envelope.body === 'xml' ? envelope.root : 'body');
}

/** `values` are complete: owned fields are in (see fillOwned), `fixed` ones are added here. */
export function encodeRequest(
  spec: BankSpec,
  code: string,
  values: Values,
  charset: Charset,
  head: HeadValues = {},
): Uint8Array {
  const layout = layoutOf(transactionOf(spec, code), 'request');
  const parts = textsOf(layout, values, charset, 'request');
  return packet(spec, charset, head, bodyBytes(spec, parts, 'request', charset));
}

/** Names that every answer has, whatever it answers. */
function isCommon(spec: BankSpec, part: PartTexts): boolean {
  if (isListTexts(part)) return false;
  const { envelope } = spec.protocol;
  const first = envelope.body === 'xml' ? envelope.sections?.[0] : undefined;
  const { name, section } = part.field;
  if (name === envelope.status || name === envelope.text) return true;
  return first !== undefined && section === first;
}

/**
 * The bank's side, for the mock bank: amounts may be negative, anything may be empty. An answer that is
 * nothing but its head is written as its head, as the bank's refusals are: under heads without a body.
 */
export function encodeAnswer(
  spec: BankSpec,
  code: string,
  values: Values,
  charset: Charset,
  head: HeadValues = {},
): Uint8Array {
  const names = Object.keys(values);
  if (names.length === 0 && spec.protocol.framing.type === 'heads') {
    return packet(spec, charset, head, new Uint8Array());
  }
  const layout = layoutOf(transactionOf(spec, code), 'answer');
  const parts = textsOf(layout, values, charset, 'answer');
  const common = parts.filter((part) => isCommon(spec, part));
  const ofHead = new Set(common.map((part) => ('field' in part ? part.field.name : '')));
  const whole = spec.protocol.envelope.body !== 'xml' || names.some((name) => !ofHead.has(name));
  return packet(spec, charset, head, bodyBytes(spec, whole ? parts : common, 'answer', charset));
}
