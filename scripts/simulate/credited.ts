/** Money that arrived against what was told of it: each row of the bank once, with one content, and no other. */
import { yuan } from '../../mock-bank/ledger/money.ts';
import type { Notice } from '../../src/instruction/notices.ts';
import type { BankBooks, BankCreditRow } from './bank/shapes.ts';

const isOf = (row: BankCreditRow, { account, entry }: Notice): boolean =>
  account === row.account && entry?.number === row.number && entry.sequence === row.sequence;

/** `notices`: each content once. */
export const allTold = (books: BankBooks, notices: readonly Notice[]): boolean =>
  books.credits().every((row) => notices.some((notice) => isOf(row, notice)));

export function credited(books: BankBooks, notices: readonly Notice[]): string[] {
  const rows = books.credits();
  const wrong = rows.flatMap((row) => {
    const told = notices.filter((notice) => isOf(row, notice));
    const [first] = told;
    if (told.length !== 1) return [`the deposit ${row.number} was told ${told.length} times`];
    const right = first?.type === 'credit' && first.amount === yuan(row.amount);
    return right ? [] : [`the deposit ${row.number} was told as something else`];
  });
  const invented = notices.filter((notice) => !rows.some((row) => isOf(row, notice)));
  return [...wrong, ...invented.map(({ key, type }) => `${type} ${key} was told and never came`)];
}
