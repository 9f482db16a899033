/** One good message of every kind that stands on a queue, as a ledger sees it. */
import type { Envelope } from '../../src/instruction/envelope.ts';
import type { Contradiction, Rejection, Result } from '../../src/instruction/messages.ts';
import type { Notice } from '../../src/instruction/notices.ts';
import { instruction } from './ground.ts';

const at = '2026-09-24T10:00:01.250+08:00';

export const envelopes: Envelope[] = [
  instruction('A1'),
  instruction('7', {
    businessRef: 'PO-7',
    orderKey: 'member-12',
    after: 'A1',
    notBefore: '2026-09-24T12:00:00+08:00',
    meta: { user: '12' },
  }),
];

const known = {
  v: 1,
  type: 'result',
  id: 'A1',
  link: 'citic',
  serial: '202609240A1B2C3D4E5F',
  at,
} as const;

export const unknown: Result = {
  ...known,
  version: 4,
  final: false,
  outcome: 'unknown',
  reason: 'unanswered',
  sent: 'maybe',
};

export const succeeded: Result = {
  ...known,
  version: 9,
  final: true,
  outcome: 'succeeded',
  sent: 'yes',
  code: 'AAAAAAA',
  proof: { kind: 'inquiry', record: 17, spec: 'ab12' },
  data: { freezeNumber: '00012' },
  businessRef: 'PO-7',
  meta: { user: '12' },
};

export const rejection: Rejection = {
  v: 1,
  type: 'rejection',
  id: 'A1',
  link: 'citic',
  why: 'conflict',
  code: 'ID_CONFLICT',
  text: 'this id is known with other content; the first request is not touched',
  digestKnown: 'aa',
  digestGiven: 'bb',
  at,
};

export const contradiction: Contradiction = {
  v: 1,
  type: 'contradicted',
  id: 'A1',
  link: 'citic',
  version: 21,
  final: 'failed',
  evidence: 'succeeded',
  at,
  proof: { kind: 'inquiry', record: 30 },
};

export const credit: Notice = {
  v: 1,
  type: 'credit',
  link: 'citic',
  version: 31,
  account: '7110210187000012345',
  day: '20260924',
  time: '101500',
  key: '20260924-000123-1',
  identity: 'bank-key',
  amount: '100.00',
  direction: 'in',
  payer: { account: '6217001234567890123', name: '张三', bankName: '中国银行' },
  sameName: true,
  entry: { number: '000123', sequence: '1', date: '20260924' },
  digest: 'cc',
  confirmedBy: 'statement',
  at,
};

export const returned: Notice = {
  ...credit,
  type: 'payout-returned',
  version: 32,
  amount: '-12.30',
  direction: 'out',
  of: 'A1',
  candidates: ['A1'],
};

/** What the bank said by itself: announced money, and the end of a question. */
export const bankNotices = [
  {
    v: 1,
    type: 'expected',
    link: 'pingan',
    version: 7,
    key: '1310/20260924/26092400000000000077',
    transaction: '1310',
    day: '20260924',
    data: { account: '888800000000001', amount: '500.00' },
    confirmedBy: 'push',
    at: '2026-09-24T10:00:00.000Z',
  },
  {
    v: 1,
    type: 'released',
    link: 'pingan',
    version: 9,
    key: '1312/20260924/26092400000000000078',
    transaction: '1312',
    day: '20260924',
    data: { account: '888800000000001', amount: '20.00' },
    confirmedBy: 'nothing',
    question: '1312/20260924/26092400000000000078',
    at: '2026-09-24T10:00:00.000Z',
  },
];

export const question = {
  v: 1,
  type: 'question',
  link: 'pingan',
  version: 8,
  key: '1019/20260924/26092400000000000079',
  transaction: '1019',
  day: '20260924',
  asks: 'member-balance',
  data: { account: '888800000000001' },
  answerBy: '2026-09-24T10:00:20.000Z',
  at: '2026-09-24T10:00:00.000Z',
};

export const seal = {
  v: 1,
  type: 'seal',
  journal: '0123456789abcdef0123456789abcdef',
  number: 2,
  day: '20260303',
  hash: 'a'.repeat(64),
  previous: 'b'.repeat(64),
  first: 19,
  last: 40,
  records: 22,
  chain: 'c'.repeat(64),
};
