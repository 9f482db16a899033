/** The README lists every transaction, setting, fault, route and flag, and none that is not there. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readArguments } from '../../mock-bank/arguments.ts';
import { settings } from '../../mock-bank/bank/settings.ts';
import { ROUTES } from '../../mock-bank/control/routes.ts';
import { DIALECTS } from '../../mock-bank/dialects.ts';
import { FAULTS } from '../../mock-bank/faults.ts';
import { readSpec } from '../../src/spec-directory.ts';

const folder = join(import.meta.dirname, '../../protocol-specs');
const readme = readFileSync(join(import.meta.dirname, '../../mock-bank/README.md'), 'utf8');

/** What stands in back quotes in the first column of a table. */
function listed(heading: string): string[] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const cells = [...section.matchAll(/^\| (`[^|]+?`) *\|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

const specs = readdirSync(folder).map((bank) => readSpec(join(folder, bank)));
const banks = specs.flatMap((spec) => {
  const dialect = DIALECTS[spec.protocol.bank];
  return dialect === undefined ? [] : [{ spec, repertoire: dialect.repertoire }];
});
const played = banks.flatMap(({ repertoire }) => repertoire.played());

it('transactions', () => {
  expect(banks.map(({ spec }) => spec.protocol.bank).toSorted()).toEqual(
    Object.keys(DIALECTS).toSorted(),
  );
  expect(listed('What it plays').toSorted()).toEqual(played.toSorted());
});

it('every transaction of the specs is played, or named among those that are not', () => {
  const [, after = ''] = readme.split('\nNot played:');
  const [reasons = ''] = after.split('\n\n');
  for (const { spec, repertoire } of banks) {
    const asked = [...spec.transactions.values()].filter(({ kind }) => kind !== 'push');
    const left = asked.filter(({ code }) => !repertoire.isPlayed(code));
    expect(left.filter(({ code }) => !reasons.includes(`\`${code}\``))).toEqual([]);
    expect(repertoire.played().filter((code) => !spec.transactions.has(code))).toEqual([]);
  }
});

it('settings', () => {
  expect(listed('Settings')).toEqual(Object.keys(settings.shape));
});

it('faults', () => {
  expect(listed('Faults')).toEqual(Object.keys(FAULTS));
});

it('routes', () => {
  const routes = Object.values(ROUTES).map(({ method, path }) => `${method} ${path}`);
  const named = listed('Control API').map((route) => route.split('?')[0]);
  expect(named.toSorted()).toEqual(routes.toSorted());
});

it('flags', () => {
  for (const flag of listed('Start'))
    expect(() => readArguments([flag, '1'])).not.toThrow('Unknown');
});
