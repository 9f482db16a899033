/** Goal: whatever is handed to the log, no account number, name or amount comes out of it. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Faults, YinqiError } from '../../src/errors.ts';
import type { Fields, Log } from '../../src/ops/log.ts';
import { createLog, type LogLevel } from '../../src/ops/pino-log.ts';
import { LOG_FIELDS } from '../../src/ops/safe-fields.ts';
import { descriptor } from '../../src/ops/stdout.ts';

const ACCOUNT = '6222021234567890123';
const NAME = '张三丰';
const AMOUNT = '98765.43';
const SECRETS = [ACCOUNT, NAME, AMOUNT];
const DIRTY = `pay ${AMOUNT} to ${NAME} ${ACCOUNT}`;

function logInto(level?: LogLevel): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { log: createLog({ destination, ...(level === undefined ? {} : { level }) }), lines };
}

function printed(fields: Record<string, unknown>, event = 'something'): Record<string, unknown> {
  const { log, lines } = logInto();
  log.info(event, fields as Fields);
  expect(lines).toHaveLength(1);
  for (const secret of SECRETS) expect(lines[0]).not.toContain(secret);
  expect(lines[0]?.endsWith('}\n')).toBe(true);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}

describe('P5: a line', () => {
  it('has level, time, event and the fields of the list, nothing else', () => {
    const line = printed({ link: 'citic', count: 3, ms: 1.5 });
    expect(Object.keys(line)).toEqual(['level', 'time', 'event', 'link', 'count', 'ms']);
    expect(line).toMatchObject({ level: 'info', event: 'something', link: 'citic', count: 3 });
    expect(String(line.time)).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('counts what is not on the list without naming it', () => {
    const line = printed({
      link: 'citic',
      [ACCOUNT]: 1,
      payer: NAME,
      amount: AMOUNT,
      body: { a: 1 },
    });
    expect(line).toMatchObject({ link: 'citic', dropped: 4 });
    expect(Object.keys(line)).toHaveLength(5);
  });

  it('takes no field from a prototype', () => {
    expect(printed({ constructor: 'x', toString: 'y', __proto__: { why: 'z' } })).toMatchObject({
      dropped: 2,
    });
  });

  it.each(LOG_FIELDS.filter((name) => name !== 'error'))('masks %s', (name) => {
    printed({ [name]: name === 'id' || name === 'serial' ? DIRTY : `x ${DIRTY}` });
    printed({ [name]: { account: ACCOUNT } });
    printed({ [name]: [ACCOUNT] });
  });

  it.each([
    ['in a row', ACCOUNT, '****0123'],
    ['grouped', '6222 0212 3456 7890 123', '****0123'],
    ['with hyphens', '6222-0212-3456-7890-123', '****0123'],
    ['full-width', '６２２２０２１２３４５６７８９０１２３', '****????'],
    ['inside a word', `acct${ACCOUNT}x`, 'acct****0123x'],
    ['twelve', '123456789012', '****9012'],
    ['eleven', '12345678901', '12345678901'],
    ['a name', NAME, '?'],
    ['an amount', AMOUNT, '#.##'],
    ['an amount with commas', '1,298,765.43', '#.##'],
    ['an address', '10.20.30.40:6789', '10.20.30.40:6789'],
    ['a line break', 'a\n{"level":"info"}', 'a?{"level":"info"}'],
  ])('shows a number %s as it may be shown', (_how, given, shown) => {
    expect(printed({ why: given }).why).toBe(shown.replace('****????', '****?'));
  });

  it('cuts after masking, so that a cut number does not come through', () => {
    for (let before = 90; before < 125; before++) {
      const why = String(printed({ why: `${'x'.repeat(before)}${ACCOUNT}${'y'.repeat(50)}` }).why);
      expect(why.length).toBeLessThanOrEqual(120);
      expect(why).not.toMatch(/\d{5}/);
    }
    const far = printed({ why: `${NAME.repeat(660)}${'1'.repeat(19)}${'2'.repeat(19)}` });
    expect(far.why).toBe('?');
  });

  it('leaves ids and serials whole, and a digest only if it is one', () => {
    const id = '20261124123456789012';
    const digest = '1'.repeat(64);
    expect(printed({ id: `erp:${id}`, serial: id, digest })).toMatchObject({
      id: `erp:${id}`,
      serial: id,
      digest,
    });
    expect(printed({ digest: ACCOUNT }).digest).toBe('****0123');
  });

  it('hides an account number that came as a number', () => {
    expect(printed({ count: 622202123456 }).count).toBe('****3456');
    expect(printed({ count: Number.NaN, ms: Infinity, why: 5 })).toMatchObject({ dropped: 3 });
  });

  it('does not let an event carry data', () => {
    for (const event of [DIRTY, `paid-${ACCOUNT}`, 'two words', '', '{"a":1}']) {
      expect(printed({}, event).event).toBe('malformed-event');
    }
  });

  it('shows no account number of any text in any field', () => {
    const digits = fc.stringMatching(/^\d{12,19}$/);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), digits, fc.string(), (before, number, after) => {
        const { log, lines } = logInto();
        log.warn('e', {
          why: `${before}${number}${after}`,
          error: new Error(`${before}${number}`),
        });
        expect(lines.join('').replace(/"time":"[^"]*"/, '')).not.toMatch(/\d{12}/);
      }),
    );
  });
});

describe('an error', () => {
  it('of Redis shows nothing of the refused command', () => {
    const { ReplyError } = createRequire(import.meta.url)('redis-errors') as {
      ReplyError: new (message: string) => Error;
    };
    const error = Object.assign(
      new ReplyError(`OOM command not allowed, args beginning with: '${ACCOUNT}' '${NAME}'`),
      { command: { name: 'evalsha', args: ['sha', '1', 'key', DIRTY] } },
    );
    expect(printed({ error }).error).toMatchObject({ code: 'DEFECT', detail: 'ReplyError' });
    expect(JSON.stringify(printed({ error }))).not.toContain('OOM');
  });

  it('that is foreign shows its class, its code and where it was thrown', () => {
    const error = Object.assign(new TypeError(DIRTY), { code: 'ECONNRESET', account: ACCOUNT });
    const shown = printed({ error }).error as Record<string, unknown>;
    expect(shown.detail).toBe('TypeError ECONNRESET');
    expect(shown.at).toContainEqual(expect.stringMatching(/^ops\/log\.test\.ts:\d+$/));
    expect(JSON.stringify(shown)).not.toContain('pay');
  });

  it('cannot smuggle text in lines that look like frames', () => {
    const message = `x\n    at ${NAME} (/a/${ACCOUNT}.ts:1:1)\n    at paid ${AMOUNT} (b.ts:2:2)`;
    const error = new Error(message);
    expect(JSON.stringify(printed({ error }))).not.toMatch(/b\.ts|paid|0123/);
    error.message = 'changed after it was thrown';
    printed({ error });
  });

  it.each([
    ['a string', DIRTY],
    ['an object', { message: DIRTY }],
    ['an array', [DIRTY]],
    ['undefined inside', { error: undefined }],
    ['null', null],
    ['a number', 6222021234567890],
  ])('may be %s', (_what, error) => {
    expect(printed({ error }).error).toMatchObject({ code: 'DEFECT' });
  });

  it('of ours shows code, path, detail and what caused it', () => {
    const cause = Object.assign(new Error(DIRTY), { code: 'EACCES' });
    const error = new YinqiError('JOURNAL_WRITE', { path: 'journal', detail: 'x', cause });
    expect(printed({ error }).error).toMatchObject({
      code: 'JOURNAL_WRITE',
      path: 'journal',
      detail: 'x',
      cause: 'Error EACCES',
    });
  });

  it('with many faults shows them', () => {
    const one = { code: 'CONFIG_INVALID', sentence: 's', path: 'links.0', detail: DIRTY } as const;
    const shown = printed({ error: new Faults('CONFIG_INVALID', [one, one]) }).error;
    expect(shown).toMatchObject({
      faults: [expect.stringMatching(/^links\.0: /), expect.any(String)],
    });
  });

  it('whose getters throw costs its line, not the caller', () => {
    const error = new Error('x');
    Object.defineProperty(error, 'stack', { get: () => assertNever() });
    expect(printed({ error })).toMatchObject({ event: 'something', dropped: 1 });
  });
});

function assertNever(): never {
  throw new Error(DIRTY);
}

describe('levels', () => {
  it('are kept', () => {
    const { log, lines } = logInto('warn');
    log.info('a');
    log.warn('b');
    log.error('c');
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual([
      'warn',
      'error',
    ]);
    const silent = logInto('silent');
    silent.log.error('d');
    expect(silent.lines).toEqual([]);
  });
});

describe('the destination', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yinqi-log-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has each line when the call returns', () => {
    const file = join(folder, 'out');
    const fd = openSync(file, 'a');
    createLog({ destination: descriptor(fd) }).info('first');
    expect(readFileSync(file, 'utf8')).toContain('"event":"first"');
    closeSync(fd);
  });

  it('never throws on a full disk', () => {
    const fd = openSync('/dev/full', 'w');
    const log = createLog({ destination: descriptor(fd) });
    log.error('one');
    log.error('two');
    closeSync(fd);
    // the descriptor now belongs to a file that can be written: what was lost is told
    const file = join(folder, 'recovered');
    const again = openSync(file, 'a');
    expect(again).toBe(fd);
    log.error('three');
    const lines = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toMatchObject([{ event: 'log-lines-lost', count: 2 }, { event: 'three' }]);
    closeSync(again);
  });
});
