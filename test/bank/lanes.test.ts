import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTraffic, type TrafficOptions } from '../../src/bank/lanes.ts';
import type { Lane, Permit } from '../../src/bank/traffic.ts';
import { realTimers } from '../../src/timers.ts';

const OPTIONS: TrafficOptions = { window: 2, ratePerMinute: 60, burst: 10, sweepFloorShare: 0.2 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

/** Waits in lanes, and the order in which they are let go. */
function queue(options: Partial<TrafficOptions> = {}) {
  const traffic = openTraffic({ ...OPTIONS, ...options }, realTimers);
  const went: string[] = [];
  const permits: Permit[] = [];
  const wait = (lane: Lane, name: string = lane, signal?: AbortSignal): void => {
    traffic.permit(lane, signal).then(
      (permit) => {
        went.push(name);
        permits.push(permit);
      },
      (error: Error) => went.push(`${name}: ${error.name}`),
    );
  };
  return { traffic, went, permits, wait };
}

describe('permits', () => {
  it('are given while the window has room, then in order of lanes and of asking', async () => {
    const { traffic, went, permits, wait } = queue();
    wait('query', 'query 1');
    wait('query', 'query 2');
    await settle();
    for (const lane of ['query', 'sweep', 'movement', 'inquiry'] as const) {
      wait(lane, `${lane} 3`);
      wait(lane, `${lane} 4`);
    }
    await settle();
    expect(went).toEqual(['query 1', 'query 2']);
    expect(traffic.inFlight).toBe(2);
    for (let i = 0; i < 5; i += 1) {
      permits[i]?.done();
      await settle();
    }
    expect(went.slice(2)).toEqual([
      'inquiry 3',
      'inquiry 4',
      'movement 3',
      'movement 4',
      'sweep 3',
    ]);
    expect(traffic.inFlight).toBe(2);
  });

  it('come with time where the rate is what is short', async () => {
    const { traffic, went, wait } = queue({ window: 100, sweepFloorShare: 0 });
    for (let i = 0; i < 13; i += 1) wait('query');
    await settle();
    expect(went).toHaveLength(10);
    await vi.advanceTimersByTimeAsync(2_010);
    expect(went).toHaveLength(12);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(went).toHaveLength(13);
    expect(vi.getTimerCount()).toBe(0);
    traffic.close();
  });

  it('are given back once, however often it is said', async () => {
    const { traffic, permits, wait } = queue();
    wait('query');
    wait('query');
    await settle();
    permits[0]?.done();
    permits[0]?.done();
    permits[0]?.unused();
    expect(traffic.inFlight).toBe(1);
  });

  it('of requests that were not made cost nothing', async () => {
    const { traffic } = queue();
    for (let i = 0; i < 100; i += 1) {
      const permit = traffic.tryPermit('movement');
      expect(permit).toBeDefined();
      permit?.unused();
    }
    expect(traffic.inFlight).toBe(0);
  });
});

describe('waiting', () => {
  it('can be given up, and leaves nothing behind', async () => {
    const { traffic, went, permits, wait } = queue({ window: 1 });
    wait('query', 'first');
    await settle();
    const abort = new AbortController();
    wait('inquiry', 'given up', abort.signal);
    wait('query', 'second');
    abort.abort(new RangeError('enough'));
    await settle();
    expect(went).toEqual(['first', 'given up: RangeError']);
    permits[0]?.done();
    await settle();
    expect(went.at(-1)).toBe('second');
    permits[1]?.done();
    expect(traffic.inFlight).toBe(0);
  });

  it('with a signal that has fired already never begins', async () => {
    const { traffic, went, wait } = queue();
    wait('query', 'never', AbortSignal.abort(new RangeError('enough')));
    await settle();
    expect(went).toEqual(['never: RangeError']);
    expect(traffic.inFlight).toBe(0);
  });

  it('is not disturbed by a signal that fires after its turn', async () => {
    const { traffic, went, permits, wait } = queue();
    const abort = new AbortController();
    wait('query', 'went', abort.signal);
    await settle();
    abort.abort();
    await settle();
    expect(went).toEqual(['went']);
    expect(traffic.inFlight).toBe(1);
    permits[0]?.done();
    expect(traffic.inFlight).toBe(0);
  });

  it('ends when the traffic does', async () => {
    const { traffic, went, permits, wait } = queue({ window: 1 });
    wait('query', 'first');
    wait('movement', 'second');
    await settle();
    traffic.close();
    wait('query', 'third');
    await settle();
    expect(went).toEqual(['first', 'second: PEER_UNREACHABLE', 'third: PEER_UNREACHABLE']);
    expect(traffic.tryPermit('inquiry')).toBeUndefined();
    permits[0]?.done();
    expect(traffic.inFlight).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('trying', () => {
  it('never overtakes who waits', async () => {
    const { traffic, went, permits, wait } = queue({ window: 1 });
    const held = traffic.tryPermit('query');
    wait('movement');
    expect(traffic.tryPermit('inquiry')).toBeUndefined();
    held?.done();
    await settle();
    expect(went).toEqual(['movement']);
    permits[0]?.done();
    expect(traffic.tryPermit('query')).toBeDefined();
  });
});

describe('a complaint', () => {
  it('stops movements until one request passes', async () => {
    const { traffic, went, permits, wait } = queue();
    wait('inquiry');
    await settle();
    traffic.throttled();
    permits[0]?.done();
    wait('movement');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(went).toEqual(['inquiry']);
    wait('inquiry');
    await settle();
    traffic.passed();
    await settle();
    expect(went).toEqual(['inquiry', 'inquiry', 'movement']);
    traffic.close();
  });

  it('halves the rate', async () => {
    const { traffic, went, wait } = queue({ window: 1_000, burst: 1 });
    wait('inquiry');
    await settle();
    traffic.throttled();
    for (let i = 0; i < 100; i += 1) wait('inquiry');
    await vi.advanceTimersByTimeAsync(60_000);
    // thirty a minute, and a fifth of the first tokens fills the floor of the sweeps
    expect(went.length).toBeGreaterThan(27);
    expect(went.length).toBeLessThan(32);
    traffic.close();
  });
});
