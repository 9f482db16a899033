/** A ledger's side: what it enqueues is one instruction, what it is told ends in the right books. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../src/instruction/messages.ts';
import type { Notice } from '../../src/instruction/notices.ts';
import { createLedgerClient, type LedgerClient } from '../../src/queue/client.ts';
import { type Message, merge } from '../../src/queue/merge.ts';
import { createPublisher, type OutEntry, type Publisher } from '../../src/queue/publisher.ts';
import { type Desk, desk, type Ground, ground, instruction, link, until } from './ground.ts';
import { contradiction, credit, rejection, succeeded, unknown } from './samples.ts';

let on: Ground;
let publisher: Publisher;
let serial = 0;
let source = '';
let at: Desk;
let errors: unknown[] = [];
const clients: LedgerClient[] = [];
const client = (): LedgerClient => {
  const connection = { path: on.socket };
  const onError = (error: unknown) => void errors.push(error);
  const made = createLedgerClient({ connection, link, source, onError });
  clients.push(made);
  return made;
};
const tell = (jobId: string, data: object, queue: OutEntry['queue'] = 'results') =>
  publisher.publish([{ queue, source, jobId, data }]);

beforeAll(async () => {
  on = await ground();
  publisher = createPublisher({ connection: { path: on.socket }, onError: () => undefined });
});
const begin = (): LedgerClient => {
  serial += 1;
  source = `client${serial}`;
  at = desk(on, source);
  errors = [];
  return client();
};
afterEach(async () => {
  for (const one of clients.splice(0)) await one.close();
  await at.close();
});
afterAll(async () => {
  await publisher.close();
  await on.close();
});

describe('enqueue and ask', () => {
  it('enqueues once what is enqueued twice, and asks as often as it is asked', async () => {
    const ledger = begin();
    expect(await ledger.enqueue(instruction('7'))).toBe('i-7');
    await ledger.enqueue(instruction('7', { meta: { try: '2' } }));
    const asked = [await ledger.ask(instruction('7')), await ledger.ask(instruction('7'))];
    expect(new Set(asked).size).toBe(2);
    at.start();
    await until(() => at.book.ids().length === 3);
    expect(at.book.ids()).toEqual(['7', '7', '7']);
    const requests = at.book.taken.map(({ request }) => request);
    expect(new Set(requests).size).toBe(3);
  });

  it('says so when an id is known to it with other content, which the library would drop', async () => {
    const ledger = begin();
    await ledger.enqueue(instruction('A1'));
    const other = instruction('A1', { body: { amount: '99.00' } });
    await expect(ledger.enqueue(other)).rejects.toMatchObject({ code: 'ID_CONFLICT' });
    expect((await at.queue.getJob('i-A1'))?.data).toEqual(instruction('A1'));
    // the gateway may still be asked, and answers with a rejection
    await ledger.ask(other);
    expect(await at.queue.getWaitingCount()).toBe(2);
  });

  it('adds in full what was added by half when a key of the queue had a wrong type', async () => {
    const ledger = begin();
    await on.redis.set(at.key('wait'), 'not ours');
    await expect(ledger.enqueue(instruction('A1'))).rejects.toThrow('WRONGTYPE');
    await on.redis.del(at.key('wait'));
    await ledger.enqueue(instruction('A1'));
    at.start();
    await until(() => at.book.ids().length === 1);
  });

  it.each([
    ['a dash in the id', { id: 'a-b' }, 'PAYLOAD_POISON', 'id'],
    [
      'a transaction beside an operation',
      { transaction: 'X' },
      'FIELD_MUST_BE_EMPTY',
      'transaction',
    ],
    ['8 days', { expiresAt: '2026-10-02T10:00:00+08:00' }, 'FIELD_FORMAT', 'expiresAt'],
  ])('adds nothing the gateway would refuse: %s', async (_name, more, code, path) => {
    const ledger = begin();
    const given = instruction('A1', more);
    await expect(ledger.enqueue(given)).rejects.toMatchObject({ code, path });
    expect(await at.queue.getWaitingCount()).toBe(0);
  });
});

describe('onResult and onNotice', () => {
  it('ends with the final, a rejection between unknown and it notwithstanding (R6)', async () => {
    const ledger = begin();
    let books: Result | undefined;
    const seen: Message[] = [];
    ledger.onResult(async (message) => {
      seen.push(message);
      books = merge(books, message);
    });
    await tell('r-1', unknown);
    await tell('x-1', rejection);
    await tell('r-2', succeeded);
    await tell('r-1.again', unknown);
    await tell('c-1', contradiction);
    await until(() => seen.length === 5);
    expect(seen).toEqual([unknown, rejection, succeeded, unknown, contradiction]);
    expect(books).toEqual(succeeded);
  });

  it('gives the message again to a handler that threw, and says that it threw', async () => {
    const ledger = begin();
    const seen: string[] = [];
    ledger.onNotice(async (notice) => {
      seen.push(notice.key);
      if (seen.length === 1) throw new Error('the database is away');
    });
    await tell('n-1', credit, 'notices');
    await until(() => seen.length === 2, 12_000);
    expect(seen).toEqual([credit.key, credit.key]);
    expect(errors).toHaveLength(1);
  });

  it('drops a field a later gateway adds, and hands over nothing that is no message', async () => {
    const ledger = begin();
    const seen: Notice[] = [];
    ledger.onNotice(async (notice) => void seen.push(notice));
    await tell('n-2', { ...credit, amount: 100 }, 'notices');
    await tell('n-3', { ...credit, later: true }, 'notices');
    await until(() => seen.length === 1 && errors.length === 1);
    expect(seen).toEqual([credit]);
  });

  it('has one handler per queue: a second would take messages away from the first', () => {
    const ledger = begin();
    ledger.onResult(async () => undefined);
    expect(() => ledger.onResult(async () => undefined)).toThrow('has a handler');
  });
});
