/**
 * A packet as transcripts write it, and its bytes:
 *
 *   RS #3 @a T101 000000 | text=成功        kind, number, reference, code, status, then elements of the body
 *   NT again #2 @1 N301                      possible resend; `day=20261125` where it is not the day at hand
 *
 * A reference is a name of the transcript, or digits. What is left out is empty, or zeros.
 */
import { Buffer } from 'node:buffer';
import { decodeText, encodeText } from '../../src/protocol/charset.ts';
import { packetBytes, readPacket } from '../../src/protocol/framing/packet.ts';
import { escapeText, parseXml } from '../../src/protocol/xml.ts';
import { FRAMING, PROTOCOL, SESSION } from './reference-rules.ts';

const KINDS = new Set(Object.values(SESSION.kinds));
const ROOT = PROTOCOL.envelope.body === 'xml' ? PROTOCOL.envelope.root : '';

/** `a` → 20 digits, the same every time. */
export function referenceOf(name: string): string {
  if (/^\d+$/.test(name)) return name;
  const digits = [...name].map((char) => char.charCodeAt(0).toString().padStart(3, '0')).join('');
  return `9${digits.padStart(19, '0')}`.slice(0, 20);
}

const nameOf = new Map<string, string>();

function bodyOf(elements: readonly string[]): Uint8Array {
  if (elements.length === 0) return new Uint8Array(0);
  const inside = elements.map((one) => {
    const at = one.indexOf('=');
    const name = one.slice(0, at);
    return `<${name}>${escapeText(one.slice(at + 1))}</${name}>`;
  });
  const text = `<?xml version="1.0" encoding="GBK"?><${ROOT}>${inside.join('')}</${ROOT}>`;
  return encodeText(text, 'GBK', 'body');
}

/** `day`: of numbered packets, where the words do not say another. */
export function packetOf(words: string, day: string): Uint8Array {
  const [heads = '', bodies = ''] = words.split('|');
  const head: Record<string, string> = { resend: SESSION.resends.first };
  const rest: string[] = [];
  for (const word of heads.trim().split(/\s+/)) {
    if (KINDS.has(word)) head.kind = word;
    else if (word === 'again') head.resend = SESSION.resends.again;
    else if (word.startsWith('#')) head.sequence = word.slice(1);
    else if (word.startsWith('day=')) head.day = word.slice(4);
    else if (word.startsWith('@')) {
      head.reference = referenceOf(word.slice(1));
      nameOf.set(head.reference, word);
    } else rest.push(word);
  }
  const [first, second] = rest;
  // a kick has a status and no code
  if (first !== undefined) head[/^\d{6}$/.test(first) ? 'status' : 'code'] = first;
  if (second !== undefined) head.status = second;
  const daily = ['GF', 'RR', 'DA', 'OF', 'OA'].includes(head.kind ?? '');
  if (head.day === undefined && (head.sequence !== undefined || daily)) head.day = day;
  return packetBytes(FRAMING, 'GBK', head, bodyOf(bodies.trim().split(/\s+/).filter(Boolean)));
}

/** The words of a packet, in the order of the format note; `day` is left out where it is the one at hand. */
export function wordsOf(bytes: Uint8Array, day: string): string {
  const { head, body } = readPacket(FRAMING, 'GBK', bytes);
  const { reference = '' } = head;
  const words = [
    head.kind ?? '',
    head.resend === SESSION.resends.again ? 'again' : '',
    head.sequence === undefined ? '' : `#${head.sequence}`,
    head.day === undefined || head.day === day ? '' : `day=${head.day}`,
    reference === '' ? '' : (nameOf.get(reference) ?? `@${reference}`),
    head.code ?? '',
    head.status ?? '',
  ].filter((word) => word !== '');
  if (body.length === 0) return words.join(' ');
  const { children } = parseXml(decodeText(Buffer.from(body), 'GBK'), [ROOT]);
  const elements = children.map(({ name, text }) => `${name}=${text}`);
  return `${words.join(' ')} | ${elements.join(' ')}`;
}
