/** Orders of main accounts and group sub-accounts in any mixture, for the invariants of the ledger. */
import fc from 'fast-check';
import type { Bank } from '../../mock-bank/bank/bank.ts';
import type { Row } from '../../src/protocol/message.ts';
import { adjustment, day, group, main } from './support.ts';

export const orders = {
  DLOUTTRN: ['payAccountNo', 'recAccountNo', 'tranAmount'],
  DLEXPENS: ['payAccountNo', 'recAccountNo', 'tranAmount'],
  DLINETRN: ['payAccountNo', 'recAccountNo', 'tranAmount'],
  DLCTNSUB: ['payAccNo', 'recvAccNo', 'tranAmt'],
  DLSINSUB: ['payAccNo', 'recvAccNo', 'tranAmt'],
  DLINISUB: ['payAccNo', 'recvAccNo', 'tranAmt'],
  DLMIXSUB: ['accountNo', 'subAccNo', 'tranAmt'],
} as const;

type Code = keyof typeof orders;

export interface Ordered {
  readonly code: Code;
  readonly from: string;
  readonly to: string;
  readonly serial: string;
  readonly amount: bigint;
  readonly entry: number;
  readonly sameBank: string;
  readonly scheduled: boolean;
}

const isCode = (code: string): code is Code => Object.hasOwn(orders, code);

export const ordered = (
  members: readonly string[],
  serial: fc.Arbitrary<string>,
): fc.Arbitrary<Ordered> =>
  fc.record({
    code: fc.constantFrom(...Object.keys(orders).filter(isCode)),
    from: fc.constantFrom(main, group, '3110700000000000092', ...members),
    to: fc.constantFrom(main, group, '6', 'outside', adjustment, ...members),
    serial,
    amount: fc.bigInt({ min: 0n, max: 12_000n }),
    entry: fc.nat(3),
    sameBank: fc.constantFrom('0', '1'),
    scheduled: fc.boolean(),
  });

/** The entry of an adjustment is named in most of them, so that some go in and some come back. */
export function fieldsOf(bank: Bank, given: Ordered): Row {
  const entries = bank.books.ledger.entries().filter(({ waiting }) => waiting !== undefined);
  const entry = given.code === 'DLMIXSUB' ? entries[given.entry] : undefined;
  const [from, to, amount] = orders[given.code];
  return {
    clientID: given.serial,
    mainAccNo: main,
    [from]: entry === undefined ? given.from : adjustment,
    [to]: given.to,
    [amount]: entry?.amount ?? given.amount,
    sameBank: given.sameBank,
    tranDate: entry?.date ?? '',
    tranNo: entry?.number ?? '',
    mixNo: entry?.sequence ?? '',
    ...(given.scheduled ? { preFlg: '1', preDate: day, preTime: '100000' } : { preFlg: '0' }),
  };
}
