/** Why nothing is sent or taken: reasons by name, and a file that needs no Redis and no network. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Standing } from '../../src/engine/standing.ts';
import { isOpen } from '../../src/instruction/business-hours.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yinqi-standing-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the hold file', () => {
  it('stops sending the moment it is there, and lets go the moment it is not', () => {
    const standing = new Standing(directory);
    expect(standing.whyNotSend()).toEqual([]);
    writeFileSync(join(directory, 'hold'), '');
    expect(standing.whyNotSend()).toEqual(['the hold file is there']);
    expect(standing.whyNotTake()).toEqual([]);
    rmSync(join(directory, 'hold'));
    expect(standing.whyNotSend()).toEqual([]);
  });

  it('holds whatever it is, and whatever is in it', () => {
    mkdirSync(join(directory, 'hold'));
    expect(new Standing(directory).whyNotSend()).toEqual(['the hold file is there']);
  });

  it('holds when nobody can look', () => {
    const file = join(directory, 'a-file');
    writeFileSync(file, '');
    chmodSync(file, 0);
    expect(new Standing(file).whyNotSend()).toEqual(['the hold file is there']);
  });
});

describe('the switch of a link', () => {
  it('stops that link and no other', () => {
    const [one, two] = [new Standing(directory, 'citic'), new Standing(directory, 'market')];
    writeFileSync(join(directory, 'hold.citic'), '');
    expect(one.whyNotSend()).toEqual(['the hold.citic file is there']);
    expect(two.whyNotSend()).toEqual([]);
    expect(one.whyNotTake()).toEqual([]);
  });

  it('to drain stops what comes in as well', () => {
    const [one, two] = [new Standing(directory, 'citic'), new Standing(directory, 'market')];
    writeFileSync(join(directory, 'drain.citic'), '');
    expect(one.whyNotSend()).toEqual(['the drain.citic file is there']);
    expect(one.whyNotTake('erp')).toEqual(['the drain.citic file is there']);
    expect(two.whyNotTake('erp')).toEqual([]);
    writeFileSync(join(directory, 'drain'), '');
    expect(two.whyNotTake('erp')).toEqual(['the drain file is there']);
  });
});

describe('reasons', () => {
  it('come and go by name; one of them is enough', () => {
    const standing = new Standing(directory);
    standing.set('send', 'clock-citic', 'clocks differ');
    standing.set('send', 'memory', 'Redis is full');
    standing.set('send', 'memory', 'Redis is fuller');
    expect(standing.whyNotSend()).toEqual(['clocks differ', 'Redis is fuller']);
    standing.set('send', 'clock-citic', undefined);
    standing.set('send', 'never set', undefined);
    expect(standing.whyNotSend()).toEqual(['Redis is fuller']);
    expect(standing.whyNotTake()).toEqual([]);
  });

  it('that are looked for come and go by the clock', () => {
    const standing = new Standing(directory);
    const zone = 'Asia/Shanghai';
    let now = Date.UTC(2026, 10, 24, 8, 29, 59, 999);
    const hours = [{ from: '08:30', to: '16:30' }];
    standing.look(() => (isOpen(hours, now, zone) ? undefined : 'outside business hours'));
    expect(standing.whyNotSend()).toEqual([]);
    now += 1;
    expect(standing.whyNotSend()).toEqual(['outside business hours']);
    expect(standing.whyNotTake()).toEqual([]);
    now += 16 * 3_600_000;
    expect(standing.whyNotSend()).toEqual([]);
  });

  it('may shut the queue of one ledger and leave the others open', () => {
    const standing = new Standing(directory);
    standing.set('take', 'backlog-erp', 'nobody fetches results', 'erp');
    expect(standing.whyNotTake('erp')).toEqual(['nobody fetches results']);
    expect(standing.whyNotTake('crm')).toEqual([]);
    expect(standing.whyNotTake()).toEqual(['nobody fetches results']);
    standing.set('take', 'memory', 'Redis is full');
    expect(standing.whyNotTake('crm')).toEqual(['Redis is full']);
    expect(standing.whyNotSend()).toEqual([]);
  });
});
