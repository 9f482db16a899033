/**
 * Goal: two links to one bank, of one customer, never use one number twice. A digits-only serial has 10¹² of a day:
 * of 100,000 orders a day on each of two links two meet once in a hundred days, and the inquiry of one would then
 * show what became of the other (R8).
 */
import { expect, it } from 'vitest';
import { newIntent } from '../../src/engine/accepting/new-intent.ts';
import type { LinkContext } from '../../src/engine/context.ts';
import { gateOf } from '../../src/engine/sending/gate.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { KnownIndex } from '../../src/journal/known.ts';
import type { JournalRecord } from '../../src/journal/records.ts';
import { AT, send } from '../journal/ground.ts';
import { contextWith, intentOf, NOW } from './ground.ts';

const intent = intentOf('transfer', { amount: '1.00' });
const { envelope, serial = '' } = intent;

function contextWhere(link: string, used: string, id = 'shop:B1'): LinkContext {
  const index = new KnownIndex();
  index.add({ n: 1, at: AT.toISOString(), ...send(id, { link, serial: used }) } as JournalRecord);
  const journal = {
    index,
    known: (of: string, one: string) => index.known(of, one),
    lastSend: async () => undefined,
  } as unknown as Journal;
  return contextWith({ journal, line: { peer: 'fep.invalid:7001' } as LinkContext['line'] });
}

const serialsWhere = (ctx: LinkContext): readonly string[] => {
  const source = { name: 'erp', links: {} } as unknown as Parameters<typeof newIntent>[1]['source'];
  const meaning = {
    operation: 'transfer',
    transaction: intent.transaction,
    kind: 'movement',
  } as const;
  const arrived = { source, envelope, digest: 'd', at: NOW };
  return newIntent(ctx, arrived, { ...meaning, serial: 'usual' }, undefined).serials;
};

it('R8: a number that another link has used is not written', async () => {
  expect(await gateOf(contextWhere('citic-2', serial), intent)).toEqual({ is: 'serial-taken' });
  expect(await gateOf(contextWhere('citic-2', 'another'), intent)).toEqual({ is: 'open' });
});

it('nor offered to a new order, while there is another one', () => {
  const [first = '', ...rest] = serialsWhere(contextWhere('citic-2', 'another'));
  expect(serialsWhere(contextWhere('citic-2', first))).toEqual(rest);
});
