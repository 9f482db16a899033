/** A standby takes over from the dead and kills the frozen; whom it cannot kill it leaves alone (R2). */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { isFenced, say } from '../../src/journal/fence.ts';
import { ownIdentity, processorUsed, whyNotThisOne } from '../../src/journal/process-identity.ts';
import { standBy, type TakenOver, type Waiting } from '../../src/journal/standby.ts';
import { COMPILING_MS, compiled } from '../support/compiled.ts';
import { Contender } from './contender.ts';
import { files, scratch } from './ground.ts';

const SILENT_MS = 400;
const WITHIN_MS = 15_000;

let project = '';
beforeAll(() => {
  project = compiled();
}, COMPILING_MS);

/** A standby in this process. */
class Waiter {
  readonly seen: Waiting[] = [];
  readonly killed: number[] = [];
  owner: TakenOver | undefined;
  readonly #abort = new AbortController();

  constructor(directory: string, kill = (pid: number) => void process.kill(pid, 'SIGKILL')) {
    onTestFinished(() => this.end());
    standBy(directory, {
      ownerSilentMs: SILENT_MS,
      kill: (pid) => {
        kill(pid);
        this.killed.push(pid);
      },
      mono: () => performance.now(),
      signal: this.#abort.signal,
      onWaiting: (waiting) => this.seen.push(waiting),
    }).then(
      (owner) => {
        this.owner = owner;
      },
      () => undefined,
    );
  }

  async end(): Promise<void> {
    this.#abort.abort();
    await this.owner?.release();
  }

  get now(): Waiting | undefined {
    return this.seen.at(-1);
  }

  sees(what: Partial<Waiting>): Promise<void> {
    return vi.waitFor(() => expect(this.now).toMatchObject(what), {
      timeout: WITHIN_MS,
      interval: 50,
    });
  }

  owns(): Promise<void> {
    return vi.waitFor(() => expect(this.owner).toBeDefined(), { timeout: WITHIN_MS, interval: 20 });
  }
}

async function holding(directory: string): Promise<Contender> {
  const owner = new Contender(project, directory);
  expect(await owner.tell('hold')).toMatchObject({ event: 'owner' });
  return owner;
}

const nameOf = (directory: string): string =>
  readdirSync(directory)
    .find((name) => name.endsWith('.sock'))
    ?.replace('.sock', '') ?? '';

/** Changes what the owner said of itself, as if its pid had been given to another process meanwhile. */
function misremember(directory: string, change: Record<string, unknown>): void {
  const path = join(directory, `${nameOf(directory)}.who`);
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
}

describe('a standby', () => {
  it('waits while the owner answers, and takes over at once when it is dead', async () => {
    const directory = scratch();
    const owner = await holding(directory);
    const standby = new Waiter(directory);
    await standby.sees({ for: 'owner', pid: owner.child.pid ?? 0 });
    expect(standby.owner).toBeUndefined();
    await owner.kill();
    const dead = performance.now();
    await standby.owns();
    expect(performance.now() - dead).toBeLessThan(5_000);
    expect(standby.owner).toMatchObject({ pid: process.pid, killed: false, fencedBy: [] });
    expect(standby.killed).toEqual([]);
    expect(files(directory)).toHaveLength(2);
  });

  it('takes over from one that leaves in order', async () => {
    const directory = scratch();
    const owner = await holding(directory);
    const standby = new Waiter(directory);
    await standby.sees({ for: 'owner' });
    await owner.tell('release');
    await standby.owns();
  });

  it('is one of several: one wins, the others wait for it', async () => {
    const directory = scratch();
    const owner = await holding(directory);
    const three = [new Waiter(directory), new Waiter(directory), new Waiter(directory)];
    await Promise.all(three.map((one) => one.sees({ for: 'owner' })));
    await owner.kill();
    const winners = () => three.filter((one) => one.owner !== undefined);
    await vi.waitFor(() => expect(winners()).toHaveLength(1), { timeout: WITHIN_MS });
    for (const one of three.filter((it) => it.owner === undefined)) {
      await one.sees({ for: 'owner', pid: process.pid });
    }
    expect(winners()).toHaveLength(1);
  });
});

describe('R2: an owner that is stopped', () => {
  it('is killed before anything is taken over, and cannot be continued', async () => {
    const directory = scratch();
    const owner = await holding(directory);
    const standby = new Waiter(directory);
    await standby.sees({ for: 'owner' });
    owner.child.kill('SIGSTOP');
    await standby.owns();
    expect(standby.killed).toContain(owner.child.pid);
    expect(standby.owner?.killed).toBe(true);
    // a process that dies is no frozen one, though the kernel connects to it until the last of it is gone
    expect(standby.seen.filter((one) => one.for === 'frozen')).toEqual([]);
    owner.child.kill('SIGCONT');
    await owner.ended;
    expect(owner.child.signalCode).toBe('SIGKILL');
  });

  it.each([
    ['its pid is another process by now', { started: '1' }, /belongs to another process by now/],
    ['its pid belongs to another container', { space: 'pid:[1]' }, /another container/],
  ])('is not killed where %s: nothing is taken over', async (_, change, why) => {
    const directory = scratch();
    const owner = await holding(directory);
    misremember(directory, change);
    owner.child.kill('SIGSTOP');
    const standby = new Waiter(directory);
    await standby.sees({ for: 'frozen', why: expect.stringMatching(why) });
    expect(standby.killed).toEqual([]);
    owner.child.kill('SIGCONT');
    await standby.sees({ for: 'owner', pid: owner.child.pid ?? 0 });
    expect(standby.owner).toBeUndefined();
  });

  it('is not taken over from where the kernel forbids to kill it, until it is dead', async () => {
    const directory = scratch();
    const owner = await holding(directory);
    owner.child.kill('SIGSTOP');
    const standby = new Waiter(directory, () => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    });
    await standby.sees({ for: 'frozen', why: expect.stringMatching(/cannot be killed: EPERM/) });
    await sleep(600);
    expect(standby.owner).toBeUndefined();
    await owner.kill();
    await standby.owns();
    expect(standby.owner?.killed).toBe(false);
  });

  it('is not taken over from where its signal does not reach it: its socket has to refuse', async () => {
    const directory = scratch();
    const owner = await holding(directory);
    owner.child.kill('SIGSTOP');
    const standby = new Waiter(directory, () => undefined);
    await standby.sees({ for: 'killed' });
    await standby.sees({ for: 'frozen', why: expect.stringMatching(/does not refuse/) });
    expect(standby.owner).toBeUndefined();
  });

  it('that is busy and not stopped is left alone', async () => {
    const directory = scratch();
    const owner = await holding(directory);
    const standby = new Waiter(directory);
    await standby.sees({ for: 'owner' });
    expect(await owner.tell('work 1500')).toMatchObject({ event: 'worked' });
    expect(standby.seen.some((one) => one.for === 'silent')).toBe(true);
    await standby.sees({ for: 'owner', pid: owner.child.pid ?? 0 });
    expect(standby.killed).toEqual([]);
  });
});

describe('two people', () => {
  const word = (who: string) => ({ who, why: 'its machine is off', at: '2026-03-02T01:02:03Z' });
  const cannot = () => {
    throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
  };

  it('R2: may declare one dead that neither answers nor can be killed; one person may not', async () => {
    const directory = scratch();
    const owner = await holding(directory);
    owner.child.kill('SIGSTOP');
    const standby = new Waiter(directory, cannot);
    await standby.sees({ for: 'frozen' });
    const name = nameOf(directory);
    expect(await say(directory, name, word('Zhang Wei'))).toHaveLength(1);
    expect(await say(directory, name, word(' zhang wei'))).toHaveLength(1);
    expect(isFenced(directory, name)).toBe(false);
    await sleep(600);
    expect(standby.owner).toBeUndefined();
    expect(await say(directory, name, word('Li Na'))).toHaveLength(2);
    await standby.owns();
    expect(standby.owner?.fencedBy.map(({ who }) => who)).toEqual(['Zhang Wei', 'Li Na']);
    // nothing is left of the one before; should it wake up, it finds its socket gone and ends
    expect(files(directory).filter((file) => file.startsWith(name))).toEqual([]);
  });

  it('are not believed about one that answers', async () => {
    const directory = scratch();
    await holding(directory);
    const name = nameOf(directory);
    await say(directory, name, word('Zhang Wei'));
    await say(directory, name, word('Li Na'));
    const standby = new Waiter(directory, cannot);
    await standby.sees({ for: 'owner' });
    await sleep(300);
    expect(standby.owner).toBeUndefined();
  });

  it('are not heard where their file is damaged', async () => {
    const directory = scratch();
    await holding(directory);
    const name = nameOf(directory);
    writeFileSync(join(directory, `${name}.fence`), '{"said":[{"who":"a"},{"who":"b"}]}');
    expect(isFenced(directory, name)).toBe(false);
    rmSync(join(directory, `${name}.fence`));
    expect(isFenced(directory, name)).toBe(false);
  });
});

describe('who a process is', () => {
  it('is told by pid, start, boot and space of pids, and by nothing else', async () => {
    const who = ownIdentity(process.pid);
    if (who === undefined) throw new Error('no /proc');
    expect(whyNotThisOne(who)).toBeUndefined();
    expect(processorUsed(who)).toBeGreaterThan(0);
    expect(ownIdentity(process.pid + 1)).toBeUndefined();
    const child = spawn('sleep', ['60']);
    const { pid = 0 } = child;
    expect(whyNotThisOne({ ...who, pid })).toMatch(/another process by now/);
    expect(whyNotThisOne({ ...who, boot: 'x' })).toMatch(/another boot or another machine/);
    expect(processorUsed({ ...who, pid })).toBeUndefined();
    child.kill('SIGKILL');
    await new Promise((ended) => child.once('exit', ended));
    expect(whyNotThisOne({ ...who, pid })).toMatch(/no process has its pid/);
  });
});
