/** A link that was last run with a journal this process does not hold: it asks, and sends nothing (R3). */
import { appendFileSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LinkEngine } from '../../src/engine/link-engine.ts';
import { type Imported, importJournal } from '../../src/journal/importing.ts';
import { lookIntoJournal, openJournal } from '../../src/journal/journal.ts';
import { keyOf } from '../../src/store/keys.ts';
import { type Bench, bench, LINK } from './bench.ts';
import { books } from './bench-bank.ts';
import { putBack, snapshot } from './going-back.ts';
import { envelopeOf, present, results, TRANSFER, until } from './orders.ts';

let at: Bench;
beforeEach(async () => {
  at = await bench();
});
afterEach(() => at.close());

const RULE = { afterMs: 1, negatives: 1, source: "the mock bank's contract" };
const quick = { link: { leaseMs: 1, ladder: { firstMs: 10, maxMs: 20, negativesMin: 2 } } };
const sent = () => at.asked.filter(({ action }) => action === 'DLMDETRN');
const phaseOf = async (id: string) => at.redis.hget(keyOf(LINK, 'i', `erp:${id}`), 'phase');
const last = (id: string) => results(at, id).at(-1);
const order = (engine: LinkEngine, id: string, more = {}) =>
  engine.acceptor.accept(at.source, envelopeOf(id, 'transfer', TRANSFER, more), `job-${id}`);

/** The bank has every order and says so when asked; answers to orders are lost. */
const silent: Bench['bank'] = (asked) => {
  if (asked.action !== 'DLMDETRN') books(asked);
};
const denies: Bench['bank'] = (asked) => {
  if (asked.action === 'DLCIDSTT') asked.answer({ status: 'ED02083', statusText: 'none' });
};

const release = async (engine: LinkEngine): Promise<void> => {
  const evidence = 'the disk of the old machine is destroyed';
  const wish = { action: 'release', subject: LINK, evidence } as const;
  const { number } = await engine.deciding.twoPeople.propose({ ...wish, who: 'Zhang Wei' });
  await engine.deciding.twoPeople.approve({ proposal: number, who: 'Li Na' });
};

/** A machine that sent A1 and died; its Redis, from before the claim, and another machine. */
async function another(more: Record<string, unknown> = {}): Promise<LinkEngine> {
  at.bank = silent;
  at.at = (failpoint) => {
    if (failpoint === 'written') at.kill();
  };
  const first = await at.engine(quick);
  // nothing is claimed before, so that Redis as it was knows the order and not its claim
  await order(first, 'A0');
  await until(() => sent().length === 1);
  at.at = () => undefined;
  at.journalAt = 'journal-b';
  return at.engine({ link: { ...quick.link, ...more } });
}

describe('a claim without a record here', () => {
  it('R3: is unknown and not "never written": asked about, and a yes is believed', async () => {
    const second = await another();
    expect(sent().length).toBe(1);
    await until(() => last('A0')?.final === true);
    expect(last('A0')).toMatchObject({ outcome: 'succeeded', proof: { kind: 'inquiry' } });
    expect(second.ctx.journal.index.missing(LINK).open).toMatchObject([{ why: 'journal' }]);
  });

  it('R3: a no is never believed, whatever rule is written for it', async () => {
    at.bank = silent;
    const started = another({ noSuchSerialIsFinal: RULE });
    at.bank = denies;
    await started;
    await until(async () => (await phaseOf('A0')) === 'manual');
    expect(results(at, 'A0').filter(({ final }) => final)).toEqual([]);
    expect(sent().length).toBe(1);
  });
});

it('R3: an older Redis, another journal, after a write: nothing is sent, and a yes is believed', async () => {
  at.bank = books;
  let before: Awaited<ReturnType<typeof snapshot>> = [];
  const first = await at.engine(quick);
  await order(first, 'A0');
  await until(() => last('A0')?.final === true);
  // the claim of A1 is what Redis forgets
  at.at = (failpoint) => {
    if (failpoint === 'written') at.kill();
  };
  at.bank = silent;
  const { standing } = at;
  standing.set('send', 'test', 'held');
  await order(first, 'A1', { expiresAt: new Date(Date.now() + 1_500).toISOString() });
  before = await snapshot(at.redis);
  standing.set('send', 'test', undefined);
  first.poke();
  await until(() => sent().length === 2);
  at.at = () => undefined;
  await putBack(at.redis, before);
  at.journalAt = 'journal-b';
  const second = await at.engine(quick);
  expect(at.standing.whyNotSend()).toMatchObject([expect.stringMatching(/^ask-only: last run/)]);
  expect(await phaseOf('A1')).toBe('received');
  // it is not said to have expired unsent: the bank is asked, and has it
  await until(() => last('A1')?.final === true);
  expect(last('A1')).toMatchObject({ outcome: 'succeeded' });
  expect(sent().length).toBe(2);
  expect(Number(last('A1')?.version)).toBeGreaterThan(2 ** 40);
  expect(second.notReady()).toEqual([]);
});

describe('while a journal is missing', () => {
  it('R3: orders are taken and wait, queries are answered, nothing is cancelled', async () => {
    const second = await another();
    at.bank = (asked) => {
      if (asked.action === 'DLBALQRY' || asked.action === 'DLCIDSTT') books(asked);
    };
    await order(second, 'A2');
    const cancel = envelopeOf('C1', 'cancel', { of: 'A2' });
    await second.acceptor.accept(at.source, cancel, 'c');
    await until(() => last('C1')?.final === true);
    expect(last('C1')).toMatchObject({ outcome: 'failed', code: 'TOO_LATE' });
    expect(await phaseOf('A2')).toBe('received');
    expect(sent().length).toBe(1);
  });

  it('R3: it stays so when Redis is emptied, and at every start', async () => {
    const second = await another();
    await second.stop(0);
    await at.redis.flushall();
    const third = await at.engine(quick);
    expect(at.standing.whyNotSend().length).toBe(1);
    await order(third, 'A0');
    await order(third, 'A9');
    expect(await phaseOf('A9')).toBe('received');
    await third.stop(0);
    await at.engine(quick);
    expect(at.standing.whyNotSend().length).toBe(1);
    expect(sent().length).toBe(1);
  });

  it('R3: an order replayed too late is not said to be never sent', async () => {
    const second = await another();
    await order(second, 'LATE', {
      createdAt: new Date(Date.now() - 60_000).toISOString(),
      expiresAt: new Date(Date.now() - 1_000).toISOString(),
    });
    await until(() => last('LATE')?.final === true);
    expect(last('LATE')).toMatchObject({ outcome: 'succeeded' });
    expect(sent().length).toBe(1);
  });

  it('the journal it was run with goes on as if nothing had been', async () => {
    const second = await another();
    await second.stop(0);
    at.journalAt = 'journal';
    const third = await at.engine(quick);
    expect(at.standing.whyNotSend()).toEqual([]);
    at.bank = books;
    await order(third, 'A3');
    await until(() => last('A3')?.final === true);
    expect(sent().length).toBe(2);
    expect(present(sent()[1]).fields.clientID).not.toBe(present(sent()[0]).fields.clientID);
  });
});

describe('the journal of the other, taken in', () => {
  const take = async (): Promise<Imported> => {
    const options = { now: () => new Date(), onFatal: (error: unknown) => at.fatal.push(error) };
    const mine = await openJournal(join(at.directory, 'journal-b'), options);
    const imported = await importJournal(
      mine,
      await lookIntoJournal(join(at.directory, 'journal')),
    );
    await mine.close();
    return imported;
  };

  it('R3: lets the link send again, and nothing of the other is sent twice', async () => {
    const second = await another();
    at.bank = () => undefined;
    await order(second, 'A2');
    await second.stop(0);
    expect(await take()).toMatchObject({ whole: true, links: [LINK] });
    at.bank = books;
    const third = await at.engine(quick);
    expect(at.standing.whyNotSend()).toEqual([]);
    await order(third, 'A0');
    const final = (id: string) => results(at, id).find((one) => one.final)?.outcome;
    await until(() => final('A2') === 'succeeded' && final('A0') === 'succeeded');
    expect(sent().length).toBe(2);
    // the directory it came from must not send any more
    await third.stop(0);
    at.journalAt = 'journal';
    await at.engine(quick);
    expect(at.standing.whyNotSend().length).toBe(1);
  });

  it('R3 R27: what only the other knew is put back: finals, and what was written', async () => {
    at.bank = books;
    const first = await at.engine(quick);
    await order(first, 'OLD');
    await until(() => last('OLD')?.final === true);
    const told = last('OLD');
    await first.stop(0);
    const claimed = await snapshot(at.redis);
    await at.redis.flushall();
    await putBack(
      at.redis,
      claimed.filter(({ name }) => name.endsWith(':meta')),
    );
    at.journalAt = 'journal-b';
    const second = await at.engine(quick);
    await second.stop(0);
    await take();
    at.published.length = 0;
    const third = await at.engine(quick);
    await until(() => results(at, 'OLD').length > 0);
    expect(last('OLD')).toEqual(told);
    await order(third, 'OLD');
    expect(sent().length).toBe(1);
    expect(await phaseOf('OLD')).toBe('succeeded');
  });
});

describe('released by two people', () => {
  /** Ordered by a clock that is ahead by all that is allowed: the only order whoever is missing cannot have. */
  const young = () => ({
    createdAt: new Date(Date.now() + 599_950).toISOString(),
    expiresAt: new Date(Date.now() + 900_000).toISOString(),
  });

  it('R3: it sends what is new; what may have been sent elsewhere is asked about and never sent', async () => {
    const second = await another();
    at.bank = denies;
    await order(second, 'OLD');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await order(second, 'NEW', young());
    expect(sent().length).toBe(1);
    at.bank = (asked) => {
      if (asked.fields.clientID === sent()[1]?.fields.clientID) books(asked);
      else denies(asked);
    };
    await release(second);
    expect(at.standing.whyNotSend()).toEqual([]);
    await until(async () => (await phaseOf('OLD')) === 'manual');
    await until(() => sent().length === 2);
    await order(second, 'REPLAYED');
    await until(async () => (await phaseOf('REPLAYED')) === 'manual');
    expect(sent().length).toBe(2);
    expect(results(at, 'OLD').filter(({ final }) => final)).toEqual([]);
  });

  it('R3: it stays released at the next start; the journal of the other may then only ask', async () => {
    const second = await another();
    await release(second);
    await second.stop(0);
    // as if killed between the approval and Redis
    await at.redis.hset(keyOf(LINK, 'meta'), 'asks', 'x', 'journal', 'x', 'records', 0);
    const missing = second.ctx.journal.index.missing(LINK).covered;
    await at.redis.hset(keyOf(LINK, 'meta'), 'journal', present(missing[0]).journal);
    const third = await at.engine(quick);
    expect(at.standing.whyNotSend()).toEqual([]);
    await third.stop(0);
    at.journalAt = 'journal';
    await at.engine(quick);
    expect(at.standing.whyNotSend().length).toBe(1);
  });
});

describe('a journal that lost records', () => {
  const journal = () => join(at.directory, 'journal');
  const openSegment = () => {
    const names = readdirSync(journal()).filter((name) => name.endsWith('.jsonl'));
    return join(journal(), present(names.sort().at(-1)));
  };

  it('R3 R5: of whole lines at its end: it asks, and claims without a record are unknown', async () => {
    at.bank = silent;
    const first = await at.engine(quick);
    at.at = (failpoint) => {
      if (failpoint === 'claimed') at.kill();
    };
    await order(first, 'A1');
    await until(async () => (await phaseOf('A1')) === 'sending');
    at.at = () => undefined;
    appendFileSync(openSegment(), 'rot of a synced line\n');
    const second = await at.engine(quick);
    expect(at.standing.whyNotSend()).toEqual([expect.stringMatching(/^ask-only: .* was cut off/)]);
    await until(() => last('A1')?.final === true);
    expect(last('A1')).toMatchObject({ outcome: 'succeeded', proof: { kind: 'inquiry' } });
    await order(second, 'A2');
    expect(sent()).toEqual([]);
    await release(second);
    await second.stop(0);
    // the file is still there: what was released stays so
    await at.engine(quick);
    expect(at.standing.whyNotSend()).toEqual([]);
  });

  it('R3: an older copy of itself in its place is noticed by what Redis knows of it', async () => {
    at.bank = books;
    const first = await at.engine(quick);
    await order(first, 'A1');
    await until(() => last('A1')?.final === true);
    cpSync(journal(), join(at.directory, 'older'), {
      recursive: true,
      filter: (path) => !path.endsWith('.sock'),
    });
    at.bank = silent;
    await order(first, 'A2');
    await until(() => sent().length === 2);
    const records = async () => Number(await at.redis.hget(keyOf(LINK, 'meta'), 'records'));
    await until(async () => (await records()) >= first.ctx.journal.last);
    at.kill();
    at.journalAt = 'older';
    await at.engine(quick);
    expect(at.standing.whyNotSend()).toEqual([expect.stringMatching(/^ask-only: last run with/)]);
    await until(() => last('A2')?.final === true);
    expect(sent().length).toBe(2);
  });
});
