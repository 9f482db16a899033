/**
 * The way to one front end: connections that carry one request each. What happens on a connection is
 * decided by the pure machine in src/session; this side carries its effects out on node:net and node:tls.
 */

/** How our request ended, seen from its connection. Settled exactly once. */
export type Ending =
  | { readonly type: 'answer'; readonly body: Uint8Array }
  /** no whole answer: past the deadline, closed, or bytes that are no answer */
  | { readonly type: 'silent'; readonly why: 'deadline' | 'closed' | 'broken' };

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
   * if it is not usable. After the call every error is "may have been sent".
   */
  send(body: Uint8Array, options: { keep: boolean }): Exchange;
  /** After an answer that named what was asked: the connection may carry another query. */
  keep(): void;
  /** Lets it go; what is written stays written. */
  close(): void;
}

export interface Line {
  /** host:port of the front end: a negative counts only if asked there */
  readonly peer: string;
  /**
   * A connection that has carried nothing; for a query also one that carried only queries and is still
   * fresh. Throws PEER_UNREACHABLE: nothing was sent.
   */
  connect(use: 'order' | 'query'): Promise<Connection>;
  /** the last try to connect succeeded, or none was made yet */
  readonly up: boolean;
  close(): Promise<void>;
}
