import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { checkDurability, memoryShare } from '../../src/store/durability.ts';
import { type Ground, ground } from './ground.ts';

let at: Ground | undefined;
afterEach(async () => {
  await at?.close();
  at = undefined;
});

describe('durability', () => {
  it('finds no fault in a Redis set up as it must be, and names the server', async () => {
    at = await ground();
    const found = await checkDurability(at.redis);
    expect(found).toEqual({
      durability:
        'appendonly=yes appendfsync=always no-appendfsync-on-rewrite=no maxmemory-policy=noeviction',
      run: expect.stringMatching(/^[0-9a-f]{40}$/),
      faults: [],
    });
  });

  it.each([
    ['appendonly', 'no'],
    ['appendfsync', 'everysec'],
    ['no-appendfsync-on-rewrite', 'yes'],
    ['maxmemory-policy', 'allkeys-lru'],
  ])('finds fault with %s %s', async (name, value) => {
    at = await ground();
    await at.redis.config('SET', name, value);
    const { faults } = await checkDurability(at.redis);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`${name} is ${value}`);
  });

  it('says so when it may not ask', async () => {
    at = await ground();
    await at.redis.call('ACL', ['SETUSER', 'shy', 'on', '>pw', '~*', '+@all', '-config']);
    const shy = new Redis({ path: at.server.socket, username: 'shy', password: 'pw' });
    const { durability, faults, run } = await checkDurability(shy);
    shy.disconnect();
    expect(faults).toHaveLength(4);
    expect(faults[0]).toContain('appendonly may not be asked for');
    expect(durability).toContain('appendfsync=?');
    expect(run).not.toBe('');
  });

  it('finds fault with a replica', async () => {
    at = await ground();
    await at.redis.replicaof('127.0.0.1', 1);
    const { faults } = await checkDurability(at.redis);
    expect(faults).toContain('role is slave, not master');
  });

  it('knows how full Redis is, where there is a limit', async () => {
    at = await ground();
    expect(await memoryShare(at.redis)).toBeUndefined();
    await at.redis.config('SET', 'maxmemory', '100mb');
    const share = await memoryShare(at.redis);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(0.5);
  });
});
