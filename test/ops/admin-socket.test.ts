/** Goal: only the gateway's own user gets in, and no living daemon loses its door to another. */
import { lstatSync, mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ground, tcp } from './ground.ts';

const at = ground();

describe('P5: the socket file', () => {
  it('is for its own user only and leaves nothing beside it or behind', async () => {
    const admin = await at().start();
    expect(lstatSync(at().socket).mode & 0o777).toBe(0o600);
    expect(readdirSync(at().folder)).toEqual(['admin.sock']);
    await admin.close();
    expect(readdirSync(at().folder)).toEqual([]);
  });

  it('is replaced when it is stale', async () => {
    const left = createServer();
    const bound = join(at().folder, 'bound');
    await new Promise<void>((done) => left.listen(bound, done));
    // a killed process leaves the file: moved away, it is not removed by the close
    renameSync(bound, at().socket);
    await new Promise((done) => left.close(done));
    expect(lstatSync(at().socket).isSocket()).toBe(true);
    await at().start();
    expect(await at().unix('GET', '/healthz')).toMatchObject({ status: 200 });
  });

  it('takes away folders of daemons killed before they had their place, and no younger one', async () => {
    const old = join(at().folder, 'admin.sock.AbC123');
    for (const folder of [old, join(at().folder, 'admin.sock.YoUnG0')]) mkdirSync(folder);
    writeFileSync(join(old, 's'), '');
    const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(old, hoursAgo, hoursAgo);
    await at().start();
    expect(readdirSync(at().folder).sort()).toEqual(['admin.sock', 'admin.sock.YoUnG0']);
  });

  it('is left alone while anybody accepts on it, also one who never answers', async () => {
    const silent = createServer((connection) => void connection.resume());
    await new Promise<void>((done) => silent.listen(at().socket, done));
    await expect(at().start()).rejects.toMatchObject({
      code: 'JOURNAL_HELD',
      path: 'admin.socket',
    });
    expect(lstatSync(at().socket).isSocket()).toBe(true);
    expect(readdirSync(at().folder)).toEqual(['admin.sock']);
    await new Promise((done) => silent.close(done));
  });

  it('of a second daemon is not taken by the first one', async () => {
    await at().start();
    await expect(at().start()).rejects.toMatchObject({ code: 'JOURNAL_HELD' });
    expect(await at().unix('GET', '/healthz')).toMatchObject({ status: 200 });
  });

  it('does not replace a file that is no socket', async () => {
    writeFileSync(at().socket, 'mine');
    await expect(at().start()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      path: 'admin.socket',
    });
  });

  it.each([
    ['a path too long', () => join(at().folder, 'x'.repeat(120)), /longer than/],
    ['no such folder', () => join(at().folder, 'none', 'admin.sock'), /ENOENT/],
  ])('refuses %s', async (_what, path, detail) => {
    const refused = at().start({ socket: path() });
    await expect(refused).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      path: 'admin.socket',
      detail: expect.stringMatching(detail),
    });
  });

  it('is gone when the TCP port is taken', async () => {
    const first = await at().start({ socket: join(at().folder, 'first.sock') });
    await expect(at().start({ port: first.port })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      path: 'admin.port',
      detail: 'EADDRINUSE',
    });
    expect(readdirSync(at().folder)).toEqual(['first.sock']);
  });

  it('does not wait for a scraper that keeps its connection', async () => {
    const admin = await at().start();
    await tcp(admin, '/metrics');
    const before = performance.now();
    await admin.close();
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
