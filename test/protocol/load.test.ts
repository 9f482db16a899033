import { describe, expect, it } from 'vitest';
import { loadSpec } from '../../src/protocol/load.ts';
import { citic, faultsOf, files, smallFiles, transaction } from './ground.ts';

const withFile = (name: string, text: string) => new Map([...smallFiles, [name, text]]);
const pay = smallFiles.get('transactions/PAY.yaml') ?? '';

describe('loading a spec', () => {
  it('refuses a key it does not know, and names file and path', () => {
    const [fault] = faultsOf(withFile('transactions/PAY.yaml', `${pay}\nretry: 3\n`));
    expect(fault).toMatch(/^transactions\/PAY\.yaml — .*retry/);
  });

  it('finds the faults of all files in one look', () => {
    const files = new Map([
      ...withFile('transactions/PAY.yaml', pay.replace('kind: movement', 'kind: move')),
      ['operations.yaml', 'operations: { Bad: {} }'],
      ['notes.txt', 'x'],
    ]);
    const found = faultsOf(files).join('\n');
    expect(found).toContain('notes.txt — no file of a spec');
    expect(found).toContain('operations.yaml:operations.Bad');
    expect(found).toContain('transactions/PAY.yaml:kind');
  });

  it('refuses what is missing, broken YAML and a key twice', () => {
    expect(faultsOf(new Map())).toEqual(['protocol.yaml — missing', 'operations.yaml — missing']);
    expect(faultsOf(withFile('protocol.yaml', 'spec: [1'))[0]).toMatch(/^protocol\.yaml:line 1 — /);
    const twice = faultsOf(withFile('transactions/PAY.yaml', `${pay}\nkind: movement\n`));
    expect(twice[0]).toMatch(/^transactions\/PAY\.yaml:line \d+ — DUPLICATE_KEY/);
    expect(faultsOf(withFile('protocol.yaml', 'x: *nothing')).length).toBeGreaterThan(0);
  });

  it('gives a spec that never changes', () => {
    const movement = transaction(citic, 'DLMDETRN');
    expect(() => Object.assign(movement, { kind: 'query' })).toThrow(TypeError);
    expect(() => (citic.transactions as Map<string, unknown>).delete('DLMDETRN')).toThrow(
      TypeError,
    );
    expect(() => (citic.transactions as Map<string, unknown>).set('X', movement)).toThrow(
      TypeError,
    );
    expect(() => (citic.operations as Map<string, unknown>).clear()).toThrow(TypeError);
    expect(Object.isFrozen(citic.protocol.codes)).toBe(true);
  });

  it('has a digest of every byte of every file, whatever order they were read in', () => {
    const again = loadSpec(new Map([...files].reverse()));
    expect(again.digest).toBe(citic.digest);
    const text = files.get('protocol.yaml') ?? '';
    expect(loadSpec(new Map([...files, ['protocol.yaml', `${text}\n`]])).digest).not.toBe(
      citic.digest,
    );
  });
});
