/** A config changed behind two people's backs: the gateway starts, takes orders, and talks to nobody until they accept. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { until } from '../../scripts/world/books.ts';
import { twoPeople } from '../../scripts/world/people.ts';
import { ground, WITHIN_MS } from './ground.ts';
import { journaled, logged } from './words.ts';

it('is accepted by two people, and then what waited is paid', { timeout: 120_000 }, async () => {
  const at = await ground();
  try {
    const { books, world } = at;
    const from = await at.account('0000001', '上海远航贸易有限公司');
    const to = await at.account('0000002', '宁波海天实业有限公司');
    expect(journaled(at, 'change').length).toBeGreaterThan(5);
    await at.down();
    const config = parse(readFileSync(world.configPath, 'utf8'));
    config.changesNeedApproval = true;
    config.links[0].window = 3;
    writeFileSync(world.configPath, stringify(config));
    await at.up();
    const id = await at.enqueue('transfer', {
      from,
      to,
      toName: '宁波海天实业有限公司',
      amount: '7.00',
    });
    await until('held', () => logged(world, 'not-sending').length > 0, WITHIN_MS);
    expect(logged(world, 'not-sending').at(-1)?.why).toBe(
      'changed and not accepted: limits, oversight',
    );
    await at.taken(id);
    expect((await world.control.executions({})).executions).toEqual([]);
    const people = twoPeople(join(world.journalDirectory, 'admin.sock'));
    expect(await people.acceptChanges('ordered by the head of treasury')).toHaveLength(2);
    expect(await books.final(id, WITHIN_MS)).toMatchObject({ outcome: 'succeeded' });
  } finally {
    await at.stop();
  }
});
