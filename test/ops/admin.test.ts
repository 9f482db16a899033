/** Goal: machines learn the state, people decide, nobody else gets in, and no text that is not ours gets out. */
import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { YinqiError } from '../../src/errors.ts';
import { type Admin, type AdminOptions, startAdmin } from '../../src/ops/admin.ts';
import type { Decision, Operator, UnknownLine } from '../../src/ops/operator.ts';
import { createLog } from '../../src/ops/pino-log.ts';
import { askSocket } from '../../src/ops/unix-http.ts';

const ACCOUNT = '6222021234567890123';

const LINE: UnknownLine = {
  link: 'citic',
  source: 'erp',
  id: 'erp:P1',
  operation: 'transfer',
  phase: 'manual',
  age: 3_700,
  asked: 12,
  contradicted: false,
};

let folder: string;
let socket: string;
let asked: unknown[];
let lines: string[];
let operator: Operator;
const open: Admin[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yinqi-admin-'));
  socket = join(folder, 'admin.sock');
  asked = [];
  lines = [];
  operator = {
    unknown: async () => [LINE],
    show: async (at) => {
      asked.push(at);
      return at.id === 'P1' ? { phase: 'manual' } : undefined;
    },
    resolve: async (decision: Decision) => {
      asked.push(decision);
      return { outcome: decision.outcome, version: 5, record: 9 };
    },
    notReady: () => [],
  };
});

afterEach(async () => {
  for (const admin of open.splice(0)) await admin.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(over: Partial<AdminOptions> = {}): Promise<Admin> {
  const log = createLog({ destination: { write: (line) => void lines.push(line) } });
  const metrics = { text: async () => 'yinqi_link_up 1\n' };
  const admin = await startAdmin({
    host: '127.0.0.1',
    port: 0,
    socket,
    metrics,
    operator,
    log,
    ...over,
  });
  open.push(admin);
  return admin;
}

async function tcp(admin: Admin, path: string, init: RequestInit = {}) {
  const answer = await fetch(`http://127.0.0.1:${admin.port}${path}`, init);
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    text: await answer.text(),
  };
}

async function unix(method: 'GET' | 'POST', path: string, body?: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await askSocket({
    socket,
    method,
    path,
    withinMs: 5_000,
    ...(body === undefined ? {} : { body: text }),
  });
  return { status: answer.status, json: JSON.parse(answer.text) as Record<string, unknown> };
}

const decided = (over: Record<string, unknown> = {}) => ({
  id: 'P1',
  outcome: 'failed',
  evidence: '银行柜台电话确认 2026-11-24 无此交易',
  who: 'li.si',
  ...over,
});

describe('on TCP', () => {
  it('says that it lives, whether it can take work, and its metrics', async () => {
    let reasons: string[] = [];
    operator.notReady = () => reasons;
    const admin = await start();
    expect(await tcp(admin, '/healthz')).toMatchObject({ status: 200, text: '{"alive":true}' });
    expect(await tcp(admin, '/readyz')).toMatchObject({
      status: 200,
      text: '{"ready":true,"reasons":[]}',
    });
    expect(await tcp(admin, '/metrics')).toMatchObject({
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      text: 'yinqi_link_up 1\n',
    });
    reasons = ['redis: not connected', `stuck on ${ACCOUNT}`];
    expect(await tcp(admin, '/readyz')).toMatchObject({
      status: 503,
      text: '{"ready":false,"reasons":["redis: not connected","stuck on ****0123"]}',
    });
    expect(await tcp(admin, '/healthz')).toMatchObject({ status: 200 });
  });

  it('is not ready when it cannot find out', async () => {
    operator.notReady = () => {
      throw new Error(ACCOUNT);
    };
    const answer = await tcp(await start(), '/readyz');
    expect(answer.status).toBe(503);
    expect(answer.text).not.toContain(ACCOUNT);
  });

  it.each([
    ['GET', '/unknown'],
    ['GET', '/instructions/P1'],
    ['POST', '/resolve'],
    ['POST', '/healthz'],
    ['DELETE', '/metrics'],
    ['GET', `/${ACCOUNT}`],
  ])('serves no %s %s', async (method, path) => {
    const answer = await tcp(await start(), path, { method });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toEqual({
      code: 'ROUTE_UNKNOWN',
      sentence: 'nothing is served under this path',
    });
    expect(asked).toEqual([]);
  });

  it('shows nothing of an error that is not ours', async () => {
    const metrics = {
      text: () => Promise.reject(new Error(`ERR ${ACCOUNT}`)),
    };
    const answer = await tcp(await start({ metrics }), '/metrics');
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'DEFECT', detail: 'Error' });
    expect(answer.text + lines.join('')).not.toContain(ACCOUNT);
    expect(lines.join('')).toContain('"event":"admin-failed"');
  });
});

describe('on the unix socket', () => {
  it('lists what is unknown', async () => {
    await start();
    expect(await unix('GET', '/unknown')).toEqual({ status: 200, json: { unknown: [LINE] } });
    expect(await unix('GET', '/unknown?all=1')).toMatchObject({
      status: 400,
      json: { code: 'FIELD_UNKNOWN', path: 'query.all' },
    });
  });

  it('shows one instruction', async () => {
    await start();
    expect(await unix('GET', '/instructions/P1?link=citic&source=erp')).toEqual({
      status: 200,
      json: { phase: 'manual' },
    });
    expect(await unix('GET', `/instructions/${encodeURIComponent('erp:P/2')}`)).toEqual({
      status: 404,
      json: {
        code: 'INSTRUCTION_UNKNOWN',
        sentence: 'no instruction of this id is known here',
        path: 'id',
      },
    });
    expect(asked).toEqual([{ id: 'P1', link: 'citic', source: 'erp' }, { id: 'erp:P/2' }]);
  });

  it('takes a decision and logs that there was one, not its words', async () => {
    await start();
    const answer = await unix('POST', '/resolve', decided({ link: 'citic' }));
    expect(answer).toEqual({ status: 200, json: { outcome: 'failed', version: 5, record: 9 } });
    expect(asked).toEqual([decided({ link: 'citic' })]);
    expect(lines.join('')).toContain('"event":"resolved-by-people","id":"P1","outcome":"failed"');
    expect(lines.join('')).not.toContain('li.si');
  });

  it.each([
    ['no body', undefined, 'FIELD_MISSING', 'body.id'],
    ['no id', decided({ id: undefined }), 'FIELD_MISSING', 'body.id'],
    ['another outcome', decided({ outcome: 'unknown' }), 'FIELD_CHOICE', 'body.outcome'],
    ['no evidence', decided({ evidence: '' }), 'FIELD_FORMAT', 'body.evidence'],
    ['evidence of blanks', decided({ evidence: '            ' }), 'FIELD_FORMAT', 'body.evidence'],
    [
      'endless evidence',
      decided({ evidence: 'x'.repeat(2_001) }),
      'FIELD_TOO_LONG',
      'body.evidence',
    ],
    [
      'evidence that hides',
      decided({ evidence: 'a long\u202e text' }),
      'FIELD_FORMAT',
      'body.evidence',
    ],
    ['nobody', decided({ who: 7 }), 'FIELD_FORMAT', 'body.who'],
    ['more than asked', decided({ force: true }), 'FIELD_UNKNOWN', 'body.force'],
    ['no JSON', '{"id":', 'PAYLOAD_POISON', 'body'],
    ['no object', '[]', 'FIELD_FORMAT', 'body'],
  ])('refuses a decision with %s', async (_what, body, code, path) => {
    await start();
    const answer = await unix('POST', '/resolve', body);
    expect(answer).toMatchObject({ status: 400, json: { code, path } });
    expect(typeof answer.json.sentence).toBe('string');
    expect(asked).toEqual([]);
  });

  it('refuses a body that is too large', async () => {
    await start();
    const answer = await unix('POST', '/resolve', decided({ evidence: 'x'.repeat(20_000) }));
    expect(answer).toMatchObject({ status: 413, json: { code: 'PAYLOAD_TOO_LARGE' } });
  });

  it('passes on why the daemon refuses, and nothing of a defect', async () => {
    await start();
    operator.resolve = async () => {
      throw new YinqiError('NOT_ALLOWED', { path: 'id', detail: `is succeeded ${ACCOUNT}` });
    };
    expect(await unix('POST', '/resolve', decided())).toEqual({
      status: 409,
      json: {
        code: 'NOT_ALLOWED',
        sentence: 'the rules of the link or the source forbid this',
        path: 'id',
        detail: 'is succeeded ****0123',
      },
    });
    operator.resolve = async () => {
      throw new TypeError(ACCOUNT);
    };
    const answer = await unix('POST', '/resolve', decided());
    expect(answer).toMatchObject({ status: 500, json: { code: 'DEFECT', detail: 'TypeError' } });
    expect(JSON.stringify(answer) + lines.join('')).not.toContain(ACCOUNT);
  });

  it('serves no metrics and deletes nothing', async () => {
    await start();
    expect(await unix('GET', '/metrics')).toMatchObject({ status: 404 });
    expect(await unix('POST', '/unknown')).toMatchObject({ status: 404 });
  });
});

describe('the socket file', () => {
  it('is for its own user only and leaves nothing beside it or behind', async () => {
    const admin = await start();
    expect(lstatSync(socket).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['admin.sock']);
    await admin.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is replaced when it is stale', async () => {
    const left = createServer();
    const bound = join(folder, 'bound');
    await new Promise<void>((done) => left.listen(bound, done));
    // a killed process leaves the file: moved away, it is not removed by the close
    const { renameSync } = await import('node:fs');
    renameSync(bound, socket);
    await new Promise((done) => left.close(done));
    expect(lstatSync(socket).isSocket()).toBe(true);
    await start();
    expect(await unix('GET', '/healthz')).toMatchObject({ status: 200 });
  });

  it('is left alone while anybody accepts on it, also one who never answers', async () => {
    const silent = createServer((connection) => void connection.resume());
    await new Promise<void>((done) => silent.listen(socket, done));
    await expect(start()).rejects.toMatchObject({ code: 'JOURNAL_HELD', path: 'admin.socket' });
    expect(lstatSync(socket).isSocket()).toBe(true);
    expect(readdirSync(folder)).toEqual(['admin.sock']);
    await new Promise((done) => silent.close(done));
  });

  it('of a second daemon is not taken by the first one', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'JOURNAL_HELD' });
    expect(await unix('GET', '/healthz')).toMatchObject({ status: 200 });
  });

  it('does not replace a file that is no socket', async () => {
    writeFileSync(socket, 'mine');
    await expect(start()).rejects.toMatchObject({ code: 'CONFIG_INVALID', path: 'admin.socket' });
  });

  it.each([
    ['a path too long', () => join(folder, 'x'.repeat(120)), /longer than/],
    ['no such folder', () => join(folder, 'none', 'admin.sock'), /ENOENT/],
  ])('refuses %s', async (_what, path, detail) => {
    const refused = start({ socket: path() });
    await expect(refused).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      path: 'admin.socket',
      detail: expect.stringMatching(detail),
    });
  });

  it('is gone when the TCP port is taken', async () => {
    const first = await start({ socket: join(folder, 'first.sock') });
    await expect(start({ port: first.port })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      path: 'admin.port',
      detail: 'EADDRINUSE',
    });
    expect(readdirSync(folder)).toEqual(['first.sock']);
  });

  it('does not wait for a scraper that keeps its connection', async () => {
    const admin = await start();
    await tcp(admin, '/metrics');
    const before = performance.now();
    await admin.close();
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
