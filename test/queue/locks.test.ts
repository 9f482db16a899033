/**
 * What the library was measured to do when a lock is lost while its job is in hand (H, J), when the replies to
 * two completions in a row are lost (D), and when Redis forgets every script (K). Intake may take a job twice;
 * it loses none, fails none, and names each request the same both times.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { instructionJobId, linkPrefix } from '../../src/queue/names.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { type Desk, desk, type Ground, ground, instruction, link, quick, until } from './ground.ts';

let on: Ground;
let serial = 0;
const open: Desk[] = [];
const fresh = (): Desk => {
  serial += 1;
  const made = desk(on, `lock${serial}`);
  open.push(made);
  return made;
};
const add = (at: Desk, ids: readonly string[]) =>
  at.queue.addBulk(
    ids.map((id) => ({
      name: 'instruction',
      data: instruction(id),
      opts: { jobId: instructionJobId(id) },
    })),
  );
const settled = async (at: Desk, count: number): Promise<void> => {
  await until(async () => (await at.queue.getCompletedCount()) === count);
  expect(await at.queue.getJobCounts('active', 'waiting', 'delayed', 'failed')).toEqual({
    active: 0,
    waiting: 0,
    delayed: 0,
    failed: 0,
  });
};
/** Every request as the engine would know it: the same name however often its job ran. */
const requests = (at: Desk, id: string) =>
  new Set(
    at.book.taken
      .filter(({ what }) => 'ok' in what && what.ok.id === id)
      .map(({ request }) => request),
  );

beforeAll(async () => {
  on = await ground();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
afterAll(() => on.close());

it('P2: H: an event loop blocked for longer than its lock, beside a second gateway: done once to the ledger, nothing fails', async () => {
  const at = fresh();
  let blocked = false;
  at.book.fault = (id) => {
    if (id !== 'A1' || blocked) return;
    blocked = true;
    // nothing of this process runs meanwhile, the renewal of the lock neither
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3 * quick.lockMs);
  };
  at.start();
  await add(at, ['A1']);
  const script = fileURLToPath(new URL('../support/quick-worker.mjs', import.meta.url));
  const args = [script, on.socket, at.queue.name, linkPrefix(link)];
  const other = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let ran = '';
  other.stdout.on('data', (bytes) => {
    ran += String(bytes);
  });
  try {
    await until(() => ran.includes('i-A1'));
    await settled(at, 1);
    expect(at.book.ids()).toEqual(['A1']);
    await add(at, ['A2']);
    await settled(at, 2);
  } finally {
    other.kill('SIGKILL');
  }
});

it('J: a Redis frozen for longer than the lock: the job runs twice at once in one process, and nothing fails', async () => {
  const at = fresh();
  let running = 0;
  let most = 0;
  let first = true;
  at.book.fault = async (id) => {
    if (id !== 'A1') return;
    running += 1;
    most = Math.max(most, running);
    const slow = first;
    first = false;
    if (slow) await new Promise((resolve) => setTimeout(resolve, 6 * quick.lockMs));
    running -= 1;
  };
  at.start();
  await add(at, ['A1', 'A2', 'A3']);
  await until(() => running === 1);
  on.server.process.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 3 * quick.lockMs));
  on.server.process.kill('SIGCONT');
  await until(() => at.book.ids().filter((id) => id === 'A1').length === 2);
  expect(most).toBe(2);
  await settled(at, 3);
  for (const id of ['A1', 'A2', 'A3']) expect(requests(at, id).size, id).toBe(1);
});

it('D: the replies to two completions in a row are lost: the jobs they fetched never ran, and do not fail', async () => {
  const at = fresh();
  const proxy = await startCuttingProxy(on.socket, join(on.directory, 'd2.sock'));
  const ids = Array.from({ length: 12 }, (_, n) => `A${n}`);
  await add(at, ids);
  proxy.loseReplyTo(`${at.queue.name}:completed`, 2);
  at.start(proxy.path);
  await settled(at, ids.length);
  expect(proxy.lost()).toBe(2);
  expect(new Set(at.book.ids())).toEqual(new Set(ids));
  for (const id of ids) expect(requests(at, id).size, id).toBe(1);
  await at.close();
  open.splice(0);
  await proxy.close();
});

it('K: a Redis that forgets every script, again and again: every job is taken, none fails', async () => {
  const at = fresh();
  at.book.fault = async () => {
    await on.redis.script('FLUSH');
  };
  at.start();
  const ids = Array.from({ length: 20 }, (_, n) => `A${n}`);
  await add(at, ids);
  await settled(at, ids.length);
  expect(new Set(at.book.ids())).toEqual(new Set(ids));
  for (const id of ids) expect(requests(at, id).size, id).toBe(1);
});
