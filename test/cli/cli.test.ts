/** Goal: the command line as a whole: what starts, what helps, and how a wrong word ends. */
import { describe, expect, it } from 'vitest';
import { ageText, table } from '../../src/cli/table.ts';
import { yinqi } from './ground.ts';

describe('yinqi', () => {
  it('starts the daemon of a config', async () => {
    expect(await yinqi(['start', '--config', 'a.yaml'])).toMatchObject({
      exit: 0,
      started: ['a.yaml'],
    });
  });

  it('shows no text and no stack of what a start throws', async () => {
    const start = async (): Promise<void> => {
      throw new TypeError('6222021234567890123');
    };
    expect(await yinqi(['start', '--config', 'a.yaml'], { start })).toMatchObject({
      exit: 1,
      out: '',
      err: 'DEFECT: a rule of the program itself was broken (TypeError)',
    });
  });

  it.each([
    [['start'], /required option '--config <file>'/],
    [['stop'], /unknown command 'stop'/],
    [['config', 'check', '--all'], /unknown option|required option/],
    [
      ['resolve', 'propose', 'P1', '--outcome', 'maybe', '--evidence', 'x'],
      /Allowed choices are succeeded, failed/,
    ],
    [['resolve', 'propose', 'P1', '--outcome', 'failed'], /required option '--evidence <words>'/],
  ])('refuses %j', async (args, said) => {
    const ran = await yinqi(args);
    expect(ran).toMatchObject({ exit: 1, out: '', started: [] });
    expect(ran.err).toMatch(said);
  });

  it('helps', async () => {
    const ran = await yinqi(['--help']);
    expect(ran.exit).toBe(0);
    for (const command of ['start', 'config', 'spec', 'unknown', 'show', 'resolve', 'person']) {
      expect(ran.out).toContain(command);
    }
  });
});

describe('a table', () => {
  it('is aligned as a terminal shows it and keeps escapes out', () => {
    expect(
      table(
        ['A 银', 'B'],
        [
          ['中信银行', '1'],
          ['x\u001b[31m', '2'],
        ],
      ),
    ).toBe(['A 银      B', '中信银行  1', 'x\ufffd[31m    2'].join('\n'));
  });
});

describe('an age', () => {
  it.each([
    [0, '0s'],
    [-5, '0s'],
    [59.9, '59s'],
    [60, '1m'],
    [3_725, '1h 2m'],
    [86_400, '1d'],
    [90_061, '1d 1h'],
    [86_405, '1d'],
  ])('of %d seconds reads %s', (seconds, text) => expect(ageText(seconds)).toBe(text));
});
