/** run, hold and drain: by command, by hand, by signal; in force at once, journaled with who and why, and for ever until lifted. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/world/books.ts';
import { yinqi } from '../cli/ground.ts';
import { WITHIN_MS } from './ground.ts';
import { freePort, journaled, timesExecuted, worldOfFile } from './words.ts';

const TEST_MS = 60_000;
const BY = ['--who', 'Zhang Wei', '--why', 'the bank called'];
const WORDS = { who: 'Zhang Wei', why: 'the bank called' };

const port = await freePort();
const at = worldOfFile({ adminPort: port });
let payer = '';
let payee = '';

beforeAll(async () => {
  payer = await at().account('0000001', '甲方公司', '10000.00');
  payee = await at().account('0000002', '乙方公司');
}, TEST_MS);

const order = () =>
  at().enqueue('transfer', { from: payer, to: payee, toName: '乙方公司', amount: '1.00' });
const ready = async (): Promise<Record<string, unknown>> => {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
  return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) };
};
/** A command of an operator; in this process, for it is asked often. */
const command = (...args: string[]) => yinqi([...args, '--config', at().world.configPath]);
const file = (name: string): string => join(at().world.journalDirectory, name);

/** What was journaled of the switch since the last time, without numbers. */
let read = 0;
function turned(): unknown[] {
  const all = journaled(at(), 'operator');
  const fresh = all.slice(read);
  read = all.length;
  return fresh.map(({ link, what, of, who, why }) => ({ link, what, of, who, why }));
}
const untilTurned = (): Promise<void> =>
  until('a record', () => journaled(at(), 'operator').length > read, WITHIN_MS);

async function expectHeld(id: string): Promise<void> {
  const data = await at().taken(id);
  expect(data).toMatchObject({ phase: 'received', sent: 'never' });
  expect(await timesExecuted(at(), `REF-${id}`)).toBe(0);
}
async function expectPaid(id: string): Promise<void> {
  expect(await at().books.final(id, WITHIN_MS)).toMatchObject({ outcome: 'succeeded' });
  expect(await timesExecuted(at(), `REF-${id}`)).toBe(1);
}

describe('the switch', { timeout: TEST_MS }, () => {
  it('is turned by commands, in force and journaled when they end', async () => {
    expect(await command('hold', ...BY)).toMatchObject({ exit: 0 });
    expect(turned()).toEqual([{ link: 'citic', what: 'hold', of: 'process', ...WORDS }]);
    const id = await order();
    await expectHeld(id);
    expect(await ready()).toMatchObject({
      status: 200,
      notSending: ['citic: the hold file is there'],
    });
    const { out } = await command('status');
    expect(out).toMatch(/citic\s+hold\s+Zhang Wei\s+the bank called\s+up/);
    const lifted = ['--who', 'Li Na', '--why', 'they called again'];
    expect(await command('run', ...lifted)).toMatchObject({ exit: 0 });
    expect(turned()).toMatchObject([{ what: 'run', of: 'process', who: 'Li Na' }]);
    await expectPaid(id);
    expect(await ready()).toMatchObject({ status: 200, notSending: [] });
  });

  it('is turned by hand, by nobody in particular', async () => {
    writeFileSync(file('hold.citic'), '');
    await untilTurned();
    const nobody = { who: 'file', why: 'file' };
    expect(turned()).toEqual([{ link: 'citic', what: 'hold', of: 'link', ...nobody }]);
    rmSync(file('hold.citic'));
    await untilTurned();
    expect(turned()).toEqual([{ link: 'citic', what: 'run', of: 'link', ...nobody }]);
  });

  it('is turned to hold by SIGUSR2', async () => {
    at().gateway.current.signal('SIGUSR2');
    await untilTurned();
    const bySignal = { who: 'signal', why: 'SIGUSR2' };
    expect(turned()).toEqual([{ link: 'citic', what: 'hold', of: 'process', ...bySignal }]);
    const id = await order();
    await expectHeld(id);
    await command('run', ...BY);
    await expectPaid(id);
    turned();
  });

  it('of a link that is not there is not turned', async () => {
    const { exit, err } = await command('hold', ...BY, '--link', 'nobody');
    expect(exit).toBe(1);
    expect(err).toContain('FIELD_CHOICE');
    expect(turned()).toEqual([]);
  });

  it('is turned while no gateway runs, and journaled by the next one', async () => {
    await at().down();
    const { exit, out } = await command('hold', ...BY, '--link', 'citic');
    expect(exit).toBe(0);
    expect(out).toContain('the file hold.citic is written');
    expect(turned()).toEqual([]);
    await at().up();
    expect(turned()).toEqual([{ link: 'citic', what: 'hold', of: 'link', ...WORDS }]);
    const id = await order();
    await expectHeld(id);
    await at().down();
    await command('run', ...BY, '--link', 'citic');
    await at().up();
    expect(turned()).toEqual([{ link: 'citic', what: 'run', of: 'link', ...WORDS }]);
    expect(existsSync(file('run.citic'))).toBe(false);
    await expectPaid(id);
  });

  it('to drain takes nothing in, and ends the process when nothing is on its way', async () => {
    const before = at().gateway.current;
    expect(await command('drain', ...BY)).toMatchObject({ exit: 0 });
    expect(turned()).toEqual([{ link: 'citic', what: 'drain', of: 'process', ...WORDS }]);
    expect(await before.ended).toBe('0');
    await until('the next run', () => at().gateway.current !== before, WITHIN_MS);
    await at().world.untilStarted(at().gateway.current);
    // started so, it stays: a supervisor would start it for ever
    const answer = await ready();
    expect(answer).toMatchObject({ status: 503, notSending: ['citic: the drain file is there'] });
    expect(answer.reasons).toContain('citic: the drain file is there');
    expect(turned()).toEqual([]);
    await command('run', ...BY);
    await expectPaid(await order());
    expect(at().gateway.ends).toEqual(['0']);
  });
});
