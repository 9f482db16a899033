import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { holdDirectory } from '../../src/journal/ownership.ts';
import { COMPILING_MS, compiled } from '../support/compiled.ts';
import { Contender } from './contender.ts';
import { files, scratch } from './ground.ts';

let project = '';
beforeAll(() => {
  project = compiled();
}, COMPILING_MS);

const owned = { event: 'owner' };
const sockets = (directory: string): string[] =>
  readdirSync(directory).filter((name) => /^owner-.*\.(sock|new)$/.test(name));

describe('P1: one process alone', () => {
  it('holds a directory made for its user alone, and leaves nothing behind', async () => {
    const directory = join(scratch(), 'not', 'there');
    const ownership = await holdDirectory(directory);
    expect(ownership.pid).toBe(process.pid);
    expect(ownership.since.getTime()).toBeLessThanOrEqual(Date.now());
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(sockets(directory)).toHaveLength(1);
    await Promise.all([ownership.release(), ownership.release()]);
    expect(files(directory)).toEqual([]);
    const again = await holdDirectory(directory);
    await again.release();
  });

  it('cannot hold it twice, and the message names the holder', async () => {
    const directory = scratch();
    const ownership = await holdDirectory(directory);
    await expect(holdDirectory(directory)).rejects.toMatchObject({
      code: 'JOURNAL_HELD',
      detail: `pid ${process.pid} since ${ownership.since.toISOString()}`,
    });
    expect(sockets(directory)).toHaveLength(1);
    await ownership.release();
  });

  it('sees when somebody took its socket away', async () => {
    const directory = scratch();
    const ownership = await holdDirectory(directory);
    expect(ownership.visible()).toBe(true);
    for (const name of sockets(directory)) rmSync(join(directory, name));
    expect(ownership.visible()).toBe(false);
    await ownership.release();
  });

  it('answers with one line of JSON', async () => {
    const directory = scratch();
    const ownership = await holdDirectory(directory);
    const socket = connect(join(directory, sockets(directory)[0] ?? ''));
    const line = await new Promise((done) => {
      createInterface({ input: socket }).once('line', done);
    });
    expect(JSON.parse(String(line))).toEqual({
      pid: process.pid,
      since: ownership.since.toISOString(),
      role: 'owner',
    });
    await ownership.release();
  });

  it('takes over from dead sockets and drafts of all kinds, and removes them', async () => {
    const directory = scratch();
    mkdirSync(directory);
    const dead = [
      'owner-00000000000000.sock',
      'owner-zzzzzzzzzzzzzz.sock',
      'owner-00000000000001.new',
    ];
    for (const name of dead) writeFileSync(join(directory, name), '');
    writeFileSync(join(directory, 'owner-notes.txt'), '');
    const ownership = await holdDirectory(directory);
    expect(files(directory).filter((name) => dead.includes(name))).toEqual([]);
    expect(existsSync(join(directory, 'owner-notes.txt'))).toBe(true);
    await ownership.release();
  });
});

describe('a directory that cannot be held', () => {
  it('because its path is too long for a unix socket is refused with the numbers', async () => {
    const directory = scratch();
    const long = join(directory, 'd'.repeat(119 - directory.length));
    await expect(holdDirectory(long)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      path: 'journal.directory',
      detail: expect.stringMatching(/^the path has 120 bytes, .* room for \d+$/),
    });
    expect(existsSync(long)).toBe(false);
    const detail = await holdDirectory(long).catch((error) => String(error.detail));
    const room = Number(/\d+$/.exec(String(detail))?.[0]);
    const longest = join(directory, 'd'.repeat(room - 1 - directory.length));
    const ownership = await holdDirectory(longest);
    await expect(holdDirectory(longest)).rejects.toMatchObject({ code: 'JOURNAL_HELD' });
    await ownership.release();
    await expect(holdDirectory(`${longest}d`)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('because it is a file is refused', async () => {
    const directory = scratch();
    writeFileSync(directory, '');
    await expect(holdDirectory(directory)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      path: 'journal.directory',
    });
  });

  it.each([
    ['never answers', () => undefined],
    ['answers with something else', (socket: { end(text: string): void }) => socket.end('{}\n')],
  ])('because a socket %s is held', async (_, answer) => {
    const directory = scratch();
    mkdirSync(directory);
    const server = createServer(answer);
    await new Promise<void>((done) => {
      server.listen(join(directory, 'owner-00000000000000.sock'), done);
    });
    onTestFinished(() => {
      server.close();
    });
    await expect(holdDirectory(directory)).rejects.toMatchObject({
      code: 'JOURNAL_HELD',
      detail: expect.stringMatching(/does not answer/),
    });
  });
});

describe('processes', () => {
  it('that start at once: one holds, the other is told by whom it is held', async () => {
    const directory = scratch();
    const two = [new Contender(project, directory), new Contender(project, directory)];
    const said = await Promise.all(two.map((one) => one.tell('hold')));
    expect(said.map(({ event }) => event).sort()).toEqual(['owner', 'refused']);
    const owner = said.find(({ event }) => event === 'owner');
    expect(said.find(({ event }) => event === 'refused')).toMatchObject({
      code: 'JOURNAL_HELD',
      detail: expect.stringMatching(new RegExp(`^pid ${owner?.pid} since `)),
    });
  });

  it('take over at once from one that was killed, and from one that released', async () => {
    const directory = scratch();
    const first = new Contender(project, directory);
    expect(await first.tell('hold')).toMatchObject(owned);
    await first.kill();
    expect(sockets(directory)).toHaveLength(1);
    const second = new Contender(project, directory);
    expect(await second.tell('hold')).toMatchObject(owned);
    expect(sockets(directory)).toHaveLength(1);
    await second.tell('release');
    expect(sockets(directory)).toEqual([]);
    expect(await new Contender(project, directory).tell('hold')).toMatchObject(owned);
  });

  it('do not take over from one that is stopped, however often they ask', async () => {
    const directory = scratch();
    const owner = new Contender(project, directory);
    await owner.tell('hold');
    owner.child.kill('SIGSTOP');
    const held = { code: 'JOURNAL_HELD', detail: expect.stringMatching(/does not answer/) };
    await expect(holdDirectory(directory)).rejects.toMatchObject(held);
    // more askers than its backlog takes: the kernel says "try again", not "refused"
    const socket = join(directory, sockets(directory)[0] ?? '');
    const askers = Array.from({ length: 700 }, () => connect(socket));
    const full = new Promise<unknown>((done) => {
      for (const asker of askers) asker.once('error', done);
    });
    expect(await full).toMatchObject({ code: 'EAGAIN' });
    await expect(holdDirectory(directory)).rejects.toMatchObject(held);
    for (const asker of askers) asker.destroy();
    await expect(holdDirectory(directory)).rejects.toMatchObject(held);
    owner.child.kill('SIGCONT');
    // it has its whole backlog to answer first
    await vi.waitFor(
      () =>
        expect(holdDirectory(directory)).rejects.toMatchObject({
          code: 'JOURNAL_HELD',
          detail: expect.stringMatching(/^pid \d+ since/),
        }),
      { timeout: 10_000, interval: 100 },
    );
    // a stopped one that is killed is dead
    owner.child.kill('SIGSTOP');
    await owner.kill();
    const ownership = await holdDirectory(directory);
    await ownership.release();
  });

  it('ten at a time, again and again, also from a dead one: exactly one holds', async () => {
    const directory = scratch();
    let ten = Array.from({ length: 10 }, () => new Contender(project, directory));
    for (let round = 0; round < 15; round += 1) {
      const said = await Promise.all(ten.map((one) => one.tell('hold')));
      expect(said.filter(({ event }) => event === 'owner')).toHaveLength(1);
      expect(said.filter(({ code }) => code === 'JOURNAL_HELD')).toHaveLength(9);
      const owner = ten.find((one) => one.said.at(-1)?.event === 'owner');
      if (round % 3 === 0) {
        await owner?.kill();
        ten = ten.map((one) => (one === owner ? new Contender(project, directory) : one));
      } else await owner?.tell('release');
    }
  }, 90_000);

  it('racing, killed and stopped at random: never two owners', async () => {
    const directory = scratch();
    const all: Contender[] = [];
    let living: Contender[] = [];
    const start = (): void => {
      const contender = new Contender(project, directory, 'churn');
      all.push(contender);
      living.push(contender);
      void contender.ended.then(() => {
        living = living.filter((one) => one !== contender);
      });
    };
    for (let i = 0; i < 5; i += 1) start();
    const until = Date.now() + 8_000;
    while (Date.now() < until) {
      const victim = living[Math.floor(Math.random() * living.length)];
      if (victim !== undefined && Math.random() < 0.15) {
        victim.child.kill('SIGKILL');
        start();
      } else if (victim !== undefined) {
        victim.child.kill('SIGSTOP');
        void sleep(Math.random() * 300).then(() => victim.child.kill('SIGCONT'));
      }
      await sleep(80);
    }
    await Promise.all(living.map((one) => one.kill()));
    const said = all.flatMap((one) => one.said);
    expect(said.filter(({ event }) => event === 'two owners')).toEqual([]);
    expect(said.filter(({ event }) => event === 'owner').length).toBeGreaterThan(5);
    const last = await holdDirectory(directory);
    expect(sockets(directory)).toHaveLength(1);
    await last.release();
    expect(files(directory)).toEqual([]);
  }, 60_000);
});
