/** docs/operations.md against the spec, in both directions: no operation, body field or result name is missing or invented. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readSpec } from '../../src/spec-directory.ts';

const spec = readSpec('protocol-specs/citic');
const page = readFileSync('docs/operations.md', 'utf8');

const rows = new Map(
  [
    ...page.matchAll(
      /^\| `([a-z-]+)` \| ([^|]+) \| ([A-Z]{8}[^|]*|none) \| (.*) \| (.*) \| (.*) \|$/gm,
    ),
  ].map(([, name = '', zh = '', transaction = '', needs = '', decides = '', data = '']) => [
    name,
    { zh: zh.trim(), transaction: transaction.trim(), needs, decides, data },
  ]),
);
const named = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, n = '']) => n);

test('has one row for every operation and no other', () => {
  expect([...rows.keys()]).toEqual([...spec.operations.keys()]);
});

test.each([...spec.operations])('%s', (name, operation) => {
  const row = rows.get(name);
  const local = operation.transaction === 'local';
  const code = local ? 'none' : operation.transaction;
  const type = operation.fields.tranType;
  expect(row?.zh).toBe(operation.zh);
  expect(row?.transaction).toBe(typeof type === 'string' ? `${code} ${type}` : code);
  const body = Object.entries(operation.body);
  expect(named(row?.needs ?? '')).toEqual(
    body.map(([one, { need }]) => (need === 'yes' ? one : `${one}?`)),
  );
  const { data = {}, complete, rows: listed = {} } = operation;
  const told = [...Object.keys(data), ...Object.keys(complete?.take ?? {}), ...Object.keys(listed)];
  expect(named(row?.data ?? '')).toEqual(told);
  const inquiry = spec.transactions.get(operation.transaction)?.inquiry;
  const asked =
    typeof inquiry === 'object' ? inquiry.transaction : local ? 'the gateway' : 'answer';
  expect(row?.decides).toBe(
    complete === undefined ? asked : `${asked}, then ${complete.transaction}`,
  );
});
