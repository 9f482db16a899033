/** A changed link talks to nobody until two people have accepted the change: neither sends nor believes what is said there. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keyOf } from '../../src/store/keys.ts';
import { type Bench, bench, LINK } from './bench.ts';
import { books } from './bench-bank.ts';
import { envelopeOf, results, TRANSFER, until } from './orders.ts';

let at: Bench;
beforeEach(async () => {
  at = await bench();
});
afterEach(() => at.close());

const quick = { link: { ladder: { firstMs: 10, maxMs: 50 } } };
const finals = (id: string) => results(at, id).filter(({ final }) => final === true);
const phaseOf = (id: string) => at.redis.hget(keyOf(LINK, 'i', `erp:${id}`), 'phase');

/** What the daemon records at a start, where the endpoint was changed. */
async function changed(): Promise<void> {
  const journal = await at.journal();
  const change = { kind: 'change' as const, link: LINK, watermark: 0, what: 'endpoint' as const };
  await journal.append([
    { ...change, digest: 'old', needsApproval: false },
    { ...change, before: 'old', digest: 'new', needsApproval: true, values: { host: 'other' } },
  ]);
  await journal.close();
}

it('R9: neither sends nor asks before, and does both once two people have accepted', async () => {
  at.bank = (asked) => asked.end({ type: 'silent', why: 'deadline' });
  const first = await at.engine(quick);
  await first.acceptor.accept(at.source, envelopeOf('OLD', 'transfer', TRANSFER), 'a');
  await until(async () => (await phaseOf('OLD')) === 'unknown');
  await first.stop(0);
  for (const one of [first]) await one.ctx.journal.close();
  await changed();
  // the new front end knows all: nobody has vouched for it
  at.bank = books;
  const before = at.asked.length;
  const engine = await at.engine(quick);
  await engine.acceptor.accept(at.source, envelopeOf('NEW', 'transfer', TRANSFER), 'b');
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(at.asked.length).toBe(before);
  expect([await phaseOf('OLD'), await phaseOf('NEW')]).toEqual(['unknown', 'received']);
  const { accepting, twoPeople } = engine.deciding;
  const [change] = await accepting.changes();
  expect(change).toMatchObject({ what: 'endpoint', before: 'old', digest: 'new' });
  const { number } = await twoPeople.propose({
    action: 'accept',
    subject: String(change?.record),
    who: 'Li Hua',
    evidence: 'the new front end, ordered',
  });
  expect(at.asked.length).toBe(before);
  const taken = await twoPeople.approve({ proposal: number, who: 'Wang Fang' });
  expect(taken).toMatchObject({ outcome: 'accepted' });
  await until(() => finals('OLD').length === 1 && finals('NEW').length === 1);
  expect(await accepting.changes()).toEqual([]);
});
