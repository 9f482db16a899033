import { describe, expect, it } from 'vitest';
import type { Charset } from '../../src/protocol/charset.ts';
import { encodeAnswer, encodeRequest } from '../../src/protocol/encode.ts';
import type { Values } from '../../src/protocol/message.ts';
import { errorOf, gb18030, gbk, small, textOf } from './ground.ts';

const serial = '20260105AAAAAAAAAAAA';
const whole: Values = { clientID: serial, name: '张三', amount: '12.30', people: [{ id: '1' }] };
const encode = (values: Values, charset: Charset = 'GBK') =>
  encodeRequest(small, 'PAY', values, charset);
const refused = (more: Values, charset: Charset = 'GBK') =>
  errorOf(() => encode({ ...whole, ...more }, charset));
const inside = (more: Values): string => textOf(encode({ ...whole, ...more }));

describe('the canonical form of a request', () => {
  it('is these bytes and no others', () => {
    const text =
      '<?xml version="1.0" encoding="GBK"?><stream><action>PAY</action>' +
      `<clientID>${serial}</clientID><name>张三</name><amount>12.30</amount><rate></rate>` +
      '<count></count><day></day><time></time><way></way><bankCode></bankCode><left></left>' +
      '<pin></pin><list name="people"><row><id>1</id><kind></kind><phone></phone></row></list></stream>';
    expect(encode(whole)).toEqual(gbk(text));
  });

  it('keeps the order of the spec, whatever order the caller names the fields in', () => {
    const backwards = Object.fromEntries(Object.entries(whole).reverse());
    expect(encode(backwards)).toEqual(encode(whole));
  });

  it('names the charset it is in, and carries in GB18030 what GBK cannot', () => {
    const text = textOf(encode({ ...whole, name: '\u{20000}' }, 'GB18030'));
    expect(text).toContain('<?xml version="1.0" encoding="GB18030"?>');
    expect(encode({ ...whole, name: '\u{20000}' }, 'GB18030')).toEqual(gb18030(text));
  });

  it('leaves out the tag only where the spec says it may be absent', () => {
    expect(inside({})).not.toContain('right');
    expect(inside({ right: 'x' })).toContain('<right>x</right>');
  });

  it('escapes the five characters of XML and nothing else', () => {
    expect(inside({ name: '<&>"\'' })).toContain('<name>&lt;&amp;&gt;&quot;&apos;</name>');
  });

  it('takes white space for empty', () => {
    expect(inside({ pin: '  ' })).toContain('<pin></pin>');
    expect(refused({ name: '\u3000 ' })).toBe('FIELD_MISSING name');
  });
});

describe('lengths', () => {
  it('count bytes in the charset: five characters of GBK fill ten bytes, a sixth is too much', () => {
    expect(inside({ name: '一二三四五' })).toContain('一二三四五');
    expect(refused({ name: '一二三四五a' })).toBe('FIELD_TOO_LONG name (11 bytes, at most 10)');
  });

  it('count four bytes for a character that only GB18030 has', () => {
    const wide = '\u{20000}'.repeat(3);
    expect(refused({ name: wide }, 'GB18030')).toBe('FIELD_TOO_LONG name (12 bytes, at most 10)');
  });

  it('count before escaping', () => {
    expect(inside({ left: '&&&&&' })).toContain('&amp;'.repeat(5));
  });

  it('bind the number of rows', () => {
    const people = [{ id: '1' }, { id: '2' }, { id: '3' }];
    expect(refused({ people })).toBe('FIELD_TOO_LONG people (3 rows, at most 2)');
  });
});

describe('characters', () => {
  it('that the charset lacks are named by field and code point, and never replaced', () => {
    expect(refused({ name: '朱\u{20000}' })).toBe('FIELD_UNENCODABLE name (U+20000)');
    expect(refused({ name: 'ok😀' })).toBe('FIELD_UNENCODABLE name (U+1F600)');
    expect(refused({ name: '5€' })).toBe('FIELD_UNENCODABLE name (U+20AC)');
    expect(refused({ name: '\ue000' })).toBe('FIELD_UNENCODABLE name (U+E000)');
  });

  it('in a row are named with the row', () => {
    expect(refused({ people: [{ id: '1' }, { id: '😀' }] })).toBe(
      'FIELD_UNENCODABLE people.1.id (U+1F600)',
    );
  });

  it.each(['a\nb', 'a\u0000', 'a\u007f', 'a\u0085', 'a\ud800', '\udc00a', 'a\uffff'])(
    'that no document can carry are refused: %j',
    (name) => {
      expect(refused({ name })).toBe('FIELD_FORMAT name (varchar(10))');
    },
  );
});

describe('types', () => {
  const written: [string, string | bigint, string][] = [
    ['amount', 1230n, '12.30'],
    ['amount', 5n, '0.05'],
    ['amount', 0n, '0.00'],
    ['amount', '12.3', '12.30'],
    ['amount', '12', '12.00'],
    ['amount', '9999999999999.99', '9999999999999.99'],
    ['rate', '1.5', '1.5000000'],
    ['rate', 1n, '0.0000001'],
    ['count', '0', '0'],
    ['day', '20240229', '20240229'],
    ['time', '235959', '235959'],
  ];
  it.each(written)('write %s %s as %s', (name, value, text) => {
    expect(inside({ [name]: value })).toContain(`<${name}>${text}</${name}>`);
  });

  const wrong: [string, string | bigint][] = [
    ['amount', '-1.00'],
    ['amount', -1n],
    ['amount', '-0'],
    ['amount', '1.234'],
    ['amount', '1e3'],
    ['amount', '+1'],
    ['amount', '01.00'],
    ['amount', '1.'],
    ['amount', '.5'],
    ['amount', ' 1.00'],
    ['amount', '１.00'],
    ['amount', '10000000000000.00'],
    ['amount', 10n ** 15n],
    ['count', '-1'],
    ['count', '01'],
    ['count', 5n],
    ['day', '20230229'],
    ['day', '2024-2-9'],
    ['time', '240000'],
    ['time', '12:00'],
    ['name', 5n],
  ];
  it.each(wrong)('refuse %s %s', (name, value) => {
    expect(refused({ [name]: value })).toMatch(new RegExp(`^FIELD_FORMAT ${name} `));
  });

  it('allow only the values that are listed', () => {
    expect(refused({ way: 'C' })).toBe('FIELD_CHOICE way');
    expect(refused({ way: 'toString' })).toMatch(/^FIELD_TOO_LONG way/);
  });
});

describe('names', () => {
  it('that the spec does not have are refused, also in rows and of lists', () => {
    expect(refused({ other: 'x' })).toBe('FIELD_UNKNOWN other');
    expect(refused({ others: [] })).toBe('FIELD_UNKNOWN others');
    expect(refused({ people: [{ id: '1', x: '2' }] })).toBe('FIELD_UNKNOWN people.0.x');
    expect(refused({ name: [{ id: '1' }] })).toBe('FIELD_UNKNOWN name');
    expect(refused(JSON.parse('{"__proto__":"x"}'))).toBe('FIELD_UNKNOWN __proto__');
  });

  it('that the spec fixes cannot be set to anything else', () => {
    expect(refused({ action: 'PAX' })).toBe('FIELD_OWNED action');
    expect(refused({ action: 'PAY' })).toBe('nothing thrown');
  });

  it('of unknown transactions are refused', () => {
    expect(errorOf(() => encodeRequest(small, 'NIX', {}, 'GBK'))).toMatch(/^OPERATION_UNKNOWN/);
  });
});

describe('an answer, as the mock bank writes it', () => {
  const answer = (values: Values) => textOf(encodeAnswer(small, 'PAY', values, 'GBK'));

  it('that is only a refusal is written as its head alone', () => {
    expect(answer({ status: 'ED02083', statusText: '无' })).toBe(
      '<?xml version="1.0" encoding="GBK"?><stream><status>ED02083</status>' +
        '<statusText>无</statusText></stream>',
    );
  });

  it('may carry a negative amount and no rows at all', () => {
    expect(answer({ status: 'AAAAAAA', amount: '-1.50', rows: [] })).toBe(
      '<?xml version="1.0" encoding="GBK"?><stream><status>AAAAAAA</status><statusText></statusText>' +
        '<amount>-1.50</amount><when></when><list name="rows"></list></stream>',
    );
  });

  it('names the field of an unencodable character too', () => {
    expect(errorOf(() => answer({ status: 'AAAAAAA', rows: [{ id: '😀' }] }))).toBe(
      'FIELD_UNENCODABLE rows.0.id (U+1F600)',
    );
  });
});
