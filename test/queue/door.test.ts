import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/instruction/envelope.ts';
import { hand, type Intake, readPayload } from '../../src/queue/door.ts';
import { instruction } from './ground.ts';

const bytesMax = 65_536;
const read = (data: unknown): Intake => readPayload(data, JSON.stringify(data).length, bytesMax);
const faultOf = (intake: Intake) => {
  if ('ok' in intake) return 'ok';
  const [kind, fault] =
    'invalid' in intake
      ? ['invalid', intake.invalid.fault]
      : ['poison', { ...intake.poison, sentence: undefined }];
  return [kind, fault.code, fault.path].filter((part) => part !== undefined).join(' ');
};
const { operation: _operation, ...withoutOperation } = instruction('A1');
const { body: _body, ...withoutBody } = instruction('A1');

describe('readPayload', () => {
  it('takes an instruction as it is', () => {
    expect(read(instruction('A1'))).toEqual({ ok: instruction('A1') });
    const digits = instruction('1234567890123456789');
    expect(read(digits)).toEqual({ ok: digits });
  });

  it.each([
    ['a text', 'a text', 'poison PAYLOAD_POISON'],
    ['nothing', null, 'poison PAYLOAD_POISON'],
    ['a list', [instruction('A1')], 'poison PAYLOAD_POISON'],
    ['no id', {}, 'poison PAYLOAD_POISON id'],
    ['a numeric id', { ...instruction('A1'), id: 7 }, 'poison PAYLOAD_POISON id'],
    ['an id with a dash', { ...instruction('A1'), id: 'a-b' }, 'poison PAYLOAD_POISON id'],
    ['no body', withoutBody, 'invalid FIELD_MISSING body'],
    ['a text as body', { ...instruction('A1'), body: 'x' }, 'invalid FIELD_FORMAT body'],
    ['another version', { ...instruction('A1'), v: 2 }, 'invalid FIELD_CHOICE v'],
    ['an extra field', { ...instruction('A1'), extra: 1 }, 'invalid FIELD_UNKNOWN extra'],
    ['no operation', withoutOperation, 'invalid FIELD_MISSING operation'],
    [
      'operation and transaction',
      instruction('A1', { transaction: 'DLMDETRN' }),
      'invalid FIELD_MUST_BE_EMPTY transaction',
    ],
    [
      'a long order key',
      instruction('A1', { orderKey: 'k'.repeat(81) }),
      'invalid FIELD_TOO_LONG orderKey',
    ],
    ['no date', instruction('A1', { createdAt: 'now' }), 'invalid FIELD_FORMAT createdAt'],
    [
      'expiry before creation',
      instruction('A1', { expiresAt: '2026-09-24T01:59:59Z' }),
      'invalid FIELD_FORMAT expiresAt',
    ],
    [
      'expiry a second over seven days',
      instruction('A1', { expiresAt: '2026-10-01T10:00:01+08:00' }),
      'invalid FIELD_FORMAT expiresAt',
    ],
    ['meta of numbers', { ...instruction('A1'), meta: { a: 1 } }, 'invalid FIELD_FORMAT meta.a'],
  ])('%s', (_name, data, expected) => {
    expect(faultOf(read(data))).toBe(expected);
  });

  it('R12: takes exactly seven days, whatever the offset', () => {
    expect(read(instruction('A1', { expiresAt: '2026-10-01T02:00:00Z' }))).toHaveProperty('ok');
  });

  it('burns the id of a payload that is too large, and rejects one without an id', () => {
    const large = { ...instruction('A1'), body: { memo: 'x'.repeat(bytesMax) } };
    expect(faultOf(read(large))).toBe('invalid PAYLOAD_TOO_LARGE');
    expect(faultOf(read('x'.repeat(bytesMax + 1)))).toBe('poison PAYLOAD_TOO_LARGE');
    expect(faultOf(read({ memo: 'x'.repeat(bytesMax) }))).toBe('poison PAYLOAD_TOO_LARGE');
  });

  it('rejects what would exhaust the stack behind it, or hide a field from it', () => {
    const deep: unknown = JSON.parse(`{"id":"A1","body":${'['.repeat(5e4)}${']'.repeat(5e4)}}`);
    const intake = readPayload(deep, Number.POSITIVE_INFINITY, bytesMax);
    expect(intake).toMatchObject({ poison: { code: 'PAYLOAD_POISON', id: 'A1' } });
    const proto: unknown = JSON.parse(
      JSON.stringify(instruction('A1')).replace('"amount"', '"__proto__"'),
    );
    expect(faultOf(read(proto))).toBe('poison PAYLOAD_POISON');
  });

  it('names no value in a fault, not even one used as a field name', () => {
    const account = '6217001234567890123';
    const intake = read({ ...instruction('A1'), [account]: account, meta: { [account]: 1 } });
    expect(JSON.stringify(intake)).not.toContain(account);
  });

  it('gives an invalid payload the digest its content has, meta apart', () => {
    const given = { ...instruction('A1'), expiresAt: '2027-01-01T00:00:00Z' };
    const intake = read({ ...given, meta: { order: '7' }, businessRef: 'PO-1' });
    expect(intake).toMatchObject({
      invalid: {
        id: 'A1',
        digest: digestOf({ ...given, businessRef: 'PO-1' }),
        meta: { order: '7' },
        businessRef: 'PO-1',
        operation: 'transfer',
      },
    });
  });

  it('never throws, whatever JSON it is given', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const data: unknown = JSON.parse(text);
        for (const given of [data, { ...instruction('A1'), body: data }]) {
          const kinds = Object.keys(readPayload(given, text.length, bytesMax));
          expect(['ok', 'invalid', 'poison']).toContain(kinds[0]);
        }
      }),
    );
  });
});

describe('hand', () => {
  it('gives each kind to its taker', async () => {
    const seen: string[] = [];
    const takers = {
      accept: async () => void seen.push('accept'),
      acceptInvalid: async () => void seen.push('invalid'),
      reject: async () => void seen.push('reject'),
    };
    for (const data of [instruction('A1'), withoutBody, 7]) await hand(read(data), 'i-A1', takers);
    expect(seen).toEqual(['accept', 'invalid', 'reject']);
  });
});
