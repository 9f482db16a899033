/** Ping An B2Bi's transactions seen as one table: what asks about each, what each code means, what may be shown. */
import { describe, expect, it } from 'vitest';
import { inquiryRulesFor, judge, rulesFor, type Verdict } from '../../src/protocol/judge.ts';
import { isList, typeOf } from '../../src/protocol/layout.ts';
import type { Row } from '../../src/protocol/message.ts';
import type { Field, Transaction } from '../../src/protocol/spec.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { transaction } from './ground.ts';

const b2bi = readSpec('protocol-specs/pingan_b2bi');
const all = [...b2bi.transactions.values()];
const movements: Record<string, string> = {
  '4004': '4005',
  '4014': '4015',
  '4018': '4015',
  '4047': '4048',
};
const queries = ['S001', '4001', '4005', '4012', '4013', '4015', '4019', '4048'];

const codes = (name: string): readonly string[] =>
  (b2bi.protocol.codes[name] ?? []).map((code) => code.replace(/\*$/, '099'));

/** `says ended reason`, as the table has them. */
const brief = ({ says, ended, reason }: Verdict): string =>
  [says, ended, reason].filter((part) => part !== undefined).join(' ');
const message = (returnCode: string, fields: Row = {}, rows: Row[] = []) => ({
  head: { returnCode },
  fields,
  lists: rows.length === 0 ? {} : { list: rows },
  extra: {},
});
const direct = (code: string, returnCode: string): string =>
  brief(judge(b2bi, rulesFor(b2bi, code), message(returnCode)));

/** What the query of `code` says about it. */
function asked(
  code: string,
  returnCode: string,
  fields: Row = {},
  rows: Row[] = [],
  sent = rows.length,
): string {
  const { inquiry } = transaction(b2bi, code);
  if (typeof inquiry !== 'object') throw new Error(`${code} has no inquiry`);
  const rules = inquiryRulesFor(b2bi, inquiry) ?? [];
  return brief(judge(b2bi, rules, message(returnCode, fields, rows), {}, sent));
}

const theirs = ['YQ0001', 'YQ999'];
/** no source says who makes them, or that they end anything */
const anybodys = ['yq9993', '00000', '0000000', 'E00005', 'E00009', 'MA9111', 'EBLN01', '9002'];
const unlisted = [...theirs, ...anybodys];

describe('the transactions', () => {
  it('are those of target 01 whose fields are known', () => {
    expect([...b2bi.transactions.keys()].sort()).toEqual(
      [...Object.keys(movements), ...queries].sort(),
    );
  });

  it('move money and are asked about, or move none', () => {
    const asking = all.flatMap(({ code, inquiry }) =>
      typeof inquiry === 'object' ? [[code, inquiry.transaction]] : [],
    );
    expect(Object.fromEntries(asking)).toEqual(movements);
    const others = all.filter(({ kind }) => kind !== 'movement').map(({ kind }) => kind);
    expect(others).toEqual(queries.map(() => 'query'));
  });

  it.each(Object.keys(movements))('%s carries our serial and is asked about by it', (code) => {
    const { inquiry, request } = transaction(b2bi, code);
    const voucher = request.find((part) => !isList(part) && part.name === 'ThirdVoucher');
    expect(voucher).toMatchObject({ owned: true, type: 'char(20)' });
    expect(typeof inquiry === 'object' && Object.values(inquiry.request)[0]).toBe('$serial');
  });
});

describe.each(Object.keys(movements))('the direct answer to %s', (code) => {
  it.each([
    ['000000', 'pending accepted'],
    ...codes('duplicate').map((one) => [one, 'unknown indeterminate']),
    ...codes('throttled').map((one) => [one, 'unknown indeterminate throttled']),
    ...codes('clientSide').map((one) => [one, 'unknown client-side']),
    ...codes('meaningUnknown').map((one) => [one, 'unknown indeterminate']),
    ...codes('refused').map((one) => [one, 'failed refused refused-by-bank']),
    ...['YQ9996', ...theirs].map((one) => [one, 'unknown unlisted refused-unconfirmed']),
    // else a denial by 4005 would make a failed of a payment that lies in the front end, or is on its way
    ...['', ...anybodys].map((one) => [one, 'unknown indeterminate refused-unconfirmed']),
  ])('%j: %s', (returnCode, expected) => {
    expect(direct(code, returnCode)).toBe(expected);
  });

  it('is never a success', () => {
    expect(rulesFor(b2bi, code).filter(({ says }) => says === 'succeeded')).toEqual([]);
  });
});

describe.each(queries)('the answer to %s', (code) => {
  it.each([
    ['000000', 'succeeded'],
    ['YQ9996', 'succeeded empty'],
    ...codes('throttled').map((one) => [one, 'unknown throttled']),
    ...[...codes('clientSide'), ...codes('meaningUnknown')].map((one) => [one, 'unknown']),
    ...[...codes('refused'), ...unlisted].map((one) => [one, 'failed refused-by-bank']),
  ])('%j: %s', (returnCode, expected) => {
    expect(direct(code, returnCode)).toBe(expected);
  });
});

describe.each(Object.keys(movements))('a question about %s', (code) => {
  it.each([
    ['YQ9996', 'none'],
    ...codes('throttled').map((one) => [one, 'unknown throttled']),
    ...['', '000000', ...codes('refused'), ...unlisted].map((one) => [one, 'unknown']),
    ...[...codes('clientSide'), ...codes('meaningUnknown')].map((one) => [one, 'unknown']),
  ])('that is answered %j alone: %s', (returnCode, expected) => {
    expect(asked(code, returnCode)).toBe(expected);
  });

  it('is not decided by a state that came with an error', () => {
    const row = { Stt: '30', stt: 'YQ9979' };
    const states = { Stt: '30', BStt: '3', batchSTT: '30', IsEnd: 'Y', successCts: '0' };
    expect(asked(code, 'YQ9976', { ...states, processCts: '0', faildCts: '1' }, [row])).toBe(
      'unknown',
    );
  });
});

describe('4005 about a transfer', () => {
  it.each([
    ['20', '', 'succeeded'],
    ['20', '000000:转账交易成功', 'succeeded'],
    ['20', 'MA9112:转账失败', 'unknown undecidable'],
    ['20', '000000:交易受理成功待处理', 'unknown undecidable'],
    ['30', '', 'failed refused-by-bank'],
    ['30', 'MA9112:转账失败', 'failed refused-by-bank'],
    ['30', 'RJ0001:户名不符', 'failed refused-by-bank'],
    ['30', '000000:转账交易成功', 'unknown undecidable'],
    ['30', 'MA9111:处理中', 'unknown undecidable'],
    ['30', '交易处理中', 'unknown undecidable'],
    ['40', 'MA9112:转账失败', 'pending'],
    ['020', '', 'pending'],
    ['', '000000:转账交易成功', 'unknown'],
  ])('state %j with %j: %s', (Stt, Yhcljg, expected) => {
    expect(asked('4004', '000000', { Stt, Yhcljg })).toBe(expected);
  });

  it('a payment that came back was paid: its return is news of its own', () => {
    expect(asked('4004', '000000', { Stt: '20', IsBack: '1', BackRem: 'RJ01' })).toBe('succeeded');
  });
});

describe('4015 about a batch', () => {
  const paid = { Stt: '20', Yhcljg: '000000:转账交易成功' };
  const failed = { Stt: '30', Yhcljg: 'MA9112:转账失败' };
  const onItsWay = { Stt: '40' };
  const counts = (success: string, faild: string, process: string): Row => ({
    successCts: success,
    faildCts: faild,
    processCts: process,
    IsEnd: 'Y',
  });
  const about = (batchSTT: string, fields: Row, ...rows: Row[]): string =>
    asked('4018', '000000', { batchSTT, ...fields }, rows);

  it('is a success only where every payment was made', () => {
    expect(about('20', counts('2', '0', '0'), paid, paid)).toBe('succeeded');
    expect(about('20', counts('2', '0', '0'), paid, failed)).toBe('unknown undecidable');
    expect(about('20', counts('2', '0', '0'))).toBe('unknown undecidable');
    expect(about('20', { ...counts('2', '0', '0'), IsEnd: 'N' }, paid, paid)).toBe(
      'unknown undecidable',
    );
    expect(about('30', counts('2', '0', '0'), paid, paid)).toBe('unknown undecidable');
  });

  it('is a failure only where none was made or may be', () => {
    expect(about('30', counts('0', '2', '0'), failed, failed)).toBe('failed refused-by-bank');
    expect(about('20', counts('0', '2', '0'), failed, failed)).toBe('failed refused-by-bank');
    expect(about('30', counts('0', '2', '0'), failed, paid)).toBe('unknown undecidable');
    expect(about('30', counts('0', '2', '0'), failed, onItsWay)).toBe('unknown undecidable');
    expect(about('30', counts('0', '0', '0'))).toBe('unknown undecidable');
    expect(about('30', {}, failed)).toBe('unknown');
  });

  it('decides nothing where a payment that was sent is not shown', () => {
    const short = (state: string, one: Row, fields: Row) =>
      asked('4018', '000000', { batchSTT: state, ...fields }, [one], 2);
    expect(short('20', paid, counts('1', '0', '0'))).toBe('unknown undecidable');
    expect(short('30', failed, counts('0', '1', '0'))).toBe('unknown undecidable');
  });

  it('with a part paid is nobody’s failure and no success', () => {
    for (const state of ['20', '30']) {
      expect(about(state, counts('1', '1', '0'), paid, failed)).toBe('unknown undecidable');
    }
  });

  it('waits while something is on its way', () => {
    expect(about('10', counts('1', '0', '1'), paid, onItsWay)).toBe('pending');
    expect(about('20', counts('1', '0', '1'), paid, onItsWay)).toBe('pending');
  });

  it('does not believe a state that its own text contradicts', () => {
    const odd = { Stt: '30', Yhcljg: '000000:转账交易成功' };
    expect(about('30', counts('0', '2', '0'), failed, odd)).toBe('unknown undecidable');
  });
});

describe('4048 about a payroll', () => {
  const about = (BStt: string, ...items: string[]): string =>
    asked(
      '4047',
      '000000',
      { BStt },
      items.map((stt) => ({ stt })),
    );

  it('decides where all items agree', () => {
    expect(about('4', '000000', '000000')).toBe('succeeded');
    expect(about('4', '000000', 'YQ9979')).toBe('unknown undecidable');
    expect(about('4', 'YQ9979')).toBe('unknown undecidable');
    expect(about('4')).toBe('unknown undecidable');
    expect(about('3')).toBe('failed refused-by-bank');
    expect(about('3', 'YQ9979')).toBe('failed refused-by-bank');
    expect(about('3', 'YQ9979', '000000')).toBe('unknown undecidable');
    expect(about('3', 'YQ9976')).toBe('unknown undecidable');
    expect(about('3', 'MA9111')).toBe('unknown undecidable');
    expect(about('2')).toBe('pending');
    expect(about('')).toBe('unknown');
    expect(asked('4047', '000000', { BStt: '4' }, [{ stt: '000000' }], 2)).toBe(
      'unknown undecidable',
    );
  });
});

/** Every field of a transaction, in lists too. */
const fieldsOf = (one: Transaction) =>
  (['request', 'answer'] as const).flatMap((side) =>
    one[side]
      .flatMap((part) => (isList(part) ? part.fields : [part]))
      .map((field) => ({ place: `${one.code} ${side} ${field.name}`, field })),
  );
const placesWhere = (fits: (field: Field) => boolean): string[] =>
  all
    .flatMap(fieldsOf)
    .filter(({ field }) => fits(field))
    .map(({ place }) => place);

describe('a field', () => {
  it('that is needed now and then says when', () => {
    const silent = ({ need, requiredWhen, emptyWhen, oneOf, unstated }: Field) =>
      need === 'conditional' && !requiredWhen && !emptyWhen && !oneOf && !unstated;
    expect(placesWhere(silent)).toEqual([]);
  });

  it('of money, an account, a name or free text has a mask', () => {
    const money = ({ type }: Field) => typeOf(type).kind === 'decimal';
    expect(placesWhere((field) => money(field) && field.mask !== 'amount')).toEqual([]);
    const of = (pattern: RegExp, mask: Field['mask']) =>
      placesWhere((field) => pattern.test(field.zh) && field.mask !== mask);
    expect(of(/(账号|账户)$/, 'account')).toEqual([]);
    expect(of(/(账户名称|户名)$/, 'name')).toEqual([]);
    const open = /(摘要|备注|附言|用途|地址|手机号|证件号码|预留字段|描述|原因|信息|结果)$/;
    expect(placesWhere(({ zh, mask }) => open.test(zh) && mask === 'none')).toEqual([]);
  });
});
