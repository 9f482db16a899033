/**
 * Packets of a persistent session as the session reads and makes them: heads by the spec, and the small
 * bodies of its own packets. What stands in the body of a transaction is not its business.
 *
 *   sign-on, its answer   <day> <next> <expects> and who we are     gap fill, resend request   <from> <to>
 *   day change            <day> <next>                              heartbeats, sign-off, kick  empty
 */
import { YinqiError } from '../errors.ts';
import { type Charset, decodeText, encodeText } from '../protocol/charset.ts';
import type { Reader } from '../protocol/framing/framer.ts';
import { packetBytes, readPacket } from '../protocol/framing/packet.ts';
import { PacketReader } from '../protocol/framing/reader.ts';
import type { ProtocolFile } from '../protocol/spec.ts';
import type { SessionSpec } from '../protocol/spec-session.ts';
import { escapeText, parseXml } from '../protocol/xml.ts';
import type { Range } from './bank-numbers.ts';

export type Kind = keyof SessionSpec['kinds'];

export interface SessionPacket {
  readonly kind: Kind;
  /** '' where it has none */
  readonly day: string;
  /** 0: not numbered */
  readonly number: number;
  readonly again: boolean;
  readonly reference: string;
  readonly code: string;
  readonly status: string;
  readonly bytes: Uint8Array;
  /** elements of the body; FRAME_INVALID if it is none of a session packet */
  element(name: string): string;
}

export interface Making {
  readonly kind: Kind;
  readonly day?: string;
  readonly reference?: string;
  readonly elements?: Readonly<Record<string, string>>;
}

export interface SessionCodec {
  reader(): Reader;
  /** FRAME_INVALID, or MESSAGE_INVALID, if it is no packet of this session. */
  read(bytes: Uint8Array): SessionPacket;
  make(packet: Making): Uint8Array;
}

const invalid = (detail: string): YinqiError => new YinqiError('FRAME_INVALID', { detail });

const DAY = /^\d{8}$/;
const NUMBER = /^\d{1,15}$/;

/** What the peer wrote where a number must stand; FRAME_INVALID if it is none. */
export function numberOf(text: string, what: string): number {
  if (!NUMBER.test(text)) throw invalid(`${what} is no number`);
  return Number(text);
}

export function dayIn(text: string): string {
  if (!DAY.test(text)) throw invalid('no business day');
  return text;
}

export function rangeIn(packet: SessionPacket): Range {
  const from = numberOf(packet.element('from'), 'from');
  const to = numberOf(packet.element('to'), 'to');
  if (from < 1 || to < from) throw invalid('no range');
  return { from, to };
}

/** SPEC_INVALID where the spec keeps no session. */
export function sessionCodec(protocol: ProtocolFile, charset: Charset): SessionCodec {
  const { connection, correlation, envelope, framing } = protocol;
  const { session } = connection;
  const fits = session !== undefined && framing.type === 'heads' && envelope.body === 'xml';
  if (!fits || correlation === 'none' || correlation.request !== correlation.answer) {
    throw new YinqiError('SPEC_INVALID', { path: 'connection' });
  }
  const { parts, kinds, resends } = session;
  const root = envelope.root;
  const kindOf = new Map(Object.entries(kinds).map(([kind, value]) => [value, kind as Kind]));

  function elementsOf(body: Uint8Array): ReadonlyMap<string, string> {
    const { children } = parseXml(decodeText(body, protocol.charset.answer), [root]);
    return new Map(children.map((child) => [child.name, child.text]));
  }

  return {
    reader: () => new PacketReader(framing),
    read: (bytes) => {
      const { head, body } = readPacket(framing, protocol.charset.answer, bytes);
      const kind = kindOf.get(head[parts.kind] ?? '');
      if (kind === undefined) throw invalid('no such kind');
      const resend = head[parts.resend];
      if (resend !== resends.first && resend !== resends.again) throw invalid('resend mark');
      const day = head[parts.day] ?? '';
      if (day !== '') dayIn(day);
      const number = numberOf(head[parts.sequence] ?? '0', 'sequence');
      if (number > 0 && day === '') throw invalid('a number without a day');
      let elements: ReadonlyMap<string, string> | undefined;
      return {
        kind,
        day,
        number,
        again: resend === resends.again,
        reference: head[correlation.answer] ?? '',
        code: head[envelope.action] ?? '',
        status: head[envelope.status] ?? '',
        bytes,
        element: (name) => {
          elements ??= elementsOf(body);
          return elements.get(name) ?? '';
        },
      };
    },
    make: ({ kind, day = '', reference = '', elements }) => {
      const head = {
        [parts.kind]: kinds[kind],
        [parts.resend]: resends.first,
        [parts.day]: day,
        [correlation.request]: reference,
      };
      const inside = Object.entries(elements ?? {})
        .map(([name, value]) => `<${name}>${escapeText(value)}</${name}>`)
        .join('');
      const declaration = envelope.declaration.replace('{charset}', charset);
      const text = elements === undefined ? '' : `${declaration}<${root}>${inside}</${root}>`;
      return packetBytes(framing, charset, head, encodeText(text, charset, kind));
    },
  };
}
