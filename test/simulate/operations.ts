/** What may be done to a link, as data: names are numbers, and what depends on the state is said by words. */
import fc from 'fast-check';
import type { Phase } from '../../src/instruction/intent.ts';

export const IDS = 7;
export const HANDLES = 3;
const MINUTE = 60_000;
const DAY = 86_400_000;

export interface Out {
  readonly stem: number;
  /** it is put back under a version it had */
  readonly version: number | undefined;
}
export interface About {
  readonly member: MemberSaid | undefined;
  readonly freeze: number | undefined;
}
export interface MemberSaid {
  readonly account: number;
  readonly name: number | undefined;
  readonly payout: number | undefined;
  readonly rebinds: boolean;
  readonly bank: Readonly<Record<string, string>> | undefined;
}
export interface Item {
  readonly id: number;
  readonly other: boolean;
  readonly order: number | undefined;
  readonly after: number | undefined;
  readonly notBefore: number | undefined;
  readonly expires: number;
  readonly aside: boolean;
  readonly dueAt: number | undefined;
  readonly serials: readonly number[];
  readonly failed: boolean;
  readonly out: readonly Out[];
  readonly says: boolean;
}
export type Expect = 'now' | 'older' | 'none';
export interface Moved extends About {
  readonly id: number;
  readonly expect: Expect;
  readonly phase: Phase;
  readonly since: number | undefined;
  readonly dueAt: number | null;
  readonly release: boolean;
  readonly back: boolean;
  readonly out: readonly Out[];
  readonly says: boolean;
}
export interface PutBack extends About {
  readonly id: number;
  readonly expect: Expect;
  readonly phase: Phase;
  readonly attempt: number;
  readonly since: number | undefined;
  readonly dueAt: number | null;
  readonly expires: number;
  readonly order: number | undefined;
  readonly serial: number | undefined;
  readonly out: readonly Out[];
  readonly told: number | undefined;
}
export interface Guard {
  readonly part: 'push' | 'awaited' | 'provisional' | 'questions';
  readonly day: number;
  readonly field: number;
  readonly expect: string;
  readonly value: string;
  readonly writes: readonly {
    part: 'awaited' | 'provisional' | 'questions';
    field: number;
    value: string;
  }[];
  readonly out: readonly Out[];
}
export type Seq = 'next' | 'same' | 'older';

export type Op = { readonly by: number; readonly times: number } & (
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'restart' }
  | {
      readonly do: 'take';
      readonly journal: number;
      readonly records: number;
      readonly run: number;
      readonly seen: number;
      /** records of the other journal it may speak for */
      readonly other: number | undefined;
      readonly asks: 'own' | 'behind' | undefined;
      readonly behind: boolean;
    }
  | { readonly do: 'release'; readonly journal: number; readonly records: number }
  | { readonly do: 'leave' }
  | { readonly do: 'beat'; readonly dueMax: number; readonly records: number | undefined }
  | { readonly do: 'accept'; readonly items: readonly Item[] }
  | {
      readonly do: 'commit';
      readonly changes: readonly Moved[];
      readonly claim: { seq: Seq; n: number } | undefined;
      readonly records: number | undefined;
    }
  | { readonly do: 'restore'; readonly items: readonly PutBack[] }
  | { readonly do: 'published'; readonly nth: number }
  | {
      readonly do: 'mark';
      readonly day: number;
      readonly entries: readonly {
        key: number;
        expect: string;
        digest: string;
        out: readonly Out[];
      }[];
      readonly state: string | undefined;
    }
  | { readonly do: 'forget'; readonly day: number }
  | { readonly do: 'push'; readonly marks: readonly Guard[] }
  | { readonly do: 'again' }
  | { readonly do: 'keep' }
  | { readonly do: 'put-back' }
  | { readonly do: 'flush' }
  | { readonly do: 'look' }
);

/** how far a journal has come */
const records = fc.constantFrom(0, 0, 2, 5);
/** There in so many of four. */
const maybe = <Value>(value: fc.Arbitrary<Value>, times = 2): fc.Arbitrary<Value | undefined> =>
  fc.oneof(
    { weight: times, arbitrary: value },
    { weight: 4 - times, arbitrary: fc.constant(undefined) },
  );
const rarely = fc.integer({ min: 0, max: 7 }).map((n) => n === 0);
const id = fc.nat(IDS - 1);
const phases: readonly Phase[] = [
  'received',
  'pending',
  'unknown',
  'manual',
  'succeeded',
  'failed',
];
/** from now; most often soon */
const soon = fc.constantFrom(0, 1, 10, 500, MINUTE, DAY, -1);
const out = (version: fc.Arbitrary<number | undefined>): fc.Arbitrary<Out[]> =>
  fc.array(fc.record({ stem: fc.nat(3), version }), { maxLength: 2 });
const fresh = out(fc.constant(undefined));
const kept = out(maybe(fc.nat(20)));

const memberSaid: fc.Arbitrary<MemberSaid> = fc.record({
  account: fc.nat(1),
  name: maybe(fc.nat(2)),
  payout: maybe(fc.nat(2)),
  rebinds: fc.boolean(),
  bank: maybe(fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('x', 'y', ''))),
});
const about = { member: maybe(memberSaid, 1), freeze: maybe(fc.nat(1), 1) };

const item: fc.Arbitrary<Item> = fc.record({
  id,
  other: rarely,
  order: maybe(fc.nat(1)),
  after: maybe(id, 1),
  notBefore: maybe(soon, 1),
  expires: fc.constantFrom(0, 10, MINUTE, DAY, DAY),
  aside: rarely,
  dueAt: maybe(soon),
  serials: fc.array(fc.nat(4), { maxLength: 2 }),
  failed: rarely,
  out: fresh,
  says: fc.boolean(),
});
const expect = fc.constantFrom<Expect[]>('now', 'now', 'now', 'now', 'now', 'older', 'none');
const moved: fc.Arbitrary<Moved> = fc.record({
  ...{ id, expect, phase: fc.constantFrom(...phases), since: maybe(fc.nat(2000)) },
  ...{ dueAt: fc.option(soon), release: rarely, back: fc.boolean(), out: fresh },
  ...{ says: fc.boolean(), ...about },
});
const putBack: fc.Arbitrary<PutBack> = fc.record({
  ...{ id, expect: fc.constantFrom<Expect[]>('now', 'none', 'none', 'older') },
  ...{ phase: fc.constantFrom<Phase[]>('sending', ...phases), attempt: fc.nat(3) },
  ...{
    since: maybe(fc.nat(2000)),
    dueAt: fc.option(soon),
    expires: fc.constantFrom(0, MINUTE, DAY),
  },
  ...{ order: maybe(fc.nat(1)), serial: maybe(fc.nat(4)), out: kept, told: maybe(fc.nat(30)) },
  ...about,
});
const value = fc.constantFrom('', 'v1', 'v2');
const parts = fc.constantFrom('awaited' as const, 'provisional' as const, 'questions' as const);
const guard: fc.Arbitrary<Guard> = fc.record({
  ...{ part: fc.oneof(fc.constant('push' as const), parts), day: fc.nat(1), field: fc.nat(2) },
  ...{ expect: value, value, out: fresh },
  writes: fc.array(fc.record({ part: parts, field: fc.nat(2), value }), { maxLength: 2 }),
});
const statementEntry = fc.record({
  ...{ key: fc.nat(3), expect: value, digest: fc.constantFrom('v1', 'v2'), out: fresh },
});

const some = <Value>(one: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> =>
  fc.array(one, { minLength: 1, maxLength: 4 });

const what = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('accept' as const), items: some(item) }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      changes: fc.array(moved, { maxLength: 4 }),
      claim: maybe(
        fc.record({
          seq: fc.constantFrom<Seq[]>('next', 'next', 'next', 'same', 'older'),
          n: fc.nat(4),
        }),
        3,
      ),
      records: maybe(records),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 1, 10, 500, MINUTE, DAY, 3 * DAY, -20),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ do: fc.constant('take' as const), journal: fc.constantFrom(0, 0, 0, 1), run: fc.nat(1) },
      ...{ seen: fc.constantFrom(0, 0, 3, 40, 5_000_000_000), records, other: maybe(records) },
      asks: fc.constantFrom(undefined, undefined, undefined, 'own' as const, 'behind' as const),
      behind: fc.constantFrom(false, false, true),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ do: fc.constant('release' as const), journal: fc.constantFrom(0, 1), records },
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('restore' as const), items: some(putBack) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('beat' as const),
      dueMax: fc.integer({ min: 1, max: 5 }),
      records: maybe(records),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('published' as const), nth: fc.nat(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ do: fc.constant('mark' as const), day: fc.nat(1) },
      ...{ entries: fc.array(statementEntry, { maxLength: 3 }), state: maybe(value) },
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), day: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('push' as const), marks: some(guard) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('again' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('keep' as const, 'put-back' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('restart' as const, 'leave' as const, 'look' as const),
    }),
  },
);

const flush = fc.record({ do: fc.constant('flush' as const) });

export const op: fc.Arbitrary<Op> = fc
  .tuple(
    fc.constantFrom(0, 0, 0, 0, 1, 2),
    fc.constantFrom(1, 1, 1, 1, 1, 2),
    fc.oneof({ weight: 60, arbitrary: what }, { weight: 1, arbitrary: flush }),
  )
  .map(([by, times, one]): Op => ({ by, times, ...one }));
