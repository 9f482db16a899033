/** What the engine owes an instruction whatever comes between two of its steps. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyOf } from '../../src/store/keys.ts';
import { type Bench, bench, DAY_MS, LINK } from './bench.ts';
import { books } from './bench-bank.ts';
import { envelopeOf, present, results, TRANSFER, until } from './orders.ts';

let at: Bench;
beforeEach(async () => {
  at = await bench();
});
afterEach(() => at.close());

const quick = { link: { ladder: { firstMs: 10 } } };
const sent = () => at.asked.filter(({ action }) => action === 'DLMDETRN');
const phaseOf = async (id: string) => at.redis.hget(keyOf(LINK, 'i', `erp:${id}`), 'phase');
const outcomes = (id: string) => results(at, id).map(({ outcome }) => outcome);

it('a late answer that was recorded and not judged before a kill is judged by the next start', async () => {
  // the bank denies the order to every inquiry: only its own late answer can say what became of it
  at.bank = (asked) => {
    if (asked.action === 'DLCIDSTT') asked.answer({ status: 'ED02083', statusText: 'none' });
    else asked.end({ type: 'silent', why: 'deadline' });
  };
  const engine = await at.engine(quick);
  await engine.acceptor.accept(at.source, envelopeOf('A1', 'transfer', TRANSFER), 'a');
  await until(async () => (await phaseOf('A1')) === 'unknown');
  at.at = (failpoint) => {
    if (failpoint === 'answer-recorded') throw new Error('killed here');
  };
  present(sent()[0]).late({ status: 'CPRA004', statusText: 'no money' });
  await until(() => at.fatal.length > 0);
  at.at = () => undefined;
  await engine.stop(0);
  await at.engine(quick);
  await until(() => results(at, 'A1').some(({ final }) => final));
  expect(results(at, 'A1').at(-1)).toMatchObject({ outcome: 'failed', reason: 'refused-by-bank' });
});

it('a freeze older than the memory of Redis can still be paid from', async () => {
  at.bank = (asked) => {
    if (asked.action !== 'DLFRNOQR') return books(asked);
    const serial = String(present(sent()[0]).fields.clientID);
    asked.answer({
      status: 'AAAAAAA',
      statusText: 'ok',
      userDataList: [{ clientID: serial, freezeNo: 'F1' }],
    });
  };
  const engine = await at.engine(quick);
  const freeze = { account: TRANSFER.from, amount: '5.00' };
  await engine.acceptor.accept(at.source, envelopeOf('F1', 'freeze', freeze), 'f');
  await until(() => outcomes('F1').includes('succeeded'));
  await at.redis.del(keyOf(LINK, 'i', 'erp:F1'));
  const pay = { freeze: 'F1', to: TRANSFER.to, toName: '张三' };
  await engine.acceptor.accept(at.source, envelopeOf('P1', 'pay-from-freeze', pay), 'p');
  await until(() => outcomes('P1').includes('succeeded'));
  expect(sent()[1]?.fields).toMatchObject({ tranType: 'BH', freezeNo: 'F1' });
});

it('a hold that comes between the claim and the write stops the write', async () => {
  at.bank = books;
  let stopped = false;
  const engine = await at.engine(quick);
  const hold = join(at.directory, 'journal', 'hold');
  const { writeFileSync, rmSync } = await import('node:fs');
  at.at = (failpoint) => {
    if (failpoint !== 'recorded' || stopped) return;
    stopped = true;
    writeFileSync(hold, '');
  };
  await engine.acceptor.accept(at.source, envelopeOf('A1', 'transfer', TRANSFER), 'a');
  await until(() => stopped);
  await until(async () => (await phaseOf('A1')) === 'received');
  expect(sent()).toEqual([]);
  rmSync(hold);
  await until(() => outcomes('A1').includes('succeeded'));
  expect(sent().length).toBe(1);
});

it('R25: a machine that slept between the claim and the write does not send what it claimed before', async () => {
  at.bank = books;
  const engine = await at.engine(quick);
  let slept = false;
  at.at = (failpoint) => {
    if (failpoint !== 'recorded' || slept) return;
    slept = true;
    // the monotonic clock does not count the sleep, the wall clock does
    at.ahead.wall = 3_600_000;
  };
  await engine.acceptor.accept(at.source, envelopeOf('A1', 'transfer', TRANSFER), 'a');
  await until(() => slept);
  const { journal } = engine.ctx;
  const kinds = async () => {
    const found: string[] = [];
    for await (const { kind } of journal.records({ link: LINK, id: 'erp:A1' })) found.push(kind);
    return found;
  };
  await until(async () => (await kinds()).length > 1);
  // what it claims afterwards is another attempt
  expect((await kinds()).slice(0, 2)).toEqual(['send', 'not-written']);
});

describe('clocks that disagree', () => {
  it('R25: let nothing expire at the door either: it is offered again later', async () => {
    at.bank = books;
    at.ahead.wall = 3_600_000;
    const engine = await at.engine(quick);
    const late = envelopeOf('A1', 'transfer', TRANSFER, {
      createdAt: new Date(Date.now() - DAY_MS).toISOString(),
      expiresAt: new Date(Date.now() - 1_000).toISOString(),
    });
    await expect(engine.acceptor.accept(at.source, late, 'a')).rejects.toThrow();
    expect(await phaseOf('A1')).toBeNull();
    expect(results(at, 'A1')).toEqual([]);
  });
});

it('a publisher that refuses for a while does not fill the journal', async () => {
  at.bank = books;
  const engine = await at.engine({
    link: { credits: { accounts: [TRANSFER.from], roundMs: 200 } },
  });
  const now = new Date(Date.now() + 8 * 3_600_000);
  const today = now.toISOString().slice(0, 10).replaceAll('-', '');
  at.publish = () => {
    throw new Error('OOM');
  };
  at.bank = (asked) => {
    if (asked.action !== 'DLSTRNDT') return books(asked);
    const row = {
      subAccNo: TRANSFER.from,
      TRANTYPE: '23',
      TRANDATE: today,
      TRANTIME: '101500',
      HOSTFLW: 'SC1',
      HOSTSEQ: '1',
      CDFG: 'C',
      TRANAMT: '1.00',
    };
    const fits = asked.fields.startDate === today && asked.fields.subAccNo === TRANSFER.from;
    asked.answer(
      fits
        ? { status: 'AAAAAAA', statusText: 'ok', userDataList: [row] }
        : { status: 'PBRA001', statusText: 'none' },
    );
  };
  const count = async () => {
    let n = 0;
    for await (const _ of engine.ctx.journal.records({ kinds: ['notice'] })) n += 1;
    return n;
  };
  await until(async () => (await count()) > 0);
  await new Promise((resolve) => setTimeout(resolve, 1_800));
  // one for each of the two ledgers
  expect(await count()).toBe(2);
  at.publish = () => undefined;
  await until(() => at.published.length === 2);
  expect(await count()).toBe(2);
});
