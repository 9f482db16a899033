/** Short stories whose every crash point is walked, and the mixed load of the seeds. */
import type { Fault } from '../../mock-bank/faults.ts';
import type { BankAsked } from './bank/shapes.ts';
import type { Chance } from './chance.ts';
import type { Obligation } from './ledger.ts';
import { BUYER, SELLER } from './setting.ts';

export interface Scene {
  readonly name: string;
  readonly obligations: readonly Obligation[];
  /** the bank is the whole one */
  readonly whole?: true;
  /** the host's wall clock is wrong by so much, from the first start on */
  readonly wallAheadMs?: number;
  /** fen that arrive with the first order */
  readonly credits?: readonly bigint[];
  /** what the bank does to each movement, in the order of their coming */
  readonly fault: (asked: BankAsked, nth: number) => Fault | undefined;
}

const TRANSFER = { from: BUYER, to: SELLER, toName: '示例卖方公司', amount: '12.30' };

const transfer = (ref: string, more: Partial<Obligation> = {}): Obligation => ({
  ref,
  operation: 'transfer',
  body: TRANSFER,
  expiresInMs: 3_600_000,
  attemptsMax: 3,
  ...more,
});

const payment = (ref: string, more: Partial<Obligation> = {}): Obligation => ({
  ref,
  operation: 'payment',
  body: {
    payee: { account: '6217000000000000001', name: '收款人', sameBank: true },
    amount: '45.60',
  },
  expiresInMs: 3_600_000,
  attemptsMax: 3,
  ...more,
});

/** Money held on an account, then paid out of there. */
const frozen = (nth: number): Obligation => ({
  ref: `F${nth}`,
  operation: 'freeze',
  body: { account: BUYER, amount: '3.20' },
  expiresInMs: 3_600_000,
  attemptsMax: 3,
  next: (freeze) => ({
    ref: `G${nth}`,
    operation: 'pay-from-freeze',
    body: { freeze, to: SELLER, toName: '示例卖方公司' },
    expiresInMs: 3_600_000,
    attemptsMax: 3,
  }),
});

const none = (): undefined => undefined;
const firstOnly =
  (fault: Fault) =>
  (_asked: BankAsked, nth: number): Fault | undefined =>
    nth === 0 ? fault : undefined;

export const SCENES: readonly Scene[] = [
  { name: 'one-transfer', obligations: [transfer('P1')], fault: none },
  {
    name: 'pending-payment',
    obligations: [payment('P1')],
    fault: firstOnly({ kind: 'processing', code: 'AAAAAAE', asks: 0, ms: 900 }),
  },
  {
    name: 'two-of-one-key',
    obligations: [transfer('P1', { orderKey: 'k' }), transfer('P2', { orderKey: 'k' })],
    fault: none,
  },
  {
    name: 'refused-then-paid-again',
    obligations: [transfer('P1')],
    fault: firstOnly({ kind: 'code', code: 'ED02010', executed: false }),
  },
  {
    name: 'answer-lost',
    obligations: [transfer('P1')],
    fault: firstOnly({ kind: 'no-answer', executed: true }),
  },
  {
    name: 'answer-lost-then-another-content',
    obligations: [transfer('P1', { mistaken: { amount: '99.99' } })],
    fault: firstOnly({ kind: 'no-answer', executed: true }),
  },
  {
    name: 'never-arrived',
    obligations: [transfer('P1')],
    fault: firstOnly({ kind: 'drop-before' }),
  },
  {
    name: 'refused-twice',
    obligations: [
      transfer('P1', { orderKey: 'k', attemptsMax: 1, body: { ...TRANSFER, amount: '20000.00' } }),
      transfer('P2', { orderKey: 'k' }),
    ],
    fault: firstOnly({ kind: 'answer-twice', gapMs: 14 }),
  },
  {
    name: 'unlisted-code',
    obligations: [transfer('P1')],
    fault: firstOnly({ kind: 'code', code: 'XYZ0001', executed: true }),
  },
  { name: 'credit-arrives', whole: true, obligations: [], credits: [1_230n], fault: none },
  {
    name: 'credit-under-a-wrong-clock',
    whole: true,
    wallAheadMs: 86_400_000,
    obligations: [],
    credits: [1_230n],
    fault: none,
  },
  { name: 'freeze-then-paid', whole: true, obligations: [frozen(1)], fault: none },
  {
    name: 'held-then-executed',
    obligations: [transfer('P1')],
    fault: firstOnly({ kind: 'hold', ms: 25_000 }),
  },
];

export function sceneOf(name: string): Scene {
  const scene = SCENES.find((one) => one.name === name);
  if (scene === undefined) throw new Error(`no scene ${name}`);
  return scene;
}

/** What a ledger owes in one seed's run. */
export function mixedLoad(
  chance: Chance,
  freezes: boolean,
): { at: number; obligation: Obligation }[] {
  const count = chance.between(1, 8);
  return Array.from({ length: count }, (_, i) => {
    const more = {
      ...(chance.yes(0.1) ? { mistaken: { amount: '99.99' } } : {}),
      ...(chance.yes(0.25) ? { orderKey: chance.pick(['a', 'b']) } : {}),
      expiresInMs: chance.pick([3_600_000, 3_600_000, 3_600_000, 10_000]),
    };
    const at = chance.below(12_000);
    if (freezes && chance.yes(0.2)) return { at, obligation: frozen(i + 1) };
    const ref = `P${i + 1}`;
    const obligation = chance.yes(0.6) ? transfer(ref, more) : payment(ref, more);
    return { at, obligation };
  });
}
