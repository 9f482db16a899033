/** One bank's spec from its folder. In: `protocol-specs/<bank>`. Out: a BankSpec. Golden files are not read. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Faults } from './errors.ts';
import { loadSpec } from './protocol/load.ts';
import type { BankSpec } from './protocol/spec.ts';

const isYaml = (name: string): boolean => name.endsWith('.yaml');

function namesIn(directory: string): string[] {
  const top = readdirSync(directory).filter(isYaml);
  const codes = readdirSync(join(directory, 'transactions')).filter(isYaml);
  return [...top, ...codes.map((name) => `transactions/${name}`)];
}

export function readSpec(directory: string): BankSpec {
  const files = new Map<string, string>();
  try {
    for (const name of namesIn(directory)) {
      files.set(name, readFileSync(join(directory, name), 'utf8'));
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    const sentence = 'the protocol spec is not valid';
    const fault = { code: 'SPEC_INVALID', sentence, path: directory, detail: code } as const;
    throw new Faults('SPEC_INVALID', [fault]);
  }
  return loadSpec(files);
}
