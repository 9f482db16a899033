/** Events reach an instruction one at a time, and are judged by what Redis holds when they arrive. */
import { describe, expect, it } from 'vitest';
import { Committer } from '../../src/engine/committer.ts';
import { Settler } from '../../src/engine/settler.ts';
import type { Event } from '../../src/instruction/event.ts';
import type { Held } from '../../src/instruction/intent.ts';
import { createMetrics } from '../../src/ops/prom-metrics.ts';
import type { Change, ChangeResult, Committed } from '../../src/store/shapes.ts';
import type { Store } from '../../src/store/store.ts';
import { contextWith, heldAs, intentOf } from './ground.ts';

const transfer = intentOf('transfer', {});
const PEER = 'fep.invalid:7001';
const silent: Event = { type: 'silent', peer: PEER };
const inquired = (says: 'succeeded' | 'failed' | 'unknown'): Event => ({
  type: 'inquired',
  evidence: { says, code: 'CODE', text: 'text', record: 7 },
  peer: PEER,
  askedAt: 0,
});

/** One instruction in a Redis that compares versions; `between` changes it before a change is looked at. */
class OneInstruction {
  held: Held;
  readonly changes: Change[] = [];
  between: (() => void) | undefined;

  constructor(held: Held) {
    this.held = held;
  }

  move(more: Partial<Held>): void {
    this.held = { ...this.held, ...more, version: this.held.version + 1 };
  }

  commit = async (batch: { changes: readonly Change[] }): Promise<Committed> => {
    const results = batch.changes.map((change): ChangeResult => {
      this.between?.();
      this.between = undefined;
      if (change.expect !== this.held.version) return { done: 'stale', held: this.held };
      this.changes.push(change);
      this.move({ phase: change.phase, life: change.life });
      return { done: 'yes', version: this.held.version };
    });
    return { results, claims: [], ready: 0 };
  };
}

/** A store that can do nothing but commit. */
const storeOf = (commit: Store['commit']): Store => ({ commit }) as Store;

function settling(held: Held) {
  const redis = new OneInstruction(held);
  const logged: string[] = [];
  const note = (event: string): void => void logged.push(event);
  const ctx = contextWith({
    store: storeOf(redis.commit),
    log: { info: note, warn: note, error: note },
    metrics: createMetrics(),
    failpoint: () => undefined,
  });
  return { redis, logged, settler: new Settler(ctx, new Committer(ctx)) };
}

const phases = (redis: OneInstruction): string[] => redis.changes.map(({ phase }) => phase);

describe('one event', () => {
  it('becomes one change, with the message in the same script', async () => {
    const { redis, settler } = settling(heldAs(transfer, 'sending'));
    const now = await settler.apply(redis.held, silent);
    expect(now).toMatchObject({ phase: 'unknown', version: 6 });
    expect(redis.changes).toMatchObject([{ phase: 'unknown', expect: 5, back: false }]);
    expect(redis.changes[0]?.out).toHaveLength(1);
    expect(redis.changes[0]?.message).toBe(redis.changes[0]?.out[0]?.body);
  });

  it('that changes nothing reaches nobody', async () => {
    const { redis, settler } = settling(heldAs(transfer, 'received'));
    expect(await settler.apply(redis.held, silent)).toBe(redis.held);
    expect(redis.changes).toEqual([]);
  });
});

describe('an event that another one overtook', () => {
  it('is judged again: what it would have undone stays', async () => {
    const { redis, settler } = settling(heldAs(transfer, 'received'));
    redis.between = () => redis.move({ phase: 'sending', attempt: 2 });
    const now = await settler.apply(redis.held, { type: 'cancelled' });
    expect(now.phase).toBe('sending');
    expect(redis.changes).toEqual([]);
  });

  it('finds the final, and flags that it disagrees', async () => {
    const { redis, logged, settler } = settling(heldAs(transfer, 'unknown', { peer: PEER }));
    redis.between = () => redis.move({ phase: 'failed' });
    const now = await settler.apply(redis.held, inquired('succeeded'));
    expect(now).toMatchObject({ phase: 'failed', life: { contradicted: true } });
    expect(logged).toContain('contradicted');
  });

  it('that no byte of one attempt left says nothing of a later attempt', async () => {
    const { redis, settler } = settling(heldAs(transfer, 'sending'));
    redis.between = () => redis.move({ attempt: 2 });
    const now = await settler.apply(redis.held, { type: 'not-written' });
    expect(now).toMatchObject({ phase: 'sending', attempt: 2 });
    expect(redis.changes).toEqual([]);
  });

  it('gives up where the instruction is gone', async () => {
    const held = heldAs(transfer, 'sending');
    const gone = async (): Promise<Committed> => {
      return { results: [{ done: 'stale' }], claims: [], ready: 0 };
    };
    const ctx = contextWith({ store: storeOf(gone), failpoint: () => undefined });
    expect(await new Settler(ctx, new Committer(ctx)).apply(held, silent)).toBe(held);
  });
});

describe('events of one instruction', () => {
  it('wait for each other, and the later one sees what the earlier one did', async () => {
    const { redis, settler } = settling(heldAs(transfer, 'unknown', { peer: PEER }));
    const { held } = redis;
    await Promise.all([
      settler.apply(held, inquired('unknown')),
      settler.apply(held, inquired('succeeded')),
      settler.apply(held, inquired('failed')),
    ]);
    expect(phases(redis)).toEqual(['unknown', 'succeeded', 'succeeded']);
    expect(redis.held.life.contradicted).toBe(true);
  });

  it('a late answer is judged by what became of the order meanwhile, not by how it was sent', async () => {
    const { redis, settler } = settling(heldAs(transfer, 'sending'));
    const claimed = redis.held;
    await settler.apply(claimed, silent);
    const accepted = { says: 'pending', ended: 'accepted', code: 'AAAAAAA', text: '' } as const;
    const answered: Event = { type: 'answered', evidence: accepted, answer: {}, peer: PEER };
    const now = await settler.apply(claimed, answered);
    expect(now).toMatchObject({ phase: 'pending', life: { sent: 'yes', ended: 'accepted' } });
    expect(phases(redis)).toEqual(['unknown', 'pending']);
  });
});
