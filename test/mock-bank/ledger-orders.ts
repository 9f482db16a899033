/** Orders of main accounts, group sub-accounts, members and the merchant in any mixture, for the ledger's invariants. */
import fc from 'fast-check';
import type { Bank } from '../../mock-bank/bank/bank.ts';
import type { Row } from '../../src/protocol/message.ts';
import { adjustment, buyer, day, group, main, seller } from './support.ts';

const settlement = '8110700000000000005';
const ours = (last: string): string => `31107000000000000${last}`;

export const orders = {
  DLOUTTRN: ['payAccountNo', 'recAccountNo', 'tranAmount'],
  DLEXPENS: ['payAccountNo', 'recAccountNo', 'tranAmount'],
  DLINETRN: ['payAccountNo', 'recAccountNo', 'tranAmount'],
  DLCTNSUB: ['payAccNo', 'recvAccNo', 'tranAmt'],
  DLSINSUB: ['payAccNo', 'recvAccNo', 'tranAmt'],
  DLINISUB: ['payAccNo', 'recvAccNo', 'tranAmt'],
  DLMIXSUB: ['accountNo', 'subAccNo', 'tranAmt'],
  DLSUBTRN: ['payAccNo', 'recvAccNo', 'tranAmt'],
  DLFONDIN: ['accountNo', 'subAccNo', 'tranAmt'],
  DLFNDOUT: ['accountNo', 'recvAccNo', 'tranAmt'],
  DLFNDINI: ['accountNo', 'subAccNo', 'tranAmt'],
  DLGTYRTN: ['payAccNo', 'recvAccNo', 'tranAmt'],
  DLSGDSTR: ['payAcc', 'depoAcc', 'tranAmt'],
  DLIRTSTL: ['payAccNo', 'subAccNo', 'tranAmt'],
  DLDRTSUB: ['payAccNo', 'recvAccNo', 'tranAmt'],
  DLWDLSUB: ['accountNo', 'recvAccNo', 'tranAmt'],
  DLRFDSUB: ['accountNo', 'recvAccNo', 'tranAmt'],
  DLOLCACC: ['payAccNo', 'subAccNo', 'tranAmt'],
} as const;

type Code = keyof typeof orders;

/** Where most pairs of accounts would only be refused: one that is not. */
const fitting: Readonly<Partial<Record<Code, readonly [string, string]>>> = {
  DLOUTTRN: [main, '6'],
  DLEXPENS: [main, '6'],
  DLINETRN: [main, group],
  DLFONDIN: [settlement, buyer],
  DLFNDINI: [ours('92'), seller],
  DLGTYRTN: [ours('33'), buyer],
  DLSGDSTR: [buyer, ours('33')],
  DLWDLSUB: [settlement, ''],
  DLRFDSUB: [settlement, ''],
};

export interface Ordered {
  /** takes the pair that fits its code */
  readonly fits: boolean;
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
    fits: fc.boolean(),
    code: fc.constantFrom(...Object.keys(orders).filter(isCode)),
    from: fc.constantFrom(main, group, settlement, ...['90', '92', '93'].map(ours), ...members),
    to: fc.constantFrom(main, group, settlement, '6', 'outside', adjustment, ...members),
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
  const pair = given.fits ? fitting[given.code] : undefined;
  const [payer, payee] = pair ?? [given.from, given.to];
  return {
    clientID: given.serial,
    mainAccNo: main,
    accountNo: main,
    sgType: `0${given.sameBank}`,
    rcvAcc: payer,
    retType: given.sameBank,
    mctJnlNo: 'bid',
    orderNo: given.code === 'DLWDLSUB' ? 'top-up' : 'order',
    [from]: entry === undefined ? payer : adjustment,
    [to]: payee,
    [amount]: entry?.amount ?? given.amount,
    sameBank: given.sameBank,
    tranDate: entry?.date ?? '',
    tranNo: entry?.number ?? '',
    mixNo: entry?.sequence ?? '',
    ...(given.scheduled ? { preFlg: '1', preDate: day, preTime: '100000' } : { preFlg: '0' }),
  };
}
