/** Goal: machines learn the state, people decide, and no text that is not ours gets out. */
import { describe, expect, it } from 'vitest';
import { YinqiError } from '../../src/errors.ts';
import { ground, LINE, TOKEN, tcp } from './ground.ts';

const ACCOUNT = '6222021234567890123';
const at = ground();

const proposed = (over: Record<string, unknown> = {}) => ({
  action: 'resolve',
  subject: 'P1',
  outcome: 'failed',
  evidence: '银行柜台电话确认 2026-11-24 无此交易',
  who: 'Li Si',
  ...over,
});

describe('on TCP', () => {
  it('says that it lives, whether it can take work, and its metrics', async () => {
    let reasons: string[] = [];
    at().operator.notReady = () => reasons;
    const admin = await at().start();
    expect(await tcp(admin, '/healthz')).toMatchObject({ status: 200, text: '{"alive":true}' });
    expect(await tcp(admin, '/readyz')).toMatchObject({
      status: 200,
      text: '{"ready":true,"role":"owner","reasons":[],"notSending":["main: the hold file is there"]}',
    });
    expect(await tcp(admin, '/metrics')).toMatchObject({
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      text: 'yinqi_link_up 1\n',
    });
    reasons = ['redis: not connected', `stuck on ${ACCOUNT}`];
    expect(await tcp(admin, '/readyz')).toMatchObject({
      status: 503,
      text: '{"ready":false,"role":"owner","reasons":["redis: not connected","stuck on ****0123"],"notSending":["main: the hold file is there"]}',
    });
    expect(await tcp(admin, '/healthz')).toMatchObject({ status: 200 });
  });

  it('is not ready when it cannot find out', async () => {
    at().operator.notReady = () => {
      throw new Error(ACCOUNT);
    };
    const answer = await tcp(await at().start(), '/readyz');
    expect(answer.status).toBe(503);
    expect(answer.text).not.toContain(ACCOUNT);
  });

  it.each([
    ['GET', '/unknown'],
    ['GET', '/instructions/P1'],
    ['GET', '/proposals'],
    ['POST', '/proposals'],
    ['POST', '/proposals/7/approve'],
    ['POST', '/healthz'],
    ['DELETE', '/metrics'],
    ['GET', `/${ACCOUNT}`],
  ])('serves no %s %s', async (method, path) => {
    const answer = await tcp(await at().start(), path, { method });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toEqual({
      code: 'ROUTE_UNKNOWN',
      sentence: 'nothing is served under this path',
    });
    expect(at().asked).toEqual([]);
  });

  it('shows nothing of an error that is not ours', async () => {
    const metrics = {
      text: () => Promise.reject(new Error(`ERR ${ACCOUNT}`)),
    };
    const answer = await tcp(await at().start({ metrics }), '/metrics');
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'DEFECT', detail: 'Error' });
    expect(answer.text + at().lines.join('')).not.toContain(ACCOUNT);
    expect(at().lines.join('')).toContain('"event":"admin-failed"');
  });
});

describe('on the unix socket', () => {
  it('lists what is unknown', async () => {
    await at().start();
    expect(await at().unix('GET', '/unknown')).toEqual({ status: 200, json: { unknown: [LINE] } });
    expect(await at().unix('GET', '/unknown?all=1')).toMatchObject({
      status: 400,
      json: { code: 'FIELD_UNKNOWN', path: 'query.all' },
    });
  });

  it('shows one instruction', async () => {
    await at().start();
    expect(await at().unix('GET', '/instructions/P1?link=citic&source=erp')).toEqual({
      status: 200,
      json: { phase: 'manual' },
    });
    expect(await at().unix('GET', `/instructions/${encodeURIComponent('erp:P/2')}`)).toEqual({
      status: 404,
      json: {
        code: 'INSTRUCTION_UNKNOWN',
        sentence: 'no instruction of this id is known here',
        path: 'id',
      },
    });
    expect(at().asked).toEqual([{ id: 'P1', link: 'citic', source: 'erp' }, { id: 'erp:P/2' }]);
  });

  it('takes a proposal and an approval and logs that there was one, not its words', async () => {
    await at().start();
    const made = await at().unix('POST', '/proposals', proposed({ link: 'citic', who: 'li si' }));
    expect(made).toEqual({ status: 200, json: { proposal: 7 } });
    const approved = await at().unix('POST', '/proposals/7/approve', { who: 'Li Si' });
    expect(approved).toEqual({ status: 200, json: { outcome: 'failed', version: 5, record: 9 } });
    const gone = await at().unix('POST', '/proposals/8/withdraw', { who: 'Li Si' });
    expect(gone).toEqual({ status: 200, json: { record: 10 } });
    // the person as the config writes it
    expect(at().asked).toEqual([
      proposed({ link: 'citic' }),
      { proposal: 7, who: 'Li Si' },
      { proposal: 8, who: 'Li Si' },
    ]);
    expect(at().lines.join('')).toContain('"event":"decided-by-two","outcome":"failed","record":9');
    expect(at().lines.join('')).not.toMatch(/Li Si|only Li Si/i);
  });

  it.each([
    ['another person', 'Wang Wu', TOKEN],
    ['another token', 'Li Si', 'wrong'],
    ['no token', 'Li Si', ''],
  ])('takes the word of nobody but the person: %s', async (_what, who, token) => {
    await at().start();
    for (const [path, body] of [
      ['/proposals', proposed({ who })],
      ['/proposals/7/approve', { who }],
      ['/proposals/7/withdraw', { who }],
    ] as const) {
      const answer = await at().unix('POST', path, body, token);
      expect(answer).toMatchObject({ status: 401, json: { code: 'PERSON_UNKNOWN', path: 'who' } });
    }
    expect(at().asked).toEqual([]);
    expect(at().lines.join('')).not.toContain(TOKEN);
  });

  it.each([
    ['no body', undefined, 'FIELD_MISSING', 'body.action'],
    ['no action', proposed({ action: undefined }), 'FIELD_MISSING', 'body.action'],
    ['no outcome', proposed({ outcome: undefined }), 'FIELD_MISSING', 'body.outcome'],
    ['an outcome of nothing', proposed({ action: 'close' }), 'FIELD_MUST_BE_EMPTY', 'body.outcome'],
    ['another outcome', proposed({ outcome: 'unknown' }), 'FIELD_CHOICE', 'body.outcome'],
    ['no evidence', proposed({ evidence: '' }), 'FIELD_FORMAT', 'body.evidence'],
    ['evidence of blanks', proposed({ evidence: '            ' }), 'FIELD_FORMAT', 'body.evidence'],
    [
      'endless evidence',
      proposed({ evidence: 'x'.repeat(2_001) }),
      'FIELD_TOO_LONG',
      'body.evidence',
    ],
    [
      'evidence that hides',
      proposed({ evidence: 'a long\u202e text' }),
      'FIELD_FORMAT',
      'body.evidence',
    ],
    ['nobody', proposed({ who: 7 }), 'FIELD_FORMAT', 'body.who'],
    ['more than asked', proposed({ force: true }), 'FIELD_UNKNOWN', 'body.force'],
    ['no JSON', '{"id":', 'PAYLOAD_POISON', 'body'],
    ['no object', '[]', 'FIELD_FORMAT', 'body'],
  ])('refuses a proposal with %s', async (_what, body, code, path) => {
    await at().start();
    const answer = await at().unix('POST', '/proposals', body);
    expect(answer).toMatchObject({ status: 400, json: { code, path } });
    expect(typeof answer.json.sentence).toBe('string');
    expect(at().asked).toEqual([]);
  });

  it('refuses a body that is too large', async () => {
    await at().start();
    const answer = await at().unix(
      'POST',
      '/proposals',
      proposed({ evidence: 'x'.repeat(20_000) }),
    );
    expect(answer).toMatchObject({ status: 413, json: { code: 'PAYLOAD_TOO_LARGE' } });
  });

  it('passes on why the daemon refuses, and nothing of a defect', async () => {
    await at().start();
    at().operator.propose = async () => {
      throw new YinqiError('NOT_ALLOWED', { path: 'id', detail: `is succeeded ${ACCOUNT}` });
    };
    expect(await at().unix('POST', '/proposals', proposed())).toEqual({
      status: 409,
      json: {
        code: 'NOT_ALLOWED',
        sentence: 'the rules of the link or the source forbid this',
        path: 'id',
        detail: 'is succeeded ****0123',
      },
    });
    at().operator.propose = async () => {
      throw new TypeError(ACCOUNT);
    };
    const answer = await at().unix('POST', '/proposals', proposed());
    expect(answer).toMatchObject({ status: 500, json: { code: 'DEFECT', detail: 'TypeError' } });
    expect(JSON.stringify(answer) + at().lines.join('')).not.toContain(ACCOUNT);
  });

  it('serves no metrics and deletes nothing', async () => {
    await at().start();
    expect(await at().unix('GET', '/metrics')).toMatchObject({ status: 404 });
    expect(await at().unix('POST', '/unknown')).toMatchObject({ status: 404 });
  });
});
