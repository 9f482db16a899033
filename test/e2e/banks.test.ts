/**
 * Several banks behind one gateway, each by its own protocol on raw sockets: what a ledger orders is in the
 * same words, what is lost on the way is asked about, and nothing is sent twice.
 */
import { describe, expect, it } from 'vitest';
import type { RemoteControl } from '../../mock-bank/control/routes.ts';
import { MAIN_ACCOUNT, SOURCE } from '../../scripts/world/options.ts';
import type { Result } from '../../src/instruction/messages.ts';
import type { LedgerClient } from '../../src/queue/client.ts';
import { quickLink, WITHIN_MS } from './ground.ts';
import { timesExecuted, worldOfFile } from './words.ts';

const quick = { ...quickLink, answerWithinMs: 600, halfReadMs: 400 };

const at = worldOfFile({
  others: [
    {
      name: 'b2bi',
      spec: 'pingan_b2bi',
      settings: {
        customerCode: '00901000000000000100',
        mainAccount: '15000000000101',
        mainAccountName: '样例贸易有限公司',
        bankName: '平安银行',
        sameCity: '1',
      },
      more: quick,
    },
    {
      name: 'cms',
      spec: 'cms',
      settings: { mainAccount: MAIN_ACCOUNT, mainAccountName: '样例贸易有限公司' },
      more: quick,
    },
  ],
});

let counted = 0;
const clients = new Map<string, LedgerClient>();

/** Orders on one of the links; the results of all of them come on the one queue of the ledger. */
async function settle(
  link: string,
  operation: string,
  body: Record<string, unknown>,
  fault?: Fault,
): Promise<Result & { executed: number }> {
  const { books, world } = at();
  const client = clients.get(link) ?? world.ledger(SOURCE, link);
  clients.set(link, client);
  counted += 1;
  const id = `B${String(counted).padStart(4, '0')}`;
  const businessRef = `REF-${id}x${Date.now() % 1_000_000}`;
  if (fault !== undefined) await world.control.addFault({ fault, memo: businessRef });
  await books.order(books.envelope(id, operation, body, { businessRef }), client);
  const result = await books.final(id, WITHIN_MS);
  return { ...result, executed: await timesExecuted(at(), businessRef) };
}

const payee = {
  account: '6230580000000000001',
  name: '张样例',
  sameBank: false,
  bankCode: '102100099996',
  bankName: '样例银行',
};
const pay = (amount = '12.50') => ({ payee, amount });

type Fault = Parameters<RemoteControl['addFault']>[0]['fault'];

/** The bank executes, and what comes back is late, half, wrong, twice or nothing at all. */
const FAULTS: readonly Fault[] = [
  { kind: 'drop-after', how: 'reset' },
  { kind: 'reset-after-read', executed: true },
  { kind: 'no-answer' },
  { kind: 'cut-body' },
  { kind: 'half-then-silence' },
  { kind: 'wrong-length', by: 7 },
  { kind: 'wrong-serial' },
  { kind: 'two-frames' },
  { kind: 'answer-twice' },
  { kind: 'one-byte-segments' },
  { kind: 'late', ms: 1_500 },
];

describe.each(['b2bi', 'cms'])('payments of %s', { timeout: 2 * WITHIN_MS }, (link) => {
  it('are booked once and proven by the inquiry of that bank', async () => {
    const result = await settle(link, 'payment', pay());
    expect(result).toMatchObject({ outcome: 'succeeded', proof: { kind: 'inquiry' }, executed: 1 });
    expect(result.serial).toMatch(/^\d{20}$/);
  });

  it.each(FAULTS.filter(({ kind }) => link !== 'cms' || kind !== 'wrong-serial'))(
    'are settled through $kind, and executed once',
    async (fault) => {
      const result = await settle(link, 'payment', pay(), fault);
      expect(result).toMatchObject({ outcome: 'succeeded', executed: 1 });
    },
  );

  it('that never reached the bank fail by its own word, not by time', async () => {
    const result = await settle(link, 'payment', pay(), { kind: 'drop-before' });
    expect(result).toMatchObject({
      outcome: 'failed',
      reason: 'bank-does-not-know',
      executed: 0,
    });
  });

  it('answer a question about the balance', async () => {
    const result = await settle(link, 'main-balance', {});
    expect(result).toMatchObject({ outcome: 'succeeded' });
    expect(result.data?.rows).toMatchObject([{ available: expect.stringMatching(/^\d+\.\d\d$/) }]);
  });
});
