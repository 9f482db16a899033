/** Rows of CITIC's statement, as the bank's own names have them. Names and numbers are invented. */
import { entryOf, type StatementEntry } from '../../src/credits/entry.ts';
import type { BankSpec, SweepSpec } from '../../src/protocol/spec.ts';
import { readSpec } from '../../src/spec-directory.ts';

export const citic: BankSpec = readSpec('protocol-specs/citic');

function sweepOf(spec: BankSpec, name: string): SweepSpec {
  const found = spec.protocol.credits?.find((sweep) => sweep.name === name);
  if (found === undefined) throw new Error(`the spec has no sweep ${name}`);
  return found;
}
/** The statements of the members. */
export const credits = sweepOf(citic, 'members');
/** The statement of the main account. */
export const main = sweepOf(citic, 'main');

export type Row = Readonly<Record<string, string>>;

/** Money in from outside. */
export const CREDIT: Row = {
  subAccNo: '7110210187000012345',
  TRANTYPE: '23',
  TRANDATE: '20260924',
  TRANTIME: '101500',
  HOSTFLW: 'SC000000000042',
  HOSTSEQ: '1',
  OPPACCNO: '6217001234567890123',
  OPPACCNAME: '张三',
  OPPBRANCHNAME: '中国银行',
  OPPBANKNO: '104100000004',
  CDFG: 'C',
  TRANAMT: '100.00',
  ACCBAL: '1100.00',
  XTSFAM: '0.00',
  RESUME: '货款',
};

/** A payout that came back: the same debit, negative. */
export const RETURNED: Row = { ...CREDIT, CDFG: 'D', TRANAMT: '-12.30', RESUME: '退汇' };

export function entry(row: Row): StatementEntry {
  const found = entryOf(credits, row);
  if (found === undefined) throw new Error('a row without a key');
  return found;
}
