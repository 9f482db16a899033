/**
 * A ledger's day on the bench, in which an order comes to rest in every state, and Redis as it was at every step
 * of it: real append-only files, put back under a journal that has gone on. What follows is told to a ledger that
 * keeps the published rule, and held against what the bank was sent.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failpoint } from '../../src/engine/context.ts';
import type { LinkEngine } from '../../src/engine/link-engine.ts';
import type { Envelope } from '../../src/instruction/envelope.ts';
import type { Result } from '../../src/instruction/messages.ts';
import { merge } from '../../src/queue/merge.ts';
import { keyOf } from '../../src/store/keys.ts';
import { type Bench, bench, LINK } from './bench.ts';
import type { Asked } from './bench-bank.ts';
import { envelopeOf, results, TRANSFER, until } from './orders.ts';

const AOF = 'appendonlydir';

/** Where each order rests when the day is cut off, and what becomes of it once the bank tells all. */
export const ORDERS = {
  paid: { rests: 'succeeded', ends: 'succeeded' },
  refused: { rests: 'failed', ends: 'failed' },
  reviewed: { rests: 'pending', ends: 'succeeded' },
  lost: { rests: 'unknown', ends: 'succeeded' },
  denied: { rests: 'manual', ends: 'manual' },
  keyed: { rests: 'unknown', ends: 'succeeded' },
  behind: { rests: 'received', ends: 'succeeded' },
  freeze: { rests: 'succeeded', ends: 'succeeded' },
  spends: { rests: 'unknown', ends: 'succeeded' },
} as const;
export type Order = keyof typeof ORDERS;
export const NAMES = Object.keys(ORDERS) as Order[];

const amountOf = (order: Order): string => `${NAMES.indexOf(order) + 1}.07`;

function envelopes(): Map<Order, Envelope> {
  const more = (order: Order) =>
    order === 'keyed' || order === 'behind' ? { orderKey: 'one' } : {};
  return new Map(
    NAMES.map((order) => {
      const amount = amountOf(order);
      if (order === 'freeze') {
        return [order, envelopeOf(order, 'freeze', { account: TRANSFER.from, amount })];
      }
      if (order === 'spends') {
        const body = { freeze: 'freeze', to: TRANSFER.to, toName: TRANSFER.toName };
        return [order, envelopeOf(order, 'pay-from-freeze', body)];
      }
      const body = { ...TRANSFER, amount };
      return [order, envelopeOf(order, 'transfer', body, more(order))];
    }),
  );
}

/** Every write of an order, by its name; and which serials the bank has. */
class Bank {
  readonly writes: Order[] = [];
  readonly #serials = new Map<string, Order>();
  /** it answers everything */
  telling = false;

  copy(): Bank {
    const copy = new Bank();
    copy.writes.push(...this.writes);
    for (const [serial, order] of this.#serials) copy.#serials.set(serial, order);
    return copy;
  }

  take(asked: Asked): void {
    const { action, fields } = asked;
    if (action === 'DLFRNOQR') {
      const serial = [...this.#serials].find(([, order]) => order === 'freeze')?.[0] ?? '';
      const userDataList = [{ clientID: serial, freezeNo: 'F1' }];
      asked.answer({ status: 'AAAAAAA', statusText: 'ok', userDataList });
    } else if (action === 'DLCIDSTT') this.#inquiry(asked);
    else if (action === 'DLMDETRN') this.#order(asked, String(fields.clientID));
  }

  #order(asked: Asked, serial: string): void {
    const { freezeNo, tranAmt } = asked.fields;
    const cents = (amount: unknown) => String(amount).replace('.', '');
    const byAmount = NAMES.find((name) => cents(amountOf(name)) === cents(tranAmt));
    const order = freezeNo === 'F1' ? 'spends' : (byAmount ?? 'spends');
    this.writes.push(order);
    if (order !== 'denied') this.#serials.set(serial, order);
    if (order === 'refused') asked.answer({ status: 'CPRA004', statusText: 'no money' });
    else if (['paid', 'reviewed', 'freeze', 'behind'].includes(order)) {
      asked.answer({ status: 'AAAAAAA', statusText: 'ok' });
    } else asked.end({ type: 'silent', why: 'deadline' });
  }

  #inquiry(asked: Asked): void {
    const order = this.#serials.get(String(asked.fields.clientID));
    const row = (stt: string, status: string) =>
      asked.answer({
        ...{ status: 'AAAAAAA', statusText: 'ok' },
        userDataList: [{ stt, status, statusText: 'x' }],
      });
    if (order === undefined) asked.answer({ status: 'ED02083', statusText: 'none' });
    else if (order === 'reviewed' && !this.telling) row('2', 'AAAAAAE');
    else if (['lost', 'keyed', 'spends'].includes(order) && !this.telling) {
      asked.end({ type: 'silent', why: 'deadline' });
    } else row('0', 'AAAAAAA');
  }
}

const LINK_OF_DAY = {
  link: {
    interim: 'all' as const,
    ladder: { firstMs: 10, maxMs: 40, negativesMin: 2, manualAfterMs: 600_000 },
  },
};

const phaseOf = (at: Bench, order: Order) =>
  at.redis.hget(keyOf(LINK, 'i', `erp:${order}`), 'phase');

const orderAll = async (engine: LinkEngine, at: Bench, all: Iterable<Envelope>, job: string) => {
  for (const one of all) await engine.acceptor.accept(at.source, one, `${job}-${one.id}`);
};

export interface Day {
  readonly directory: string;
  /** names of the moments Redis was kept of, oldest first */
  readonly moments: readonly string[];
  readonly envelopes: ReadonlyMap<Order, Envelope>;
  readonly published: Bench['published'];
  readonly bank: Bank;
  close(): Promise<void>;
}

const AT: ReadonlySet<Failpoint> = new Set([
  'claimed',
  'recorded',
  'written',
  'answer-recorded',
  'committed',
  'outcome-recorded',
  'published',
]);

/** The day, to where everything rests; nothing of it is stopped: the process is killed. */
export async function day(): Promise<Day> {
  const directory = await mkdtemp(join(tmpdir(), 'yinqi-day-'));
  const at = await bench();
  const bank = new Bank();
  const moments: string[] = [];
  const keep = (name: string): void => {
    if (moments.includes(name)) return;
    moments.push(name);
    cpSync(join(at.directory, AOF), join(directory, name, AOF), { recursive: true });
  };
  try {
    at.bank = (asked) => bank.take(asked);
    const engine = await at.engine(LINK_OF_DAY);
    keep('started');
    at.standing.set('send', 'test', 'not yet');
    const all = envelopes();
    await orderAll(engine, at, all.values(), 'first');
    keep('accepted');
    at.at = (failpoint) => {
      // what is committed first is a claim
      const early = failpoint === 'committed' && !moments.includes('answer-recorded');
      if (AT.has(failpoint) && !early) keep(failpoint);
    };
    at.standing.set('send', 'test', undefined);
    engine.poke();
    const rests = async () => {
      const phases = await Promise.all(NAMES.map((name) => phaseOf(at, name)));
      return phases.every((phase, i) => phase === ORDERS[NAMES[i] as Order].rests);
    };
    await until(rests, 20_000);
    const finals = NAMES.filter((name) => ['succeeded', 'failed'].includes(ORDERS[name].rests));
    await until(() => finals.every((name) => results(at, name).some(({ final }) => final)), 20_000);
    at.kill();
    keep('at rest');
    mkdirSync(join(directory, 'journal'));
    cpSync(join(at.directory, 'journal'), join(directory, 'journal'), {
      recursive: true,
      filter: (path) => !path.endsWith('.sock'),
    });
    return {
      ...{ directory, moments, envelopes: all, published: [...at.published], bank },
      close: () => rm(directory, { recursive: true, force: true }),
    };
  } finally {
    await at.close();
  }
}

export interface After {
  readonly writes: readonly Order[];
  /** every message of the ledger's queue, oldest first: of the day, then of after */
  told(order: Order): readonly Record<string, unknown>[];
  /** what a ledger holds that keeps the published rule */
  book(order: Order): Result | undefined;
  phase(order: Order): string | null | undefined;
  readonly fatal: readonly unknown[];
}

export interface Twist {
  /** the first start is killed at its nth call of the store */
  readonly killAt?: number;
  /** when all has ended, Redis is put back once more, to this moment */
  readonly later?: string;
  /** Redis is put back to this moment while the first start is at its nth call of the store */
  readonly midway?: { readonly moment: string; readonly call: number };
}

/** Redis as it was at `moment` (`nothing`: empty), the journal as it is, and a new start; the ledger asks for all. */
export async function goBack(of: Day, moment: string, twist: Twist = {}): Promise<After> {
  const put = (name: string, directory: string): void => {
    if (name !== 'nothing')
      cpSync(join(of.directory, name, AOF), join(directory, AOF), { recursive: true });
  };
  const at = await bench(undefined, (directory) => {
    put(moment, directory);
    cpSync(join(of.directory, 'journal'), join(directory, 'journal'), { recursive: true });
  });
  const bank = of.bank.copy();
  at.bank = (asked) => bank.take(asked);
  const wholeDay = async (job: string): Promise<void> => {
    bank.telling = true;
    const engine = await at.engine(LINK_OF_DAY);
    await orderAll(engine, at, of.envelopes.values(), job);
    const ended = async () => {
      const phases = await Promise.all(NAMES.map((name) => phaseOf(at, name)));
      return phases.every((phase, i) => phase === ORDERS[NAMES[i] as Order].ends);
    };
    await until(ended, 30_000);
    const told = (name: Order) =>
      ORDERS[name].ends === 'manual' ||
      [...of.published, ...at.published].some(
        ({ data }) => (data as Result).id === name && (data as Result).final,
      );
    await until(() => NAMES.every(told), 20_000);
  };
  const back = (name: string) =>
    at.restartRedis(() => {
      const files = join(at.directory, AOF);
      rmSync(files, { recursive: true });
      put(name, at.directory);
    });
  try {
    if (twist.killAt !== undefined || twist.midway !== undefined) {
      let calls = 0;
      let killed: () => void = () => undefined;
      const dead = new Promise<void>((resolve) => {
        killed = resolve;
      });
      let restarted: Promise<void> | undefined;
      at.called = () => {
        calls += 1;
        if (calls === twist.killAt) {
          at.kill();
          killed();
        }
        if (calls === twist.midway?.call) restarted = back(twist.midway.moment).then(killed);
      };
      const refused = at.engine(LINK_OF_DAY).then(
        () => undefined,
        (error: unknown) => error,
      );
      await dead;
      await restarted;
      if (restarted !== undefined) {
        await Promise.race([refused, until(() => at.fatal.length > 0, 20_000)]);
        at.kill();
      }
      at.called = () => undefined;
    }
    await wholeDay('again');
    if (twist.later !== undefined) {
      at.kill();
      await back(twist.later);
      await wholeDay('once more');
    }
    const published = [...of.published, ...at.published]
      .filter(({ queue }) => queue === 'results')
      .map(({ data }) => data as Record<string, unknown>);
    const phases = new Map<Order, string | null>();
    for (const name of NAMES) phases.set(name, await phaseOf(at, name));
    const told = (order: Order) => published.filter(({ id }) => id === order);
    return {
      writes: bank.writes,
      told,
      book: (order) =>
        told(order).reduce<Result | undefined>(
          (held, message) => merge(held, message as unknown as Result),
          undefined,
        ),
      phase: (order) => phases.get(order),
      fatal: at.fatal,
    };
  } finally {
    await at.close();
  }
}
