/** What each bank can do, as docs/capabilities.md must show it. In: the specs and docs/operations.md. Out: markdown. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BankSpec, Operation, Transaction } from '../../src/protocol/spec.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { pageText } from './markdown.ts';

const SPECS = 'protocol-specs';

export const banks = (): BankSpec[] =>
  readdirSync(SPECS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => readSpec(join(SPECS, name)));

/** Transaction → why it has no operation, from the table of docs/operations.md; rows may name several. */
export function reasons(): ReadonlyMap<string, string> {
  const [, table = ''] = pageText('docs/operations.md').split(
    '## Transactions without an operation',
  );
  const rows = [...table.matchAll(/^\| ([A-Z0-9, ]+) \| .* \| (.*) \|$/gm)];
  return new Map(
    rows.flatMap(([, codes = '', why = '']) =>
      codes.split(', ').map((code): [string, string] => [code, why]),
    ),
  );
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], rows: readonly string[][]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** Who decides a lost answer: a query, the account itself through a query, or people. */
function inquiryOf(transaction: Transaction | undefined, operation: Operation): string {
  const inquiry = transaction?.inquiry;
  if (inquiry === 'none') return 'none: people decide';
  if (inquiry === undefined) return '–';
  const { complete } = operation;
  return complete === undefined
    ? inquiry.transaction
    : `${inquiry.transaction}, then ${complete.transaction}`;
}

const operationRows = ({ operations, transactions }: BankSpec): string[][] =>
  [...operations].map(([name, operation]) => {
    const transaction = transactions.get(operation.transaction);
    return [
      `\`${name}\``,
      operation.zh,
      transaction === undefined ? '–' : transaction.code,
      transaction === undefined ? 'gateway' : transaction.kind,
      inquiryOf(transaction, operation),
      transaction === undefined ? '–' : transaction.certainty,
      transaction === undefined ? '–' : operation.certainty,
    ];
  });

export function withoutOperation({ operations, transactions }: BankSpec): Transaction[] {
  const ordered = new Set([...operations.values()].map(({ transaction }) => transaction));
  return [...transactions.values()].filter(({ code }) => !ordered.has(code));
}

const restRows = (spec: BankSpec, why: ReadonlyMap<string, string>): string[][] =>
  withoutOperation(spec).map(({ certainty, code, kind, zh }) => [
    code,
    zh,
    kind,
    certainty,
    why.get(code) ?? '',
  ]);

const noticeRows = ({ protocol }: BankSpec): string[][] =>
  (protocol.credits ?? []).map(({ kinds, name, onlyIf, transaction }) => [
    name,
    transaction,
    [...new Set(kinds.map(({ kind }) => `\`${kind}\``))].join(' '),
    onlyIf === undefined ? 'always' : `\`credits.${onlyIf}\` of the link`,
  ]);

function section(spec: BankSpec, why: ReadonlyMap<string, string>): string {
  const { bank, en, version, zh } = spec.protocol;
  const head = ['operation', '中文', 'transaction', 'kind', 'inquiry', 'fields', 'mapping'];
  const count = (kind: string): number =>
    [...spec.transactions.values()].filter((one) => one.kind === kind).length;
  // a bank that never sends by itself is not said to send nothing
  const pushes = count('push') > 0 ? ['push'] : [];
  const kinds = ['movement', 'maintenance', 'query', ...pushes].map(
    (kind) => `${count(kind)} ${kind}`,
  );
  const size = `${spec.transactions.size} transactions (${kinds.join(', ')})`;
  return [
    `## ${bank}: ${zh} ${en}`,
    `${version}. ${size}, ${spec.operations.size} operations.`,
    table(head, operationRows(spec)),
    `### ${bank}: transactions without an operation`,
    table(['transaction', '中文', 'kind', 'fields', 'why'], restRows(spec, why)),
    `### ${bank}: statements that are swept for notices`,
    table(['statement', 'transaction', 'tells', 'when'], noticeRows(spec)),
  ].join('\n\n');
}

export const matrix = (): string => {
  const why = reasons();
  return banks()
    .map((spec) => section(spec, why))
    .join('\n\n');
};
