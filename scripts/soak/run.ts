/** One profile from beginning to end: a world is set up, tormented, left alone until it has settled, and judged. */

import { cpSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { draw } from '../../mock-bank/random.ts';
import { lookIntoJournal } from '../../src/journal/journal.ts';
import { Books, until } from '../world/books.ts';
import { openingOf } from '../world/member.ts';
import { SOURCE } from '../world/options.ts';
import { World } from '../world/world.ts';
import { BANK_FAULTS, FAULT_RATE } from './bank-faults.ts';
import { Injector } from './credits.ts';
import { Gateways } from './gateways.ts';
import { LinkProxy } from './link-proxy.ts';
import {
  BANKS,
  CITIC,
  FRONT_ACCOUNTS,
  FRONT_NAME,
  linkSettings,
  otherLinks,
  type Profile,
  TRADING,
  tradingMember,
} from './links.ts';
import { type Grounds, Load, type TradingMember } from './load.ts';
import { Obligations } from './obligations.ts';
import { Past } from './past.ts';
import { People } from './people.ts';
import { answerQuestions } from './questions.ts';
import type { Scene } from './scene.ts';
import { settle } from './settle.ts';
import { SmallDisk } from './small-disk.ts';
import { Tally } from './tally.ts';
import { tormentLinks } from './torment-links.ts';
import { armed, tormentProcesses } from './torment-processes.ts';
import { judge, type Verdict } from './verdict.ts';
import { bytesOf, type Life, Watch } from './watch.ts';

export interface Plan {
  readonly profile: Profile;
  readonly seconds: number;
  readonly seed: number;
  /** instructions a second */
  readonly rate: number;
  /** the one that every gateway is armed with: as src/main.ts reads it; undefined: any, now and then */
  readonly failpoint: string | undefined;
  readonly directory: string;
  readonly root: string;
  readonly say: (line: string) => void;
}

export interface Outcome {
  readonly profile: Profile;
  readonly verdict: Verdict;
  readonly tally: Tally;
  readonly instructions: number;
  readonly obligations: number;
  readonly byLink: ReadonlyMap<string, number>;
  readonly manual: number;
  readonly kills: number;
  /** kinds of fault → requests at the banks that met it */
  readonly bankFaults: Readonly<Record<string, number>>;
  readonly ends: ReadonlyMap<string, number>;
  readonly events: ReadonlyMap<string, number>;
  readonly owned: number;
  readonly lives: readonly Life[];
  readonly journalBytes: number;
  /** how much the journal grew in a while without work, and how long that was */
  readonly idle: { readonly bytes: number; readonly seconds: number };
  readonly disk: string;
  readonly settledAfterMs: number;
  readonly contradicted: number;
}

const MEMBERS = 4;
const TRADING_MEMBERS = 3;
const SETUP_MS = 180_000;
const LINE_EVERY_MS = 30_000;
const BACK_PRESSURE = 200;
const CREDIT_SHARE = 0.12;
/** Of a long run, so much of each quarter of an hour is calm. */
const ROUND_S = 900;
const CALM_FROM_S = 660;
const IDLE_MS = 5_000;
const TURN_MAX_MS = 20_000;
/** Then a gateway that stands by kills the frozen one. */
const OWNER_SILENT_MS = 2_000;
const GATEWAYS = 2;

const dayInShanghai = (): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' })
    .format(Date.now())
    .replaceAll('-', '');

async function setUp(plan: Plan) {
  const { directory, profile, root, seconds, seed } = plan;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const disk = new SmallDisk(join(directory, 'disk'));
  rmSync(join(directory, 'journal'), { recursive: true, force: true });
  const proxies = new Map<string, LinkProxy>();
  const settings = linkSettings(profile, seconds);
  const credits = settings.credits as object;
  const world = await World.start({
    directory: join(directory, 'world'),
    dist: join(root, 'dist'),
    specs: join(root, 'protocol-specs'),
    journalDirectory: join(disk.directory, 'journal'),
    journal: { standby: true, ownerSilentMs: OWNER_SILENT_MS },
    bankSettings: {
      signIn: 'not-needed',
      deniedSerial: profile === 'rule' ? 'never-executed' : 'execute',
      settleMs: 300,
      reviewMs: 400,
      pushRepeats: 100,
      pushRepeatMs: 1_000,
      pushAnswerMs: 3_000,
      sessionNoticeAgainMs: 1_000,
    },
    link: settings,
    others: otherLinks(settings, credits),
    seed,
    between: async (bank, port) => {
      const proxy = await LinkProxy.start(port);
      proxies.set(bank, proxy);
      return proxy.port;
    },
  });
  return { disk, proxies, world };
}

/** Accounts at the banks that no gateway opened. */
async function furnish(world: World): Promise<TradingMember[]> {
  const { control } = world;
  for (const number of FRONT_ACCOUNTS) {
    await control.openAccount({ number, name: FRONT_NAME });
  }
  await control.pushTo({ host: '127.0.0.1', port: world.listenPorts[TRADING] ?? 0 });
  const members: TradingMember[] = [];
  for (let at = 1; at <= TRADING_MEMBERS; at += 1) {
    const member = tradingMember(at);
    const { number } = await control.addMember(member);
    members.push({ ...member, account: number });
  }
  return members;
}

/** The first members are opened before anything goes wrong. */
async function openMembers(obligations: Obligations, books: Books): Promise<string[]> {
  const openings = Array.from({ length: MEMBERS }, (_, at) => {
    const name = `首批会员${at + 1}号公司`;
    return obligations.add({
      link: CITIC,
      operation: 'open',
      body: () => openingOf(name),
      proves: { by: 'account-name', name },
    });
  });
  const opened = (): boolean => {
    obligations.goOn();
    return openings.every((one) => obligations.done(one));
  };
  await until('the first members are opened', opened, SETUP_MS);
  return openings.map((one) => String(books.resultOf(obligations.idOf(one))?.data?.account));
}

async function play(plan: Plan, scene: Scene, at: Grounds, people: People): Promise<void> {
  const random = draw(plan.seed, 'ledger');
  const load = new Load({ ...at, random });
  const injector = new Injector(scene.world.control, { ...at, random: draw(plan.seed, 'credits') });
  let leftMs = plan.seconds * 1_000;
  let said = performance.now();
  let turned = said;
  while (leftMs > 0) {
    // a machine or a run that was stopped for a while has not tormented anybody meanwhile
    leftMs -= Math.min(performance.now() - turned, TURN_MAX_MS);
    turned = performance.now();
    at.obligations.goOn();
    const room =
      at.obligations.open.size < BACK_PRESSURE && at.obligations.onTheWay < BACK_PRESSURE;
    if (room) load.next();
    if (random() < CREDIT_SHARE) await injector.next().catch(() => undefined);
    await injector.feed().catch(() => undefined);
    await people.look();
    if (performance.now() - said > LINE_EVERY_MS) {
      said = performance.now();
      plan.say(progress(plan, scene, at, people, leftMs));
    }
    await sleep((0.5 + random()) * (1_000 / plan.rate));
  }
}

function progress(
  { profile }: Plan,
  { gateways, tally }: Scene,
  { books, obligations }: Grounds,
  people: People,
  leftMs: number,
): string {
  const left = Math.max(0, Math.round(leftMs / 1_000));
  return `${profile}: ${left} s left, instructions=${obligations.instructions} open=${obligations.open.size} notices=${books.notices.size} faults=${tally.faultsInAll} gateways killed=${gateways.killed} manual=${people.decided}`;
}

export async function run(plan: Plan): Promise<Outcome> {
  const { disk, proxies, world } = await setUp(plan);
  const tally = new Tally();
  const over = new AbortController();
  const began = performance.now();
  const calm = (): boolean => {
    const seconds = (performance.now() - began) / 1_000;
    return plan.seconds > ROUND_S && seconds % ROUND_S > CALM_FROM_S;
  };
  const failpoints = draw(plan.seed, 'failpoints');
  let tormented = false;
  const gateways = new Gateways(world, GATEWAYS, () =>
    tormented ? armed({ over: over.signal, calm }, failpoints, plan.failpoint) : {},
  );
  const watch = new Watch(gateways);
  try {
    const books = new Books(world.ledger());
    const ledgers = new Map([...BANKS.keys()].map((link) => [link, world.ledger(SOURCE, link)]));
    const obligations = new Obligations(books, ledgers, tally);
    const trading = await furnish(world);
    const members = await openMembers(obligations, books);
    const at = { random: Math.random, books, obligations, members, trading, today: dayInShanghai };
    const past = new Past(world.redis.directory, plan.directory);
    const scene: Scene = {
      ...{ world, books, gateways, proxies, disk, past, tally, calm },
      over: over.signal,
    };
    const people = new People(world);
    const asked = ledgers.get(TRADING);
    if (asked !== undefined) answerQuestions(asked, obligations, draw(plan.seed, 'answers'));
    await world.control.mixFaults({ seed: plan.seed, rate: FAULT_RATE, kinds: [...BANK_FAULTS] });
    tormented = true;
    const tormentors = [
      tormentProcesses(scene, draw(plan.seed, 'processes')),
      tormentLinks(scene, draw(plan.seed, 'links')),
    ];
    await play(plan, scene, at, people);
    over.abort();
    await Promise.all(tormentors);
    plan.say(progress(plan, scene, at, people, 0));
    const settledAfterMs = await settle(scene, obligations, people, plan.say);
    const before = bytesOf(world.journalDirectory);
    await sleep(IDLE_MS);
    const journalBytes = bytesOf(world.journalDirectory);
    const idle = { bytes: journalBytes - before, seconds: IDLE_MS / 1_000 };
    const journal = await lookIntoJournal(world.journalDirectory);
    const verdict = await judge(world.control, books, obligations, journal);
    const { met } = await world.control.faults();
    const byLink = new Map<string, number>();
    for (const { link, ids } of obligations.all) {
      byLink.set(link, (byLink.get(link) ?? 0) + ids.length);
    }
    return {
      ...{ verdict, tally, byLink, bankFaults: met, idle, journalBytes, settledAfterMs },
      profile: plan.profile,
      instructions: obligations.instructions,
      obligations: obligations.all.length,
      manual: people.decided,
      kills: gateways.killed + tally.kills,
      ends: gateways.ends,
      events: gateways.events,
      owned: gateways.owned,
      lives: watch.lives,
      disk: disk.kind,
      contradicted: books.contradictions.size,
    };
  } finally {
    over.abort();
    watch.stop();
    world.bank.signal('SIGCONT');
    await gateways.stop();
    await world.stop();
    for (const proxy of proxies.values()) await proxy.close();
    // a file system in memory is gone with its mount, and somebody may want to read it
    cpSync(disk.directory, join(plan.directory, 'journal'), {
      recursive: true,
      filter: (path) => !lstatSync(path).isSocket(),
    });
    disk.close();
  }
}
