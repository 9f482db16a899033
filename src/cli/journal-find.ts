/** `yinqi journal find`: the records about something, a line each. Nothing in it needs a mask. */

import { YinqiError } from '../errors.ts';
import { dayOf } from '../instruction/day.ts';
import type { JournalView } from '../journal/journal.ts';
import type { JournalRecord } from '../journal/records.ts';
import { dayGiven, look, type PlaceOptions, placeOf } from './journal-place.ts';
import { asJson, type Json } from './operator-commands.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface FindOptions extends PlaceOptions, Json {
  readonly link?: string;
  readonly id?: string;
  readonly serial?: string;
  /** business day, yyyymmdd in the zone of the journal */
  readonly day?: string;
  readonly kind?: string;
  readonly businessRef?: string;
}

/** `A1` and `erp:A1` are the same, where only one ledger has it. */
const isId = (known: string, asked: string): boolean =>
  known === asked || known.endsWith(`:${asked}`);

/** Ids that a serial or the ledger's own reference leads to; undefined: any will do. */
async function idsOf(view: JournalView, options: FindOptions): Promise<Set<string> | undefined> {
  const { businessRef, id, link, serial } = options;
  if (id === undefined && serial === undefined && businessRef === undefined) return undefined;
  const links = [...view.index.links()].filter((one) => link === undefined || one === link);
  const found = new Set<string>();
  for (const one of links) {
    const used = serial === undefined ? undefined : view.index.bySerial(one, serial);
    if (used !== undefined) found.add(`${one}\n${used}`);
    if (id === undefined) continue;
    for (const known of view.index.ids(one)) if (isId(known, id)) found.add(`${one}\n${known}`);
  }
  if (businessRef === undefined) return found;
  for await (const record of view.records({ kinds: ['send', 'outcome'] })) {
    if (refOf(record) === businessRef && 'id' in record) found.add(`${record.link}\n${record.id}`);
  }
  return found;
}

function refOf(record: JournalRecord): string | undefined {
  if (record.kind === 'send') return record.intent.envelope.businessRef;
  if (record.kind !== 'outcome') return undefined;
  const { businessRef } = record.message;
  return typeof businessRef === 'string' ? businessRef : undefined;
}

/** What tells two records of one kind apart. */
function moreOf(record: JournalRecord): string {
  switch (record.kind) {
    case 'send':
      return `${record.transaction} ${record.serial ?? ''} attempt ${record.attempt}`;
    case 'answer':
      return `${record.about} ${record.transaction} attempt ${record.attempt}`;
    case 'not-written':
      return `attempt ${record.attempt}: ${record.why}`;
    case 'outcome':
      return `${String(record.message.outcome)} version ${record.version}`;
    case 'push':
    case 'push-answer':
      return record.key;
    case 'notice':
      return `${String(record.message.kind)} ${record.day}`;
    case 'contradiction':
      return `version ${record.version}`;
    case 'unclaimed':
      return `${record.event}, ${record.bytes} bytes`;
    case 'proposal':
      return `${record.action} ${record.subject} by ${record.who}`;
    case 'start':
      return `epoch ${record.epoch}`;
    case 'sequence':
      return `${record.day} up to ${record.upTo}`;
    default:
      return '';
  }
}

export async function findRecords(terminal: Terminal, options: FindOptions): Promise<void> {
  const { kind, link } = options;
  const day = dayGiven('--day', options.day);
  const named = [day, kind, options.id, options.serial, options.businessRef];
  if (named.every((one) => one === undefined)) {
    const detail = 'one of --id, --serial, --business-ref, --day, --kind';
    throw new YinqiError('CONFIG_INVALID', { path: '--id', detail });
  }
  const place = placeOf(options);
  const view = await look(place);
  const ids = await idsOf(view, options);
  const found: JournalRecord[] = [];
  for await (const record of view.records(link === undefined ? {} : { link })) {
    if (kind !== undefined && record.kind !== kind) continue;
    if (day !== undefined && dayOf(Date.parse(record.at), place.zone) !== day) continue;
    const about = 'id' in record ? `${record.link}\n${record.id}` : '';
    if (ids !== undefined && !ids.has(about)) continue;
    found.push(record);
  }
  const rows = found.map((record): string[] => {
    const { at, kind: what, link: of, n } = record;
    const about = 'id' in record ? (record.id ?? '') : '';
    return [String(n), at, of, what, about, moreOf(record)];
  });
  const head = ['N', 'AT', 'LINK', 'KIND', 'ID', ''];
  if (options.json === true) {
    const names = ['n', 'at', 'link', 'kind', 'id', 'more'];
    const lines = rows.map((row) => Object.fromEntries(row.map((cell, i) => [names[i], cell])));
    terminal.out(asJson(lines));
  } else if (rows.length === 0) terminal.out('no such record');
  else terminal.out(table(head, rows));
}
