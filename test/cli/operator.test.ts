/** Goal: people see what is unknown through the real admin socket. */
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Admin, startAdmin } from '../../src/ops/admin.ts';
import type { Operator, UnknownLine } from '../../src/ops/operator.ts';
import { createLog } from '../../src/ops/pino-log.ts';
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

let admin: Admin;
let asked: unknown[];
let operator: Operator;

beforeEach(async () => {
  asked = [];
  operator = {
    unknown: async () => LINES,
    show: async (at) => {
      asked.push(at);
      if (at.id !== 'P1') return undefined;
      return { phase: 'manual', note: 'a\u001b[2J\nb', records: [{ n: 7, kind: 'send' }] };
    },
    pending: () => [],
    contradictions: async () => [],
    unclaimed: async () => [],
    changes: async () => [],
    proposals: async () => [],
    propose: async () => ({ proposal: 7 }),
    approve: async () => ({ outcome: 'failed', record: 9 }),
    withdraw: async () => ({ record: 10 }),
    notReady: () => [],
    notSending: () => ['main: the hold file is there'],
  };
  admin = await startAdmin({
    host: '127.0.0.1',
    port: 0,
    socket: path('admin.sock'),
    metrics: { text: async () => '' },
    operator,
    switches: { status: () => [], turn: async () => [] },
    personOf: (name) => name,
    log: createLog({ level: 'silent' }),
  });
});
afterEach(() => admin.close());

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
    operator.unknown = async () => [];
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
    expect(asked).toEqual([{ id: 'P1', link: 'citic', source: 'erp' }]);
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
    expect(asked).toEqual([{ id: '../proposals?x=1' }]);
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
