/** What the control API acts on, and how it says no. */
import type { Bank } from '../bank/bank.ts';
import type { Clock } from '../clock.ts';
import type { FaultPlan } from '../fault-plan.ts';
import type { FrontEnd } from '../front/front-end.ts';
import type { Held } from '../front/held.ts';
import type { Visitors } from '../front/visitors.ts';
import type { Account } from '../ledger/shapes.ts';
import type { Pusher } from '../pushes/pusher.ts';

export interface Context {
  readonly bank: Bank;
  readonly plan: FaultPlan;
  readonly fronts: readonly FrontEnd[];
  readonly held: Held;
  readonly visitors: Visitors;
  readonly clock: Clock;
  /** where a front end is one of those that speak by themselves */
  readonly pusher: Pusher | undefined;
}

export interface InputFault {
  /** where in the input, e.g. `payer.name`; empty for the whole of it */
  readonly path: string;
  readonly message: string;
}

/** The input cannot be taken, or the bank cannot do what it asks. */
export class InputRefused extends Error {
  readonly faults: readonly InputFault[];

  constructor(faults: readonly InputFault[]) {
    super(faults.map(({ path, message }) => `${path || 'input'}: ${message}`).join('; '));
    this.name = 'InputRefused';
    this.faults = faults;
  }
}

export const refuse = (path: string, message: string): InputRefused =>
  new InputRefused([{ path, message }]);

/** An account by its number, or by what it is: `main`, `group`, `adjustment` and so on. */
export function find({ bank }: Context, name: string): Account | undefined {
  const { ledger, main, group, adjustment, interest, initialisation, settlement, bids } =
    bank.books;
  const { company, unplaced, platform } = bank.books.pingan;
  const citic = { main, group, adjustment, interest, initialisation, settlement, bids };
  const named = { ...citic, company, unplaced, platform };
  const byName = new Map(Object.entries(named));
  const account = ledger.account(byName.get(name) ?? name);
  return account?.kind === 'outside' ? undefined : account;
}

export function mustFind(context: Context, name: string, path: string): Account {
  const account = find(context, name);
  if (account === undefined) throw refuse(path, 'no such account');
  return account;
}
