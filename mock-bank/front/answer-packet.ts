/**
 * A reply → the packet of its answer, in the manual's order. Texts that are longer than their field are cut
 * between characters, as banks do; everything else that does not fit the spec is a defect of this bank.
 */
import iconv from 'iconv-lite';
import { YinqiError } from '../../src/errors.ts';
import { noneOf } from '../../src/protocol/bodies/texts.ts';
import { encodeAnswer } from '../../src/protocol/encode.ts';
import { headValues } from '../../src/protocol/framing/head-values.ts';
import { cutToFit, packetBytes } from '../../src/protocol/framing/packet.ts';
import { isList, typeOf } from '../../src/protocol/layout.ts';
import type { Message, Row, Scalar, Values } from '../../src/protocol/message.ts';
import type { BankSpec, Field, HeadsFraming } from '../../src/protocol/spec.ts';
import { escapeText } from '../../src/protocol/xml.ts';
import type { Code } from '../bank/codes.ts';
import { type Reply, ROWS } from '../bank/reply.ts';
import { dayOf, timeOf } from '../ledger/calendar.ts';
import { yuan } from '../ledger/money.ts';
import type { Dialect, Head } from './dialect.ts';

const charset = 'GB18030';
const bytesIn = (text: string): number => iconv.encode(text, 'gb18030').length;

export interface Writing {
  readonly spec: BankSpec;
  readonly dialect: Dialect;
  readonly now: number;
  /** what answers of HTTP declare about their charset */
  readonly declaration: string;
}

/** Of the request, what its answer may need. */
export interface Answering {
  readonly transaction: string;
  readonly head: Head;
  readonly message?: Message;
}

function cut(text: string, bytesMax: number): string {
  if (bytesIn(text) <= bytesMax) return text;
  let kept = '';
  let bytes = 0;
  for (const char of text) {
    bytes += bytesIn(char);
    if (bytes > bytesMax) break;
    kept += char;
  }
  return kept;
}

/** The bank thinks in fen; a field whose type no source states is text, and an amount in it is yuan. */
function fitted(fields: readonly Field[], values: Row): Row {
  const types = new Map(fields.map((field) => [field.name, typeOf(field.type)]));
  const one = ([name, value]: [string, Scalar]): [string, Scalar] => {
    const type = types.get(name);
    if (type?.kind === 'decimal') return [name, value];
    const text = typeof value === 'bigint' ? yuan(value) : value;
    return [name, type?.kind === 'text' ? cut(text, type.bytesMax) : text];
  };
  return Object.fromEntries(Object.entries(values).map(one));
}

function declared(body: Uint8Array, declaration: string): Uint8Array {
  const text = Buffer.from(body).toString('latin1');
  return Buffer.from(text.replace(`"${charset}"`, `"${declaration}"`), 'latin1');
}

function headOf({ spec, now }: Writing, framing: HeadsFraming, request: Head, code: Code): Head {
  const date = dayOf(now);
  const time = timeOf(now);
  const reference = request.reference ?? '';
  const scope = { request, answer: code, packet: { reference, date, time, moment: date + time } };
  return cutToFit(framing, 'GBK', headValues(spec, 'answer', scope));
}

/** An answer that is nothing but its head; for a transaction that the spec may not even have. */
export function headOnly(writing: Writing, { head }: Answering, given: Code): Uint8Array {
  const { spec, dialect, declaration } = writing;
  const { framing } = spec.protocol;
  const code = dialect.codeOf(given);
  const { envelope } = spec.protocol;
  if (framing.type === 'heads') {
    const heads = headOf(writing, framing, head, code);
    const inHead = framing.heads.some(({ parts }) =>
      parts.some(({ name }) => name === envelope.status),
    );
    const body = inHead ? '' : statusAlone(spec, code);
    return packetBytes(framing, 'GBK', heads, iconv.encode(body, 'gb18030'));
  }
  const whole = `<?xml version="1.0" encoding="${declaration}"?>${statusAlone(spec, code)}`;
  return iconv.encode(whole, 'gb18030');
}

/** A body with nothing in it but code and text, in the first section where there are several. */
function statusAlone(spec: BankSpec, code: Code): string {
  const { envelope } = spec.protocol;
  if (envelope.body !== 'xml') throw new YinqiError('DEFECT', { detail: 'no XML' });
  const { root, status, text, sections = [] } = envelope;
  const said = `<${status}>${code.code}</${status}><${text}>${escapeText(code.text)}</${text}>`;
  const [first, ...others] = sections;
  const empty = others.map((name) => `<${name}></${name}>`).join('');
  const inside = first === undefined ? said : `<${first}>${said}</${first}>${empty}`;
  return `<${root}>${inside}</${root}>`;
}

/** What the spec has a place for, in the place it has; ROWS stand in the only list of the answer (hollow
 * ones, with a count of none, as `.none` of it). */
function valuesOf(writing: Writing, asked: Answering, reply: Reply): Values {
  const { spec, dialect, now } = writing;
  const parts = spec.transactions.get(asked.transaction)?.answer ?? [];
  const lists = parts.filter(isList);
  const fields = parts.filter((part): part is Field => !isList(part));
  const code = dialect.codeOf(reply.code);
  const { status, text } = spec.protocol.envelope;
  const inHead = spec.protocol.framing.type === 'heads';
  const inBody = fields.some(({ name }) => name === status);
  const said: Row = inHead && !inBody ? {} : { [status]: code.code, [text]: code.text };
  const { head, message } = asked;
  const plain: Row = { ...dialect.common?.({ head, message }, code, now), ...said };
  const values: Values = {};
  for (const [name, value] of Object.entries(reply.values ?? {})) {
    if (!Array.isArray(value)) plain[name] = value;
    else {
      const [called = name, hollow] = name.split('.');
      const list = called === ROWS ? lists[0] : lists.find((one) => one.list === called);
      const rows = value.map((row) => fitted(list?.fields ?? [], row));
      values[hollow === undefined ? (list?.list ?? name) : noneOf(list?.list ?? called)] = rows;
    }
  }
  return { ...values, ...fitted(fields, plain) };
}

export function answerPacket(writing: Writing, asked: Answering, reply: Reply): Uint8Array {
  const { spec, dialect, declaration } = writing;
  const { transaction, head } = asked;
  if (!spec.transactions.has(transaction)) return headOnly(writing, asked, reply.code);
  const { framing } = spec.protocol;
  const values = valuesOf(writing, asked, reply);
  if (framing.type === 'http') {
    return declared(encodeAnswer(spec, transaction, values, charset), declaration);
  }
  const heads = headOf(writing, framing, head, dialect.codeOf(reply.code));
  return encodeAnswer(spec, transaction, values, 'GBK', heads);
}
