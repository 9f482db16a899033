/** What a spec must keep beyond its schema. In: a spec. Out: every fault, with its place. */
import type { BankSpec } from './spec.ts';

export interface LintFault {
  readonly path: string;
  readonly detail: string;
}

export function lintSpec(spec: BankSpec): LintFault[] {
  const faults: LintFault[] = [];
  for (const [code, transaction] of spec.transactions) {
    if (code !== transaction.code) {
      faults.push({ path: `transactions/${code}.yaml:code`, detail: 'is not the file name' });
    }
  }
  return faults;
}
