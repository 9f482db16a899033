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
      how: chance.pick(['reset', 'silence', 'late'] as const),
      ms: chance.pick([100, 4_000, 30_000, 90_000]),
    };
    return { connect, latencyMs, pieces, breaks };
  }

  bankFault(asked: BankAsked): Fault | undefined {
    const chance = this.#chance;
    if (this.over || !asked.movement || !chance.yes(this.bank)) return undefined;
    const ms = chance.pick([200, 2_500, 8_000, 40_000]);
    const faults: Fault[] = [
      { kind: 'hold', ms: chance.pick([5_000, 45_000, 100_000]) },
      { kind: 'hold', ms: chance.pick([5_000, 45_000, 100_000]) },
      { kind: 'no-answer', executed: true },
      { kind: 'late', ms, executed: true },
      { kind: 'drop-before' },
      { kind: 'drop-after', how: chance.pick(['reset', 'close'] as const) },
      { kind: 'answer-twice', gapMs: 0 },
      { kind: 'cut-body', executed: true },
      { kind: 'processing', code: 'AAAAAAE', asks: 0, ms },
      { kind: 'processing', code: 'AAAAAAE', asks: 0, ms, fails: 'ED02010' },
      { kind: 'code', code: 'ED02010', executed: false },
      { kind: 'code', code: 'XYZ0001', executed: chance.yes(0.5) },
      { kind: 'code', code: 'ED12002', executed: chance.yes(0.5) },
    ];
    return chance.pick(faults);
  }
}
