/** Faults planted one at a time, from planted-faults.txt, and that a spec without them has none. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { changed, faultsOf, files, lintOf, smallFiles } from './ground.ts';

type Plant = readonly [what: string, file: string, path: string, value: unknown, fault: string];

function readPlants(): Map<string, Plant[]> {
  const groups = new Map<string, Plant[]>();
  let group: Plant[] = [];
  for (const line of readFileSync('test/protocol/planted-faults.txt', 'utf8').split('\n')) {
    const heading = /^\[(.+)\]$/.exec(line)?.[1];
    if (heading !== undefined) {
      group = [];
      groups.set(heading, group);
    } else if (line !== '' && !line.startsWith('#')) {
      const [what = '', file = '', path = '', value = '', fault = ''] = line.split(' | ');
      group.push([what, file, path, value === '-' ? undefined : JSON.parse(value), fault]);
    }
  }
  return groups;
}

const smallWith = (file: string, from: string, to: string): ReadonlyMap<string, string> => {
  const text = smallFiles.get(file) ?? '';
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  return new Map([...smallFiles, [file, text.replace(from, to)]]);
};

describe('the specs on disk', () => {
  it('have no fault', () => {
    expect(faultsOf(files)).toEqual([]);
    expect(faultsOf(smallFiles)).toEqual([]);
  });
});

describe.each([...readPlants()])('a fault of %s', (_, planted) => {
  it.each(planted)('%s', (_what, file, path, value, fault) => {
    const found = lintOf(changed(file, path, value));
    expect(found).toContain(fault.startsWith(':') ? `${file}${fault}` : fault);
  });
});

describe('lint', () => {
  it('reports a fault of a shared table once, however many transactions use it', () => {
    expect(lintOf(changed('protocol.yaml', 'verdicts/movement/1/ended', undefined))).toEqual([
      'protocol.yaml:verdicts.movement.1 — does not say how the request ended',
    ]);
  });

  it('reports all faults in one look', () => {
    const found = lintOf(changed('protocol.yaml', 'settings/mainAccount', undefined));
    const files = new Set(found.map((one) => one.split(':')[0]));
    expect([...files].sort()).toEqual([
      'operations.yaml',
      'protocol.yaml',
      'transactions/DLBREGSN.yaml',
      'transactions/DLOLCACC.yaml',
      'transactions/DLSBAMAN.yaml',
    ]);
  });

  it('finds a circle of code lists, which would never end', () => {
    const circle = smallWith('protocol.yaml', 'good: [AAAAAAA]', 'good: [$family]');
    expect(faultsOf(circle)).toEqual([
      'protocol.yaml:codes.good — contains itself',
      'protocol.yaml:codes.family — contains itself',
    ]);
  });

  it('tells a secret without a mask', () => {
    const bare = smallWith(
      'transactions/PAY.yaml',
      "{ zh: 词, en: word, name: pin, type: varchar(8), need: 'no', mask: secret }",
      "{ zh: 密码, en: word, name: pin, type: varchar(8), need: 'no' }",
    );
    expect(faultsOf(bare)).toEqual([
      'transactions/PAY.yaml:request.12.mask — is a secret by its Chinese name; needs a mask',
    ]);
  });

  it('looks at conditions inside lists too', () => {
    const wrong = smallWith('transactions/PAY.yaml', 'row.kind: [P]', 'row.sort: [P]');
    expect(faultsOf(wrong)).toEqual([
      'transactions/PAY.yaml:request.13.fields.2.requiredWhen.row.sort — no such field in the request',
    ]);
  });
});
