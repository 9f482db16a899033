/** Ping An 银企直连 (target 01): one head of 222 bytes, XML behind it, and no body where it refuses. */
import { Repertoire } from '../../bank/repertoire.ts';
import { text } from '../../bank/reply.ts';
import type { Dialect } from '../../front/dialect.ts';
import { b2biCode } from '../codes.ts';
import { accounts } from './accounts.ts';
import { batches } from './batches.ts';
import { payments } from './payments.ts';
import { payrolls } from './payroll.ts';

/** The purposes of all payments: a batch is many obligations, and a rule about its memo fits any of them. */
const purposes = (lists: readonly Record<string, unknown>[]): string =>
  lists.map((row) => String(row.UseEx ?? row.PostScript ?? '')).join(' ');

export const b2bi: Dialect = {
  repertoire: new Repertoire([accounts, batches, payments, payrolls]),
  /** the voucher (ThirdVoucher), which also names what is asked about; else the number of the packet */
  serialOf: (message, head) =>
    text(message, 'ThirdVoucher') || text(message, 'OrigThirdVoucher') || (head.reference ?? ''),
  memoOf: (message) =>
    text(message, 'UseEx') || purposes(Object.values(message.lists).flat()).trim(),
  codeOf: b2biCode,
};
