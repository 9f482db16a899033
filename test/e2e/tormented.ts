/**
 * A ledger under torment: it orders, and pays again under a new id whenever it is told `failed`; the bank
 * lies by seed; the gateway is killed at random moments and at failpoints. At the end three books are
 * compared per business obligation, never per serial.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { FaultKind } from '../../mock-bank/faults.ts';
import { draw } from '../../mock-bank/random.ts';
import { until } from '../../scripts/world/books.ts';
import { FAILPOINTS } from '../../src/engine/context.ts';
import { type Ground, ground, WITHIN_MS } from './ground.ts';

export interface Torment {
  readonly seed: number;
  readonly kills: number;
  readonly obligations: number;
  readonly faultRate: number;
  readonly faults: readonly FaultKind[];
  readonly link?: Record<string, unknown>;
  /** how long the bank keeps what it holds unread */
  readonly heldMs?: number;
  /** called again and again while things settle: people who look at the bank's books */
  readonly people?: (at: Ground) => Promise<void>;
}

export const FAULTS_WITH_RULE: readonly FaultKind[] = [
  'no-answer',
  'late',
  'drop-before',
  'drop-after',
  'answer-previous-again',
  'answer-twice',
  'processing',
  'review',
  'review-then-refused',
  'http-status',
  'html',
  'empty-body',
  'cut-body',
  'wrong-length',
  'wrong-declaration',
  'alphabetical',
  'one-byte-segments',
  'late-rows',
  'rows-while-paging',
  'code',
];

const SETTLE_MS = 90_000;
/** Each makes every later round longer. */
const CREDITS_MAX = 60;
const payout = (name: string) => ({
  account: '6225880137721234',
  name,
  sameBank: false,
  bankCode: '308290003020',
  bankName: '招商银行上海分行',
});

const opening = (name: string) => ({
  name,
  legalPerson: '王建国',
  certificateType: '5',
  certificate: '91310000MA1FL0000X',
  address: '上海市浦东新区世纪大道1号',
  contact: '李晓明',
  phone: '13800000000',
  email: 'finance@example.com',
  payout: payout(name),
});

async function openMember(at: Ground, name: string): Promise<string> {
  const result = await at.settle('open', opening(name));
  expect(result).toMatchObject({ outcome: 'succeeded' });
  const account = String(result.data?.account);
  await at.world.control.injectCredit({ account, amount: '100000.00' });
  return account;
}

/** What the obligation is, and how it is ordered again under a new id. */
interface Obligation {
  readonly reference: string;
  readonly operation: string;
  readonly body: Record<string, unknown>;
  ids: string[];
}

const amountOf = (random: () => number): string =>
  `${Math.floor(random() * 5)}.${String(1 + Math.floor(random() * 99)).padStart(2, '0')}`;

class Ledger {
  readonly obligations: Obligation[] = [];
  readonly #at: Ground;
  readonly #members: readonly string[];
  readonly #random: () => number;

  constructor(at: Ground, members: readonly string[], random: () => number) {
    this.#at = at;
    this.#members = members;
    this.#random = random;
  }

  async next(): Promise<void> {
    const random = this.#random;
    const [a = '', b = ''] =
      random() < 0.5 ? this.#members : [this.#members[1] ?? '', this.#members[0] ?? ''];
    const amount = amountOf(random);
    const kind = random();
    if (kind < 0.5) await this.#order('transfer', { from: a, to: b, amount });
    else if (kind < 0.65) await this.#order('withdraw', { account: a, amount, channel: 'small' });
    else if (kind < 0.75) {
      await this.#order('payment', {
        payee: payout('甲'),
        amount,
        channel: 'small',
        sameCity: 'no',
      });
    } else if (kind < 0.85) await this.#order('pay-and-freeze', { from: a, to: b, amount });
    else {
      const freeze = await this.#order('freeze', { account: a, amount });
      await this.#order('pay-from-freeze', { freeze, to: b });
    }
  }

  async #order(operation: string, body: Record<string, unknown>): Promise<string> {
    const reference = `OBL${String(this.obligations.length + 1).padStart(5, '0')}`;
    const id = await this.#at.enqueue(operation, body, { businessRef: reference });
    this.obligations.push({ reference, operation, body, ids: [id] });
    return id;
  }

  /** Pays again whatever failed. What refers to a freeze that failed has failed for good. */
  async again(): Promise<void> {
    for (const obligation of this.obligations) {
      const last = this.#at.books.resultOf(obligation.ids.at(-1) ?? '');
      if (!last?.final || last.outcome !== 'failed' || last.reason === 'not-allowed') continue;
      if (obligation.operation === 'pay-from-freeze') continue;
      const { body, operation, reference } = obligation;
      obligation.ids.push(await this.#at.enqueue(operation, body, { businessRef: reference }));
    }
  }
}

/** Kills the gateway: the next run has a failpoint armed, or dies at a random moment. */
async function tormentor(at: Ground, torment: Torment, random: () => number): Promise<void> {
  const { gateway } = at;
  while (gateway.ends.length < torment.kills) {
    const ends = gateway.ends.length;
    const run = gateway.current;
    // a run that dies of its failpoint before it has started is a kill like any other
    await at.world.untilStarted(run).catch(() => undefined);
    const patience = 50 + random() * 900;
    const began = performance.now();
    while (run.alive && performance.now() - began < patience) await sleep(10);
    if (run.alive) await run.kill();
    await until('the next run', () => gateway.ends.length > ends, WITHIN_MS);
  }
}

export async function tormented(torment: Torment): Promise<Record<string, number>> {
  const random = draw(torment.seed, 'torment');
  let armed = false;
  const at = await ground({
    link: { credits: { roundMs: 1_000 }, ...torment.link },
    seed: torment.seed,
    env: () => {
      if (!armed || random() < 0.4) return {};
      const name = FAILPOINTS[Math.floor(random() * FAILPOINTS.length)] ?? 'written';
      return { YINQI_FAILPOINT: `${name}:${1 + Math.floor(random() * 5)}` };
    },
  });
  try {
    await at.world.untilStarted(at.gateway.current);
    const members = [
      await openMember(at, '上海远航贸易有限公司'),
      await openMember(at, '宁波海天'),
    ];
    const ledger = new Ledger(at, members, random);
    await at.world.control.mixFaults({
      seed: torment.seed,
      rate: torment.faultRate,
      kinds: torment.faults.map((kind) =>
        kind === 'hold' ? { kind, ms: torment.heldMs ?? 1_000 } : kind,
      ),
      transactions: [...MOVEMENTS, 'DLCIDSTT', 'DLSTRNDT', 'DLFRNOQR'],
    });
    armed = true;
    const killing = tormentor(at, torment, random);
    let credits = 2;
    while (at.gateway.ends.length < torment.kills) {
      if (ledger.obligations.length < torment.obligations) await ledger.next();
      await ledger.again();
      if (credits < CREDITS_MAX && random() < 0.1) {
        const account = members[Math.floor(random() * 2)] ?? '';
        await at.world.control.injectCredit({ account, amount: amountOf(random) });
        credits += 1;
      }
      await torment.people?.(at);
      await sleep(30 + random() * 120);
    }
    await killing;
    armed = false;
    const { rules } = await at.world.control.clearFaults();
    expect(rules).toEqual([]);
    await settleAll(at, ledger, torment);
    return await compare(at, ledger, credits);
  } finally {
    await at.stop();
  }
}

const MOVEMENTS = ['DLMDETRN', 'DLFCSOUT', 'DLOUTTRN'];

/** Nothing is open, and nothing that failed is still to be paid again. */
async function settleAll(at: Ground, ledger: Ledger, torment: Torment): Promise<void> {
  await until(
    `everything settled; open: ${at.books.open().length}`,
    async () => {
      await torment.people?.(at);
      if (at.books.open().length > 0) return false;
      await ledger.again();
      return at.books.open().length === 0;
    },
    SETTLE_MS,
  );
}

async function compare(at: Ground, ledger: Ledger, credits: number) {
  const { obligations } = await at.world.control.obligations({ pattern: 'OBL\\d+' });
  const { violations } = await at.world.control.violations();
  const { credits: injected } = await at.world.control.credits();
  const executed = new Map(obligations.map((one) => [one.obligation, one.count]));
  const twice: string[] = [];
  const lost: string[] = [];
  for (const { reference, ids } of ledger.obligations) {
    const count = executed.get(reference) ?? 0;
    const outcomes = ids.map((id) => at.books.resultOf(id)?.outcome);
    const last = outcomes.at(-1);
    if (count > 1) twice.push(`${reference} executed ${count} times, told ${outcomes.join(', ')}`);
    if (last === 'succeeded' && count === 0) lost.push(`${reference} succeeded, never executed`);
    if (last === 'failed' && count > 0) twice.push(`${reference} executed, told failed`);
    if (last === undefined) lost.push(`${reference} has no result`);
  }
  // a row the bank adds while the adjustment account is read is money that nobody placed
  const arrived = new Set(['credit', 'unplaced']);
  const all = () => [...at.books.notices.values()].filter(({ type }) => arrived.has(type));
  const untold = () => {
    const told = new Set(all().map(({ key }) => key.split('/').slice(0, 3).join('/')));
    return injected
      .map(({ entry }) => `${entry.date}/${entry.number}/${entry.sequence}`)
      .filter((key) => !told.has(key));
  };
  await until('all notices', () => untold().length === 0, WITHIN_MS).catch(() => undefined);
  expect(untold()).toEqual([]);
  const keys = new Set(all().map(({ key }) => key));
  expect({ twice, lost, violations, broken: at.books.broken }).toEqual({
    twice: [],
    lost: [],
    violations: [],
    broken: [],
  });
  expect(keys.size).toBe(all().length);
  expect(all().length).toBe(injected.length);
  const outcomes = (wanted: string) =>
    [...at.books.orders.values()].filter(({ result }) => result?.outcome === wanted).length;
  return {
    kills: at.gateway.ends.length,
    instructions: at.books.orders.size,
    obligations: ledger.obligations.length,
    succeeded: outcomes('succeeded'),
    failed: outcomes('failed'),
    contradicted: at.books.contradictions.size,
    credits: Math.max(credits, injected.length),
  };
}
