/** Rules for what the bank sends by itself, each broken alone in CITIC's spec with an invented push laid over it. */
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { faultsOf, files } from './ground.ts';

const field = (name: string, type: string, more: object = {}) => ({
  name,
  zh: '词',
  en: 'word',
  type,
  ...more,
});

const action = (code: string) => field('action', 'char(8)', { fixed: code, owned: true });

const transaction = (code: string, push: object, more: object = {}) => ({
  code,
  zh: '通知',
  en: 'a push',
  purpose: 'a test',
  kind: 'push',
  sources: ['C1'],
  request: [
    action(code),
    field('flag', 'char(1)', { values: { '1': 'one', '2': 'two' } }),
    field('number', 'char(20)'),
    field('day', 'date'),
    field('account', 'varchar(19)', { mask: 'account' }),
    field('amount', 'decimal(15,2)', { mask: 'amount' }),
  ],
  answer: [
    field('status', 'char(7)'),
    field('statusText', 'varchar(254)'),
    field('ours', 'char(20)'),
  ],
  push: {
    identity: { day: 'day', serial: 'number' },
    accepted: { code: 'AAAAAAA', text: '' },
    fields: { ours: '$ack.number' },
    ...push,
  },
  ...more,
});

const shownBy = {
  sweep: 'members',
  day: '$request.day',
  matches: { TRANAMT: '$request.amount', subAccNo: '$request.account' },
};
const hint = { role: 'hint', shownBy, data: { account: '$request.account' } };
const told = { notice: 'member-opened', data: { account: '$request.account' } };
const event = { role: 'event', tells: [told] };
const question = {
  role: 'question',
  asks: 'member-balance',
  data: { account: '$request.account' },
  takes: { total: { type: 'amount', zh: '总', en: 'total', unit: 'fen', mask: 'amount' } },
  fields: { ours: '$reply.total' },
  unanswered: 'close',
};

/** What loading says of CITIC's spec with these pushes; the plants are all of HINT unless another is named. */
const faults = (...pushes: ReturnType<typeof transaction>[]): string[] =>
  faultsOf(
    new Map([
      ...files,
      ...pushes.map((one): [string, string] => [`transactions/${one.code}.yaml`, stringify(one)]),
    ]),
  ).map((fault) => fault.replace('transactions/', ''));

describe('a push', () => {
  it('of each role loads', () => {
    expect(
      faults(
        transaction('HINT', hint),
        transaction('EVENT', event),
        transaction('QUESTION', question),
      ),
    ).toEqual([]);
  });

  it.each([
    ['means something', { kind: 'push', push: undefined }, 'push — missing: what it means'],
    ['has no verdicts', { verdicts: 'query' }, 'verdicts — not for what the bank sends by itself'],
    ['has no inquiry', { inquiry: 'none' }, 'inquiry — not for what the bank sends by itself'],
  ])('%s', (_, more, fault) => {
    expect(faults(transaction('HINT', hint, more))).toContain(`HINT.yaml:${fault}`);
  });

  it.each([
    [
      'is named by something it carries',
      { ...hint, identity: { day: 'date', serial: 'number' } },
      'push.identity.day — no field and no part of a head: date',
    ],
    [
      'has its answer made whole',
      { ...hint, fields: {} },
      'push.fields — nothing goes into ours, which is required',
    ],
    [
      'answers with what it knows',
      { ...hint, fields: { ours: '$reply.total' } },
      'push.fields.ours — $reply.total means nothing here',
    ],
    [
      'is shown by a statement that is swept',
      { ...hint, shownBy: { ...shownBy, sweep: 'credit' } },
      'push.shownBy.sweep — no statement credit in protocol.yaml: credits',
    ],
    [
      'is compared with fields of its rows',
      { ...hint, shownBy: { ...shownBy, matches: { amount: '$request.amount' } } },
      'push.shownBy.matches.amount — no such field in a row of the statement',
    ],
    [
      'tells of itself what it has',
      { ...hint, data: { account: '$request.acct' } },
      'push.data.account — $request.acct means nothing here',
    ],
    [
      'tells by values its field has',
      { ...event, tells: [{ ...told, when: { flag: ['3'] } }] },
      'push.tells.0.when.flag — 3 is not one of its values',
    ],
    [
      'tells nothing behind what fits all',
      { ...event, tells: [told, { ...told, notice: 'member-closed' }] },
      'push.tells.0 — nothing after this one is ever reached',
    ],
    [
      'is confirmed by another that the bank sends',
      {
        ...event,
        tells: [{ ...told, confirmedBy: { transaction: 'DLMDETRN', here: 'account', there: 'x' } }],
      },
      'push.tells.0.confirmedBy.transaction — DLMDETRN is no event that the bank sends',
    ],
    [
      'says how it is refused',
      { ...question, unanswered: 'refuse' },
      'push.unanswered — does not say how it is refused',
    ],
    [
      'masks what a ledger answers',
      { ...question, takes: { total: { type: 'amount', zh: '总', en: 'total' } } },
      'push.takes.total.mask — a field of type amount needs a mask',
    ],
  ])('%s', (_, push, fault) => {
    expect(faults(transaction('HINT', push))).toContain(`HINT.yaml:${fault}`);
  });

  it('is ordered by nobody', () => {
    const operations = `${files.get('operations.yaml')}
  push: { zh: 推, en: push, transaction: EVENT, serial: none, body: {}, fields: {} }
`;
    const found = faultsOf(
      new Map([
        ...files,
        ['operations.yaml', operations],
        ['transactions/EVENT.yaml', stringify(transaction('EVENT', event))],
      ]),
    );
    expect(found).toContain(
      'operations.yaml:operations.push.transaction — the bank sends it, nobody else',
    );
  });
});
