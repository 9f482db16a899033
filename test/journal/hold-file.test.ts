/** The switch as files: what is there is the state, what is in it says who and why. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  forgetWords,
  stopsOf,
  switchOf,
  turnSwitch,
  wordsOf,
} from '../../src/journal/hold-file.ts';
import { KnownIndex } from '../../src/journal/known.ts';
import { open, scratch } from './ground.ts';

const WORDS = { who: 'Zhang Wei', why: 'the bank called' };

function place(): string {
  const directory = scratch();
  mkdirSync(directory);
  return directory;
}

describe('the switch', () => {
  it('has one state for all links and one for each; the strictest counts', () => {
    const directory = place();
    expect(switchOf(directory)).toBe('run');
    turnSwitch(directory, 'hold', WORDS, 'citic');
    expect([switchOf(directory), switchOf(directory, 'citic')]).toEqual(['run', 'hold']);
    turnSwitch(directory, 'drain', WORDS);
    expect([switchOf(directory), switchOf(directory, 'citic')]).toEqual(['drain', 'hold']);
    expect(stopsOf(directory, 'citic')).toEqual(['drain', 'hold.citic']);
    expect(stopsOf(directory, 'market')).toEqual(['drain']);
    turnSwitch(directory, 'run', WORDS);
    expect(stopsOf(directory, 'citic')).toEqual(['hold.citic']);
  });

  it('is in one state at a time, and remembers who lifted it until that is journaled', () => {
    const directory = place();
    for (const state of ['hold', 'drain', 'hold', 'run'] as const) {
      turnSwitch(directory, state, WORDS);
      expect(readdirSync(directory)).toEqual([state]);
    }
    expect(wordsOf(directory, 'run')).toEqual(WORDS);
    forgetWords(directory);
    expect(readdirSync(directory)).toEqual([]);
    expect(wordsOf(directory, 'run')).toEqual({ who: 'file', why: 'file' });
  });

  it('lifts what somebody made by hand, whatever it is', () => {
    const directory = place();
    mkdirSync(join(directory, 'hold'));
    turnSwitch(directory, 'run', WORDS);
    expect(switchOf(directory)).toBe('run');
  });

  it.each([
    ['', 'file', 'file'],
    ['the bank called\u0007\n', 'file', 'the bank called'],
    ['{"who":"Li Na","why":"a\\u001b[2Jb"}', 'Li Na', 'a [2Jb'],
    ['{"who":7}', 'file', 'file'],
    ['{broken', 'file', 'file'],
    ['x'.repeat(999), 'file', 'x'.repeat(300)],
  ])('reads %j as the words of %s', (text, who, why) => {
    const directory = place();
    writeFileSync(join(directory, 'hold'), text);
    expect(wordsOf(directory, 'hold')).toEqual({ who, why });
  });

  it('is held, and not drained, where nobody can look', () => {
    const directory = scratch();
    writeFileSync(directory, 'no directory');
    expect(switchOf(directory)).toBe('hold');
    rmSync(directory);
    expect(switchOf(directory)).toBe('run');
  });
});

describe('the journal', () => {
  it('knows the switch as it was last recorded, after a start too', async () => {
    const directory = scratch();
    const journal = await open(directory);
    const turned = { kind: 'operator', watermark: 1, ...WORDS } as const;
    await journal.append([
      { ...turned, link: 'citic', what: 'hold', of: 'process' },
      { ...turned, link: 'citic', what: 'drain', of: 'link' },
      { ...turned, link: 'citic', what: 'fence', of: 'process' },
      { ...turned, link: 'citic', what: 'run', of: 'process' },
    ]);
    const known = { process: 'run', link: 'drain' };
    expect(journal.index.switched('citic')).toEqual(known);
    await journal.close();
    const again = await open(directory);
    expect(again.index.switched('citic')).toEqual(known);
    expect(again.index.switched('market')).toEqual({ process: 'run', link: 'run' });
    expect(new KnownIndex().switched('citic')).toEqual({ process: 'run', link: 'run' });
    await again.close();
  });
});
