/**
 * The storm: deposits announced by the bank, many of them alike and many announced twice, entries that the
 * statement shows early or late, announcements of money that does not exist, and the gateway killed three
 * times meanwhile. Every entry is told once, and nothing else is.
 *
 *   npm run pushes     ten thousand of them; npm test: 500
 *   YINQI_SEED=4711    repeats a run
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SOURCE } from '../../scripts/world/options.ts';
import { type Supervisor, World } from '../../scripts/world/world.ts';
import type { Notice } from '../../src/instruction/notices.ts';
import type { BankNotice } from '../../src/instruction/pushed.ts';
import { compiled } from '../support/compiled.ts';
import { quickLink } from './ground.ts';

const PUSHES = Number(process.env.YINQI_PUSHES ?? 200);
const SEED = Number(process.env.YINQI_SEED ?? Date.now() % 1_000_000);
const KILLS = 3;
const FORGED = 20;
const ALIKE = 10;
const TEST_MS = 90_000 + PUSHES * 60;
const COMPILING_MS = 240_000;
const LINK = 'trading';

let world: World;
let gateway: Supervisor;
/** by version: the same one told twice is one */
const notices = new Map<number, Notice>();
const ofBank: BankNotice[] = [];
const broken: string[] = [];

/** The same numbers for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

beforeAll(async () => {
  world = await World.start({
    directory: mkdtempSync(join(tmpdir(), 'yinqi-e2e-')),
    dist: process.env.YINQI_DIST ?? compiled(),
    specs: join(import.meta.dirname, '..', '..', 'protocol-specs'),
    seed: SEED,
    bankSettings: {
      signIn: 'not-needed',
      pushRepeats: 100,
      // the more it says the longer it waits: it knocks by thousands at sixty-four doors
      pushRepeatMs: Math.max(200, PUSHES / 5),
      pushAnswerMs: 2_000,
    },
    others: [
      {
        name: LINK,
        spec: 'pingan_trading',
        listens: true,
        settings: { qydm: '9001', supAcctId: '15000000000001', tranWebName: '样例商城' },
        more: { ...quickLink, answerWithinMs: 4_000, publishPushes: 'provisional' },
      },
    ],
    source: { links: { [LINK]: { operations: ['*'], notices: true } } },
  });
  gateway = world.supervise();
  await world.untilStarted(gateway.current);
  const port = world.listenPorts[LINK];
  if (port === undefined) throw new Error('nowhere to push to');
  await world.control.pushTo({ host: '127.0.0.1', port });
  world.ledger(SOURCE, LINK).onNotice(
    async (notice) => {
      const known = notices.get(notice.version);
      const same = known === undefined || JSON.stringify(known) === JSON.stringify(notice);
      if (!same) broken.push(`notice ${notice.version} was told with two contents`);
      notices.set(notice.version, notice);
    },
    async (notice) => {
      ofBank.push(notice);
    },
  );
}, COMPILING_MS);

afterAll(async () => {
  await gateway?.stop();
  await world?.stop();
  if (process.env.YINQI_KEEP === undefined) {
    rmSync(world.directory, { recursive: true, force: true });
  }
});

it(`R14: ${PUSHES} pushes through ${KILLS} kills: one notice for each entry, none for a forged one (seed ${SEED})`, {
  timeout: TEST_MS,
  retry: 0,
}, async () => {
  const next = random(SEED);
  const members: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    const { number } = await world.control.addMember({ code: `M1000${n}`, name: `张样例${n}` });
    members.push(number);
  }
  const pick = () => members[Math.floor(next() * members.length)] ?? '';
  const rounds = Math.ceil(PUSHES / ALIKE);
  const kills = new Set(
    Array.from({ length: KILLS }, (_, n) => Math.floor((rounds * (n + 1)) / 4)),
  );
  for (let round = 0; round < rounds; round += 1) {
    if (kills.has(round)) {
      gateway.current.signal('SIGKILL');
      await sleep(100);
    }
    await world.control.tellDeposit({
      account: pick(),
      amount: `${1 + Math.floor(next() * 4)}.00`,
      twins: Math.min(ALIKE, PUSHES - round * ALIKE),
      copies: 1 + Math.floor(next() * 2),
      visibleAfterMs: Math.floor(next() * 1_500),
    });
    if (round % Math.ceil(rounds / FORGED) === 0) {
      await world.control.push({ transaction: '1310', fields: forged(pick()) });
    }
    await sleep(5);
  }
  const credits = () => [...notices.values()].filter(({ type }) => type === 'credit');
  const until = performance.now() + TEST_MS - 20_000;
  while (credits().length < PUSHES && performance.now() < until) await sleep(200);
  // the bank goes on saying what nobody heard while the gateway was down
  const pushes = async () => (await world.control.pushes()).pushes;
  const saying = async () => (await pushes()).some(({ state }) => state === 'sending');
  while ((await saying()) && performance.now() < until) await sleep(500);
  // what would be told twice is told by now
  await sleep(2_000);
  expect(gateway.ends.filter((how) => how === 'SIGKILL').length).toBe(KILLS);
  expect(credits().length).toBe(PUSHES);
  expect(new Set(credits().map(({ key }) => key)).size).toBe(PUSHES);
  expect([...notices.values()].filter(({ type }) => type !== 'credit')).toEqual([]);
  expect(credits().filter(({ amount }) => amount === '99999.00')).toEqual([]);
  expect(broken).toEqual([]);
  // the forged ones are seen by people: announced, and in no statement
  const expected = new Set(ofBank.map(({ key }) => key));
  expect(ofBank.every(({ type }) => type === 'expected')).toBe(true);
  expect(expected.size).toBeGreaterThanOrEqual(PUSHES);
  const unheard = (await pushes()).filter(({ state }) => state !== 'accepted');
  expect(unheard).toEqual([]);
});

const forged = (account: string): Record<string, string> => ({
  SupAcctId: '15000000000001',
  CustAcctId: account,
  TranAmount: '99999.00',
  InAcctId: '6222000000000000009',
  InAcctIdName: '李付款',
  CcyCode: 'RMB',
  AcctDate: new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', ''),
  Reserve: 'M10001',
});
