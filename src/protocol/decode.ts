/**
 * Bytes → what a message means. In: one packet, as the framer cuts it out of the stream. Out: a Message, or
 * MESSAGE_INVALID with the path of what does not fit, or FRAME_INVALID of its heads. Never believes what a
 * packet says about its charset.
 */
import { YinqiError } from '../errors.ts';
import { readDelimited } from './bodies/delimited.ts';
import { actionIn, readXml } from './bodies/xml-reader.ts';
import { decodeText } from './charset.ts';
import { type Packet, readPacket } from './framing/packet.ts';
import { headParts, layoutOf, type Side, transactionOf } from './layout.ts';
import { fieldAt, type Message } from './message.ts';
import type { BankSpec } from './spec.ts';

const invalid = (path: string, detail: string): YinqiError =>
  new YinqiError('MESSAGE_INVALID', { path, detail });

/** Heads and body apart. The charset of answers reads requests too: it is a superset of those a link may send in. */
export function openPacket(spec: BankSpec, bytes: Uint8Array): Packet {
  const { framing, charset } = spec.protocol;
  if (framing.type === 'http') return { head: {}, body: bytes };
  const { head, body } = readPacket(framing, charset.answer, bytes);
  const said = Object.entries(head).filter(([, value]) => value !== '');
  return { head: Object.fromEntries(said), body };
}

export const bodyText = (spec: BankSpec, { body }: Packet): string =>
  decodeText(body, spec.protocol.charset.answer);

const nothing = { fields: {}, lists: {}, extra: {} };

function decode(spec: BankSpec, code: string, bytes: Uint8Array, side: Side): Message {
  const packet = openPacket(spec, bytes);
  const { envelope, framing } = spec.protocol;
  const layout = layoutOf(transactionOf(spec, code), side);
  const { head } = packet;
  // its status stands in the head: there is nothing more to say
  const bare = framing.type === 'heads' && side === 'answer' && packet.body.length === 0;
  if (bare) return { head, ...nothing };
  const text = bodyText(spec, packet);
  const body =
    envelope.body === 'xml'
      ? readXml(text, layout, envelope)
      : readDelimited(text, layout, envelope.delimiter, side);
  return { head, ...body };
}

export function decodeAnswer(spec: BankSpec, code: string, bytes: Uint8Array): Message {
  const message = decode(spec, code, bytes, 'answer');
  const { status } = spec.protocol.envelope;
  if (fieldAt(message, status) === undefined) throw invalid(status, 'missing');
  return message;
}

export function decodeRequest(spec: BankSpec, code: string, bytes: Uint8Array): Message {
  return decode(spec, code, bytes, 'request');
}

/** The transaction code a request carries, whatever it is; whether the spec has it is not asked here. */
export function readAction(spec: BankSpec, bytes: Uint8Array): string {
  const packet = openPacket(spec, bytes);
  const { envelope } = spec.protocol;
  const { action } = envelope;
  if (headParts(spec).some((part) => part.name === action)) {
    const code = Object.hasOwn(packet.head, action) ? packet.head[action] : undefined;
    if (code === undefined) throw invalid(action, 'missing');
    return code;
  }
  if (envelope.body === 'xml') return actionIn(bodyText(spec, packet), envelope);
  // the lint asks for it: fields without names cannot say which message they are
  throw new YinqiError('DEFECT', { detail: 'no action in the heads' });
}
