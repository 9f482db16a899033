/** The bank's books as JSON: amounts in yuan as text, instants in ISO 8601. */
import type { Credit } from '../bank/credits.ts';
import type { Execution, Order } from '../bank/orders.ts';
import type { GatewayOrder } from '../citic/gateway-orders.ts';
import type { HeldRequest } from '../front/held.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { yuan } from '../ledger/money.ts';
import type { Account, Entry, Freeze } from '../ledger/shapes.ts';

const iso = (at: number): string => new Date(at).toISOString();

export const accountView = (ledger: Ledger, account: Account) => ({
  number: account.number,
  name: account.name,
  kind: account.kind,
  state: account.state,
  balance: yuan(account.balance),
  frozen: yuan(account.frozen),
  available: yuan(ledger.available(account)),
  overdraft: account.overdraft === 'full' ? 'full' : yuan(account.overdraft),
  openedAt: iso(account.openedAt),
});

export const freezeView = (freeze: Freeze) => ({
  number: freeze.number,
  account: freeze.account,
  amount: yuan(freeze.amount),
  returnTo: freeze.returnTo,
  serial: freeze.serial,
  at: iso(freeze.at),
  active: freeze.active,
});

export const entryView = (entry: Entry) => ({
  account: entry.account,
  date: entry.date,
  time: entry.time,
  number: entry.number,
  sequence: entry.sequence,
  type: entry.type,
  direction: entry.direction,
  amount: yuan(entry.amount),
  balance: yuan(entry.balance),
  fee: yuan(entry.fee),
  otherAccount: entry.other.account,
  otherName: entry.other.name,
  memo: entry.memo,
  verifyCode: entry.verifyCode,
  visibleAt: iso(entry.visibleAt),
  ...(entry.waiting === undefined ? {} : { waiting: entry.waiting }),
  ...(entry.assignedTo === undefined ? {} : { assignedTo: entry.assignedTo }),
  ...(entry.returnedBy === undefined ? {} : { returnedBy: entry.returnedBy.number }),
  ...(entry.returnOf === undefined ? {} : { returnOf: entry.returnOf.number }),
});

export const executionView = (execution: Execution) => ({
  serial: execution.serial,
  transaction: execution.transaction,
  type: execution.type,
  from: execution.from,
  to: execution.to,
  amount: yuan(execution.amount),
  memo: execution.memo,
  at: iso(execution.at),
  time: execution.time,
  returned: execution.returned,
});

export const orderView = (order: Order) => {
  const { serial, transaction, type, from, to, amount, memo } = order.movement;
  const { state, code } = order;
  const at = iso(order.at);
  return { serial, transaction, type, from, to, amount: yuan(amount), memo, at, state, ...code };
};

export const creditView = (credit: Credit) => ({
  kind: credit.kind,
  injectedAt: iso(credit.injectedAt),
  entry: entryView(credit.entry),
});

export const gatewayOrderView = (order: GatewayOrder) => ({
  kind: order.kind,
  number: order.number,
  account: order.account,
  payer: order.payer,
  amount: yuan(order.amount),
  memo: order.memo,
  at: iso(order.at),
  state: order.state,
  freezeNo: order.freezeNo,
  returned: yuan(order.returned),
});

export const heldView = (held: HeldRequest, now: number) => ({
  id: held.id,
  transaction: held.transaction,
  serial: held.serial,
  memo: held.memo,
  heldMs: now - held.since,
  callerThere: held.callerThere(),
});

export interface Obligation {
  readonly obligation: string;
  readonly transaction: string;
  readonly type: string;
  /** how often it was executed: more than once is paid twice */
  readonly count: number;
  readonly returned: number;
  readonly amount: string;
  readonly serials: string[];
}

/** An order that carries no memo, as some of Ping An's, is known by whom it pays and how much. */
const nameOf = ({ memo, from, to, amount }: Execution): string =>
  memo === '' ? `${from} → ${to} ${yuan(amount)}` : memo;

/** Executions per business obligation; a serial counts for nothing here. */
export function obligations(executions: readonly Execution[], pattern?: RegExp): Obligation[] {
  const found = new Map<string, { name: string; executions: Execution[] }>();
  for (const execution of executions) {
    const name = pattern?.exec(execution.memo)?.[0] ?? nameOf(execution);
    const key = JSON.stringify([name, execution.transaction, execution.type]);
    const same = found.get(key);
    if (same === undefined) found.set(key, { name, executions: [execution] });
    else same.executions.push(execution);
  }
  return [...found.values()].map(({ name, executions: all }) => ({
    obligation: name,
    transaction: all[0]?.transaction ?? '',
    type: all[0]?.type ?? '',
    count: all.length,
    returned: all.filter(({ returned }) => returned).length,
    amount: yuan(all.reduce((sum, { amount }) => sum + amount, 0n)),
    serials: all.map(({ serial }) => serial),
  }));
}
