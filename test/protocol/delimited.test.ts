/** Goal: a body without names is written only so that it can be read in one way, and read only if it fits. */
import { describe, expect, it } from 'vitest';
import { answerFields, answerNames, answerRows } from '../../src/protocol/answer.ts';
import { decodeAnswer, decodeRequest, readAction } from '../../src/protocol/decode.ts';
import { encodeAnswer, encodeRequest, valuesOf } from '../../src/protocol/encode.ts';
import { judge, rulesFor, selectRows } from '../../src/protocol/judge.ts';
import type { Values } from '../../src/protocol/message.ts';
import { operation } from '../../src/protocol/spec.ts';
import { errorOf } from './ground.ts';
import { amp, bodyOf, HEADS, packet } from './other-banks.ts';

const request = (values: Values, head: Record<string, string> = {}): string =>
  bodyOf(encodeRequest(amp, 'LIST', { name: '张三', ...values }, 'GBK', head), HEADS);
const refused = (values: Values) => errorOf(() => request(values));

const answered = (body: string, code = 'LIST') =>
  decodeAnswer(amp, code, packet(code, '0000', '成功', body));
const unreadable = (body: string, code = 'LIST') => errorOf(() => answered(body, code));

describe('a request', () => {
  it('is every field in its order, each with its delimiter, empty ones too', () => {
    expect(request({})).toBe('张三&&&&&');
    expect(request({ day: '20260105', amount: 1230n })).toBe('张三&20260105&12.30&&&');
  });

  it('stands behind its heads, whose lengths count encoded bytes', () => {
    const head = { code: 'LIST', say: '你好', payer: '12345678' };
    const bytes = encodeRequest(amp, 'LIST', { name: '张三' }, 'GBK', head);
    const text = bodyOf(bytes, 0);
    expect(text).toBe('K0009LIST    你好      12345678    张三&&&&&');
    expect(readAction(amp, bytes)).toBe('LIST');
    expect(decodeRequest(amp, 'LIST', bytes)).toEqual({
      head: { mark: 'K', size: '9', code: 'LIST', say: '你好', payer: '12345678' },
      fields: { name: '张三' },
      lists: {},
      extra: {},
    });
  });

  it('flattens its rows in place and counts them', () => {
    const pays = [
      { no: '1', sum: '1.00' },
      { no: '2', sum: 250n },
    ];
    expect(request({ pays })).toBe('张三&&&2&1&1.00&2&2.50&&');
    expect(request({ pays, n: '2' })).toBe('张三&&&2&1&1.00&2&2.50&&');
    expect(request({ pays: [], Reserve: 'x' })).toBe('张三&&&0&x&');
    expect(refused({ pays, n: '3' })).toBe('FIELD_FORMAT n (there are 2 rows)');
    expect(refused({ n: '1' })).toBe('FIELD_FORMAT n (there are 0 rows)');
  });

  it.each([
    ['the delimiter', { name: 'a&b' }, 'FIELD_FORMAT name (no &)'],
    ['the delimiter in a row', { pays: [{ no: '&', sum: '1' }] }, 'FIELD_FORMAT pays.0.no (no &)'],
    ['a line break', { name: 'a\nb' }, 'FIELD_FORMAT name (varchar(10))'],
    ['a carriage return', { Reserve: 'a\r' }, 'FIELD_FORMAT Reserve (text)'],
    [
      'too many bytes of GBK',
      { name: '一二三四五六' },
      'FIELD_TOO_LONG name (12 bytes, at most 10)',
    ],
    ['what GBK cannot carry', { name: '😀' }, 'FIELD_UNENCODABLE name (U+1F600)'],
    ['no value where one is needed', { name: '' }, 'FIELD_MISSING name'],
    [
      'more rows than may be',
      { pays: [{}, {}, {}, {}] },
      'FIELD_TOO_LONG pays (4 rows, at most 3)',
    ],
    ['a field nobody knows', { nom: 'x' }, 'FIELD_UNKNOWN nom'],
    ['a row that is none', { 'pays.none': [{ no: '1' }] }, 'FIELD_UNKNOWN pays.none'],
  ])('refuses %s', (_, values, error) => {
    expect(refused(values as Values)).toBe(error);
  });

  it('is never read with a field too few or too many', () => {
    const read = (body: string) =>
      errorOf(() => decodeRequest(amp, 'LIST', packet('LIST', '', '', body)));
    expect(read('张三&&&1&7&1.00&&')).toBe('nothing thrown');
    expect(read('张三&&&1&7&1.00&')).toBe('MESSAGE_INVALID body (6 fields)');
    expect(read('张三&&&0&7&1.00&&')).toBe('MESSAGE_INVALID body (7 fields)');
    expect(read('张三&&&&')).toBe('MESSAGE_INVALID body (4 fields)');
    expect(read('')).toBe('MESSAGE_INVALID body (0 fields)');
  });
});

describe('an answer', () => {
  it('is read by place, its head beside it', () => {
    const message = answered('2&2&S1&张三&1.00&S2&&3.50&&');
    expect(message.fields).toEqual({ total: '2', n: '2' });
    expect(message.lists.items).toEqual([
      { no: 'S1', who: '张三', sum: 100n },
      { no: 'S2', sum: 350n },
    ]);
    expect(message.head).toMatchObject({ code: 'LIST', ret: '0000', say: '成功' });
  });

  it('tolerates a line break behind the body', () => {
    expect(answered('&0&&\r\n')).toEqual({ ...answered('&0&&'), head: expect.anything() });
    expect(answered('&0&&\n').fields).toEqual({ n: '0' });
  });

  it('without a body has no fields: its status stands in the head', () => {
    const bytes = packet('LIST', 'E001', '无此账户', '');
    const message = decodeAnswer(amp, 'LIST', bytes);
    expect(valuesOf(message)).toEqual({});
    expect(encodeAnswer(amp, 'LIST', {}, 'GBK', message.head)).toEqual(bytes);
    expect(judge(amp, rulesFor(amp, 'LIST'), message)).toMatchObject({
      says: 'failed',
      code: 'E001',
      text: '无此账户',
    });
  });

  it('of nothing but empty fields is not one without a body, and stays what it was', () => {
    const message = answered('&', 'BARE');
    expect(message).toMatchObject({ fields: {}, hollow: { Reserve: '' } });
    expect(bodyOf(encodeAnswer(amp, 'BARE', valuesOf(message), 'GBK'), HEADS)).toBe('&');
    expect(bodyOf(encodeAnswer(amp, 'BARE', {}, 'GBK'), HEADS)).toBe('');
  });

  it('may be without a status, and then says nothing', () => {
    expect(errorOf(() => decodeAnswer(amp, 'BARE', packet('BARE', '', '', '&')))).toBe(
      'MESSAGE_INVALID ret (missing)',
    );
  });

  it.each([
    ['too few fields', '2&1&S1&张三&&', 'MESSAGE_INVALID body (5 fields)'],
    ['too many', '1&1&S1&张三&1.00&&&', 'MESSAGE_INVALID body (7 fields)'],
    ['more rows than it has', '9&999999999&S1&张三&1.00&&', 'MESSAGE_INVALID body (6 fields)'],
    ['rows and a count of none', '1&0&S1&张三&1.00&S2&&1.00&&', 'MESSAGE_INVALID body (9 fields)'],
    ['no delimiter at its end', '0&0&x', 'MESSAGE_INVALID body (not whole)'],
    ['an amount that is none', '1&1&S1&张三&x&&', 'MESSAGE_INVALID items.0.sum (decimal(15,2))'],
    ['a count that is none', 'x&-1&&', 'MESSAGE_INVALID items (a count that is none)'],
  ])('is refused with %s', (_, body, error) => {
    expect(unreadable(body)).toBe(error);
  });

  it('of a text cut in the middle of a character keeps its fields apart', () => {
    const whole = packet('LIST', '0000', '', '1&1&S1&张&1.00&&');
    // 张 is two bytes: the second is gone, and the length says so
    const cut = Buffer.concat([whole.subarray(0, HEADS + 8), whole.subarray(HEADS + 9)]);
    cut.write(String(cut.length - HEADS).padStart(4, '0'), 1, 'latin1');
    const [row] = decodeAnswer(amp, 'LIST', cut).lists.items ?? [];
    expect(row).toEqual({ no: 'S1', who: '\ufffd', sum: 100n });
  });
});

describe('one blank row behind a count of none', () => {
  const body = '&0&S1&&0.00&&';
  const message = answered(body);

  it('is a row for nobody', () => {
    expect(message.lists).toEqual({ items: [] });
    expect(selectRows(message, {})).toEqual([]);
    expect(answerRows(amp, 'LIST', message)).toEqual([]);
    const rules = [
      { when: { ret: ['0000'], 'row.no': ['S1'] }, says: 'succeeded' as const },
      { says: 'unknown' as const },
    ];
    expect(judge(amp, rules, message).says).toBe('unknown');
  });

  it('is kept, so that the same bytes can be made', () => {
    expect(valuesOf(message)).toEqual({ n: '0', items: [], 'items.none': [{ no: 'S1', sum: 0n }] });
    expect(bodyOf(encodeAnswer(amp, 'LIST', valuesOf(message), 'GBK'), HEADS)).toBe(body);
    const empty = answered('&&S1&&0.00&&');
    expect(empty.lists).toEqual({});
    expect(bodyOf(encodeAnswer(amp, 'LIST', valuesOf(empty), 'GBK'), HEADS)).toBe('&&S1&&0.00&&');
  });

  it('never stands beside rows, nor in a request', () => {
    const values = { items: [{ no: '1' }], 'items.none': [{ no: '2' }] };
    expect(errorOf(() => encodeAnswer(amp, 'LIST', values, 'GBK'))).toBe(
      'FIELD_FORMAT items.none (beside rows)',
    );
    expect(
      errorOf(() => decodeRequest(amp, 'LIST', packet('LIST', '', '', '张三&&&0&1&1.00&&'))),
    ).toBe('MESSAGE_INVALID body (7 fields)');
  });

  it('of one of two lists is not guessed', () => {
    expect(answered('0&0&', 'TWO').lists).toEqual({ first: [], second: [] });
    expect(answered('1&x&0&y&', 'TWO').hollow).toEqual({ 'second.none': [{ b: 'y' }] });
    expect(unreadable('0&0&0&', 'TWO')).toBe('MESSAGE_INVALID body (3 fields)');
  });
});

describe('what an answer tells', () => {
  const message = answered('7&0&&');

  it('names parts of the head that say something, and no constant or length', () => {
    expect(answerNames(amp, 'LIST', message)).toEqual({
      code: 'LIST',
      ret: '0000',
      say: '成功',
      total: '7',
      n: '0',
    });
    expect(answerFields(amp, 'LIST', message)).toEqual({ total: '7', n: '0' });
  });

  it('has no head in its rows, unless an operation names it', () => {
    const bare = answered('x&', 'BARE');
    expect(answerRows(amp, 'BARE', bare)).toEqual([{ Reserve: 'x' }]);
    const named = operation.parse({
      ...{ zh: '查', en: 'ask', transaction: 'BARE', serial: 'none', body: {}, fields: {} },
      rows: { remark: 'Reserve', code: 'ret' },
    });
    expect(answerRows(amp, named, bare)).toEqual([{ remark: 'x', code: '0000' }]);
  });

  it('has its code and text in the head, also where a rule looks into a row', () => {
    const one = answered('1&1&S1&&1.00&&');
    const rules = [
      { when: { 'row.no': ['S1'], ret: ['0000'] }, says: 'succeeded' as const },
      { says: 'unknown' as const },
    ];
    expect(judge(amp, rules, one)).toMatchObject({
      says: 'succeeded',
      code: '0000',
      text: '成功',
      row: { no: 'S1', sum: 100n },
    });
  });
});
