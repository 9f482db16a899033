/**
 * Redis goes back under a living gateway, between any two steps of a batch: ioredis sends again what was on its way
 * before anybody could look. The process ends before it acts on it; the next one pays everybody once.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Failpoint } from '../../src/engine/context.ts';
import { bench } from './bench.ts';
import { books } from './bench-bank.ts';
import { envelopeOf, results, TRANSFER, until } from './orders.ts';

const IDS = ['A1', 'A2', 'A3'];
const STEPS: Failpoint[] = [
  'claimed',
  'recorded',
  'before-write',
  'written',
  'answer-recorded',
  'committed',
  'outcome-recorded',
  'published',
];

interface Found {
  /** what ended the process */
  readonly code: unknown;
  /** how often each amount was written */
  readonly writes: readonly string[];
  readonly finals: readonly unknown[];
}

async function backAt(step: Failpoint): Promise<Found> {
  const at = await bench();
  const files = join(at.directory, 'appendonlydir');
  const older = join(at.directory, 'older');
  const quick = { link: { ladder: { firstMs: 10 } } };
  const envelopes = IDS.map((id, i) =>
    envelopeOf(id, 'transfer', { ...TRANSFER, amount: `${i + 1}.00` }),
  );
  try {
    at.bank = books;
    const engine = await at.engine(quick);
    at.standing.set('send', 'test', 'not yet');
    for (const one of envelopes) await engine.acceptor.accept(at.source, one, `first-${one.id}`);
    cpSync(files, older, { recursive: true });
    let restarted: Promise<void> | undefined;
    let passed = false;
    at.at = (failpoint) => {
      // a claim is committed too: what is meant is the outcome
      if (failpoint === 'answer-recorded') passed = true;
      if (failpoint !== step || restarted !== undefined) return;
      if (step === 'committed' && !passed) return;
      restarted = at.restartRedis(() => {
        rmSync(files, { recursive: true });
        cpSync(older, files, { recursive: true });
      });
    };
    at.standing.set('send', 'test', undefined);
    engine.poke();
    await until(() => at.fatal.length > 0, 20_000);
    await restarted;
    at.kill();
    const [error] = at.fatal;
    const next = await at.engine(quick);
    for (const one of envelopes) await next.acceptor.accept(at.source, one, `again-${one.id}`);
    const final = (id: string) => results(at, id).find((one) => one.final);
    await until(() => IDS.every((id) => final(id) !== undefined), 20_000);
    return {
      code: error instanceof Error && 'code' in error ? error.code : error,
      writes: at.asked
        .filter(({ action }) => action === 'DLMDETRN')
        .map(({ fields }) => String(fields.tranAmt))
        .sort(),
      finals: IDS.map((id) => final(id)?.outcome),
    };
  } finally {
    await at.close();
  }
}

const found = new Map<Failpoint, Found | Error>();
beforeAll(async () => {
  const steps = [...STEPS];
  const workers = Array.from({ length: 4 }, async () => {
    for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
      found.set(step, await backAt(step).catch((error: unknown) => error as Error));
    }
  });
  await Promise.all(workers);
}, 120_000);
afterAll(() => found.clear());

describe.each(STEPS)('Redis goes back at: %s', (step) => {
  const of = (): Found => {
    const one = found.get(step);
    if (one === undefined || one instanceof Error) throw one ?? new Error('not done');
    return one;
  };

  it('R4: the process ends before it acts on it', () => {
    expect(of().code).toBe('REDIS_ROLLED_BACK');
  });

  it('R4 R27: the next one has everybody paid once', () => {
    expect(of().finals).toEqual(IDS.map(() => 'succeeded'));
    expect(new Set(of().writes).size).toBe(IDS.length);
    expect(of().writes.length).toBe(IDS.length);
  });
});
