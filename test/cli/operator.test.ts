/** Goal: people see what is unknown through the real admin socket. */
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { UnknownLine } from '../../src/ops/operator.ts';
import { door } from './door.ts';
import { ground, yinqi } from './ground.ts';

const { config, path } = ground();

const LINES: UnknownLine[] = [
  {
    link: 'citic',
    source: 'erp',
    id: 'P1',
    operation: 'transfer',
    phase: 'manual',
    reason: 'unanswered',
    serial: '20261124ABCDEFGHIJKL',
    businessRef: 'SO-1\u001b[2J',
    age: 93_800,
    asked: 41,
    contradicted: true,
  },
  {
    link: 'citic',
    source: 'shop',
    id: 'Q200',
    operation: 'withdraw',
    phase: 'unknown',
    age: 12,
    asked: 1,
    contradicted: false,
  },
];

const at = door(
  () => path('admin.sock'),
  (asked) => ({
    unknown: async () => LINES,
    show: async (wanted) => {
      asked.push(wanted);
      if (wanted.id !== 'P1') return undefined;
      return { phase: 'manual', note: 'a\u001b[2J\nb', records: [{ n: 7, kind: 'send' }] };
    },
    notSending: () => ['main: the hold file is there'],
  }),
);

const reach = () => ['--socket', path('admin.sock')];
describe('unknown list', () => {
  it('is a table, oldest first, with nothing that acts on the terminal', async () => {
    const ran = await yinqi(['unknown', 'list', ...reach()]);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    const lines = ran.out.split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^AGE +LINK +SOURCE +ID +OPERATION/);
    expect(lines[1]).toMatch(
      /^1d 2h +citic +erp +P1 +transfer +manual +unanswered +.*CONTRADICTED$/,
    );
    expect(lines[2]).toMatch(/^12s +citic +shop +Q200 +withdraw +unknown/);
    expect(ran.out).not.toContain('\u001b');
  });

  it('finds the socket by the config, and is what `unknown` means', async () => {
    const file = config((all) => {
      all.journal = { directory: path('.') };
    });
    const ran = await yinqi(['unknown', '--config', file]);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(ran.out).toContain('P1');
  });

  it('speaks JSON', async () => {
    const ran = await yinqi(['unknown', 'list', '--json', ...reach()]);
    expect(JSON.parse(ran.out)).toEqual(LINES);
  });

  it('says so when nothing is', async () => {
    at().operator.unknown = async () => [];
    expect(await yinqi(['unknown', ...reach()])).toMatchObject({ out: 'nothing is unknown' });
  });
});

describe('show', () => {
  it('prints one fact a line', async () => {
    const ran = await yinqi(['show', 'P1', '--link', 'citic', '--source', 'erp', ...reach()]);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(ran.out).toContain('phase: manual');
    expect(ran.out).toContain('records:\n  - n: 7\n    kind: send');
    expect(ran.out).not.toContain('\u001b');
    expect(at().asked).toEqual([{ id: 'P1', link: 'citic', source: 'erp' }]);
  });

  it('speaks JSON', async () => {
    const ran = await yinqi(['show', 'P1', '--json', ...reach()]);
    expect(JSON.parse(ran.out)).toMatchObject({ phase: 'manual', records: [{ n: 7 }] });
  });

  it('says when nothing is known', async () => {
    expect(await yinqi(['show', '../proposals?x=1', ...reach()])).toMatchObject({
      exit: 1,
      out: '',
      err: 'INSTRUCTION_UNKNOWN at id: no instruction of this id is known here',
    });
    expect(at().asked).toEqual([{ id: '../proposals?x=1' }]);
  });
});

describe('the way to the daemon', () => {
  it('must be named', async () => {
    expect(await yinqi(['unknown', 'list'])).toMatchObject({
      exit: 1,
      err: expect.stringContaining('FIELD_MISSING at --config'),
    });
  });

  it('that leads to nobody says that nothing was done', async () => {
    const ran = await yinqi(['unknown', 'list', '--socket', path('none.sock')]);
    expect(ran).toMatchObject({
      exit: 1,
      err: `DAEMON_UNREACHABLE at ${path('none.sock')}: no daemon answers on the admin socket; nothing was done (ENOENT)`,
    });
  });

  it.each([
    ['hangs up', (end: () => void) => end(), 'ECONNRESET'],
    ['speaks otherwise', undefined, 'its answer has another shape'],
  ])('to one who %s says to look before asking again', async (_what, act, detail) => {
    const other = createServer((request, response) => {
      if (act) act(() => request.socket.destroy());
      else response.end('{"fine":true}');
    });
    await new Promise<void>((done) => other.listen(path('other.sock'), done));
    const ran = await yinqi(['unknown', '--socket', path('other.sock')]);
    expect(ran.exit).toBe(1);
    expect(ran.err).toMatch(/^DAEMON_SILENT at .*look before asking again/);
    expect(ran.err).toContain(detail);
    await new Promise((done) => other.close(done));
  });
});
