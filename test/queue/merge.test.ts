import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../src/instruction/messages.ts';
import { type Message, merge } from '../../src/queue/merge.ts';

const at = '2026-09-24T10:00:00+08:00';
const result = (version: number, final: boolean): Result => ({
  v: 1,
  type: 'result',
  id: 'A1',
  link: 'citic',
  version,
  final,
  outcome: final ? 'succeeded' : 'unknown',
  sent: final ? 'yes' : 'maybe',
  at,
});
const rejection: Message = {
  v: 1,
  type: 'rejection',
  id: 'A1',
  link: 'citic',
  why: 'conflict',
  code: 'ID_CONFLICT',
  text: 'known with other content',
  at,
};
const contradicted: Message = {
  v: 1,
  type: 'contradicted',
  id: 'A1',
  link: 'citic',
  version: 5,
  final: 'failed',
  evidence: 'succeeded',
  at,
  proof: { kind: 'inquiry' },
};
const books = (messages: readonly Message[]): Result | undefined =>
  messages.reduce<Result | undefined>((held, message) => merge(held, message), undefined);

describe('merge', () => {
  it('R18: lets a final replace an interim of a higher version, as after a rollback', () => {
    expect(books([result(1, false), result(4, false), result(3, true)])).toEqual(result(3, true));
  });

  it('keeps the final when an interim comes after it', () => {
    expect(books([result(3, true), result(9, false)])).toEqual(result(3, true));
  });

  it('never takes a rejection or a contradiction for a result', () => {
    expect(books([result(2, false), rejection, contradicted])).toEqual(result(2, false));
    expect(books([rejection, result(2, true)])).toEqual(result(2, true));
    expect(books([rejection])).toBeUndefined();
  });

  it('ends with the same books in any order and with any repeats, and a final is never lost', () => {
    const message = fc.oneof(
      fc.tuple(fc.integer({ min: 1, max: 9 }), fc.boolean()).map(([v, f]) => result(v, f)),
      fc.constantFrom(rejection, contradicted),
    );
    const shuffled = fc
      .array(message)
      .chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray([...given, ...given])));
    fc.assert(
      fc.property(shuffled, ([given, some]) => {
        const everything = [...some, ...given];
        expect(books(everything)).toEqual(books(given));
        const finals = given.filter((one) => one.type === 'result' && one.final);
        expect(books(given)?.final ?? false).toBe(finals.length > 0);
      }),
    );
  });
});
