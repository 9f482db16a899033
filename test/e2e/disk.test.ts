/**
 * A whole gateway on a disk that fails it: it ends or sends nothing more, nothing was sent that is not recorded,
 * and a start with a disk that works goes on. Full: a file system of a few megabytes. Cut in the middle of a
 * record: a limit on the size of its files. Read-only, and an fdatasync that fails: the kernel's answers to its
 * calls are changed (strace). What this machine does not allow is skipped.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/world/books.ts';
import { freePort } from '../../scripts/world/free-port.ts';
import { lookIntoJournal } from '../../src/journal/journal.ts';
import { COMPILING_MS } from '../support/compiled.ts';
import { type Ground, ground } from './ground.ts';
import { expectNothingTwice, linesOf, timesExecuted } from './words.ts';

const TEST_MS = 120_000;
/** A start is among what is waited for, and on a busy machine it takes long. */
const WITHIN_MS = 40_000;
const EXIT_FATAL = '70';
const ORDERS = 6;
const DISK_BYTES = 8 * 2 ** 20;
const LEAST = 2 * 2 ** 20;

let at: Ground;
let port = 0;
let [payer, payee] = ['', ''];
const runs = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const mounted = (directory: string): boolean =>
  runs('mount', '-t', 'tmpfs', '-o', `size=${DISK_BYTES},mode=700`, 'tmpfs', directory);
const unmounted = (directory: string): boolean => runs('umount', '-l', directory);

/** A file system of its own, for a moment. */
function mayMount(): boolean {
  const tried = mkdtempSync(join(tmpdir(), 'yinqi-mount-'));
  const may = mounted(tried) && unmounted(tried);
  rmSync(tried, { recursive: true });
  return may;
}
const canMount = mayMount();

beforeAll(async () => {
  port = await freePort();
  at = await ground({
    adminPort: port,
    journal: { freeBytesMin: LEAST },
    prepare: ({ journalDirectory }) => {
      mkdirSync(journalDirectory, { mode: 0o700 });
      if (canMount) mounted(journalDirectory);
    },
  });
  payer = await at.account('0000001', '甲方公司', '10000.00');
  payee = await at.account('0000002', '乙方公司');
}, COMPILING_MS);

afterAll(async () => {
  const { journalDirectory } = at.world;
  await at.gateway.stop();
  // a lazy one: what still looks into it must not keep the directory
  if (canMount) unmounted(journalDirectory);
  await at.stop();
}, TEST_MS);

const pay = () => ({ from: payer, to: payee, toName: '乙方公司', amount: '1.00' });
const orders = (count = ORDERS) =>
  Promise.all(Array.from({ length: count }, () => at.enqueue('transfer', pay())));
const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
const hold = () => join(at.world.journalDirectory, 'hold');

/**
 * Orders that are accepted and not sent until `hold` is gone: a queue gives back what a dead gateway had in its
 * hand only after seconds, and that is not what is tried here.
 */
async function waiting(): Promise<string[]> {
  writeFileSync(hold(), '');
  const ids = await orders();
  const accepted = async () => (await metrics()).includes(`link_ready{link="citic"} ${ORDERS}`);
  await until('all are accepted', accepted, WITHIN_MS);
  return ids;
}

const ready = async (): Promise<string> => {
  const asked = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
  return asked === undefined ? 'no answer' : asked.text();
};

/** Whatever the bank executed was recorded before, and once. */
async function expectRecorded(): Promise<void> {
  const journal = await lookIntoJournal(at.world.journalDirectory);
  const { executions } = await at.world.control.executions({});
  expect(executions.length).toBeGreaterThan(0);
  for (const { serial } of executions) {
    expect(journal.index.bySerial('citic', serial), serial).toBeDefined();
  }
}

async function expectPaidOnce(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    expect(await at.books.final(id, WITHIN_MS)).toMatchObject({ outcome: 'succeeded' });
    expect(await timesExecuted(at, `REF-${id}`)).toBe(1);
  }
  await expectNothingTwice(at);
  await expectRecorded();
}

/** The gateway that runs now ends by a fault of its journal; a later one goes on. */
async function expectEnd(before: number): Promise<void> {
  await until('the gateway ends', () => at.gateway.ends.length > before, WITHIN_MS);
  expect(at.gateway.ends[before]).toBe(EXIT_FATAL);
  const fatal = linesOf(at.world.gatewayLog, 'fatal').at(-1);
  expect(fatal?.code).toBe('JOURNAL_WRITE');
}

/** From now on the kernel answers these calls of the running gateway so, until it ends. */
async function injected(call: string, error: string): Promise<() => Promise<void>> {
  const args = ['-f', '-qq', '-o', '/dev/null', '-p', String(at.gateway.current.pid)];
  const tracer = spawn('strace', [
    ...args,
    '-e',
    `trace=${call}`,
    '-e',
    `inject=${call}:error=${error}`,
  ]);
  const ended = once(tracer, 'exit');
  const status = `/proc/${at.gateway.current.pid}/status`;
  const traced = () => !/TracerPid:\s+0\n/.test(execFileSync('cat', [status]).toString());
  await until('strace has it', traced, WITHIN_MS);
  return async () => {
    tracer.kill('SIGTERM');
    await ended;
  };
}

const canTrace = runs('sh', '-c', 'strace -qq -o /dev/null -e trace=fdatasync true');

describe.skipIf(!canTrace)('a disk that answers with a fault', { timeout: TEST_MS }, () => {
  it.each([
    ['an fdatasync fails', 'fdatasync', 'EIO'],
    ['it has become read-only', 'pwrite64', 'EROFS'],
  ])(
    '%s: the process ends, the next one goes on, and nothing is paid twice',
    async (_, call, error) => {
      const ends = at.gateway.ends.length;
      const ids = await waiting();
      const stop = await injected(call, error);
      rmSync(hold());
      await expectEnd(ends);
      await stop();
      await expectPaidOnce(ids);
    },
  );
});

describe('a limit on the size of files', { timeout: TEST_MS }, () => {
  it.skipIf(!runs('prlimit', '--version'))(
    'cuts a record in the middle: the process ends, and the next one cuts nothing that was whole',
    async () => {
      const { gateway, world } = at;
      const ids = await waiting();
      const [segment = ''] = readdirSync(world.journalDirectory).filter((name) =>
        name.endsWith('.jsonl'),
      );
      const open = join(world.journalDirectory, segment);
      const limit = statSync(open).size + 700;
      const ends = gateway.ends.length;
      execFileSync('prlimit', [`--pid=${gateway.current.pid}`, `--fsize=${limit}:${limit}`]);
      rmSync(hold());
      await expectEnd(ends);
      await expectPaidOnce(ids);
      const { cutFiles, damaged } = (await lookIntoJournal(world.journalDirectory)).openReport;
      expect([cutFiles, damaged]).toEqual([[], []]);
    },
  );
});

describe.skipIf(!canMount)('a disk that fills', { timeout: TEST_MS }, () => {
  const ballast = () => join(at.world.journalDirectory, 'ballast');
  const fill = (left: number): void => {
    const used = Number(
      execFileSync('du', ['-sb', at.world.journalDirectory]).toString().split('\t')[0],
    );
    writeFileSync(ballast(), Buffer.alloc(Math.max(0, DISK_BYTES - used - left)));
  };

  it('before it is full nothing is taken or sent, and /readyz says why; with room it goes on', async () => {
    const ends = at.gateway.ends.length;
    fill(LEAST / 2);
    await until('not ready', async () => (await ready()).includes('nearly full'), WITHIN_MS);
    expect(await ready()).toMatch(
      /citic: the disk of the journal is nearly full: \d of at least 2 MiB are free/,
    );
    expect(await metrics()).toMatch(/yinqi_journal_free_bytes \d{6,7}\n/);
    const held = async () => (await metrics()).includes('yinqi_link_sending{link="citic"} 0');
    await until('not sending', held, WITHIN_MS);
    const ids = await orders(2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const id of ids) expect(await timesExecuted(at, `REF-${id}`)).toBe(0);
    rmSync(ballast());
    await until('ready', async () => (await ready()).includes('"ready":true'), WITHIN_MS);
    await expectPaidOnce(ids);
    expect(at.gateway.ends).toHaveLength(ends);
  });

  it('to the last byte, before orders leave: it ends or sends nothing; with room a start goes on', async () => {
    const ids = await waiting();
    try {
      // too much for it: what fits is written
      fill(-DISK_BYTES);
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
    rmSync(hold());
    await until(
      'it ends, or says that it does nothing',
      async () => at.gateway.ends.at(-1) === EXIT_FATAL || (await ready()).includes('nearly full'),
      WITHIN_MS,
    );
    await expectRecorded();
    rmSync(ballast());
    await expectPaidOnce(ids);
  });
});
