/** `yinqi journal show <n>`: one record laid open, its packet by the spec it was made with; masked unless asked. */

import { YinqiError } from '../errors.ts';
import type { JournalRecord } from '../journal/records.ts';
import { decodeAnswer, decodeRequest, readAction } from '../protocol/decode.ts';
import { describe, render } from '../protocol/describe.ts';
import type { Message } from '../protocol/message.ts';
import type { BankSpec } from '../protocol/spec.ts';
import { look, type PlaceOptions, placeOf, specWith } from './journal-place.ts';
import { asJson, type Json } from './operator-commands.ts';
import { type Row, rowsOf } from './record-rows.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface ShowOptions extends PlaceOptions, Json {
  /** values as they are */
  readonly clear?: boolean;
}

interface Recorded {
  readonly bytes: Buffer;
  readonly side: 'request' | 'answer';
  /** code of the transaction, where the packet itself may not say it */
  readonly code: string | undefined;
}

function packetOf(record: JournalRecord): Recorded | undefined {
  const from = (text: string): Buffer => Buffer.from(text, 'base64');
  if (record.kind === 'send') {
    return { bytes: from(record.request), side: 'request', code: record.transaction };
  }
  if (record.kind === 'answer') {
    return { bytes: from(record.body), side: 'answer', code: record.transaction };
  }
  if (record.kind === 'push')
    return { bytes: from(record.packet), side: 'request', code: undefined };
  return undefined;
}

/** Field by field as it stands in the packet. */
function clearRows({ extra, fields, head, lists }: Message): Row[] {
  const plain = (values: Readonly<Record<string, unknown>>, prefix: string): Row[] =>
    Object.entries(values).map(([name, value]) => [`${prefix}${name}`, String(value)]);
  const rows = Object.entries(lists).flatMap(([name, list]) =>
    list.flatMap((row, i) => plain(row, `${name}.${i}.`)),
  );
  return [...plain(head, 'head.'), ...plain(fields, ''), ...rows, ...plain(extra, '')];
}

function packetText(spec: BankSpec, { bytes, code, side }: Recorded, clear: boolean): string {
  if (!clear) return render(describe(spec, bytes, side === 'answer' ? code : undefined));
  const action = code ?? readAction(spec, bytes);
  const decode = side === 'answer' ? decodeAnswer : decodeRequest;
  return table(['FIELD', 'VALUE'], clearRows(decode(spec, action, bytes)));
}

/** Bytes that are no message of the spec are kept as evidence too. */
function readable(spec: BankSpec | undefined, packet: Recorded, clear: boolean): string {
  const size = `${packet.bytes.length} bytes`;
  if (spec === undefined) {
    const text = clear ? `\n${packet.bytes.toString('base64')}` : '';
    return `a packet of ${size}; no spec here has the digest it was made with${text}`;
  }
  try {
    return packetText(spec, packet, clear);
  } catch (error) {
    if (!(error instanceof YinqiError)) throw error;
    const text = clear ? `\n${packet.bytes.toString('base64')}` : '';
    return `a packet of ${size} that is no message of its spec (${error.code})${text}`;
  }
}

export async function showRecord(
  terminal: Terminal,
  given: string,
  options: ShowOptions,
): Promise<void> {
  const n = Number(given);
  if (!/^\d{1,15}$/.test(given) || n < 1) {
    throw new YinqiError('CONFIG_INVALID', { path: 'n', detail: 'the number of a record' });
  }
  const place = placeOf(options);
  const record = await (await look(place)).read(n);
  const code = 'transaction' in record ? record.transaction : undefined;
  // that of a `start` says no packet
  const spec =
    record.kind !== 'start' && 'spec' in record ? specWith(place, record.spec, code) : undefined;
  const rows = rowsOf(record, spec, options.clear === true);
  if (options.json === true) {
    terminal.out(asJson(options.clear === true ? record : Object.fromEntries(rows)));
    return;
  }
  const packet = packetOf(record);
  const below = packet === undefined ? [] : [readable(spec, packet, options.clear === true)];
  terminal.out([table(['FIELD', 'VALUE'], rows), ...below].join('\n\n'));
}
