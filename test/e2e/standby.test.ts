/** Two gateways with one config: the second waits for the death of the first, and kills it when it is frozen (R2). */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/world/books.ts';
import type { Started } from '../../scripts/world/processes.ts';
import { WITHIN_MS } from './ground.ts';
import { expectNothingTwice, linesOf, timesExecuted, worldOfFile } from './words.ts';

const TEST_MS = 120_000;
/** A process that starts on a busy machine. */
const STARTS_WITHIN_MS = 45_000;
const FREEZES = { YINQI_FAILPOINT: 'before-write:1:SIGSTOP' };

const at = worldOfFile({
  journal: { standby: true, ownerSilentMs: 1_000 },
  env: (run) => (run === 0 ? FREEZES : {}),
});
let payer = '';
let payee = '';
let second: Started;

beforeAll(async () => {
  payer = await at().account('0000001', '甲方公司', '10000.00');
  payee = await at().account('0000002', '乙方公司');
  await at().world.untilStarted(at().gateway.current);
}, TEST_MS);

const order = () =>
  at().enqueue('transfer', { from: payer, to: payee, toName: '乙方公司', amount: '1.00' });

const says = (gateway: Started, event: string, withinMs = WITHIN_MS): Promise<void> =>
  until(event, () => linesOf(gateway.logFile, event).length > 0, withinMs);

/** One more gateway of the same config; resolves when it waits. */
async function standby(name: string, env: Record<string, string> = {}): Promise<Started> {
  const { world } = at();
  const logFile = join(world.directory, `${name}.log`);
  const started = world.startGateway(env, { config: world.configPath, logFile });
  await says(started, 'standby', STARTS_WITHIN_MS);
  await says(started, 'standby-door');
  return started;
}

/** What its door for machines says; the port stands in the log. */
async function asked(gateway: Started, path: string): Promise<{ status: number; text: string }> {
  const [door] = linesOf(gateway.logFile, 'standby-door');
  const port = /(\d+)$/.exec(String(door?.why))?.[1];
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: answer.status, text: await answer.text() };
}

const isStopped = (pid: number): boolean =>
  /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

/** The bank's books and what the ledger was told agree. */
async function expectTrue(id: string): Promise<void> {
  const { outcome, reason } = await at().books.final(id, WITHIN_MS);
  const executed = await timesExecuted(at(), `REF-${id}`);
  const paid = { outcome: 'succeeded', reason: undefined };
  const never = { outcome: 'failed', reason: 'bank-does-not-know' };
  expect({ outcome, reason }).toEqual(executed === 1 ? paid : never);
  expect(executed).toBeLessThanOrEqual(1);
}

describe('a standby', { timeout: TEST_MS }, () => {
  it('is healthy and not ready, and says for whom it waits', async () => {
    second = await standby('second');
    expect(await asked(second, '/healthz')).toMatchObject({ status: 200 });
    const { status, text } = await asked(second, '/readyz');
    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({ ready: false, role: 'standby' });
    expect(text).toContain(`standby: pid ${at().gateway.current.pid} holds the journal`);
    const metrics = (await asked(second, '/metrics')).text;
    expect(metrics).toContain('yinqi_owner 0');
    expect(metrics).toContain('yinqi_owner_frozen 0');
  });

  it('R2: kills an owner frozen right before its write, and then judges; SIGCONT changes nothing', async () => {
    const { gateway, world } = at();
    const frozen = gateway.current;
    const id = await order();
    await until('frozen', () => isStopped(frozen.pid), WITHIN_MS);
    await says(second, 'took-over');
    frozen.signal('SIGCONT');
    expect(await frozen.ended).toBe('SIGKILL');
    expect(linesOf(second.logFile, 'owner-killed')).toHaveLength(1);
    await world.untilStarted(second);
    await expectTrue(id);
    expect(await timesExecuted(at(), `REF-${id}`)).toBe(0);
    await expectTrue(await order());
  });

  it('takes over within seconds of a SIGKILL, with orders on their way', async () => {
    const { gateway } = at();
    const third = gateway.current;
    await says(third, 'standby', STARTS_WITHIN_MS);
    const ids = await Promise.all(Array.from({ length: 8 }, order));
    await until('one is told', () => ids.some((id) => at().books.resultOf(id)), WITHIN_MS);
    await second.kill();
    const dead = performance.now();
    await says(third, 'took-over');
    expect(performance.now() - dead).toBeLessThan(5_000);
    for (const id of ids) await expectTrue(id);
  });
});

describe('an owner that cannot be killed', { timeout: TEST_MS }, () => {
  it('R2: keeps its claims: nothing is taken over, and its standby says why', async () => {
    const { world } = at();
    const owner = await standby('owner', FREEZES);
    await at().down();
    await world.untilStarted(owner);
    const waits = await standby('waits');
    // as if its pid had been given to another process
    const directory = world.journalDirectory;
    const [record = ''] = readdirSync(directory).filter((name) => name.endsWith('.who'));
    const who = JSON.parse(readFileSync(join(directory, record), 'utf8'));
    writeFileSync(join(directory, record), JSON.stringify({ ...who, started: '1' }));
    const id = await order();
    await until('frozen', () => isStopped(owner.pid), WITHIN_MS);
    await says(waits, 'owner-frozen');
    const { status, text } = await asked(waits, '/readyz');
    expect(status).toBe(503);
    expect(text).toContain('frozen and lives: its pid belongs to another process by now');
    expect((await asked(waits, '/metrics')).text).toContain('yinqi_owner_frozen 1');
    await sleep(1_000);
    expect(linesOf(waits.logFile, 'took-over')).toEqual([]);
    expect(at().books.resultOf(id)).toBeUndefined();
    owner.signal('SIGCONT');
    expect(await at().books.final(id, WITHIN_MS)).toMatchObject({ outcome: 'succeeded' });
    expect(await timesExecuted(at(), `REF-${id}`)).toBe(1);
    await until(
      'waits on',
      async () => (await asked(waits, '/readyz')).text.includes(`pid ${owner.pid} holds`),
      WITHIN_MS,
    );
  });
});

it('told one story, and the bank executed nothing twice', () => expectNothingTwice(at()));
