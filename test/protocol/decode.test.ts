import { describe, expect, it } from 'vitest';
import { decodeAnswer, decodeRequest, readAction } from '../../src/protocol/decode.ts';
import { formatDecimal, parseDecimal } from '../../src/protocol/field.ts';
import { errorOf, gb18030, gbk, small } from './ground.ts';

const head = '<status>AAAAAAA</status><statusText>交易成功</statusText>';
const stream = (inside: string, declared = 'GBK') =>
  `<?xml version="1.0" encoding="${declared}"?><stream>${inside}</stream>`;
const decode = (inside: string) => decodeAnswer(small, 'PAY', gbk(stream(inside)));
const fault = (text: string) => errorOf(() => decodeAnswer(small, 'PAY', gb18030(text)));

describe('an answer', () => {
  it('is read by tag name, in any order', () => {
    const message = decode(`<list name="rows"></list><amount>12.30</amount>${head}`);
    expect(message).toEqual({
      head: {},
      fields: { status: 'AAAAAAA', statusText: '交易成功', amount: 1230n },
      lists: { rows: [] },
      extra: {},
    });
  });

  it.each([
    ['none', '<list name="rows"/>', []],
    ['one', '<list name="rows"><row><id>1</id></row></list>', [{ id: '1' }]],
    [
      'many',
      '<list name="rows"><row><id>1</id></row>\n <row><amount>-5</amount><id>2</id></row></list>',
      [{ id: '1' }, { id: '2', amount: -500n }],
    ],
  ])('reads lists alike: %s', (_, list, rows) => {
    expect(decode(head + list).lists).toEqual({ rows });
  });

  it('takes empty, absent and white space for the same', () => {
    expect(decode(`${head}<amount></amount><when/>`).fields).toEqual(decode(head).fields);
    expect(decode(`${head}<amount>  </amount>`).fields).toEqual(decode(head).fields);
  });

  it('keeps what the spec does not list, by path, and never mixes it with what it does', () => {
    const message = decode(
      `${head}<action>PAY</action><odd>1</odd><odd>2</odd><deep><a>3</a></deep>` +
        '<list name="more"><row><x>4</x></row></list>' +
        '<list name="rows"><row><id>1</id><x>5</x></row><sum>6</sum></list>',
    );
    expect(message.lists).toEqual({ rows: [{ id: '1' }] });
    expect(message.extra).toEqual({
      action: 'PAY',
      odd: '1',
      'odd#2': '2',
      'deep.a': '3',
      'more.0.x': '4',
      'rows.0.x': '5',
      'rows.sum': '6',
    });
  });

  it('may name an element like a property of every object', () => {
    const message = decode(`${head}<__proto__>x</__proto__><constructor>y</constructor>`);
    expect(Object.hasOwn(message.extra, '__proto__')).toBe(true);
    expect(message.extra.constructor).toBe('y');
    expect(Object.getPrototypeOf(message.fields)).toBe(Object.prototype);
  });

  it('is believed about its content, not about its charset', () => {
    const text = stream(head, 'UTF-8');
    expect(decodeAnswer(small, 'PAY', gbk(text)).fields.statusText).toBe('交易成功');
  });

  it('may be longer than the manual says, cut inside a character, or use values it does not list', () => {
    const long = '长'.repeat(200);
    expect(
      decode(`<status>AAAAAAA</status><statusText>${long}</statusText>`).fields.statusText,
    ).toBe(long);
    const cut = Buffer.concat([
      gbk('<stream><status>AAAAAAA</status><statusText>'),
      Buffer.from([0xd6]),
      gbk('</statusText></stream>'),
    ]);
    expect(decodeAnswer(small, 'PAY', cut).fields.status).toBe('AAAAAAA');
  });

  it('keeps white space and escaped characters of a text as they were sent', () => {
    const { statusText } = decode(
      '<status>A</status><statusText> a &lt;&amp; b </statusText>',
    ).fields;
    expect(statusText).toBe(' a <& b ');
  });

  it('that has no status is none', () => {
    expect(fault(stream('<statusText>x</statusText>'))).toBe('MESSAGE_INVALID status (missing)');
    expect(fault(stream('<status> </status>'))).toBe('MESSAGE_INVALID status (missing)');
  });
});

describe('amounts of an answer', () => {
  it.each([
    ['12.30', 1230n],
    ['12.3', 1230n],
    ['12', 1200n],
    ['-12', -1200n],
    ['-0.05', -5n],
    ['0.00', 0n],
    ['000012.30', 1230n],
    ['9999999999999.99', 999999999999999n],
  ])('%s is exact', (text, value) => {
    expect(decode(`${head}<amount>${text}</amount>`).fields.amount).toBe(value);
  });

  it.each(['1.234', '1,234.00', '1e3', '12.30元', '--1', '.5', '5.', '99999999999999.99'])(
    '%s is refused, never rounded',
    (text) => {
      expect(fault(stream(`${head}<amount>${text}</amount>`))).toBe(
        'MESSAGE_INVALID amount (decimal(15,2))',
      );
    },
  );

  it('go back and forth at any scale', () => {
    for (const scale of [0, 1, 2, 7]) {
      for (const value of [0n, 1n, -1n, 99n, -100n, 1234567890n]) {
        expect(parseDecimal(formatDecimal(value, scale), 15, scale)).toBe(value);
      }
    }
  });
});

describe('what is no message', () => {
  it.each([
    ['nothing', ''],
    ['no XML', 'hello'],
    ['half of it', '<stream><status>AAAAAAA</status>'],
    ['crossed tags', '<stream><status>A</stream></status></stream>'],
    ['another root', '<other><status>A</status></other>'],
    ['the root inside another', '<other><stream><status>A</status></stream></other>'],
    ['two roots', '<stream><status>A</status></stream><stream></stream>'],
    ['something after the root', '<stream><status>A</status></stream>x'],
    ['an element after the root', '<stream><status>A</status></stream><a></a>'],
    ['a comment after the root', '<stream><status>A</status></stream><!-- x -->'],
    ['a document type', '<!DOCTYPE stream [<!ENTITY x "y">]><stream><status>&x;</status></stream>'],
    ['an unknown entity', '<stream><status>&x;</status></stream>'],
    ['a control character', '<stream><status>A\u0001</status></stream>'],
    ['text between elements', '<stream>x<status>A</status></stream>'],
    ['text between rows', `<stream>${head}<list name="rows">x<row></row></list></stream>`],
    ['a field twice', `<stream>${head}<status>BBBBBBB</status></stream>`],
    ['a list twice', `<stream>${head}<list name="rows"></list><list name="rows"></list></stream>`],
    [
      'a field twice in a row',
      `<stream>${head}<list name="rows"><row><id>1</id><id>2</id></row></list></stream>`,
    ],
    ['elements inside a field', '<stream><status><a>1</a></status></stream>'],
    ['too many levels', `<stream>${head}${'<a>'.repeat(9)}${'</a>'.repeat(9)}</stream>`],
    ['a date that is none', `<stream>${head}<when>2026-01-05</when></stream>`],
  ])('%s', (_, text) => {
    expect(fault(text)).toMatch(/^MESSAGE_INVALID/);
  });

  it('is reported without quoting it', () => {
    const text = '<stream><status>6222020200112233445</statu></stream>';
    expect(fault(text)).not.toContain('6222');
  });
});

describe('a request', () => {
  it('is named by its action, whatever the spec knows', () => {
    const bytes = gbk('<stream><userName>x</userName><action>NIX</action></stream>');
    expect(readAction(small, bytes)).toBe('NIX');
    expect(errorOf(() => decodeRequest(small, 'NIX', bytes))).toMatch(/^OPERATION_UNKNOWN/);
  });

  it.each(['', '<action>A</action><action>B</action>', '<action><a></a></action>'])(
    'with no one action has no name: %j',
    (inside) => {
      expect(errorOf(() => readAction(small, gbk(stream(inside))))).toMatch(
        /^MESSAGE_INVALID action/,
      );
    },
  );
});
