/** What must hold of the ledger after anything at all; an empty list means that it does. */
import type { Ledger } from './ledger.ts';

export function violations(ledger: Ledger): string[] {
  const found: string[] = [];
  const sum = ledger.accounts().reduce((total, account) => total + account.balance, 0n);
  if (sum !== 0n) found.push('the balances do not add up to zero');
  for (const account of ledger.accounts()) {
    if (account.kind === 'outside') continue;
    const booked = ledger.entriesOf(account.number).reduce((total, { direction, amount, fee }) => {
      return total + (direction === 'C' ? amount : -amount) - fee;
    }, 0n);
    if (booked !== account.balance) found.push('the rows of an account do not make its balance');
    const frozen = ledger
      .freezes()
      .filter((freeze) => freeze.active && freeze.account === account.number)
      .reduce((total, freeze) => total + freeze.amount, 0n);
    if (frozen !== account.frozen)
      found.push('the freezes of an account do not make its frozen sum');
    if (ledger.available(account) < 0n) found.push('an account is below its limit');
  }
  return found;
}
