import { describe, expect, it } from 'vitest';
import { evaluate, evaluateAll, referencesIn } from '../../src/protocol/expression.ts';
import type { Expr } from '../../src/protocol/spec.ts';
import { errorOf } from './ground.ts';

const scope = {
  serial: '62220000001234',
  'serial.tail': '1234',
  body: {
    from: 'A1',
    empty: '',
    blank: '  ',
    payee: { account: 'B2', sameBank: true },
    other: { sameBank: false },
    count: 3,
    list: ['x'],
  },
  member: undefined,
  link: { flag: '1' },
};
const value = (expr: Expr) => evaluate(expr, scope);

describe('an expression', () => {
  it.each([
    ['BF', 'BF'],
    ['', ''],
    ['a|b', 'a|b'],
    ['$serial', '62220000001234'],
    ['$body.from', 'A1'],
    ['$body.payee.account', 'B2'],
    ['$link.flag', '1'],
    ['$body.count', '3'],
    ['$body.payee.sameBank', 'true'],
  ])('%s is %s', (expr, expected) => {
    expect(value(expr)).toBe(expected);
  });

  it('takes the longest name of the scope: serial.tail is not a part of serial', () => {
    expect(value('$serial.tail')).toBe('1234');
    expect(evaluate('$a.b.c', { a: { b: { c: '1' } }, 'a.b': { c: '2' } })).toBe('2');
    expect(evaluate('$a.b.c', { a: { b: { c: '1' } }, 'a.b': {} })).toBe('');
  });

  it.each([
    '$nothing',
    '$body.nothing',
    '$member.name',
    '$body.from.length',
    '$body.payee',
    '$body.list',
  ])('what is missing or is no text is empty: %s', (expr) => {
    expect(value(expr)).toBe('');
  });

  it.each([
    '$constructor',
    '$body.constructor',
    '$body.constructor.name',
    '$__proto__',
    '$body.__proto__.x',
    '$body.toString',
    '$serial.length',
    '$body.list.length',
  ])('reads nothing that an object has from its prototype: %s', (expr) => {
    expect(value(expr)).toBe('');
  });

  it('takes the first that is not empty, and white space is empty', () => {
    expect(value('$body.empty|$member.name|$body.from')).toBe('A1');
    expect(value('$body.blank|$body.from')).toBe('A1');
    expect(value('$body.empty|$member.name')).toBe('');
    expect(value('$body.empty|10')).toBe('10');
  });

  it('does not look up what it has looked up', () => {
    expect(evaluate('$body.memo', { body: { memo: '$link.key' }, link: { key: 'k' } })).toBe(
      '$link.key',
    );
  });
});

describe('a choice', () => {
  const choice = { map: '$body.way', large: '2H', small: '2B', otherwise: '' };
  const way = (one: unknown) => evaluate(choice, { body: { way: one } });

  it('takes the value listed, else otherwise', () => {
    expect([way('large'), way('small'), way('other'), way(undefined)]).toEqual([
      '2H',
      '2B',
      '',
      '',
    ]);
  });

  it('without otherwise is empty when nothing fits', () => {
    expect(evaluate({ map: '$body.way', large: '2H' }, { body: { way: 'x' } })).toBe('');
  });

  it('chooses by true and false alike as values and as words', () => {
    const same = (expr: string) => value({ map: expr, true: '0', false: '1' });
    expect(same('$body.payee.sameBank')).toBe('0');
    expect(same('$body.other.sameBank')).toBe('1');
    expect(same('$body.nothing')).toBe('');
    expect(evaluate({ map: '$x', true: '0' }, { x: 'true' })).toBe('0');
  });

  it('may stand in a choice, and yield what is looked up', () => {
    const nested = {
      map: '$body.payee.sameBank',
      false: 'x',
      true: { map: '$link.flag', 1: '$body.from' },
    };
    expect(value(nested)).toBe('A1');
  });

  it('cannot be steered by a value that is a word of the language or of objects', () => {
    const steered = (one: string) =>
      evaluate({ ...choice, otherwise: 'no' }, { body: { way: one } });
    for (const one of ['map', 'otherwise', 'constructor', '__proto__', 'toString']) {
      expect(steered(one)).toBe('no');
    }
  });

  it('without map is a defect: lint refuses it', () => {
    expect(errorOf(() => value({ large: '2H' }))).toMatch(/^DEFECT/);
  });
});

describe('evaluateAll', () => {
  it('fills fields and rows, and keeps a name whose value is empty', () => {
    const exprs = { a: '$body.from', b: '$body.empty', list: [{ x: '$serial', y: 'z' }] };
    expect(evaluateAll(exprs, scope)).toEqual({
      a: 'A1',
      b: '',
      list: [{ x: '62220000001234', y: 'z' }],
    });
  });
});

describe('referencesIn', () => {
  it('names what may be yielded before what is only chosen by', () => {
    expect(referencesIn('BF')).toEqual([]);
    expect(referencesIn('$a.b|$c|10')).toEqual(['a.b', 'c']);
    expect(referencesIn({ map: '$k', x: '$a', otherwise: { map: '$l', y: '$b' } })).toEqual([
      'a',
      'b',
      'l',
      'k',
    ]);
  });
});
