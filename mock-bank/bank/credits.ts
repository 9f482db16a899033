/**
 * Money that nobody ordered through the front end: deposits, interest, fees. A deposit without a usable
 * member number falls on the public adjustment account (公共调账账户) and waits there to be assigned.
 */
import type { Account, Entry, Party } from '../ledger/shapes.ts';
import { type Books, lacks } from './movement.ts';

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

/** The account a deposit lands on. */
function landing(books: Books, order: CreditOrder): Account | undefined {
  const named = books.ledger.account(order.account);
  const usable = named !== undefined && named.kind !== 'outside' && named.state === '0';
  if (usable) return named;
  return order.kind === 'credit' ? books.ledger.account(books.adjustment) : undefined;
}

/** Undefined when there is no such account, or a fee is more than the account has. */
export function credit(books: Books, order: CreditOrder, now: number): Credit | undefined {
  const account = landing(books, order);
  if (account === undefined) return undefined;
  if (order.kind === 'fee' && lacks(books.ledger, account, order.amount)) return undefined;
  const inner = order.kind === 'credit' ? books.outside : books.interest;
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
