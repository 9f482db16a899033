/** Packets of the session's own, as the bank writes and reads them, by the spec's heads. */
import { Buffer } from 'node:buffer';
import iconv from 'iconv-lite';
import { packetBytes, readPacket } from '../../src/protocol/framing/packet.ts';
import type { BankSpec, HeadsFraming } from '../../src/protocol/spec.ts';
import type { SessionSpec } from '../../src/protocol/spec-session.ts';
import { escapeText, parseXml } from '../../src/protocol/xml.ts';

export type Kind = keyof SessionSpec['kinds'];

export interface Heard {
  readonly kind: Kind | undefined;
  readonly number: number;
  readonly day: string;
  readonly reference: string;
  readonly elements: Readonly<Record<string, string>>;
}

export interface Saying {
  readonly kind: Kind;
  readonly day?: string;
  readonly number?: number;
  readonly reference?: string;
  readonly status?: string;
  readonly again?: boolean;
  readonly elements?: Readonly<Record<string, string>>;
}

/** What a bank with a session reads its packets by. */
export interface Speech {
  readonly framing: HeadsFraming;
  readonly session: SessionSpec;
  hear(packet: Uint8Array): Heard;
  say(saying: Saying): Uint8Array;
  /** an answer or a notice with its number, wherever it got its other parts */
  numbered(packet: Uint8Array, day: string, number: number, again?: boolean): Uint8Array;
}

/** Undefined where the spec keeps no session. */
export function speechOf({ protocol }: BankSpec): Speech | undefined {
  const { connection, envelope, framing } = protocol;
  const { session } = connection;
  if (session === undefined || framing.type !== 'heads' || envelope.body !== 'xml')
    return undefined;
  const { kinds, parts, resends } = session;
  const { root, status } = envelope;
  const resend = (again = false): string => (again ? resends.again : resends.first);
  const kindOf = (value: string | undefined): Kind | undefined =>
    Object.entries(kinds)
      .filter(([, one]) => one === value)
      .map(([kind]) => kind as Kind)[0];
  const without = ({ length: _, ...head }: Readonly<Record<string, string>>) => head;
  return {
    framing,
    session,
    hear: (packet) => {
      const { head, body } = readPacket(framing, 'GBK', packet);
      const kind = kindOf(head[parts.kind]);
      const own = kind !== 'request' && kind !== 'noticeAnswer' && body.length > 0;
      const children = own ? parseXml(iconv.decode(Buffer.from(body), 'gbk'), [root]).children : [];
      return {
        kind,
        number: Number(head[parts.sequence] ?? '0'),
        day: head[parts.day] ?? '',
        reference: head.reference ?? '',
        elements: Object.fromEntries(children.map(({ name, text }) => [name, text])),
      };
    },
    say: ({ again, day = '', elements, kind, number, reference = '', status: said = '' }) => {
      const head = {
        [parts.kind]: kinds[kind],
        [parts.resend]: resend(again),
        [parts.day]: day,
        [parts.sequence]: number === undefined ? '' : String(number),
        reference,
        [status]: said,
      };
      const inside = Object.entries(elements ?? {})
        .map(([name, value]) => `<${name}>${escapeText(value)}</${name}>`)
        .join('');
      const xml = `<?xml version="1.0" encoding="GBK"?><${root}>${inside}</${root}>`;
      const body = elements === undefined ? new Uint8Array(0) : iconv.encode(xml, 'gbk');
      return packetBytes(framing, 'GBK', head, body);
    },
    numbered: (packet, day, number, again) => {
      const { head, body } = readPacket(framing, 'GBK', packet);
      const more = {
        [parts.day]: day,
        [parts.sequence]: String(number),
        [parts.resend]: resend(again),
      };
      return packetBytes(framing, 'GBK', { ...without(head), ...more }, body);
    },
  };
}
