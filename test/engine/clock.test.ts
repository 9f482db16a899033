/** While the clocks disagree nothing expires and nothing new is sent; dates are Redis TIME (R25). */
import { describe, expect, it } from 'vitest';
import { Clock } from '../../src/engine/clock.ts';

const HOUR_MS = 3_600_000;
const BEGIN = Date.UTC(2026, 8, 24, 2);

/** Three clocks that run together until one of them is moved. */
class Clocks {
  host = BEGIN;
  redis = BEGIN;
  mono = 1_000;
  readonly clock = new Clock({ wall: () => this.host, mono: () => this.mono, run: 'run-1' });

  pass(ms: number): this {
    this.host += ms;
    this.redis += ms;
    this.mono += ms;
    return this;
  }

  /** A heartbeat, half a second after the last. */
  beat(count = 1): this {
    for (let i = 0; i < count; i += 1) this.pass(500).hear();
    return this;
  }

  /** Asks Redis for its time; `before` passes until Redis answers, `behind` until the answer is read. */
  hear(before = 0, behind = 0): this {
    const asked = this.clock.mark();
    const answer = this.pass(before).redis;
    this.pass(behind).clock.heard(answer, asked);
    return this;
  }

  get believed(): boolean {
    return this.clock.disagreement() === undefined;
  }
}

const agreeing = (): Clocks => new Clocks().beat(10);

describe('clocks that agree', () => {
  it('are believed, from the first heartbeat on', () => {
    expect(new Clocks().beat().believed).toBe(true);
    expect(agreeing().believed).toBe(true);
  });

  it('may wander a little, as clocks do', () => {
    const clocks = agreeing();
    for (let i = 0; i < 200; i += 1) {
      clocks.host += 20;
      clocks.beat();
      expect(clocks.believed).toBe(true);
    }
  });

  it('may be heard of late: a long pause alone is no disagreement', () => {
    const clocks = agreeing().pass(HOUR_MS).beat();
    expect(clocks.believed).toBe(true);
  });
});

describe('an answer that took long', () => {
  it.each([
    ['to come', HOUR_MS, 0],
    ['to be read, because the process was frozen', 0, HOUR_MS],
  ])('%s: is no disagreement, and dates are as before', (_, before, behind) => {
    const clocks = agreeing().hear(before, behind);
    expect(clocks.believed).toBe(true);
    expect(clocks.clock.now().wall).toBe(clocks.redis);
  });

  it('is all there is at a start', () => {
    const clocks = new Clocks().hear(0, 2_000);
    expect(clocks.believed).toBe(true);
    expect(clocks.clock.now().wall).toBe(clocks.redis - 2_000);
    expect(clocks.beat().clock.now().wall).toBe(clocks.redis);
  });

  it.each([-1, 1])('still shows clocks that differ (%i hours)', (hours) => {
    const clocks = agreeing();
    clocks.redis += hours * 2 * HOUR_MS;
    expect(clocks.hear(HOUR_MS / 2, HOUR_MS / 2).believed).toBe(false);
  });
});

describe('a clock that jumps', () => {
  const jumps: [what: string, move: (clocks: Clocks) => void, why: RegExp][] = [
    ['the host, an hour forward', (one) => (one.host += HOUR_MS), /parted by 3600000 ms/],
    ['the host, an hour back', (one) => (one.host -= HOUR_MS), /parted by 3600000 ms/],
    ['Redis, an hour forward', (one) => (one.redis += HOUR_MS), /differ by 3600000 ms/],
    ['Redis, an hour back', (one) => (one.redis -= HOUR_MS), /differ by 3600000 ms/],
    [
      'both on one machine, an hour forward',
      (one) => {
        one.host += HOUR_MS;
        one.redis += HOUR_MS;
      },
      /parted by 3600000 ms/,
    ],
    [
      'both on one machine, an hour back',
      (one) => {
        one.host -= HOUR_MS;
        one.redis -= HOUR_MS;
      },
      /parted by 3600000 ms/,
    ],
    ['a machine that was asleep', (one) => (one.mono -= 60_000), /parted by 60000 ms/],
    ['the host, by a little more than two seconds', (one) => (one.host += 2_001), /2001 ms/],
    ['Redis, by a little more than five seconds', (one) => (one.redis += 5_001), /5001 ms/],
  ];

  it.each(jumps)('R25: %s: not believed, and it says why', (_, move, why) => {
    const clocks = agreeing();
    move(clocks);
    clocks.beat();
    expect(clocks.clock.disagreement()).toMatch(why);
  });

  it.each([
    ['the host, by two seconds', (one: Clocks) => (one.host += 2_000)],
    ['Redis, by five seconds', (one: Clocks) => (one.redis -= 5_000)],
  ])('%s: believed', (_, move) => {
    const clocks = agreeing();
    move(clocks);
    expect(clocks.beat().believed).toBe(true);
  });

  it('is believed again when all have agreed for a minute', () => {
    const clocks = agreeing();
    clocks.host += HOUR_MS;
    clocks.redis += HOUR_MS;
    clocks.beat();
    expect(clocks.beat(119).believed).toBe(false);
    expect(clocks.beat().believed).toBe(true);
  });

  it('is not believed as long as host and Redis differ, and a minute after they no longer do', () => {
    const clocks = agreeing();
    clocks.redis += HOUR_MS;
    expect(clocks.beat(1_000).believed).toBe(false);
    clocks.redis -= HOUR_MS;
    expect(clocks.beat(119).believed).toBe(false);
    expect(clocks.beat(2).believed).toBe(true);
  });

  it('that wanders fast is caught at every heartbeat', () => {
    const clocks = agreeing();
    for (let i = 0; i < 500; i += 1) {
      clocks.host += 2_500;
      clocks.redis += 2_500;
      clocks.beat();
    }
    expect(clocks.believed).toBe(false);
    expect(clocks.beat(120).believed).toBe(true);
  });
});

describe('now', () => {
  it('is Redis TIME carried forward by the monotonic clock', () => {
    const clocks = agreeing();
    clocks.host += 4_000;
    clocks.mono += 750;
    expect(clocks.clock.now()).toEqual({
      wall: clocks.redis + 750,
      mono: clocks.mono,
      run: 'run-1',
    });
  });

  it('does not follow a host that jumps between two heartbeats', () => {
    const clocks = agreeing();
    clocks.host += HOUR_MS;
    expect(clocks.clock.now().wall).toBe(clocks.redis);
  });

  it('is the host clock while Redis was never heard, and always whole milliseconds', () => {
    const clock = new Clock({ wall: () => BEGIN + 0.4, mono: () => 0.25, run: 'run-1' });
    expect(clock.now().wall).toBe(BEGIN);
    clock.heard(BEGIN, clock.mark());
    expect(Number.isInteger(clock.now().wall)).toBe(true);
  });
});
