/** Goal: two people decide through the real admin socket, each known by a token that no argument carries. */
import { describe, expect, it } from 'vitest';
import { YinqiError } from '../../src/errors.ts';
import type { ProposalLine } from '../../src/ops/operator.ts';
import { personOf, tokenDigest } from '../../src/people/persons.ts';
import { door } from './door.ts';
import { ground, type RunOptions, yinqi } from './ground.ts';

const { path, write } = ground();

const PEOPLE = [
  { name: 'zhang.san', tokenSha256: tokenDigest('the token of Zhang San') },
  { name: '李四', tokenSha256: tokenDigest('the token of Li Si') },
];
const LINE: ProposalLine = {
  proposal: 41,
  link: 'citic',
  action: 'resolve',
  subject: 'erp:P1',
  outcome: 'failed',
  who: '李四',
  evidence: 'bank\u001b[2J says so',
  age: 90,
  state: 'open',
  seen: 'manual unanswered attempt 1',
};

const at = door(
  () => path('admin.sock'),
  (asked) => ({
    proposals: async () => [LINE],
    propose: async (wish) => {
      asked.push(wish);
      return { proposal: 41 };
    },
    approve: async (approval) => {
      asked.push(approval);
      return { outcome: 'failed', version: 12, record: 42 };
    },
    withdraw: async (by) => {
      asked.push(by);
      return { record: 43 };
    },
  }),
  (name, token) => personOf(PEOPLE, name, token),
);

const reach = () => ['--socket', path('admin.sock')];
const EVIDENCE = '电话 95558 确认: no such order on 2026-11-24';
const OURS: RunOptions = { env: { YINQI_TOKEN: 'the token of Zhang San' } };
const resolve = (args: readonly string[], options: RunOptions = OURS) =>
  yinqi(['resolve', ...args, ...reach()], options);
const PROPOSE = ['propose', 'P1', '--outcome', 'failed', '--evidence', EVIDENCE];

describe('resolve propose', () => {
  it('hands the wish over in the name of the person at the keyboard', async () => {
    expect(await resolve(PROPOSE)).toMatchObject({
      exit: 0,
      out: 'proposal 41, by zhang.san; nothing has changed; another person: yinqi resolve approve 41',
    });
    const wish = { action: 'resolve', subject: 'P1', outcome: 'failed', evidence: EVIDENCE };
    expect(at().asked).toEqual([{ ...wish, who: 'zhang.san' }]);
  });

  it.each<[string, string[], RunOptions]>([
    ['the environment', [], { env: { YINQI_TOKEN: 'the token of Li Si\n' } }],
    ['a prompt', [], { secret: 'the token of Li Si' }],
    ['a file', ['--token-file', 'token'], {}],
  ])('takes a name, a link, a source, and the token from %s', async (_from, more, options) => {
    const file = write('token', 'the token of Li Si\n');
    const given = more.map((one) => (one === 'token' ? file : one));
    const where = ['--who', '李四', '--link', 'citic', '--source', 'erp'];
    const ran = await resolve([...PROPOSE, ...where, ...given], options);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(at().asked).toMatchObject([{ link: 'citic', source: 'erp', who: '李四' }]);
  });

  it.each<[string, string[], RunOptions, string]>([
    ['without a token', [], {}, 'FIELD_MISSING at --token-file'],
    ['with another’s', ['--who', '李四'], OURS, 'PERSON_UNKNOWN at who'],
    ['as root', [], { ...OURS, user: 'root' }, 'FIELD_MISSING at --who'],
  ])('does nothing %s', async (_what, more, options, fault) => {
    const ran = await resolve([...PROPOSE, ...more], options);
    expect(ran).toMatchObject({ exit: 1, err: expect.stringContaining(fault) });
    expect(at().asked).toEqual([]);
  });

  it('shows why the daemon refuses', async () => {
    at().operator.propose = async () => {
      throw new YinqiError('NOT_ALLOWED', { path: 'id', detail: 'it is succeeded' });
    };
    expect(await resolve(PROPOSE)).toMatchObject({
      exit: 1,
      out: '',
      err: 'NOT_ALLOWED at id: the rules of the link or the source forbid this (it is succeeded)',
    });
    const short = ['propose', 'P1', '--outcome', 'failed', '--evidence', 'said so'];
    expect(await resolve(short)).toMatchObject({
      exit: 1,
      err: 'FIELD_FORMAT at body.evidence: the field has the wrong format (at least 8)',
    });
  });
});

describe('what is proposed', () => {
  it('is listed, with nothing that acts on the terminal', async () => {
    const ran = await yinqi(['resolve', ...reach()]);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(ran.out).toMatch(/^41 +1m.* +open +citic +resolve +erp:P1 +failed +manual .*李四/m);
    expect(ran.out).not.toContain('\u001b');
    expect(JSON.parse((await resolve(['list', '--json'])).out)).toEqual([LINE]);
    at().operator.proposals = async () => [];
    expect(await resolve(['list'])).toMatchObject({ out: 'nothing is proposed' });
  });

  it('is approved and withdrawn by number', async () => {
    expect(await resolve(['approve', '41', '--evidence', EVIDENCE])).toMatchObject({
      exit: 0,
      out: 'failed, version 12, approved by zhang.san, record 42',
    });
    expect(await resolve(['withdraw', '41'])).toMatchObject({
      exit: 0,
      out: 'proposal 41 is withdrawn by zhang.san, record 43',
    });
    expect(at().asked).toEqual([
      { proposal: 41, evidence: EVIDENCE, who: 'zhang.san' },
      { proposal: 41, who: 'zhang.san' },
    ]);
    expect(await resolve(['approve', '../unknown'])).toMatchObject({
      exit: 1,
      err: expect.stringContaining('FIELD_FORMAT at proposal'),
    });
  });
});

describe('person new', () => {
  it('makes a token that the config does not have, and the gateway knows', async () => {
    const ran = await yinqi(['person', 'new', '王五']);
    const token = ran.err.split('\n')[1] ?? '';
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(ran.out).toBe(`people:\n  - name: 王五\n    tokenSha256: ${tokenDigest(token)}`);
  });
});
