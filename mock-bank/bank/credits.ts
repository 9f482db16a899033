/** Money from outside that nobody ordered through the front end: deposits, interest, fees, twins. */
import type { Entry, Party } from '../ledger/shapes.ts';
import type { Books } from './movement.ts';

export interface CreditOrder {
  readonly account: string;
  /** positive; a fee is taken, everything else is given */
  readonly amount: bigint;
  readonly kind: 'credit' | 'interest' | 'fee';
  readonly payer: Party;
  readonly memo: string;
  /** book it under this instant instead of now (a row that appears after midnight with yesterday's date) */
  readonly at?: number;
  readonly visibleAfterMs?: number;
}

export interface Credit {
  readonly kind: CreditOrder['kind'];
  readonly entry: Entry;
  /** when it was injected, whatever date its row bears */
  readonly injectedAt: number;
}

const TYPES = { interest: '13', fee: '14' } as const;

export function credit(books: Books, order: CreditOrder, now: number): Credit | undefined {
  const account = books.ledger.account(order.account);
  if (account === undefined || account.kind === 'outside') return undefined;
  const inner = order.kind === 'credit' ? books.outside : interestAccount(books);
  const external = account.kind === 'adjustment' ? '22' : '23';
  const amount = order.kind === 'fee' ? -order.amount : order.amount;
  const rows = books.ledger.post({
    at: order.at ?? now,
    visibleAt: now + (order.visibleAfterMs ?? books.settings.rowsVisibleAfterMs),
    type: order.kind === 'credit' ? external : TYPES[order.kind],
    memo: order.memo,
    legs: [
      { account: account.number, amount, other: order.payer },
      {
        account: inner,
        amount: -amount,
        other: { account: account.number, name: account.name },
      },
    ],
  });
  const [entry] = rows;
  return entry === undefined ? undefined : { kind: order.kind, entry, injectedAt: now };
}

/** Interest and fees run over the public interest and fee account. */
function interestAccount(books: Books): string {
  const found = books.ledger.accounts().find((account) => account.kind === 'interest');
  return found?.number ?? books.outside;
}
