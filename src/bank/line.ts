/**
 * The way to one front end: connections that carry one request each. What happens on a connection is
 * decided by the pure machine in src/session; this side carries its effects out on node:net and node:tls.
 */
import type { Numbered, Reserved } from '../session/sequences.ts';
import type { Ending } from '../session/shapes.ts';

export type { Ending, Numbered, Reserved };

/** The numbers of a bank that counts our orders, per business day: see src/session/sequences.ts. */
export interface Numbers {
  /** In the turn that appends the attempt's record. The number is never allotted again. */
  allot(): Numbered;
  /** What must stand in the journal in front of the records that carry what was just allotted. */
  reservation(): Reserved | undefined;
  /** It was allotted and will not be written: the bank is told, now or before the next number. */
  unwritten(one: Numbered): void;
}

export interface Exchange {
  /** never rejects */
  readonly ended: Promise<Ending>;
  /**
   * The connection is retired at the deadline and read on until lateUntil: the answer that came late, or
   * undefined. Settles at once when it ended otherwise.
   */
  readonly late: Promise<Uint8Array | undefined>;
}

export interface Connection {
  /** connected (TLS done), nothing on the way, no byte that was not asked for */
  readonly usable: boolean;
  /**
   * One write of one whole request, in this turn of the event loop. Throws DEFECT, with nothing written,
   * if it is not usable. After the call every error is "may have been sent". `keep` asks the front end to
   * keep the connection; for an order it must be false.
   */
  send(body: Uint8Array, options: { keep: boolean }): Exchange;
  /** After an answer that named what was asked: the connection may carry another query. */
  keep(): void;
  /**
   * Lets it go, idempotent; what is written stays written. One that carried nothing is lent again while it
   * is fresh; one that waits for its answer is closed and settles silent; one behind its deadline is read
   * on until lateUntil all the same.
   */
  close(): void;
}

export interface Line {
  /** host:port of the front end: a negative counts only if asked there */
  readonly peer: string;
  /**
   * `order` (a movement, a change, an inquiry): a connection that has carried nothing. `query`: also one
   * that carried only queries and is still fresh. Throws PEER_UNREACHABLE: nothing was sent.
   */
  connect(use: 'order' | 'query'): Promise<Connection>;
  /** the last try to connect succeeded, or none was made yet */
  readonly up: boolean;
  /** where the bank counts our orders: an order's packet carries a number allotted here */
  readonly numbers?: Numbers | undefined;
  /** Where a session is kept: begins to keep it, also while nobody sends anything. */
  start?(): void;
  /** Everything ends now, retired connections too. */
  close(): Promise<void>;
}
