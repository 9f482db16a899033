/**
 * A family of transactions is one module that exports one table: what it books, what it changes, what it
 * answers. The dialect of its bank lists the families; nothing else has to know them.
 */
import type { Message } from '../../src/protocol/message.ts';
import type { Opening } from '../citic/members.ts';
import type { Change } from '../citic/upkeep.ts';
import type { Agenda } from './agenda.ts';
import type { Counter } from './counter.ts';
import type { Batch, Books, Movement } from './movement.ts';
import type { Orders } from './orders.ts';
import type { Reply } from './reply.ts';

/** What a transaction that moves no money may look at and change. */
export interface Inside {
  readonly books: Books;
  readonly openings: Map<string, Opening>;
  /** of accounts, waiting for a reviewer or decided */
  readonly changes: Change[];
  readonly orders: Orders;
  readonly counter: Counter;
  readonly agenda: Agenda;
}

/** Reads a movement from its request; the counter decides whether and when it is booked. */
export type MovementReader = (books: Books, message: Message, now: number) => Movement;
/** Reads an order of many payments. */
export type BatchReader = (books: Books, message: Message, now: number) => Batch;
export type Answerer = (inside: Inside, message: Message, now: number) => Reply;

type Table<T> = Readonly<Record<string, T>>;

export interface Family {
  readonly movements?: Table<MovementReader>;
  /** orders of many payments */
  readonly batches?: Table<BatchReader>;
  /** changes of an account that move no money */
  readonly maintenance?: Table<Answerer>;
  readonly queries?: Table<Answerer>;
  /** of the queries, those that list rows of an account: the field of the request that names it */
  readonly statements?: Table<string>;
}

/** One kind of table of all families as one. */
export function merged<K extends keyof Family>(
  families: readonly Family[],
  kind: K,
): ReadonlyMap<string, NonNullable<Family[K]>[string]> {
  type One = NonNullable<Family[K]>[string];
  // every table of a kind has the same type of values; only `Object.entries` forgets it
  return new Map(
    families.flatMap((family) => Object.entries(family[kind] ?? {}) as [string, One][]),
  );
}
