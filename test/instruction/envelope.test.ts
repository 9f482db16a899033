/** One content, one digest: however it is spelled. Another content, another digest (R6, R12). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalJson,
  digestOf,
  type Envelope,
  envelope,
} from '../../src/instruction/envelope.ts';

const whole: Envelope = {
  v: 1,
  id: 'A1',
  operation: 'transfer',
  body: { from: '7110210187000012345', to: '7110210187000012352', amount: '12.30' },
  createdAt: '2026-09-24T10:00:00+08:00',
  expiresAt: '2026-09-24T18:00:00+08:00',
  businessRef: 'PO-7',
  orderKey: 'member-12',
  after: 'A0',
  notBefore: '2026-09-24T12:00:00+08:00',
  meta: { user: '12' },
};

/** The same value with the keys of every object in another order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, one]) => [key, reversed(one)]),
  );
}

describe('canonical JSON', () => {
  it('does not see the order of keys, and loses nothing else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reversed(value))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['a list in another order', [1, 2], [2, 1]],
    ['a number and its text', { a: 1 }, { a: '1' }],
    ['a null and nothing', { a: null }, {}],
    ['an empty text and nothing', { a: '' }, {}],
    ['a list and its one member', ['a'], 'a'],
    ['nested keys that run together', { a: { b: 1 } }, { 'a.b': 1 }],
    ['a text with quotes in it', { a: '1,"b":2' }, { a: '1', b: '2' }],
    ['amounts spelled with other zeros', { amount: '12.30' }, { amount: '12.3' }],
  ])('%s are two contents', (_, one, other) => {
    expect(canonicalJson(one)).not.toBe(canonicalJson(other));
  });

  it('a key without a value is no key', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe(canonicalJson({ b: 1 }));
  });
});

describe('the digest of an instruction', () => {
  const digest = digestOf(whole);

  it('is the same whatever the order of keys', () => {
    expect(digestOf(envelope.parse(reversed(whole)))).toBe(digest);
  });

  it('does not count `meta`, which never reaches the bank', () => {
    const { meta: _, ...bare } = whole;
    expect(digestOf(bare)).toBe(digest);
    expect(digestOf({ ...whole, meta: { user: '13' } })).toBe(digest);
  });

  const counted: Partial<Envelope>[] = [
    { id: 'A2' },
    { operation: 'freeze' },
    { body: { ...whole.body, amount: '12.31' } },
    { body: { ...whole.body, memo: '' } },
    { createdAt: '2026-09-24T10:00:01+08:00' },
    { expiresAt: '2026-09-24T18:00:01+08:00' },
    { businessRef: 'PO-8' },
    { orderKey: 'member-13' },
    { after: 'A9' },
    { notBefore: '2026-09-24T12:00:01+08:00' },
  ];
  it.each(counted)('counts %o', (change) => {
    expect(digestOf({ ...whole, ...change })).not.toBe(digest);
  });

  it.each(['businessRef', 'orderKey', 'after', 'notBefore'] as const)(
    'counts that there is no %s',
    (key) => {
      const { [key]: _, ...without } = whole;
      expect(digestOf(without)).not.toBe(digest);
    },
  );
});
