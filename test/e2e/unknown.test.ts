/**
 * What nobody can know goes to people. Without the bank's written rule no clock settles a request that was
 * written and not answered; with it, a late execution must be seen and said, and the final stays.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/world/books.ts';
import { FIRST, SECOND } from '../../scripts/world/people.ts';
import { type Ground, ground, WITHIN_MS } from './ground.ts';
import {
  byTwo,
  decide,
  freePort,
  journaled,
  logged,
  openMember,
  timesExecuted,
  worldOfFile,
  yinqi,
} from './words.ts';

const TEST_MS = 120_000;
const BUYER = '上海远航贸易有限公司';
const SELLER = '宁波海天实业有限公司';

describe('P3: without the bank’s written rule', { timeout: TEST_MS }, () => {
  const at = worldOfFile({ link: { noSuchSerialIsFinal: undefined } });
  let buyer = '';
  let seller = '';
  let lost = '';

  const phaseOf = async (id: string) => (await at().settle('status', { of: id })).data?.phase;
  const pay = () => ({ from: buyer, to: seller, amount: '4321.09' });
  /** An order that reached nobody: closed before it was executed, and not answered. */
  const loseOne = async (): Promise<string> => {
    const fault = { kind: 'drop-before' as const };
    await at().world.control.addFault({ fault, transaction: 'DLMDETRN' });
    const id = await at().enqueue('transfer', pay());
    await until('with people', async () => (await phaseOf(id)) === 'manual', WITHIN_MS);
    return id;
  };

  beforeAll(async () => {
    buyer = await openMember(at(), BUYER, '100000.00');
    seller = await openMember(at(), SELLER);
    lost = await loseOne();
  }, TEST_MS);

  it('leaves a request that was written and not answered to people', async () => {
    const { books } = at();
    expect(books.resultOf(lost)).toMatchObject({
      final: false,
      outcome: 'unknown',
      reason: 'manual',
      sent: 'maybe',
    });
    expect(books.orders.get(lost)?.told.map(({ reason }) => reason)).toEqual([
      'unanswered',
      'manual',
    ]);
  });

  it('shows it to people, and nothing that they need not see', async () => {
    const { serial } = at().books.resultOf(lost) ?? {};
    const list = await yinqi(at(), 'unknown', 'list');
    const shown = await yinqi(at(), 'show', lost);
    expect(list.code).toBe(0);
    for (const word of [lost, 'transfer', 'manual', serial, `REF-${lost}`]) {
      expect(list.out).toContain(word);
    }
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(shown.out).toMatch(/phase: manual/);
    expect(shown.out).toMatch(/kind: send/);
    expect(shown.out).toContain(serial);
    for (const secret of [buyer, seller, BUYER, SELLER, '4321.09']) {
      expect(list.out).not.toContain(secret);
      expect(shown.out).not.toContain(secret);
    }
  });

  it('settles it by two people’s decision, once, and keeps the decision', async () => {
    const evidence = 'order book of the bank, counter, Ms Zhou by telephone: no such order';
    const propose = (outcome: string) =>
      decide(at(), FIRST, 'propose', lost, '--outcome', outcome, '--evidence', evidence);
    const proposed = await propose('failed');
    expect(proposed).toMatchObject({ code: 0, err: '' });
    const number = /^proposal (\d+),/.exec(proposed.out)?.[1] ?? '';
    const same = await decide(at(), FIRST, 'approve', number);
    expect(same.err).toMatch(/^SAME_PERSON at who/);
    expect(at().books.resultOf(lost)).toMatchObject({ final: false });
    const list = await yinqi(at(), 'resolve', 'list');
    expect(list.out).toMatch(
      new RegExp(`${number} +.*open +citic +resolve +.*${lost}.*${FIRST.name}`),
    );
    const taken = await decide(at(), SECOND, 'approve', number);
    expect(taken).toMatchObject({ code: 0, err: '' });
    const final = await at().books.final(lost, WITHIN_MS);
    expect(final).toMatchObject({
      outcome: 'failed',
      reason: 'resolved',
      sent: 'maybe',
      proof: { kind: 'people', record: expect.any(Number) },
    });
    expect(journaled(at(), 'approval')).toMatchObject([
      {
        n: final.proof?.record,
        proposal: Number(number),
        outcome: 'failed',
        evidence,
        who: SECOND.name,
        proposedBy: FIRST.name,
      },
    ]);
    const again = await propose('succeeded');
    expect(again.code).not.toBe(0);
    expect(again.err).toMatch(/^NOT_ALLOWED at id/);
    expect(at().books.resultOf(lost)).toEqual(final);
    expect(await yinqi(at(), 'unknown', 'list')).toMatchObject({ out: 'nothing is unknown\n' });
  });

  it('still believes a yes of the bank, however late it comes', async () => {
    const { books, world } = at();
    await world.control.addFault({ fault: { kind: 'hold' }, transaction: 'DLMDETRN' });
    const id = await at().enqueue('transfer', pay());
    await until('with people', async () => (await phaseOf(id)) === 'manual', WITHIN_MS);
    await world.control.release();
    expect(await books.final(id, WITHIN_MS)).toMatchObject({
      outcome: 'succeeded',
      proof: { kind: 'inquiry' },
    });
    expect(await timesExecuted(at(), `REF-${id}`)).toBe(1);
  });

  it('flags what the bank shows after people have said no', async () => {
    const { books, world } = at();
    await world.control.addFault({ fault: { kind: 'hold' }, transaction: 'DLMDETRN' });
    const id = await at().enqueue('transfer', pay());
    await until('with people', async () => (await phaseOf(id)) === 'manual', WITHIN_MS);
    await byTwo(at(), id, 'failed', 'said by telephone');
    const final = await books.final(id, WITHIN_MS);
    await world.control.release();
    await until('contradicted', () => books.contradictions.size > 0, WITHIN_MS);
    expect([...books.contradictions.values()]).toMatchObject([{ id, final: 'failed' }]);
    expect(books.resultOf(id)).toEqual(final);
  });

  it('can use a freeze that people have confirmed', async () => {
    const { books, world } = at();
    const lag = { inquiryLagMs: 60_000, freezeNumberAfterMs: 0 };
    await world.control.changeSettings(lag);
    await world.control.addFault({ fault: { kind: 'drop-after' }, transaction: 'DLMDETRN' });
    const id = await at().enqueue('freeze', { account: buyer, amount: '12.00' });
    await until('with people', async () => (await phaseOf(id)) === 'manual', WITHIN_MS);
    await byTwo(at(), id, 'succeeded', 'seen at the counter');
    const final = await books.final(id, WITHIN_MS);
    expect(final).toMatchObject({ outcome: 'succeeded', proof: { kind: 'people' } });
    expect(final.data?.freezeNumber).toMatch(/\S/);
    await world.control.changeSettings({ inquiryLagMs: 0 });
    expect(await at().settle('unfreeze', { freeze: id })).toMatchObject({ outcome: 'succeeded' });
  });

  it('logs no account, no name and no amount on the way', () => {
    const log = readFileSync(at().world.gatewayLog, 'utf8');
    for (const secret of [buyer, seller, BUYER, SELLER, '4321.09', FIRST.token, SECOND.token]) {
      expect(log).not.toContain(secret);
    }
  });
});

describe('with the rule, and a bank that broke it', { timeout: TEST_MS }, () => {
  it('R9: says failed, then contradicted once; the final stays, and log and metric say so', async () => {
    const port = await freePort();
    const rule = { afterMs: 500, negatives: 2, source: 'mock bank contract' };
    // nobody reads the connection any more when the bank executes: only the inquiry shows it
    const link = { noSuchSerialIsFinal: rule, lateUntilMs: 600 };
    const at: Ground = await ground({ adminPort: port, link });
    try {
      const { books, world } = at;
      const payer = await at.account('0000001', BUYER);
      const payee = await at.account('0000002', SELLER);
      const pay = { from: payer, to: payee, toName: SELLER, amount: '10.00' };
      await world.control.addFault({ fault: { kind: 'hold' }, transaction: 'DLMDETRN' });
      const final = await at.settle('transfer', pay);
      expect(final).toMatchObject({
        outcome: 'failed',
        reason: 'bank-does-not-know',
        sent: 'maybe',
        proof: { kind: 'inquiry' },
      });
      await world.control.release();
      await until('contradicted', () => books.contradictions.size > 0, WITHIN_MS);
      expect([...books.contradictions.values()]).toMatchObject([
        {
          type: 'contradicted',
          id: final.id,
          final: 'failed',
          evidence: 'succeeded',
          serial: final.serial,
        },
      ]);
      // another order goes all its way meanwhile, and nothing more is said of the first
      expect(await at.settle('transfer', pay)).toMatchObject({ outcome: 'succeeded' });
      expect(books.contradictions.size).toBe(1);
      expect(books.resultOf(final.id)).toEqual(final);
      expect(logged(world, 'contradicted')).toMatchObject([{ serial: final.serial }]);
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      expect(metrics).toMatch(/^yinqi_contradictions_total\{link="citic"\} 1$/m);
      // it was asked about again and again, and failed once
      expect(metrics).toMatch(/^yinqi_instructions_settled_total\{.*outcome="failed"\} 1$/m);
    } finally {
      await at.stop();
    }
  });
});
