/**
 * What goes into the scripts of one link and what they answer. One link = one store = one Cluster slot.
 *
 *   accept   new instructions, in batches      any process may call it: it sends nothing
 *   commit   changes + claim, one batch         only the owner of the epoch
 *   beat     lease, time, what is due           only the owner of the epoch
 *
 * Every script refuses a Redis whose watermark is below what this process has seen (REDIS_ROLLED_BACK,
 * R4) and checks types and arguments before its first write (REDIS_WRONG_TYPE, R26). Called again with
 * the same arguments, as ioredis does after a lost reply, each returns the same work (R23).
 */
import type { Freeze, Held, Intent, Life, MemberChange, Phase } from '../instruction/intent.ts';

/** A message on its way out: its job id is `<stem>-<version>`, and it carries the version. */
export interface OutEntry {
  readonly queue: 'results' | 'notices' | 'questions';
  readonly source: string;
  readonly stem: string;
  /** JSON; what it holds is the engine's business (telling.ts) */
  readonly body: string;
  /** only when it is put back from the journal: the version it was first told under */
  readonly version?: number;
}

/** An outbox entry as it is read back. */
export interface OutRead extends OutEntry {
  /** id in the stream: rises */
  readonly at: string;
  /** watermark of the change that made it, each entry its own: `(stem, version)` always has the same content */
  readonly version: number;
}

export interface NewIntent {
  readonly intent: Intent;
  /** `failed`: refused at the door, the id is burnt */
  readonly phase: 'received' | 'failed';
  readonly life: Life;
  /** the first one nobody owns becomes the serial; empty: it has none */
  readonly serials: readonly string[];
  /** Redis TIME ms; an unsent one is due then and expires */
  readonly expiresAt: number;
  /** looked up by its due time and never claimed: queries and what is answered here */
  readonly aside: boolean;
  readonly dueAt?: number;
  readonly orderKey?: string;
  /** id of the instruction to wait for, until it is known and released; a queue may swap the two (R22) */
  readonly after?: string;
  readonly notBeforeMs?: number;
  readonly out: readonly OutEntry[];
  /** body of the message told, kept to be told again */
  readonly message?: string;
}

export type Accepted =
  | { was: 'new'; version: number; serial?: string }
  | { was: 'exists'; held: Held; told?: Told }
  | { was: 'conflict'; digest: string }
  | { was: 'serials-taken' };

/** The message last told about an instruction: body as in its outbox entry, and its version. */
export interface Told {
  readonly body: string;
  readonly version: number;
}

export interface Change {
  readonly id: string;
  /** version it must still have */
  readonly expect: number;
  readonly phase: Phase;
  readonly life: Life;
  /** Redis TIME ms of the next look, or null for never */
  readonly dueAt: number | null;
  /** lets the next of its order key go, and whoever waits for it */
  readonly release: boolean;
  /** sending → received: may be claimed again, in its old place */
  readonly back: boolean;
  readonly out: readonly OutEntry[];
  readonly message?: string;
  readonly member?: MemberChange;
  readonly freeze?: Freeze;
}

/** `stale`: its version is another one; `held` is where it stands after the batch (absent: not known). */
export type ChangeResult = { done: 'yes'; version: number } | { done: 'stale'; held?: Held };

export interface Committed {
  readonly results: readonly ChangeResult[];
  readonly claims: readonly Held[];
  /** instructions that may be claimed now */
  readonly ready: number;
}

/** `seq` rises by one with every new claim of this epoch: the same one again returns the same claims. */
export interface ClaimOrder {
  readonly seq: number;
  readonly n: number;
}

export interface Beat {
  /** Redis TIME, ms */
  readonly time: number;
  readonly ready: number;
  /** earliest notBefore of those that wait for their time, Redis TIME ms */
  readonly nextReadyAt: number | null;
  /** due now, earliest first, at most `dueMax` */
  readonly due: readonly Held[];
  /** claimed and not yet settled, whoever claimed them */
  readonly sending: readonly { id: string; attempt: number; epoch: number }[];
  /** unknown or with people: how many, and since when the oldest is (Redis TIME ms) */
  readonly doubtful: { count: number; oldestSince: number | null };
  readonly outbox: number;
}

/** Who takes a link, and what it knows. */
export interface Owner {
  /** name of this process run */
  readonly run: string;
  /** identity of its journal, and the number of its last record */
  readonly journal: string;
  readonly records: number;
  /** the journal's highest watermark of the link */
  readonly seen: number;
  readonly leaseMs: number;
  /** other journals it may speak for, up to their record `records` */
  readonly covered?: readonly { readonly journal: string; readonly records: number }[];
  /** it misses records of its own: it only asks, or does so if Redis is behind */
  readonly asks?: 'own' | 'behind' | undefined;
  /** records came to its journal by another way than through Redis: all of them are to be put back */
  readonly behind?: boolean;
}

export interface Taken {
  readonly epoch: number;
  /** Redis was behind the journal: its watermark was raised past anything ever published (R18) */
  readonly rolledBack: boolean;
  readonly time: number;
  /** ids claimed by an earlier owner and not settled */
  readonly sending: readonly string[];
  /** no claim is given: records of its own are missing, or this other journal, or later records of its own */
  readonly asks?: 'own' | { readonly journal: string; readonly records: number };
}

/** An instruction put back from the journal; only where Redis has none, or has exactly version `expect`. */
export interface Restore {
  readonly intent: Intent;
  readonly phase: Phase;
  readonly life: Life;
  readonly attempt: number;
  readonly expect: number | null;
  readonly dueAt: number | null;
  readonly expiresAt: number;
  /** where Redis has none: put in front of everything that waits under this key */
  readonly orderKey?: string;
  readonly out: readonly OutEntry[];
  readonly told?: Told;
  readonly member?: MemberChange;
  readonly freeze?: Freeze;
}

/** One entry of a bank's statement that is to be told or marked known. */
export interface EntryMark {
  readonly key: string;
  /** digest Redis must hold for it now; '' : none. Already `digest`: done before, nothing happens */
  readonly expect: string;
  readonly digest: string;
  readonly out: readonly OutEntry[];
}

/** Where what the bank sent by itself is kept; see keys.ts. */
export type PushPart = 'push' | 'awaited' | 'provisional' | 'questions';

/**
 * One thing that becomes known, with all that follows from it. `guard` must be as expected; is it already
 * as wanted, it was done before.
 */
export interface PushMark {
  readonly guard: {
    readonly part: PushPart;
    /** of `push`: the bank's day */
    readonly name?: string;
    readonly field: string;
    readonly expect: string;
    readonly value: string;
  };
  /** '' takes the field away */
  readonly writes: readonly { part: Exclude<PushPart, 'push'>; field: string; value: string }[];
  readonly out: readonly OutEntry[];
}

/** `other`: the guard was neither as expected nor as wanted, and nothing happened. */
export type PushMarked = 'kept' | 'other';
