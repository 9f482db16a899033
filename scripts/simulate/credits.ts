/** Money that arrives: what a seed lets come in, and whether each of it was told, once, with one content. */
import type { Notice } from '../../src/instruction/notices.ts';
import type { BankBooks, BankCredit, BankCreditRow } from './bank/shapes.ts';
import type { Chance } from './chance.ts';
import { BUYER, SELLER } from './setting.ts';

export interface Deposit {
  readonly at: number;
  readonly credit: BankCredit;
  /** its row is numbered at once and shown only so much later */
  readonly visibleAfterMs: number;
}

export function deposits(chance: Chance, stormMs: number): Deposit[] {
  return Array.from({ length: chance.below(7) }, (_, i) => ({
    at: chance.below(stormMs),
    visibleAfterMs: chance.pick([0, 0, 0, 1_500, 30_000]),
    credit: {
      account: chance.pick([BUYER, SELLER]),
      amount: BigInt(100 + i),
      // two that are equal but for the bank's own key
      memo: chance.yes(0.2) ? 'same' : `deposit ${i}`,
      payerAccount: '6217000000000000009',
      payerName: '付款人',
    },
  }));
}

const yuan = (fen: bigint): string => `${fen / 100n}.${String(fen % 100n).padStart(2, '0')}`;

const isOf = (row: BankCreditRow, { account, entry }: Notice): boolean =>
  account === row.account && entry?.number === row.number && entry.sequence === row.sequence;

/** Every row that the bank shows has been told by now. `told`: contents of all notices, by the row's key. */
export const allTold = (books: BankBooks, notices: readonly Notice[]): boolean =>
  books.credits().every((row) => notices.some((notice) => isOf(row, notice)));

export function judgeCredits(books: BankBooks, notices: readonly Notice[]): string[] {
  const rows = books.credits();
  const lost = rows.flatMap((row) => {
    const told = notices.filter((notice) => isOf(row, notice));
    if (told.length !== 1) return [`deposit ${row.number} was told with ${told.length} contents`];
    const [notice] = told;
    const right = notice?.type === 'credit' && notice.amount === yuan(row.amount);
    return right ? [] : [`deposit ${row.number} was told as ${notice?.type} of ${notice?.amount}`];
  });
  const invented = notices
    .filter((notice) => !rows.some((row) => isOf(row, notice)))
    .map(({ key, type }) => `${type} ${key} was told and never came`);
  return [...lost, ...invented];
}
