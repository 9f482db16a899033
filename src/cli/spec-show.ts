/** `yinqi spec show`: what a spec says, without a packet: a bank's transactions, one of them, one field. */
import { YinqiError } from '../errors.ts';
import { isList } from '../protocol/layout.ts';
import type { BankSpec, Field, FieldList, HeadPart, Transaction } from '../protocol/spec.ts';
import { readSpec } from '../spec-directory.ts';
import { operationsText, operationText } from './operation-show.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

const pairs = (what: Readonly<Record<string, readonly string[]>> | undefined): string =>
  Object.entries(what ?? {})
    .map(([name, values]) => `${name} = ${values.join(' | ')}`)
    .join(', ');

/** When it must be there and when it must not. */
function needOf(field: Field): string {
  if (field.need !== 'conditional') return field.need;
  const rules = [
    field.requiredWhen === undefined ? '' : `required when ${pairs(field.requiredWhen)}`,
    field.emptyWhen === undefined ? '' : `empty when ${pairs(field.emptyWhen)}`,
    field.oneOf === undefined ? '' : `one of ${field.oneOf.fields.join(', ')}`,
    field.unstated ? 'when: not stated' : '',
  ];
  return rules.filter((rule) => rule !== '').join('; ');
}

const marksOf = (field: Field, transaction: Transaction): string =>
  [
    field.owned ? 'the gateway’s' : '',
    field.section === undefined ? '' : `in ${field.section}`,
    field.element === undefined ? '' : `written ${field.element}`,
    field.mask === 'none' ? '' : `masked as ${field.mask}`,
    field.certainty ?? transaction.certainty,
  ]
    .filter((mark) => mark !== '')
    .join(', ');

/** Every field of one side, those of a list under it. */
const flat = (parts: readonly (Field | FieldList)[]): { prefix: string; field: Field }[] =>
  parts.flatMap((part) =>
    isList(part)
      ? part.fields.map((field) => ({ prefix: `${part.list}.`, field }))
      : [{ prefix: '', field: part }],
  );

function sideText(side: 'request' | 'answer', transaction: Transaction): string {
  const rows = flat(transaction[side]).map(({ prefix, field }) => [
    `${prefix}${field.name}`,
    field.zh,
    field.en,
    field.type,
    needOf(field),
    marksOf(field, transaction),
  ]);
  return `${side}\n${table(['field', '名称', 'meaning', 'type', 'needed', 'marks'], rows)}`;
}

function fieldText(name: string, spec: BankSpec, transaction: Transaction): string {
  const found = (['request', 'answer'] as const).flatMap((side) =>
    flat(transaction[side])
      .filter(({ field, prefix }) => field.name === name || `${prefix}${field.name}` === name)
      .map(({ field, prefix }) => {
        const values = Object.entries(field.values ?? {}).map(([value, text]) => [value, text]);
        return [
          `${side} ${prefix}${field.name}  ${field.zh}  ${field.en}`,
          `type ${field.type}; needed: ${needOf(field)}; ${marksOf(field, transaction)}`,
          ...(field.note === undefined ? [] : [`note: ${field.note}`]),
          ...(values.length === 0 ? [] : [table(['value', 'meaning'], values)]),
        ].join('\n');
      }),
  );
  if (found.length === 0) throw new YinqiError('FIELD_UNKNOWN', { path: name });
  return [...found, sourcesText(spec, transaction)].join('\n\n');
}

const sourcesText = ({ protocol }: BankSpec, { sources }: Transaction): string =>
  `sources\n${table(
    ['id', 'document'],
    sources.map((id) => [id, protocol.sources[id] ?? '']),
  )}`;

function transactionText(spec: BankSpec, transaction: Transaction): string {
  const { code, zh, en, kind, purpose, inquiry, notes } = transaction;
  const asked =
    kind === 'query' || kind === 'push'
      ? ''
      : `; asked about by ${inquiry === 'none' ? 'nobody' : (inquiry?.transaction ?? 'nobody')}`;
  return [
    `${code}  ${zh}  ${en}\n${purpose}\n${kind}${asked}`,
    sideText('request', transaction),
    sideText('answer', transaction),
    ...(notes.length === 0 ? [] : [`notes\n${notes.map((note) => `- ${note}`).join('\n')}`]),
    sourcesText(spec, transaction),
  ].join('\n\n');
}

/** What a packet carries in a part of its heads. */
function contentOf(part: HeadPart): string {
  if (part.fixed !== undefined) return `always ${part.fixed}`;
  if (part.length !== undefined) return `bytes: ${part.length}`;
  const { request } = part;
  if (request === undefined) return '';
  return typeof request === 'string' ? request : 'a choice';
}

/** The heads of this bank's packets; nothing where HTTP carries the bodies alone. */
function headsText({ protocol: { framing } }: BankSpec): string {
  if (framing.type === 'http') return '';
  const rows = framing.heads.flatMap(({ name, parts }) =>
    parts.map((part) => [
      `${name}.${part.name}`,
      String(part.bytes),
      part.zh,
      part.en,
      contentOf(part),
    ]),
  );
  if (rows.length === 0) return '';
  return `\n\n${table(['part', 'bytes', '名称', 'meaning', 'in a request'], rows)}`;
}

/**
 * Without a code: all transactions, the heads they travel in, and operations. With one, or the name of an
 * operation: its fields. With a field too: that field.
 */
export function showSpec(
  terminal: Terminal,
  directory: string,
  code?: string,
  name?: string,
): void {
  const spec = readSpec(directory);
  if (code === undefined) {
    const rows = [...spec.transactions.values()].map((one) => [one.code, one.kind, one.zh, one.en]);
    const transactions = table(['code', 'kind', '名称', 'meaning'], rows);
    terminal.out(`${transactions}${headsText(spec)}\n\n${operationsText(spec)}`);
    return;
  }
  const operation = spec.operations.get(code);
  if (operation !== undefined && name === undefined) {
    terminal.out(operationText(spec, code, operation));
    return;
  }
  const transaction = spec.transactions.get(code);
  if (transaction === undefined) throw new YinqiError('OPERATION_UNKNOWN', { path: code });
  terminal.out(
    name === undefined ? transactionText(spec, transaction) : fieldText(name, spec, transaction),
  );
}
