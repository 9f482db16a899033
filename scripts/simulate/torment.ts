/** What is done to a running world, drawn by the seed: how often, and of which kinds. */
import type { Fault } from '../../mock-bank/faults.ts';
import { FAILPOINTS, type Failpoint } from '../../src/engine/context.ts';
import type { BankAsked } from './bank/shapes.ts';
import type { Chance } from './chance.ts';
import type { DiskFault } from './disk.ts';
import type { Fate } from './network.ts';

export const TORMENTS = [
  'kill',
  'power',
  'failpoint-kill',
  'failpoint-stop',
  'stop-and-go-on',
  'stop-and-takeover',
  'suspend',
  'clock',
  'redis-reset',
  'redis-stall',
  'redis-late',
  'redis-crash',
  'redis-rollback',
  'redis-flush',
  'bank-restart',
  'stalled-job',
  'full-disk',
] as const;
export type Torment = (typeof TORMENTS)[number];

/** One seed's mixture: some seeds kill only, others let the bank lie, most do several things. */
export class Mixture {
  readonly kinds: readonly Torment[];
  readonly times: number;
  /** 0 … 1: how many requests, connections, disk steps meet a fault */
  readonly bank: number;
  readonly net: number;
  readonly disk: number;
  readonly #chance: Chance;
  /** a negative answer is final by the bank's written rule: then this bank keeps it */
  readonly ruled: boolean;
  /** the whole mock bank with its statements, or the quick one */
  readonly whole: boolean;
  /** the world is left in peace from here on */
  over = false;

  constructor(chance: Chance) {
    this.#chance = chance;
    const share = chance.pick([0.1, 0.3, 0.6, 1]);
    const kinds = TORMENTS.filter(() => chance.yes(share));
    this.kinds = kinds.length === 0 ? ['kill'] : kinds;
    this.times = chance.pick([1, 2, 4, 8, 16]);
    this.bank = chance.pick([0, 0, 0.1, 0.3, 0.7]);
    this.net = chance.pick([0, 0, 0.05, 0.2, 0.5]);
    this.ruled = chance.yes(0.25);
    this.whole = chance.yes(0.5);
    this.disk = chance.pick([0, 0, 0, 0.01, 0.05]);
  }

  kind(): Torment {
    return this.#chance.pick(this.kinds);
  }

  failpoint(): Failpoint {
    return this.#chance.pick(FAILPOINTS);
  }

  diskFault(verb: string): DiskFault | undefined {
    if (this.over || !this.#chance.yes(this.disk)) return undefined;
    const faults: DiskFault[] = verb === 'write' ? ['EIO', 'ENOSPC', 'short'] : ['EIO'];
    return this.#chance.pick(faults);
  }

  fate(): Fate {
    const chance = this.#chance;
    const latencyMs = chance.pick([1, 1, 2, 5, 40]);
    const pieces = chance.pick([0, 0, 0, 1_000, 7]);
    if (this.over || !chance.yes(this.net)) return { connect: 'up', latencyMs, pieces };
    const connect = chance.pick(['up', 'up', 'up', 'refused', 'silence'] as const);
    if (connect !== 'up') return { connect, latencyMs, pieces };
    const breaks = {
      to: chance.pick(['bank', 'us'] as const),
      atByte: chance.pick([0, 1, 30, 200, 400, 700, 900, 1_200]),
      how: chance.pick(this.ruled ? (['reset', 'silence'] as const) : HOWS),
      ms: chance.pick([100, 4_000, 30_000, 90_000]),
    };
    return { connect, latencyMs, pieces, breaks };
  }

  bankFault({ movement, statement }: BankAsked): Fault | undefined {
    const chance = this.#chance;
    if (this.over || !(movement || statement) || !chance.yes(this.bank)) return undefined;
    const ms = chance.pick([200, 2_500, 8_000, 40_000]);
    const executed = chance.yes(0.5);
    if (statement) return chance.pick(statementFaults(ms));
    return chance.pick([...movementFaults(ms, executed), ...(this.ruled ? [] : held(chance))]);
  }
}

const HOWS = ['reset', 'silence', 'late'] as const;

function held(chance: Chance): Fault[] {
  const ms = chance.pick([5_000, 45_000, 100_000]);
  return [1, 2, 3].map(() => ({ kind: 'hold', ms }));
}

const statementFaults = (ms: number): Fault[] => [
  { kind: 'no-answer', executed: true },
  { kind: 'late-rows', ms },
  { kind: 'drop-before' },
  { kind: 'cut-body', executed: true },
  { kind: 'rows-while-paging', amount: '0.01' },
];

const movementFaults = (ms: number, executed: boolean): Fault[] => [
  { kind: 'no-answer', executed },
  { kind: 'late', ms, executed: true },
  { kind: 'drop-before' },
  { kind: 'drop-after', how: 'reset' },
  { kind: 'drop-after', how: 'close' },
  { kind: 'answer-twice', gapMs: ms < 1_000 ? 0 : ms / 100 },
  { kind: 'cut-body', executed },
  { kind: 'html', executed },
  { kind: 'empty-body', executed },
  { kind: 'http-status', status: 500, executed },
  { kind: 'half-then-silence', executed },
  { kind: 'reset-after-read', executed },
  { kind: 'one-byte-segments' },
  { kind: 'processing', code: 'AAAAAAE', asks: 0, ms },
  { kind: 'processing', code: 'AAAAAAE', asks: 0, ms, fails: 'ED02010' },
  { kind: 'review', code: 'AAAAAAB', decision: 'approve', ms },
  { kind: 'review-then-refused', code: 'AAAAAAB', stt: '3', ms },
  { kind: 'code', code: 'ED02010', executed: false },
  { kind: 'code', code: 'XYZ0001', executed },
  { kind: 'code', code: 'ED12002', executed },
];
