/**
 * `npm run demo`: the founding story with real processes on this machine, nothing outside it.
 *
 *   --keep       leaves everything running at the end and says where to look
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Books } from '../world/books.ts';
import { SOURCE } from '../world/options.ts';
import { World } from '../world/world.ts';
import * as acts from './acts.ts';
import { compare, sideBySide } from './compare.ts';
import * as secondAct from './second-act.ts';
import type { Stage } from './stage.ts';
import { Timeline } from './timeline.ts';

const { values } = parseArgs({
  options: {
    keep: { type: 'boolean', default: false },
  },
});

const root = process.cwd();
const timeline = new Timeline(process.stdout.isTTY === true || process.env.FORCE_COLOR === '1');

const dayInShanghai = (): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' })
    .format(Date.now())
    .replaceAll('-', '');

/** Minutes made into moments. */
const LINK_SETTINGS = {
  interim: 'all',
  answerWithinMs: 1_500,
  lateUntilMs: 10_000,
  ratePerMinute: 6_000,
  burst: 200,
  window: 2,
  ladder: { firstMs: 200, maxMs: 1_000, manualAfterMs: 60_000, manualEveryMs: 2_000 },
  credits: { roundMs: 300 },
};

async function setStage(): Promise<Stage> {
  const world = await World.start({
    directory: join(root, '.demo'),
    dist: join(root, 'dist'),
    specs: join(root, 'protocol-specs'),
    bankSettings: { reviewMs: 1_500, settleMs: 800 },
    link: LINK_SETTINGS,
    others: [secondAct.tradingLink(LINK_SETTINGS)],
  });
  const gateway = world.supervise();
  await world.untilStarted(gateway.current);
  const books = new Books(world.ledger());
  const trading = world.ledger(SOURCE, 'trading');
  return { world, books, gateway, timeline, trading, today: dayInShanghai(), injected: [] };
}

async function play(stage: Stage): Promise<void> {
  await acts.verifyAccount(stage);
  const { buyer, seller } = await acts.openMembers(stage);
  await acts.payIn(stage, buyer);
  await acts.assignUnplaced(stage, buyer);
  await acts.trade(stage, buyer, seller);
  await acts.payOut(stage, seller);
  await acts.refusals(stage, buyer, seller);
  await acts.lostAnswer(stage, buyer, seller);
  await acts.killed(stage, buyer, seller);
  await acts.receipts(stage, seller, stage.today);
  await secondAct.signIn(stage);
  const account = await secondAct.openedAtTheBank(stage);
  await secondAct.pushedDeposit(stage, account);
  await secondAct.cutAnswer(stage, account);
}

async function main(): Promise<number> {
  timeline.plain(
    'yinqi demo: ledger ─BullMQ─▶ gateway ─GBK over sockets, HTTP and raw TCP─▶ mock bank, and back',
  );
  const stage = await setStage();
  const { world } = stage;
  timeline.say('all', `redis, mock bank (port ${world.bankPort}) and gateway run as processes`);
  let failed = '';
  try {
    await play(stage);
  } catch (error) {
    failed = error instanceof Error ? error.message : String(error);
    timeline.say('demo', failed, 'red');
  }
  const figures = await compare(stage);
  const faults = [...figures.faults, ...(await sideBySide(stage))];
  for (const fault of faults) timeline.say('demo', fault, 'red');
  const ok = faults.length === 0 && failed === '' && figures.paidTwice === 0 && figures.lost === 0;
  if (values.keep) {
    timeline.plain(`\nleft running. Config ${world.configPath}`);
    timeline.plain(`  bank’s books   http://127.0.0.1:${world.controlPort}/ledger`);
    timeline.plain(`  unknown        npm run yinqi -- unknown list --config ${world.configPath}`);
    timeline.plain(`  journal, logs  ${world.directory}`);
    timeline.plain('  Ctrl-C ends it');
  }
  const { settled, credits, paidTwice, lost } = figures;
  const line = `${settled} instructions settled, ${credits} credits delivered, paid twice ${paidTwice}, lost ${lost}`;
  timeline.plain(`\n${ok ? `demo ok: ${line}` : `demo FAILED: ${line}`}`);
  if (values.keep) await new Promise<void>((resolve) => process.once('SIGINT', () => resolve()));
  await stage.gateway.stop();
  await world.stop();
  return ok ? 0 : 1;
}

process.exit(await main());
