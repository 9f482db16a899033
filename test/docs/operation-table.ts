/**
 * What a ledger says and what each bank makes of it, as docs/operations.md must show it. In: the specs. Out:
 * markdown, one row for each operation and bank; the neutral fields stand once, in the operation's first row.
 */
import type { BankSpec, BodyField, Operation } from '../../src/protocol/spec.ts';
import { banks, decidedBy, row } from './capability-table.ts';

/** An operation at one bank. */
interface Offered {
  readonly name: string;
  readonly spec: BankSpec;
  readonly operation: Operation;
}

const bankOf = ({ spec }: Offered): string => `\`${spec.protocol.bank}\``;
const code = (names: readonly string[]): string =>
  names.length === 0 ? '–' : names.map((name) => `\`${name}\``).join(' ');
const asked = (fields: Readonly<Record<string, BodyField>>): string =>
  code(Object.entries(fields).map(([name, { need }]) => (need === 'yes' ? name : `${name}?`)));

/** By name, in the order of the banks and of their files. */
function offered(): Map<string, Offered[]> {
  const found = new Map<string, Offered[]>();
  for (const spec of banks()) {
    for (const [name, operation] of spec.operations) {
      found.set(name, [...(found.get(name) ?? []), { name, spec, operation }]);
    }
  }
  return found;
}

/** One neutral field: who takes it where not all do, who needs it where others may leave it out. */
function neutral(field: string, all: readonly Offered[]): string {
  const taking = all.filter(({ operation }) => Object.hasOwn(operation.body, field));
  const needing = taking.filter(({ operation }) => operation.body[field]?.need === 'yes');
  const only = taking.length < all.length ? taking.map(bankOf) : [];
  const mixed = needing.length > 0 && needing.length < taking.length;
  const notes = [
    ...(only.length > 0 ? [`only ${only.join(' ')}`] : []),
    ...(mixed ? [`needed at ${needing.map(bankOf).join(' ')}`] : []),
  ];
  const name = needing.length < taking.length ? `${field}?` : field;
  return `\`${name}\`${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}

function neutralFields(all: readonly Offered[]): string {
  const names = new Set(all.flatMap(({ operation }) => Object.keys(operation.body)));
  return names.size === 0 ? '–' : [...names].map((name) => neutral(name, all)).join(' ');
}

/** What tells operations of one transaction apart: the constants in which they differ, `DLMDETRN BF`. */
function transactionOf({ spec, operation }: Offered): string {
  const { transaction } = operation;
  const alike = [...spec.operations.values()].filter((one) => one.transaction === transaction);
  const marks = Object.entries(operation.fields).filter(([field, value]) => {
    const given = alike.map(({ fields }) => fields[field]);
    const constants = given.filter((one) => typeof one === 'string' && /^[^$]/.test(one));
    return constants.length === alike.length && new Set(given).size > 1 && value !== '';
  });
  return [transaction, ...marks.map(([, value]) => String(value))].join(' ');
}

function told({ operation }: Offered): string {
  const { data = {}, complete, rows = {} } = operation;
  return code([data, complete?.take ?? {}, rows].flatMap((one) => Object.keys(one)));
}

const isLocal = ({ operation }: Offered): boolean => operation.transaction === 'local';

function rowsOf(name: string, all: readonly Offered[]): string[][] {
  const [first] = all;
  if (first === undefined) return [];
  const title = (zh: string, bank: string): string[] => [`\`${name}\``, bank, zh];
  if (all.every(isLocal)) {
    const local = ['none', neutralFields(all), '–', 'the gateway', 'see below'];
    const everywhere = all.length === banks().length;
    const who = everywhere ? 'every bank' : all.map(bankOf).join(' ');
    return [[...title(first.operation.zh, who), ...local]];
  }
  return all.map((one, index) => [
    ...title(one.operation.zh, bankOf(one)),
    transactionOf(one),
    index === 0 ? neutralFields(all) : '″',
    asked(one.operation.bank ?? {}),
    decidedBy(one.spec.transactions.get(one.operation.transaction), one.operation),
    told(one),
  ]);
}

export function operationTable(): string {
  const head = [
    'operation',
    'bank',
    '中文',
    'transaction',
    'body',
    '`bank`',
    'decided by',
    'result',
  ];
  const all = [...offered()];
  // what the gateway answers by itself is the same everywhere, and comes last
  const sorted = [false, true].flatMap((local) =>
    all.filter(([, given]) => given.every(isLocal) === local),
  );
  const rows = sorted.flatMap(([name, given]) => rowsOf(name, given));
  return [head, head.map(() => '---'), ...rows].map(row).join('\n');
}
