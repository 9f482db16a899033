/** What is proven of one attempt is proven of no other. */
import { expect, it } from 'vitest';
import { Committer } from '../../src/engine/committer.ts';
import { Settler } from '../../src/engine/settler.ts';
import type { Event } from '../../src/instruction/event.ts';
import { createLog } from '../../src/ops/pino-log.ts';
import { createMetrics } from '../../src/ops/prom-metrics.ts';
import type { ChangeResult } from '../../src/store/shapes.ts';
import type { Store } from '../../src/store/store.ts';
import { contextWith, heldAs, intentOf } from './ground.ts';

const first = heldAs(intentOf('transfer', {}), 'sending');
/** meanwhile it was taken back and claimed again, and may be written by now */
const second = { ...first, version: 9, attempt: 2 };

it.each<[string, Event]>([
  ['no byte of the first left', { type: 'not-written' }],
  [
    'the first was refused here',
    { type: 'refused-here', reason: 'invalid', code: 'DEFECT', text: '' },
  ],
  ['the first had no answer', { type: 'silent', peer: 'fep.invalid:7001' }],
])('%s: the second is left alone', async (_, event) => {
  const changes: string[] = [];
  const commit: Store['commit'] = async (batch) => {
    const results = batch.changes.map((change): ChangeResult => {
      if (change.expect !== second.version) return { done: 'stale', held: second };
      changes.push(change.phase);
      return { done: 'yes', version: 10 };
    });
    return { results, claims: [], ready: 0 };
  };
  const ctx = contextWith({
    store: { commit } as Store,
    log: createLog({ level: 'silent' }),
    metrics: createMetrics(),
    failpoint: () => undefined,
  });
  const settler = new Settler(ctx, new Committer(ctx));
  expect(await settler.apply(first, event)).toBe(second);
  expect(changes).toEqual([]);
});
