/**
 * Requests that cannot be taken: each is told with a code and the field at fault, none is ever sent, and an
 * id that was used up stays used up. What is no instruction at all is rejected and stops nobody else.
 */
import { type Job, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/world/books.ts';
import { openingOf } from '../../scripts/world/member.ts';
import { LINK, SOURCE } from '../../scripts/world/options.ts';
import type { Envelope } from '../../src/instruction/envelope.ts';
import type { LedgerClient } from '../../src/queue/client.ts';
import {
  deadLetters,
  instructionsKey,
  instructionsQueue,
  linkPrefix,
} from '../../src/queue/names.ts';
import { WITHIN_MS } from './ground.ts';
import {
  expectNothingTwice,
  nativeEnvelope,
  openMember,
  timesExecuted,
  today,
  worldOfFile,
} from './words.ts';

const TEST_MS = 40_000;
const HOUR_MS = 3_600_000;
/** `REF-T0001 ` and so many Chinese characters make the 102 bytes of a memo. */
const MEMO_CHARACTERS = 46;

const at = worldOfFile();
let client: LedgerClient;
let redis: Redis;
let queue: Queue;
let payer = '';
let payee = '';

beforeAll(async () => {
  const { world } = at();
  client = world.ledger();
  redis = new Redis({ path: world.redis.socket });
  queue = new Queue(instructionsQueue(SOURCE), { connection: redis, prefix: linkPrefix(LINK) });
  payer = await at().account('0000001', '甲方公司');
  payee = await openMember(at(), '乙方公司');
}, TEST_MS);

afterAll(async () => {
  await queue.close();
  redis.disconnect();
});

const pay = (more: Record<string, unknown> = {}) => ({
  from: payer,
  to: payee,
  amount: '1.00',
  ...more,
});
const instant = (fromNow: number): string => new Date(Date.now() + fromNow).toISOString();

interface Bad {
  readonly what: string;
  readonly operation?: string;
  readonly body: () => Record<string, unknown>;
  readonly more?: () => Partial<Envelope>;
  readonly code: string;
  readonly path?: string;
  readonly reason?: string;
  readonly text?: RegExp;
}

const BAD: readonly Bad[] = [
  {
    what: 'an operation nobody knows',
    operation: 'tranfser',
    body: pay,
    code: 'OPERATION_UNKNOWN',
    path: 'operation',
  },
  {
    what: 'a field that is missing',
    body: () => ({ from: payer, to: payee }),
    code: 'FIELD_MISSING',
    path: 'body.amount',
  },
  {
    what: 'a name that neither the body nor a member record gives',
    body: () => pay({ from: payee, to: payer }),
    code: 'FIELD_MISSING',
    path: 'body.toName',
  },
  {
    what: 'a name of one character too many in bytes',
    body: () => pay({ toName: '名'.repeat(62) }),
    code: 'FIELD_TOO_LONG',
    path: 'body.toName',
  },
  {
    what: 'a memo that is too long with the order number before it',
    body: () => pay({ memo: '字'.repeat(MEMO_CHARACTERS + 1) }),
    code: 'FIELD_TOO_LONG',
    path: 'body.memo',
  },
  ...['12.3', '-1.00', '1.234', '1e3', '0.00', '1,000.00', '01.00', ' 1.00'].map((amount) => ({
    what: `the amount "${amount}"`,
    body: () => pay({ amount }),
    code: 'FIELD_FORMAT',
    path: 'body.amount',
  })),
  {
    what: 'an amount that is a number',
    body: () => pay({ amount: 1 }),
    code: 'FIELD_FORMAT',
    path: 'body.amount',
  },
  {
    what: 'a date that no calendar has',
    operation: 'statement',
    body: () => ({ account: payee, from: '20260230', to: today() }),
    code: 'FIELD_FORMAT',
    path: 'body.from',
  },
  {
    what: 'a character the charset of the link cannot carry',
    body: () => pay({ toName: '王𠮷' }),
    code: 'FIELD_UNENCODABLE',
    path: 'body.toName',
    text: /U\+20BB7/,
  },
  {
    what: 'more than an instruction may have',
    body: () => pay({ memo: 'x'.repeat(70_000) }),
    code: 'PAYLOAD_TOO_LARGE',
  },
  {
    what: 'a field only the gateway sets',
    body: () => pay({ clientID: '20261124AAAAAAAAAAAA' }),
    code: 'FIELD_OWNED',
    path: 'body.clientID',
  },
  {
    what: 'a field nobody knows',
    body: () => pay({ amout: '1.00' }),
    code: 'FIELD_UNKNOWN',
    path: 'body.amout',
  },
  {
    what: 'what has expired',
    body: pay,
    more: () => ({ createdAt: instant(-2 * HOUR_MS), expiresAt: instant(-HOUR_MS) }),
    code: 'EXPIRED',
    path: 'expiresAt',
    reason: 'expired',
  },
  {
    what: 'what was made in the future',
    body: pay,
    more: () => ({ createdAt: instant(HOUR_MS), expiresAt: instant(2 * HOUR_MS) }),
    code: 'FIELD_FORMAT',
    path: 'createdAt',
  },
  {
    what: 'a payout of an account that was not opened here',
    operation: 'withdraw',
    body: () => ({ account: payer, amount: '1.00' }),
    code: 'NOT_ALLOWED',
    path: 'body.account',
    reason: 'not-allowed',
  },
  {
    what: 'a payout account under another name',
    operation: 'open',
    body: () => ({ ...openingOf('丙方公司'), payout: openingOf('丁方公司').payout }),
    code: 'NOT_ALLOWED',
    path: 'body.payout.name',
    reason: 'not-allowed',
  },
];

describe('P5: an instruction that cannot be taken', { timeout: TEST_MS }, () => {
  it.each(BAD)('$what: failed, never sent, its id used up', async (bad) => {
    const { operation = 'transfer', body, more, code, path, reason = 'invalid', text } = bad;
    const given = more?.() ?? {};
    const result = await at().settle(operation, body(), given);
    expect(result).toMatchObject({
      final: true,
      outcome: 'failed',
      reason,
      sent: 'never',
      code,
      proof: { kind: 'never-sent' },
      businessRef: `REF-${result.id}`,
    });
    expect(result.path).toBe(path);
    if (text !== undefined) expect(result.text).toMatch(text);
    expect(result.serial).toBeUndefined();
    const good = at().books.envelope(result.id, 'transfer', pay(), {
      businessRef: `REF-${result.id}`,
    });
    await client.ask(good);
    const rejected = () => at().books.rejections.find(({ id }) => id === result.id);
    await until('the rejection', () => rejected() !== undefined, WITHIN_MS);
    expect(rejected()).toMatchObject({ type: 'rejection', why: 'conflict', code: 'ID_CONFLICT' });
    expect(await timesExecuted(at(), `REF-${result.id}`)).toBe(0);
    expect(at().books.resultOf(result.id)).toEqual(result);
  });

  it('takes a memo and a name of exactly the bytes there are', async () => {
    const body = pay({ memo: '字'.repeat(MEMO_CHARACTERS), toName: '名'.repeat(61) });
    expect(await at().settle('transfer', body)).toMatchObject({ outcome: 'succeeded' });
  });

  it('names the bank’s own field where the bank’s own names were given', async () => {
    await at().books.order(
      nativeEnvelope(at(), 'NATIVE1', 'DLSBALQR', { subAccNo: '1'.repeat(20) }),
    );
    expect(await at().books.final('NATIVE1', WITHIN_MS)).toMatchObject({
      outcome: 'failed',
      sent: 'never',
      code: 'FIELD_TOO_LONG',
      path: 'body.subAccNo',
    });
  });
});

describe('one id, one story', { timeout: TEST_MS }, () => {
  it('R6: rejects other content under a known id and does not touch the first', async () => {
    const { books, world } = at();
    await world.control.addFault({
      fault: { kind: 'late', ms: 300 },
      transaction: 'DLMDETRN',
    });
    const id = await at().enqueue('transfer', pay());
    await client.ask(books.envelope(id, 'transfer', pay({ amount: '2.00' })));
    const rejected = () => books.rejections.find((one) => one.id === id);
    await until('the rejection', () => rejected() !== undefined, WITHIN_MS);
    expect(rejected()).not.toHaveProperty('outcome');
    expect(rejected()?.digestGiven).not.toBe(rejected()?.digestKnown);
    expect(await books.final(id, WITHIN_MS)).toMatchObject({ outcome: 'succeeded' });
    expect(await timesExecuted(at(), `REF-${id}`)).toBe(1);
  });

  it('tells the known result again to whoever asks again, as often as it is asked', async () => {
    const { books } = at();
    const first = await at().settle('transfer', pay());
    const ordered = books.orders.get(first.id);
    if (ordered === undefined) throw new Error('the order is in no book');
    for (let again = 0; again < 2; again += 1) {
      // as a ledger that lost its books
      books.orders.set(first.id, { envelope: ordered.envelope, told: [] });
      await client.ask(ordered.envelope);
      expect(await books.final(first.id, WITHIN_MS)).toEqual(first);
    }
    expect(await timesExecuted(at(), `REF-${first.id}`)).toBe(1);
  });
});

describe('what is no instruction at all', { timeout: TEST_MS }, () => {
  const rejections = (code: string) =>
    at().books.rejections.filter((one) => one.why === 'poison' && one.code === code);
  const over = async ({ id = '' }: Job): Promise<boolean> =>
    (await queue.getJobState(id)) === 'completed';

  it.each([
    ['text', 'pay him'],
    ['a list', [1, 2]],
    ['nothing', null],
    ['an object without an id', { v: 1, operation: 'transfer' }],
    ['an id with a blank in it', { v: 1, id: 'A 1' }],
  ])('%s: rejected once, and done with', async (what, data) => {
    const before = rejections('PAYLOAD_POISON').length;
    const job = await queue.add('instruction', data, { jobId: `p-${what.replaceAll(' ', '_')}` });
    await until('rejected', () => rejections('PAYLOAD_POISON').length > before, WITHIN_MS);
    await until('the job is over', () => over(job), WITHIN_MS);
    expect(rejections('PAYLOAD_POISON').length).toBe(before + 1);
  });

  it('bytes that are no JSON: rejected, kept for people, and others go on', async () => {
    const before = rejections('PAYLOAD_POISON').length;
    const key = (part: string): string => instructionsKey(LINK, SOURCE, part);
    const raw = '{"v":1,"id":"RAW1","operation":"tra';
    const job = { name: 'instruction', data: raw, opts: '{}', timestamp: Date.now(), delay: 0 };
    await redis
      .multi()
      .hset(key('RAW1'), { ...job, priority: 0 })
      .lpush(key('wait'), 'RAW1')
      .zadd(key('marker'), 0, '0')
      .exec();
    const others = await Promise.all([1, 2, 3].map(() => at().settle('transfer', pay())));
    expect(others.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    await until('rejected', () => rejections('PAYLOAD_POISON').length > before, WITHIN_MS);
    // told first and kept then, so that a kill between tells it again and forgets nothing
    const kept = () => redis.lrange(deadLetters(LINK), 0, -1);
    await until('kept', async () => (await kept()).length > 0, WITHIN_MS);
    expect(await kept()).toEqual([raw]);
    expect(await redis.exists(key('RAW1'))).toBe(0);
    expect(await at().settle('transfer', pay())).toMatchObject({ outcome: 'succeeded' });
    expect(rejections('PAYLOAD_POISON').length).toBe(before + 1);
  });
});

it('told one story, and the bank executed nothing twice', () => expectNothingTwice(at()));
