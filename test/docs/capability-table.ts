/** What each bank can do, as docs/capabilities.md must show it. In: the specs and the pages of docs/banks. Out: markdown. */
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

/** The page about one bank's operations. */
export const pageOf = ({ protocol }: BankSpec): string => `docs/banks/${protocol.bank}.md`;

/** Transaction → why it has no operation, from the table of the bank's page; rows may name several. */
export function reasons(spec: BankSpec): ReadonlyMap<string, string> {
  const [, table = ''] = pageText(pageOf(spec)).split('## Transactions without an operation');
  const rows = [...table.matchAll(/^\| ([A-Z0-9, ]+) \| .* \| (.*) \|$/gm)];
  return new Map(
    rows.flatMap(([, codes = '', why = '']) =>
      codes.split(', ').map((code): [string, string] => [code, why]),
    ),
  );
}

export const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

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

/** The same for a reader of operations: `answer` where the direct answer ends it. */
export const decidedBy = (transaction: Transaction | undefined, operation: Operation): string =>
  transaction?.inquiry === undefined ? 'answer' : inquiryOf(transaction, operation);

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

function restRows(spec: BankSpec): string[][] {
  const why = reasons(spec);
  const rest = withoutOperation(spec);
  return rest.map(({ certainty, code, kind, zh }) => [
    code,
    zh,
    kind,
    certainty,
    why.get(code) ?? '',
  ]);
}

function sweptIf(onlyIf: string | undefined): string {
  if (onlyIf === undefined) return 'always';
  if (!onlyIf.startsWith('$')) return `\`credits.${onlyIf}\` of the link`;
  return `the link has the setting \`${onlyIf.replace('$link.', '')}\``;
}

const noticeRows = ({ protocol }: BankSpec): string[][] =>
  (protocol.credits ?? []).map(({ kinds, name, onlyIf, transaction }) => [
    name,
    transaction,
    [...new Set(kinds.map(({ kind }) => `\`${kind}\``))].join(' '),
    sweptIf(onlyIf),
  ]);

function section(spec: BankSpec): string {
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
    table(['transaction', '中文', 'kind', 'fields', 'why'], restRows(spec)),
    `### ${bank}: statements that are swept for notices`,
    table(['statement', 'transaction', 'tells', 'when'], noticeRows(spec)),
  ].join('\n\n');
}

/** Operation × bank: which transaction, if there is one. */
function overview(specs: readonly BankSpec[]): string {
  const names = new Set(specs.flatMap(({ operations }) => [...operations.keys()]));
  const cell = (spec: BankSpec, name: string): string => {
    const operation = spec.operations.get(name);
    if (operation === undefined) return '';
    return operation.transaction === 'local'
      ? 'gateway'
      : `${operation.transaction} (${operation.certainty})`;
  };
  const head = ['operation', ...specs.map(({ protocol }) => protocol.bank)];
  const rows = [...names].map((name) => [`\`${name}\``, ...specs.map((spec) => cell(spec, name))]);
  return table(head, rows);
}

export const matrix = (): string => {
  const specs = banks();
  const head = '## Every bank: which transaction an operation is, and how surely';
  return [head, overview(specs), ...specs.map(section)].join('\n\n');
};
