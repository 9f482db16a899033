import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMPILING_MS, compiled } from '../support/compiled.ts';
import { ids, open, scratch, send, sends } from './ground.ts';

let child = '';
beforeAll(() => {
  child = join(compiled(), 'src', 'journal', 'sealing', 'child.js');
}, COMPILING_MS);

const noon = (day: number): Date => new Date(Date.UTC(2026, 2, day, 4));

/** A journal with a day that is over and not sealed; closed. */
async function over(): Promise<{ directory: string; orders: string }> {
  const directory = scratch();
  let now = noon(2);
  const journal = await open(directory, {
    now: () => now,
    freshIdentity: () => '2'.repeat(32),
  });
  await journal.append(sends(3));
  now = noon(3);
  await journal.append([send('x')]);
  const { identity } = journal;
  await journal.close();
  const orders = JSON.stringify({ directory, identity, day: '20260302', mark: '.a' });
  return { directory, orders };
}

async function run(orders: string, env: Record<string, string> = {}) {
  const running = spawn(process.execPath, [child, orders], {
    env,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  running.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString('utf8');
  });
  const [code, signal] = await once(running, 'close');
  return { code, signal, said };
}

describe('the child that seals a day', () => {
  it('killed in the middle of its work is finished by the next start, with the same seal', async () => {
    const seals = new Set<string>();
    let kills = 0;
    // every step of them all, in one process: sealing.test.ts
    for (let step = 2; ; step += 3) {
      const { directory, orders } = await over();
      const { code, signal } = await run(orders, { YINQI_SEAL_FAILPOINT: String(step) });
      const journal = await open(directory, { now: () => noon(3) });
      if (signal === 'SIGKILL') kills += 1;
      await journal.sealOverDays();
      expect(journal.sealsAfter(0)).toHaveLength(1);
      seals.add(journal.sealsAfter(0)[0]?.hash ?? '');
      expect(await ids(journal)).toEqual(['i1', 'i2', 'i3', 'x']);
      await journal.close();
      expect(readdirSync(join(directory, 'sealed')).sort()).toEqual([
        '20260302.index',
        '20260302.seal',
        'journal-000001-20260302.jsonl.gz',
      ]);
      if (code === 0) break;
      expect(signal).toBe('SIGKILL');
    }
    expect(seals.size).toBe(1);
    expect(kills).toBeGreaterThan(3);
  }, 60_000);

  it('says what is wrong, and ends when its owner does', async () => {
    const { directory, orders } = await over();
    const wrong = orders.replace(directory, `${directory}/nowhere`);
    expect(await run(wrong)).toMatchObject({ code: 1, said: expect.stringContaining('"code"') });
    const left = spawn(process.execPath, [child, orders], { stdio: ['pipe', 'ignore', 'ignore'] });
    left.stdin?.end();
    const [code] = await once(left, 'close');
    expect([0, 1]).toContain(code);
    expect(readFileSync(join(directory, 'identity'), 'utf8')).toMatch(/^2+\n$/);
  });
});
