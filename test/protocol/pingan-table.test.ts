/**
 * The transactions of 交易资金 and 见证宝 seen as tables: which there are, what asks about each, what only looks
 * the same, and what may be shown of them.
 */
import { describe, expect, it } from 'vitest';
import { inquiryRulesFor } from '../../src/protocol/judge.ts';
import { isList, layoutOf, typeOf } from '../../src/protocol/layout.ts';
import type { BankSpec, Field, Transaction } from '../../src/protocol/spec.ts';
import { readSpec } from '../../src/spec-directory.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

const banks = {
  pingan_trading: {
    spec: readSpec('protocol-specs/pingan_trading'),
    target: '03',
    orders: {
      '1325': words('1313 1316 1318'),
      // nothing tells whether the network is signed in
      none: words('1330'),
    },
    queries: words('1010 1324 1325'),
    pushes: words('1019 1301 1303 1310 1312 1315 1326'),
  },
  pingan_jzb: {
    spec: readSpec('protocol-specs/pingan_jzb'),
    target: '13',
    orders: {
      '6014': words('6005 6006 6031 6033 6034 6056 6085'),
      // by the member code: the account itself
      '6037': words('6000'),
      none: words('6007 6008 6055 6064 6065 6066 6067 6077'),
    },
    queries: words('6010 6011 6014 6027 6037 6048 6050 6072 6073'),
    pushes: [],
  },
} as const;

interface Bank {
  readonly spec: BankSpec;
  readonly target: string;
  readonly orders: Readonly<Record<string, readonly string[]>>;
  readonly queries: readonly string[];
  readonly pushes: readonly string[];
}

const cases = Object.entries<Bank>(banks);
const askedBy = ({ inquiry }: Transaction): string =>
  typeof inquiry === 'object' ? inquiry.transaction : (inquiry ?? 'nothing');
const allOf = (spec: BankSpec): Transaction[] => [...spec.transactions.values()];
const ordersOf = (spec: BankSpec): Transaction[] =>
  allOf(spec).filter(({ kind }) => kind === 'movement' || kind === 'maintenance');
const codes = (found: readonly Transaction[]): string[] => found.map(({ code }) => code).sort();

interface Placed {
  readonly place: string;
  readonly field: Field;
}

const fieldsOf = (one: Transaction): Placed[] =>
  (['request', 'answer'] as const).flatMap((side) =>
    one[side]
      .flatMap((part) => (isList(part) ? part.fields : [part]))
      .map((field) => ({ place: `${one.code} ${side} ${field.name}`, field })),
  );

describe.each(cases)('%s', (_, bank) => {
  const { spec } = bank;
  const fields = allOf(spec).flatMap(fieldsOf);
  const placesOf = (found: readonly Placed[]) => found.map(({ place }) => place);

  it('has these transactions and no other', () => {
    const named = [...Object.values(bank.orders).flat(), ...bank.queries, ...bank.pushes];
    expect([...spec.transactions.keys()].sort()).toEqual([...named].sort());
    expect(codes(allOf(spec).filter(({ kind }) => kind === 'query'))).toEqual(bank.queries);
    expect(codes(allOf(spec).filter(({ kind }) => kind === 'push'))).toEqual(bank.pushes);
  });

  it.each(Object.entries(bank.orders))('%s is what asks about its orders', (query, asked) => {
    expect(codes(ordersOf(spec).filter((one) => askedBy(one) === query))).toEqual(asked);
  });

  it('has a table for every inquiry, and no answer that ends an order which can be asked about', () => {
    for (const { code, inquiry, verdicts } of ordersOf(spec)) {
      if (typeof inquiry !== 'object') continue;
      expect([code, verdicts]).toEqual([code, 'movement']);
      expect(inquiryRulesFor(spec, inquiry)?.length).toBeGreaterThan(1);
    }
    const { movement = [] } = spec.protocol.verdicts;
    expect(movement.map(({ says }) => says)).not.toContain('succeeded');
  });

  it('has heads of 222 and 122 bytes, for its own target', () => {
    const { framing } = spec.protocol;
    const heads = framing.type === 'heads' ? framing.heads : [];
    const sizes = heads.map(({ parts }) => parts.reduce((sum, { bytes }) => sum + bytes, 0));
    expect(sizes).toEqual([222, 122]);
    expect(heads[0]?.parts.find(({ name }) => name === 'target')?.fixed).toBe(bank.target);
  });

  it('carries the serial of an order in both heads, and in no field of its own', () => {
    const { framing } = spec.protocol;
    const parts = framing.type === 'heads' ? framing.heads.flatMap((head) => head.parts) : [];
    for (const name of ['reference', 'thirdLogNo']) {
      const request = parts.find((part) => part.name === name)?.request;
      expect(request).toBe('$serial|$packet.reference');
    }
    expect(Object.values(spec.protocol.owned)).not.toContain('$serial');
  });

  it('believes a code only where both heads say it', () => {
    const tables = [
      ...Object.values(spec.protocol.verdicts),
      ...allOf(spec).flatMap(({ asInquiry, verdicts }) => [
        asInquiry ?? [],
        Array.isArray(verdicts) ? verdicts : [],
      ]),
    ];
    const deciding = tables.flat().filter(({ says }) => says !== 'unknown' && says !== 'pending');
    // the last of `query`: whatever a query was refused with, nothing was changed
    const open = deciding.filter(({ when }) => when === undefined);
    expect(open.map(({ says }) => says)).toEqual(['failed']);
    for (const { when } of deciding.filter((rule) => rule.when !== undefined)) {
      expect(when?.returnCode).toEqual(when?.rspCode);
    }
  });

  it('needs no field that a sample leaves empty, and says yes or no of each', () => {
    expect(placesOf(fields.filter(({ field }) => field.need === 'conditional'))).toEqual([]);
    expect(
      placesOf(fields.filter(({ field }) => field.zh === '保留域' && field.need !== 'no')),
    ).toEqual([]);
  });

  it('masks money, accounts, names, whatever may say anything, and secrets', () => {
    const wanted: [RegExp | ((field: Field) => boolean), string][] = [
      [({ type }) => typeOf(type).kind === 'decimal', 'amount'],
      [/(账号|会员代码|证件号码|手机号码)$/, 'account'],
      [/(户名|会员名称|昵称)$/, 'name'],
      [/(备注|保留域|地址|邮箱|内容|说明)$/, 'text'],
      [/(签名|验证码)$/, 'secret'],
    ];
    for (const [which, mask] of wanted) {
      const found = fields.filter(({ field }) =>
        which instanceof RegExp ? which.test(field.zh) : which(field),
      );
      expect(placesOf(found.filter(({ field }) => field.mask !== mask))).toEqual([]);
    }
  });

  it('counts the rows of every list by a field before it', () => {
    for (const one of allOf(spec)) {
      for (const { list } of layoutOf(one, 'answer').lists.values()) {
        expect(['RecordNum', 'TotalCount']).toContain(list.count);
      }
    }
  });

  it('lets nobody but the link name the supervised account', () => {
    const given = ordersOf(spec).flatMap(({ code, request }) =>
      request.flatMap((part) =>
        !isList(part) && part.name === 'SupAcctId' && !part.owned ? [code] : [],
      ),
    );
    expect(given).toEqual([]);
  });
});
