/** The drills of docs/operate.md, walked by the commands that stand there: what is read there is what happens. */
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/world/books.ts';
import { FIRST, SECOND } from '../../scripts/world/people.ts';
import { pageText } from '../docs/markdown.ts';
import { WITHIN_MS } from './ground.ts';
import {
  expectNothingTwice,
  freePort,
  logged,
  timesExecuted,
  worldOfFile,
  yinqiAs,
} from './words.ts';

const TEST_MS = 90_000;
const port = await freePort();
const at = worldOfFile({
  adminPort: port,
  link: { leaseMs: 200, ladder: { manualAfterMs: 2_000 } },
});
let payer = '';
let payee = '';
/** what the last proposal was called */
let proposal = '';

beforeAll(async () => {
  payer = await at().account('0000001', '甲方公司', '10000.00');
  payee = await at().account('0000002', '乙方公司');
}, TEST_MS);

const pay = () => ({ from: payer, to: payee, toName: '乙方公司', amount: '1.00' });

/** Lines of the sh blocks under a heading, up to the next heading. */
function linesUnder(heading: string): string[] {
  const text = pageText('docs/operate.md');
  const from = text.indexOf(`### ${heading}`);
  if (from === -1) throw new Error(`no ${heading}`);
  const rest = text.slice(from + 4);
  const end = rest.search(/^##/m);
  const blocks = rest.slice(0, end).matchAll(/^```sh\n([\s\S]*?)^```/gm);
  return [...blocks].flatMap(([, block = '']) => block.trim().split('\n'));
}

const lost = () => join(at().world.directory, 'journal.lost');
const url = (path: string) => `http://127.0.0.1:${port}${path}`;

const CALLS: Readonly<Record<string, () => Promise<string>>> = {
  'redis-cli flushall': async () => {
    const redis = new Redis({ path: at().world.redis.socket });
    await redis.flushall();
    redis.disconnect();
    return '';
  },
  'systemctl stop yinqi': async () => {
    await at().down();
    return '';
  },
  'systemctl start yinqi': async () => {
    await at().up();
    return '';
  },
  'mv /var/lib/yinqi/journal /var/lib/yinqi/journal.lost': async () => {
    renameSync(at().world.journalDirectory, lost());
    return '';
  },
  'curl -s http://127.0.0.1:9464/readyz': async () => (await fetch(url('/readyz'))).text(),
  'curl -s http://127.0.0.1:9464/metrics': async () => (await fetch(url('/metrics'))).text(),
};

async function command(line: string): Promise<string> {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
  const who = words[words.indexOf('--who') + 1] ?? '';
  const args = words
    .slice(1)
    // the config of the world is given by `yinqiAs`
    .filter((word, i, all) => word !== '--config' && all[i - 1] !== '--config')
    .map((word, i, all) => (all[i - 1] === 'approve' ? proposal : word))
    .map((word) => (word === '/var/lib/yinqi/journal.lost' ? lost() : word));
  const token = words.includes('--who')
    ? [FIRST, SECOND].find(({ name }) => name === who)?.token
    : undefined;
  const { code, err, out } = await yinqiAs(at(), token, ...args);
  expect({ line, code, err }).toEqual({ line, code: 0, err: '' });
  proposal = /^proposal (\d+)/.exec(out)?.[1] ?? proposal;
  return out;
}

/** Does what stands under a heading; what each line said. */
async function walk(heading: string): Promise<string[]> {
  const said: string[] = [];
  for (const line of linesUnder(heading)) {
    const call = CALLS[line];
    said.push(line.startsWith('yinqi ') ? await command(line) : await (call ?? unknown(line))());
  }
  return said;
}

const unknown = (line: string) => () => Promise.reject(new Error(`nobody walks: ${line}`));

const notSending = async (): Promise<string[]> => {
  const { notSending: why } = (await (await fetch(url('/readyz'))).json()) as {
    notSending: string[];
  };
  return why;
};
describe('the drills', { timeout: TEST_MS }, () => {
  it('R27: Redis went back, or is empty', async () => {
    const { books, gateway, world } = at();
    const done = await at().settle('transfer', pay());
    const ends = gateway.ends.length;
    // the second block needs a gateway that has started again
    const [emptying = '', listing = ''] = linesUnder('Redis went back, or is empty');
    await CALLS[emptying]?.();
    await until('the gateway ends', () => gateway.ends.length > ends, WITHIN_MS);
    expect(logged(world, 'fatal').at(-1)).toMatchObject({ code: 'REDIS_ROLLED_BACK' });
    await until('the next run', () => gateway.current.alive, WITHIN_MS);
    await world.untilStarted(gateway.current);
    expect(logged(world, 'may-send').at(-1)?.why).toMatch(/Redis was behind.*put back/);
    await books.replay();
    expect(books.resultOf(done.id)).toEqual(done);
    expect(await command(listing)).toContain('nothing is unknown');
    await expectNothingTwice(at());
  });

  it('R3: the journal is lost, and found', async () => {
    const before = await at().settle('transfer', pay());
    const said = await walk('The journal is lost, Redis is whole');
    expect(said.at(-2)).toContain('"notSending":["citic: ask-only: last run with journal');
    expect(said.at(-1)).toMatch(/^yinqi_link_ask_only\{link="citic"\} 1$/m);
    expect(logged(at().world, 'asks-only')).toHaveLength(1);
    const waits = await at().enqueue('transfer', pay());
    expect(await at().settle('balance', { account: payer })).toMatchObject({
      outcome: 'succeeded',
    });
    expect(await timesExecuted(at(), `REF-${waits}`)).toBe(0);

    const [, imported] = await walk('It is found');
    expect(imported).toMatch(/^\d+ records taken over, of citic/);
    expect(await notSending()).toEqual([]);
    expect(await at().books.final(waits, WITHIN_MS)).toMatchObject({ outcome: 'succeeded' });
    await at().books.replay();
    expect(at().books.resultOf(before.id)).toEqual(before);
    for (const id of [waits, before.id]) expect(await timesExecuted(at(), `REF-${id}`)).toBe(1);
    await expectNothingTwice(at());
  });

  it('R3: the journal is lost for good', async () => {
    rmSync(lost(), { recursive: true });
    await walk('The journal is lost, Redis is whole');
    const waits = await at().enqueue('transfer', pay());
    expect(await at().taken(waits)).toMatchObject({ phase: 'received' });
    await walk('It is lost for good');
    expect(logged(at().world, 'released-by-people')).toHaveLength(1);
    expect(await notSending()).toEqual([]);
    // it may have been sent by whoever had the journal: the bank is asked, and is sent nothing
    await until(
      'asked about',
      async () => (await at().taken(waits)).phase !== 'received',
      WITHIN_MS,
    );
    expect(await timesExecuted(at(), `REF-${waits}`)).toBe(0);
    await expectNothingTwice(at());
  });
});
