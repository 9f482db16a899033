/**
 * What Redis holds of one link, as a value: nothing in it is ever changed, a script makes the next one. So
 * a snapshot is the value itself, and an older AOF put back is an older value.
 */
import type { Freeze, Intent, Life, Member, Phase } from '../../../src/instruction/intent.ts';
import type { OutRead } from '../../../src/store/shapes.ts';

/** One instruction; '' and 0 as the scripts have them: absent. */
export interface Entry {
  readonly id: string;
  readonly version: number;
  /** version of its acceptance: its place among those that may be claimed */
  readonly seq: number;
  readonly phase: Phase;
  readonly attempt: number;
  readonly epoch: number;
  readonly digest: string;
  readonly intent: Intent;
  readonly life: Life;
  readonly expires: number;
  readonly aside: boolean;
  readonly order: string;
  /** id it waits for */
  readonly after: string;
  readonly notBefore: number | undefined;
  readonly serial: string;
  readonly released: boolean;
  /** the last change, and the version it made */
  readonly change: string;
  readonly changeTo: number;
  readonly told: string;
  readonly toldVersion: number;
  readonly expireAt: number | undefined;
}

/** Beside the member: the version of the change that said each part of it. */
export interface KnownMember {
  readonly member: Member;
  readonly versions: Readonly<Record<string, number>>;
}

/** A hash that may expire. */
export interface Fields {
  readonly map: ReadonlyMap<string, string>;
  readonly expireAt: number | undefined;
}

export interface Owned {
  readonly id: string;
  readonly expireAt: number | undefined;
}

export interface Meta {
  readonly wm: number;
  /** undefined: the link was never taken */
  readonly epoch: number | undefined;
  readonly holder: string;
  readonly journal: string | undefined;
  /** how far that journal had come */
  readonly records: number;
  readonly lease: number;
  /** whose lease it is: who only asks holds one, and the journal stays that of the other */
  readonly lessee: string | undefined;
  /** no claim is given: the journal that is missing, or `own` records that are */
  readonly asks: string | undefined;
  /** something was claimed here, by whom ever */
  readonly claimed: boolean;
  readonly behind: boolean;
  readonly claim: { epoch: number; seq: number; ids: readonly string[] } | undefined;
  /** last id given to an outbox entry */
  readonly outLast: { ms: number; nth: number };
  /** nothing expires before */
  readonly expiry: number;
}

type Index = ReadonlyMap<string, number>;

export interface LinkData {
  readonly meta: Meta;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly serials: ReadonlyMap<string, Owned>;
  readonly ready: Index;
  readonly later: Index;
  readonly due: Index;
  readonly sending: Index;
  readonly doubt: Index;
  readonly orders: ReadonlyMap<string, readonly string[]>;
  readonly waits: ReadonlyMap<string, readonly string[]>;
  readonly out: readonly OutRead[];
  readonly members: ReadonlyMap<string, KnownMember>;
  readonly freezes: ReadonlyMap<string, Freeze>;
  readonly days: ReadonlyMap<string, string>;
  /** account:day → known statement entries */
  readonly seen: ReadonlyMap<string, Fields>;
  /** part, or part:name → what the bank sent by itself */
  readonly pushes: ReadonlyMap<string, Fields>;
}

/** The parts that are maps: what a script takes a copy of before it writes. */
export type MapPart = {
  [Part in keyof LinkData]: LinkData[Part] extends ReadonlyMap<string, unknown> ? Part : never;
}[keyof LinkData];

const none = <Value>(): ReadonlyMap<string, Value> => new Map();

export const emptyData: LinkData = {
  meta: {
    wm: 0,
    epoch: undefined,
    holder: '',
    journal: undefined,
    records: 0,
    lease: 0,
    lessee: undefined,
    asks: undefined,
    claimed: false,
    behind: false,
    claim: undefined,
    outLast: { ms: 0, nth: 0 },
    expiry: Number.POSITIVE_INFINITY,
  },
  entries: none(),
  serials: none(),
  ready: none(),
  later: none(),
  due: none(),
  sending: none(),
  doubt: none(),
  orders: none(),
  waits: none(),
  out: [],
  members: none(),
  freezes: none(),
  days: none(),
  seen: none(),
  pushes: none(),
};

const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** An index in its order: by score, then by name. */
export const inOrder = (index: Index): [string, number][] =>
  [...index].sort(([a, x], [b, y]) => x - y || before(a, b));

/** What an index has up to a score, first ones first. */
export function upTo(index: Index, score: number, max: number): string[] {
  if (index.size === 0) return [];
  return inOrder(new Map([...index].filter(([, at]) => at <= score)))
    .slice(0, max)
    .map(([id]) => id);
}
