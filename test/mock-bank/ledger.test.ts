/** Whatever orders come in, and whatever becomes of them, money is neither made nor lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginning } from '../../mock-bank/bank/accounts.ts';
import type { Bank } from '../../mock-bank/bank/bank.ts';
import { settings } from '../../mock-bank/bank/settings.ts';
import type { Treatment } from '../../mock-bank/bank/treatment.ts';
import { citic } from '../../mock-bank/citic/dialect.ts';
import { pay } from '../../mock-bank/citic/gateway-orders.ts';
import { memberNumber } from '../../mock-bank/citic/members.ts';
import { violations } from '../../mock-bank/ledger/invariants.ts';
import { fen, yuan } from '../../mock-bank/ledger/money.ts';
import type { Message, Row } from '../../src/protocol/message.ts';
import { fieldsOf, ordered } from './ledger-orders.ts';
import { buyer, main, seller, start } from './support.ts';

const { repertoire } = citic;

const third = '3110700000000000033';
const members = [buyer, seller, third];

function newBank(payoutFee: string): Bank {
  const bank = beginning({
    settings: settings.parse({ payoutFee }),
    at: start,
    mainBalance: '50.00',
  });
  const { ledger, outside } = bank.books;
  for (const [index, number] of members.entries()) {
    const overdraft = index === 2 ? 5000n : 0n;
    ledger.open({ number, name: `会员${index}`, kind: 'member', at: start, overdraft });
    const amount = 10_000n;
    const other = { account: outside, name: '行外' };
    const legs = [
      { account: number, amount, other },
      { account: outside, amount: -amount, other },
    ];
    ledger.post({ at: start, type: '12', memo: '', legs });
  }
  const terms = { holder: '会员', bound: [], interestFrom: start - 100 * 86_400_000 };
  const parameters = { calInterestFlag: '1', interestRate: 36_000_000n };
  bank.books.terms.set(buyer, { ...terms, accType: '03', parameters });
  bank.books.terms.set(third, { ...terms, accType: '04', parameters });
  for (const kind of ['bid', 'order', 'top-up'] as const) {
    const account = kind === 'bid' ? bank.books.bids : bank.books.settlement;
    const order = { kind, number: kind, account, amount: 9000n, state: '01' } as const;
    pay(
      bank.books,
      { ...order, payer: { account: '6', name: 'x' }, memo: '', freeze: false },
      start,
    );
  }
  return bank;
}

const message = (fields: Row): Message => ({
  fields: { userName: 'u', ...fields },
  lists: {},
  head: {},
  extra: {},
});

const member = fc.constantFrom(...members, '3110700000000000044');
const amount = fc.bigInt({ min: 0n, max: 12_000n });
const serial = fc.constantFrom('S1', 'S2', 'S3', 'S4', 'S5', 'S6');
const treatment: fc.Arbitrary<Treatment | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  fc.record({
    kind: fc.constant('processing' as const),
    code: fc.constantFrom('AAAAAAA' as const, 'CCCCCCC' as const),
    asks: fc.nat(2),
    ms: fc.nat(2000),
  }),
  fc.record({
    kind: fc.constant('review' as const),
    code: fc.constant('AAAAAAB' as const),
    decision: fc.constantFrom('approve' as const, 'refuse' as const, 'withdraw' as const),
    ms: fc.nat(2000),
  }),
);

const transferred = fc.record({
  is: fc.constant('transfer' as const),
  type: fc.constantFrom('BF', 'BR', 'BS', 'BG', 'BH', 'XX'),
  from: member,
  to: member,
  serial,
  amount,
  flag: fc.constantFrom('0', '1'),
  freeze: fc.nat(5),
  whole: fc.boolean(),
  treatment,
});
const paidOut = fc.record({
  is: fc.constant('payout' as const),
  from: member,
  serial,
  amount,
  treatment,
});
const elsewhere = fc.record({
  is: fc.constant('order' as const),
  order: ordered(members, serial),
  treatment,
});
const credited = fc.record({
  is: fc.constant('credit' as const),
  account: member,
  kind: fc.constantFrom('credit' as const, 'interest' as const, 'fee' as const),
  amount: fc.bigInt({ min: 1n, max: 8000n }),
});
const moved = fc.record({
  is: fc.constantFrom('assign' as const, 'take-back' as const),
  member,
  entry: fc.nat(3),
  serial,
});
const returned = fc.record({
  is: fc.constant('return' as const),
  row: fc.nat(5),
  sameKey: fc.boolean(),
});
const asked = fc.record({ is: fc.constant('ask' as const), serial });
const waited = fc.record({ is: fc.constant('wait' as const), ms: fc.nat(1500) });
const step = fc.oneof(
  { weight: 4, arbitrary: elsewhere },
  transferred,
  paidOut,
  credited,
  moved,
  returned,
  asked,
  waited,
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(bank: Bank, given: Step, now: number): void {
  const { ledger, adjustment } = bank.books;
  switch (given.is) {
    case 'transfer': {
      const freeze = ledger.freezes()[given.freeze];
      const fields = {
        clientID: given.serial,
        accountNo: main,
        tranType: given.type,
        payAccNo: given.whole && freeze !== undefined ? freeze.account : given.from,
        recvAccNo: given.whole && freeze !== undefined ? freeze.returnTo : given.to,
        tranAmt: given.whole && freeze !== undefined ? freeze.amount : given.amount,
        freezeNo: freeze?.number ?? '',
        tranFlag: given.flag,
      };
      bank.receive(repertoire, 'DLMDETRN', message(fields), now, given.treatment);
      return;
    }
    case 'payout': {
      const fields = {
        clientID: given.serial,
        accountNo: given.from,
        recvAccNo: '6',
        tranAmt: given.amount,
      };
      bank.receive(repertoire, 'DLFCSOUT', message(fields), now, given.treatment);
      return;
    }
    case 'order':
      bank.receive(
        repertoire,
        given.order.code,
        message(fieldsOf(bank, given.order)),
        now,
        given.treatment,
      );
      return;
    case 'credit':
      bank.credit({ ...given, payer: { account: '6', name: 'x' }, memo: '' }, now);
      return;
    case 'assign':
    case 'take-back': {
      const entry = ledger.entries().filter(({ waiting }) => waiting !== undefined)[given.entry];
      const key = {
        clientID: given.serial,
        hostDate: entry?.date ?? '',
        hostFlw: entry?.number ?? '',
        hostSeq: entry?.sequence ?? '',
        tranAmt: entry?.amount ?? 1n,
      };
      const assigning = { ...key, accountNo: adjustment, recvAccNo: given.member };
      const back = { ...key, accountNo: main, payAccNo: given.member, recvAccNo: adjustment };
      if (given.is === 'assign') bank.receive(repertoire, 'DLTRSFIN', message(assigning), now);
      else bank.receive(repertoire, 'DLWFDRTN', message(back), now);
      return;
    }
    case 'return': {
      const row = ledger.entries().filter(({ type }) => type === '23')[given.row];
      const when = { at: now, visibleAt: now };
      if (row !== undefined) bank.returnPayout(row, { sameKey: given.sameKey, when });
      return;
    }
    case 'ask':
      bank.receive(repertoire, 'DLCIDSTT', message({ clientID: given.serial, type: '' }), now);
      return;
    case 'wait':
      bank.tick(now);
  }
}

describe('the ledger', () => {
  it('keeps its invariants under any orders, faults, credits, returns and waiting', () => {
    const fee = fc.constantFrom('0.00', '1.00');
    fc.assert(
      fc.property(fee, fc.array(step, { maxLength: 60, size: 'max' }), (payoutFee, steps) => {
        const bank = newBank(payoutFee);
        let now = start;
        for (const given of steps) {
          now += given.is === 'wait' ? given.ms : 1;
          take(bank, given, now);
          expect(violations(bank.books.ledger)).toEqual([]);
        }
        bank.tick(now + 2_000_000);
        expect(violations(bank.books.ledger)).toEqual([]);
        const booked = bank.orders.all().filter(({ state }) => state === 'booked').length;
        expect(bank.orders.executions()).toHaveLength(booked);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses legs that do not balance, and books none of them', () => {
    const bank = newBank('0.00');
    const { ledger } = bank.books;
    const leg = { account: buyer, amount: 1n, other: { account: '', name: '' } };
    expect(() => ledger.post({ at: start, type: '11', memo: '', legs: [leg] })).toThrow('DEFECT');
    expect(ledger.account(buyer)?.balance).toBe(10_000n);
  });

  it('an order that was right at the door fails when it is no longer right', () => {
    const bank = newBank('0.00');
    const order = { accountNo: buyer, recvAccNo: '6', tranAmt: 10_000n };
    bank.receive(repertoire, 'DLFCSOUT', message({ clientID: 'A', ...order }), start);
    bank.receive(repertoire, 'DLFCSOUT', message({ clientID: 'B', ...order }), start);
    bank.tick(start + 500);
    expect(bank.orders.all().map(({ state }) => state)).toEqual(['booked', 'failed']);
    expect(violations(bank.books.ledger)).toEqual([]);
  });
});

describe('money and numbers', () => {
  it('yuan and fen are one', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), (value) => {
        expect(fen(yuan(value))).toBe(value);
      }),
    );
  });

  it.each([
    ['311070000000', '1234567', '3110700000001234567'],
    ['31107', '12345678901234', '3110712345678901234'],
    ['311070000000', '123456', undefined],
    ['311070000000', '12345678901234', undefined],
    ['311070000000', '123456x', undefined],
  ])('prefix %s and tail %s', (prefix, tail, number) => {
    expect(memberNumber(prefix, tail)).toBe(number);
  });
});
