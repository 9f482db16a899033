/**
 * The bank's ledger and the gateway's books side by side. Every figure is counted here from what the bank
 * executed and what the ledger was told; nothing is assumed.
 */
import type { Stage } from './stage.ts';

export interface Figures {
  readonly settled: number;
  readonly credits: number;
  readonly paidTwice: number;
  readonly lost: number;
  readonly faults: readonly string[];
}

/** Operations that move or hold money: exactly one execution when they succeeded, none when they failed. */
const MOVES = new Set([
  'payment',
  'transfer',
  'freeze',
  'unfreeze',
  'pay-from-freeze',
  'pay-and-freeze',
  'withdraw',
  'assign-credit',
  'return-credit',
]);

export async function compare(stage: Stage): Promise<Figures> {
  const { books, world } = stage;
  const { executions } = await world.control.executions();
  const { violations } = await world.control.violations();
  const faults = [...books.broken, ...violations];
  const known = new Set<string>();
  let settled = 0;
  let paidTwice = 0;
  let lost = 0;
  for (const [id, { envelope, result }] of books.orders) {
    if (result?.final) settled += 1;
    else {
      lost += 1;
      faults.push(`${id} has no final`);
    }
    if (!MOVES.has(envelope.operation ?? '')) continue;
    // not every transaction has room for the order number; its serial is this order's alone
    const ref = envelope.businessRef ?? id;
    const mine = executions.filter(
      ({ memo, serial }) => memo.includes(ref) || serial === result?.serial,
    );
    for (const one of mine) known.add(`${one.serial} ${one.time}`);
    if (mine.length > 1) {
      paidTwice += mine.length - 1;
      faults.push(`${id} was executed ${mine.length} times`);
    }
    if (result?.outcome === 'succeeded' && mine.length === 0) {
      lost += 1;
      faults.push(`${id} succeeded and the bank never executed it`);
    }
    if (result?.final && result.outcome === 'failed' && mine.length > 0) {
      paidTwice += 1;
      faults.push(`${id} failed and the bank executed it: whoever pays again pays twice`);
    }
  }
  for (const { serial, time } of executions) {
    if (!known.has(`${serial} ${time}`))
      faults.push(`the bank executed ${serial}, which nobody ordered`);
  }
  const credits = await compareCredits(stage, faults);
  return { settled, credits: credits.delivered, paidTwice, lost: lost + credits.lost, faults };
}

async function compareCredits({ books, injected }: Stage, faults: string[]) {
  let lost = 0;
  for (const { key, amount } of injected) {
    const told = [...books.notices.values()].filter((notice) => notice.key.startsWith(`${key}/`));
    if (told.length === 1 && told[0]?.amount === amount) continue;
    if (told.length === 0) lost += 1;
    faults.push(`the credit of ${amount} was told ${told.length} times`);
  }
  if (books.notices.size !== injected.length) {
    faults.push(`${injected.length} credits, ${books.notices.size} notices`);
  }
  return { delivered: injected.length - lost, lost };
}

/** Fen; the books are kept in exact numbers here as everywhere. */
const fen = (yuan: string): bigint => BigInt(yuan.replace('.', ''));
const yuan = (value: bigint): string => {
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/** What every member must have, worked out from the messages alone. */
function expected({ books }: Stage): Map<string, bigint> {
  const balances = new Map<string, bigint>();
  const add = (account: unknown, amount: bigint): void => {
    const key = String(account);
    balances.set(key, (balances.get(key) ?? 0n) + amount);
  };
  for (const notice of books.notices.values()) {
    if (notice.type === 'unplaced') continue;
    add(notice.account, fen((notice.amount ?? '0').replace('-', '')));
  }
  for (const { envelope, result } of books.orders.values()) {
    if (result?.outcome !== 'succeeded') continue;
    const { body, operation } = envelope;
    const freeze = books.orders.get(String(body.freeze))?.envelope;
    const amount = fen(String(body.amount ?? freeze?.body.amount ?? '0.00'));
    if (operation === 'transfer' || operation === 'pay-and-freeze') {
      add(body.from, -amount);
      add(body.to, amount);
    } else if (operation === 'pay-from-freeze') {
      add(freeze?.body.account, -amount);
      add(body.to, amount);
    } else if (operation === 'unfreeze' && freeze?.operation === 'pay-and-freeze') {
      add(freeze.body.to, -amount);
      add(freeze.body.from, amount);
    } else if (operation === 'withdraw') add(body.account, -amount);
    else if (operation === 'assign-credit') add(body.account, amount);
  }
  return balances;
}

/** Prints both books of every member; a difference is a fault. */
export async function sideBySide(stage: Stage): Promise<string[]> {
  const { accounts } = await stage.world.control.ledger();
  const ours = expected(stage);
  const faults: string[] = [];
  stage.timeline.act('对账: the bank’s ledger and the books of the platform');
  stage.timeline.plain(
    `      ${'account'.padEnd(22)}${'at the bank'.padStart(14)}${'in our books'.padStart(14)}`,
  );
  for (const { kind, number, balance } of accounts) {
    if (kind !== 'member' && kind !== 'site-member') continue;
    const mine = yuan(ours.get(number) ?? 0n);
    const same = mine === balance;
    if (!same) faults.push(`the books of …${number.slice(-4)} differ`);
    const mark = same ? stage.timeline.paint('green', '=') : stage.timeline.paint('red', '≠');
    stage.timeline.plain(
      `      …${number.slice(-4).padEnd(21)}${balance.padStart(14)}${mine.padStart(14)} ${mark}`,
    );
  }
  return faults;
}
