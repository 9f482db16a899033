/** Every final names the journal record that proves it, and what it was judged under; so does its own record. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RecordOf } from '../../src/journal/records.ts';
import { keyOf } from '../../src/store/keys.ts';
import { type Bench, bench, LINK } from './bench.ts';
import { type Asked, books } from './bench-bank.ts';
import { citic } from './ground.ts';
import { envelopeOf, present, results, TRANSFER, until } from './orders.ts';

let at: Bench;
beforeEach(async () => {
  at = await bench();
});
afterEach(() => at.close());

const rule = { afterMs: 1, negatives: 1, source: 'a written rule of the test' };
const quick = { link: { ladder: { firstMs: 10, maxMs: 50 }, noSuchSerialIsFinal: rule } };
const final = () => results(at, 'P1').find((one) => one.final === true);

/** The bank's answer to an order and to an inquiry about it. */
const bankOf =
  (order: (asked: Asked) => void, inquiry: Record<string, unknown>) =>
  (asked: Asked): void => {
    if (asked.action !== 'DLCIDSTT') order(asked);
    else asked.answer({ statusText: 't', ...inquiry });
  };
const refused = (asked: Asked) => asked.answer({ status: 'CPRA004', statusText: 'no money' });
const silent = (asked: Asked) => asked.end({ type: 'silent', why: 'deadline' });
const denied = { status: 'ED02083' };

it.each<[string, Bench['bank'], string, string]>([
  ['a listed refusal', bankOf(refused, denied), 'answer', 'direct'],
  ['an inquiry that shows it', books, 'inquiry', 'inquiry'],
  ['denials under the written rule', bankOf(silent, denied), 'inquiry', 'inquiry'],
])('%s', async (_what, bank, kind, about) => {
  at.bank = bank;
  const engine = await at.engine(quick);
  await engine.acceptor.accept(at.source, envelopeOf('P1', 'transfer', TRANSFER), 'a');
  await until(() => final() !== undefined);
  const { proof } = present(final()) as { proof: { kind: string; record: number } };
  expect(proof).toEqual({
    kind,
    record: expect.any(Number),
    spec: citic.digest,
    config: 'config',
  });
  const { journal } = engine.ctx;
  expect(await journal.read(proof.record)).toMatchObject({ kind: 'answer', about, id: 'erp:P1' });
  const outcome = (await journal.finalOf(LINK, 'erp:P1')) as RecordOf<'outcome'>;
  expect(outcome.message).toEqual(final());
});

it('an order that was recorded, taken back and never sent', async () => {
  at.bank = books;
  const engine = await at.engine(quick);
  at.at = (failpoint) => {
    if (failpoint === 'recorded') writeFileSync(join(at.directory, 'journal', 'hold'), '');
  };
  await engine.acceptor.accept(at.source, envelopeOf('P1', 'transfer', TRANSFER), 'a');
  const phase = () => at.redis.hget(keyOf(LINK, 'i', 'erp:P1'), 'phase');
  await until(() => (engine.ctx.journal.known(LINK, 'erp:P1')?.others.length ?? 0) > 0);
  await until(async () => (await phase()) === 'received');
  await engine.acceptor.accept(at.source, envelopeOf('C1', 'cancel', { of: 'P1' }), 'c');
  await until(() => final() !== undefined);
  const { proof } = present(final()) as { proof: { kind: string; record: number } };
  expect(proof.kind).toBe('never-sent');
  expect(await engine.ctx.journal.read(proof.record)).toMatchObject({ kind: 'not-written' });
});
