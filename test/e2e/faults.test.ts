/**
 * What a bank can do to one transfer, fault by fault: what the ledger is told on the way, how it ends, and
 * how often the bank executed it. The link has the bank's written rule; without it see unknown.test.ts.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { RemoteControl } from '../../mock-bank/control/routes.ts';
import { until } from '../../scripts/world/books.ts';
import { WITHIN_MS } from './ground.ts';
import { expectNothingTwice, timesExecuted, worldOfFile } from './words.ts';

const TEST_MS = 60_000;
/** Behind the deadline of an answer, before the rule may conclude anything. */
const LATE_MS = 900;
const RULE_MS = 2_000;

type Fault = Parameters<RemoteControl['addFault']>[0]['fault'];

interface Case {
  readonly what: string;
  readonly fault: Fault;
  /** outcome and reason of each interim; a sequence it must end with */
  readonly told: readonly string[];
  readonly outcome: 'succeeded' | 'failed';
  readonly reason?: string;
  readonly code?: string;
  readonly proof?: 'answer' | 'inquiry';
  readonly executed: 0 | 1;
}

const PENDING = 'pending';
const SILENT = 'unknown unanswered';
const paid = { outcome: 'succeeded', executed: 1, proof: 'inquiry' } as const;
const notKnown = { outcome: 'failed', reason: 'bank-does-not-know', code: 'ED02083' } as const;
const notPaid = { ...notKnown, executed: 0, proof: 'inquiry' } as const;
const refused = { outcome: 'failed', reason: 'refused-by-bank', executed: 0 } as const;

/** No answer that could be read: the request may be anywhere. */
const UNREAD: readonly Case[] = [
  { what: 'no answer, executed', fault: { kind: 'no-answer' }, told: [SILENT], ...paid },
  {
    what: 'no answer, not executed',
    fault: { kind: 'no-answer', executed: false },
    told: [SILENT],
    ...notPaid,
  },
  { what: 'closed without executing', fault: { kind: 'drop-before' }, told: [SILENT], ...notPaid },
  { what: 'executed, then reset', fault: { kind: 'drop-after' }, told: [SILENT], ...paid },
  {
    what: 'executed, then closed',
    fault: { kind: 'drop-after', how: 'close' },
    told: [SILENT],
    ...paid,
  },
  {
    what: 'an answer behind the deadline',
    fault: { kind: 'late', ms: LATE_MS },
    told: [SILENT],
    ...paid,
  },
  {
    what: 'kept unread, then executed',
    fault: { kind: 'hold', ms: LATE_MS },
    told: [SILENT],
    ...paid,
  },
  {
    what: 'HTTP 502 over a success',
    fault: { kind: 'http-status', status: 502 },
    told: [SILENT],
    ...paid,
  },
  {
    what: 'HTTP 500, not executed',
    fault: { kind: 'http-status', executed: false },
    told: [SILENT],
    ...notPaid,
  },
  { what: 'an HTML page', fault: { kind: 'html' }, told: [SILENT], ...paid },
  { what: 'an empty body', fault: { kind: 'empty-body' }, told: [SILENT], ...paid },
  { what: 'a body cut in the middle', fault: { kind: 'cut-body' }, told: [SILENT], ...paid },
  { what: 'a length too long', fault: { kind: 'wrong-length', by: 20 }, told: [SILENT], ...paid },
  { what: 'a length too short', fault: { kind: 'wrong-length', by: -20 }, told: [SILENT], ...paid },
];

/** Answers of unusual form that say what they say. */
const READ: readonly Case[] = [
  { what: 'the answer twice at once', fault: { kind: 'answer-twice' }, told: [PENDING], ...paid },
  {
    what: 'the answer twice, one later',
    fault: { kind: 'answer-twice', gapMs: 50 },
    told: [PENDING],
    ...paid,
  },
  {
    what: 'the answer before it, on a connection of its own',
    fault: { kind: 'answer-previous-again' },
    told: [PENDING],
    ...paid,
  },
  {
    what: 'another charset declared',
    fault: { kind: 'wrong-declaration' },
    told: [PENDING],
    ...paid,
  },
  { what: 'elements in another order', fault: { kind: 'alphabetical' }, told: [PENDING], ...paid },
  { what: 'one byte at a time', fault: { kind: 'one-byte-segments' }, told: [PENDING], ...paid },
];

/** Accepted, and booked or not later. */
const ACCEPTED: readonly Case[] = [
  {
    what: 'AAAAAAE, booked after some inquiries',
    fault: { kind: 'processing', asks: 2, ms: 100 },
    told: [PENDING],
    ...paid,
  },
  {
    what: 'AAAAAAE, failed in the end',
    fault: { kind: 'processing', ms: 200, fails: 'DPRA003' },
    told: [PENDING],
    ...refused,
    code: 'DPRA003',
    proof: 'inquiry',
  },
  {
    what: 'CCCCCCC, booked later',
    fault: { kind: 'processing', code: 'CCCCCCC', asks: 2, ms: 0 },
    told: ['unknown indeterminate', PENDING],
    ...paid,
  },
  {
    what: 'AAAAAAB, approved',
    fault: { kind: 'review', ms: 200 },
    told: [PENDING],
    ...paid,
  },
  {
    what: 'AAAAAAC, approved',
    fault: { kind: 'review', code: 'AAAAAAC', ms: 200 },
    told: [PENDING],
    ...paid,
  },
  {
    what: 'AAAAAAB, refused at review (stt 3)',
    fault: { kind: 'review-then-refused', ms: 200 },
    told: [PENDING],
    ...refused,
    code: 'MOCK040',
    proof: 'inquiry',
  },
  {
    what: 'AAAAAAB, withdrawn by the user (stt 4)',
    fault: { kind: 'review-then-refused', stt: '4', ms: 200 },
    told: [PENDING],
    ...refused,
    code: 'MOCK041',
    proof: 'inquiry',
  },
];

/** A code, executed or not: only some of them say anything about the money. */
const code = (value: string, executed: boolean): Fault => ({ kind: 'code', code: value, executed });
const CODES: readonly Case[] = [
  {
    what: 'a listed refusal',
    fault: code('DPRA003', false),
    told: [],
    ...refused,
    code: 'DPRA003',
    proof: 'answer',
  },
  {
    what: 'a refusal nobody listed, not executed: no people are needed',
    fault: code('ED03210', false),
    told: ['unknown refused-unconfirmed'],
    ...refused,
    code: 'ED03210',
    proof: 'inquiry',
  },
  {
    what: 'a code nobody listed, executed all the same',
    fault: code('ED03210', true),
    told: ['unknown refused-unconfirmed'],
    ...paid,
  },
  ...['ED11308', 'ED12002'].flatMap((one): Case[] => [
    {
      what: `${one} of the front end, not executed`,
      fault: code(one, false),
      told: ['unknown client-side'],
      ...notPaid,
    },
    {
      what: `${one} of the front end, executed`,
      fault: code(one, true),
      told: ['unknown client-side'],
      ...paid,
    },
  ]),
  ...['EEEEEEE', 'UNKNOWN', 'AAAAAAX'].flatMap((one): Case[] => [
    {
      what: `${one}, not executed`,
      fault: code(one, false),
      told: ['unknown indeterminate'],
      ...notPaid,
    },
    {
      what: `${one}, executed`,
      fault: code(one, true),
      told: ['unknown indeterminate'],
      ...paid,
    },
  ]),
];

const CASES = [...UNREAD, ...READ, ...ACCEPTED, ...CODES];

const at = worldOfFile({
  link: {
    interim: 'all',
    noSuchSerialIsFinal: { afterMs: RULE_MS, negatives: 2, source: 'mock bank contract' },
  },
});
const ids = new Map<string, string>();
let payer = '';
let payee = '';

const pay = (amount = '1.00') => ({ from: payer, to: payee, toName: '乙方公司', amount });

/** All orders are under way at once, each with its own fault: so none of them waits for the others. */
beforeAll(async () => {
  payer = await at().account('0000001', '甲方公司', '10000.00');
  payee = await at().account('0000002', '乙方公司');
  for (const [i, { what, fault }] of CASES.entries()) {
    const businessRef = `REF-CASE${String(i).padStart(3, '0')}`;
    await at().world.control.addFault({ fault, memo: businessRef });
    ids.set(what, await at().enqueue('transfer', pay(), { businessRef }));
  }
}, TEST_MS);

describe('P1: one transfer', { timeout: TEST_MS }, () => {
  it.each(CASES)('$what', async ({ what, told, executed, ...expected }) => {
    const id = ids.get(what) ?? '';
    const final = await at().books.final(id, WITHIN_MS * 2);
    const { outcome, reason, code: wanted, proof } = expected;
    expect(final).toMatchObject({
      outcome,
      final: true,
      ...(proof ? { proof: { kind: proof } } : {}),
    });
    expect(final.reason).toBe(reason);
    if (wanted !== undefined) expect(final.code).toBe(wanted);
    expect(final.sent).not.toBe('never');
    const interims = at()
      .books.orders.get(id)
      ?.told.filter((one) => !one.final)
      .map((one) => [one.outcome, one.reason].filter((word) => word !== undefined).join(' '));
    // an inquiry may be quicker than the message, never slower than the next state
    expect(interims?.slice(0, told.length)).toEqual(told);
    expect(await timesExecuted(at(), final.businessRef ?? '')).toBe(executed);
  });
});

describe('an answer behind the deadline', { timeout: TEST_MS }, () => {
  it('R19: settles a refusal by itself, while the inquiry says nothing', async () => {
    const { books, world } = at();
    const businessRef = `REF-LATE1${Date.now()}`;
    await world.control.addFault({ fault: { kind: 'late', ms: LATE_MS }, memo: businessRef });
    const final = await at().settle('transfer', pay('99999.00'), { businessRef });
    expect(final).toMatchObject({
      outcome: 'failed',
      reason: 'refused-by-bank',
      code: 'DPRA003',
      sent: 'yes',
      proof: { kind: 'answer' },
    });
    expect(books.orders.get(final.id)?.told.at(0)).toMatchObject({ reason: 'unanswered' });
    expect(await timesExecuted(at(), businessRef)).toBe(0);
  });

  it('says accepted where the inquiry did not know it yet: no rule may call it failed any more', async () => {
    const { world } = at();
    const businessRef = `REF-LATE2${Date.now()}`;
    await world.control.changeSettings({ inquiryLagMs: 3_000 });
    await world.control.addFault({ fault: { kind: 'late', ms: LATE_MS }, memo: businessRef });
    const id = await at().enqueue('transfer', pay(), { businessRef });
    await until('pending', () => at().books.resultOf(id)?.outcome === 'pending', WITHIN_MS);
    expect(await at().books.final(id, WITHIN_MS)).toMatchObject({ outcome: 'succeeded' });
    await world.control.changeSettings({ inquiryLagMs: 0 });
    expect(await timesExecuted(at(), businessRef)).toBe(1);
  });
});

describe('two orders at once', { timeout: TEST_MS }, () => {
  it.each(['answer-previous-again', 'answer-twice'] as const)(
    '%s: an answer settles its own order and no other',
    async (kind) => {
      const { world } = at();
      await world.control.addFault({ fault: { kind }, times: 2, transaction: 'DLMDETRN' });
      await world.control.addFault({ fault: { kind }, times: 4, transaction: 'DLCIDSTT' });
      const [good, bad] = await Promise.all([
        at().settle('transfer', pay()),
        at().settle('transfer', pay('88888.00')),
      ]);
      expect(good).toMatchObject({ outcome: 'succeeded' });
      expect(bad).toMatchObject({ outcome: 'failed', code: 'DPRA003' });
      expect(await timesExecuted(at(), `REF-${good.id}`)).toBe(1);
      expect(await timesExecuted(at(), `REF-${bad.id}`)).toBe(0);
      await world.control.clearFaults();
    },
  );
});

describe('a front end that is frozen', { timeout: TEST_MS }, () => {
  it('R1: executes what it finds in its buffers when it wakes: nothing is sent again meanwhile', async () => {
    const { books, world } = at();
    // all that failed above is still watched: that takes no turn from new orders
    world.bank.signal('SIGSTOP');
    const ids = await Promise.all([1, 2, 3].map(() => at().enqueue('transfer', pay())));
    const unanswered = () => ids.every((id) => books.resultOf(id)?.reason === 'unanswered');
    try {
      await until('all of them unanswered', unanswered, WITHIN_MS);
    } finally {
      world.bank.signal('SIGCONT');
    }
    for (const id of ids) {
      expect(await books.final(id, WITHIN_MS)).toMatchObject({ outcome: 'succeeded' });
      expect(await timesExecuted(at(), `REF-${id}`)).toBe(1);
    }
  });
});

describe('orders of one key', { timeout: TEST_MS }, () => {
  it('leave one behind the other, and none passes one that is unknown', async () => {
    const { books, world } = at();
    // a try again (CI) is another story: orders of the first try were executed too
    const story = Date.now();
    const orderKey = `contract-${story}`;
    await world.control.addFault({ fault: { kind: 'hold' }, memo: `REF-ORDERED1${story}` });
    const bodies = [pay(), pay('77777.00'), pay()];
    const ids: string[] = [];
    for (const [i, body] of bodies.entries()) {
      const id = await at().enqueue('transfer', body, {
        businessRef: `REF-ORDERED${i + 1}${story}`,
        orderKey,
      });
      // first accepted, first sent: a queue may hand two jobs over in either order
      await at().taken(id);
      ids.push(id);
    }
    const other = await at().settle('transfer', pay(), { orderKey: `other-${story}` });
    expect(other).toMatchObject({ outcome: 'succeeded' });
    const unknown = () => books.resultOf(ids[0] ?? '')?.outcome === 'unknown';
    await until('the first unknown', unknown, WITHIN_MS);
    expect((await at().taken(ids[1] ?? '')).phase).toBe('received');
    await world.control.release();
    const finals = await Promise.all(ids.map((id) => books.final(id, WITHIN_MS)));
    expect(finals.map(({ outcome }) => outcome)).toEqual(['succeeded', 'failed', 'succeeded']);
    const { requests } = await world.control.requests();
    const sent = requests.filter(({ transaction }) => transaction === 'DLMDETRN');
    const order = sent.map(({ serial }) => finals.findIndex((one) => one.serial === serial));
    expect(order.filter((which) => which >= 0)).toEqual([0, 1, 2]);
  });
});

it('told one story, and the bank executed nothing twice', () => expectNothingTwice(at()));
