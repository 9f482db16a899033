/** What a connection may be, what may happen to it, and what is to be done then. See connection.ts. */
import type { Framer, Reader } from '../protocol/framing/framer.ts';

/** How our request ended, seen from its connection. Settled exactly once. */
export type Ending =
  | { readonly type: 'answer'; readonly body: Uint8Array }
  /** no whole answer: past the deadline, closed, or bytes that are no answer */
  | { readonly type: 'silent'; readonly why: 'deadline' | 'closed' | 'broken' };

export interface ConnectionRules {
  readonly framer: Framer;
  /** per-request: no connection outlives its answer, whatever was asked */
  readonly policy: 'per-request' | 'kept';
  readonly answerWithinMs: number;
  /** from the send */
  readonly lateUntilMs: number;
  /** from the first byte of an answer to its last */
  readonly halfReadMs: number;
  readonly freeMaxMs: number;
  readonly idleReuseMs: number;
}

/** The request whose answer is awaited. */
export interface Asked {
  readonly sentAt: number;
  readonly reader: Reader;
  /** what its answer must repeat; undefined where answers name no request */
  readonly key: string | undefined;
  /** when the first byte of the answer came */
  readonly begunAt?: number;
}

/** The reader in a state is the one thing that changes in place: a state is stepped from once. */
export type ConnectionState =
  | { readonly is: 'dialling' }
  /** connected (TLS done), has carried nothing */
  | { readonly is: 'free'; readonly since: number }
  | {
      readonly is: 'asking';
      readonly keep: boolean;
      readonly asked: Asked;
    }
  /** a whole answer came and the peer stays; somebody must say that it named what was asked */
  | { readonly is: 'answered' }
  /** has carried queries only, and each answer named its question */
  | { readonly is: 'idle'; readonly since: number }
  | { readonly is: 'retired'; readonly asked: Asked }
  | { readonly is: 'closed' };

export type ConnectionEvent =
  | { readonly type: 'connected' }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  /** the peer ended its side */
  | { readonly type: 'end' }
  /** reset, refused, or closed without a word */
  | { readonly type: 'error' }
  | { readonly type: 'deadline' }
  | { readonly type: 'late-deadline' }
  | { readonly type: 'half-read' }
  | { readonly type: 'free-too-long' }
  /** somebody takes it to send on it */
  | { readonly type: 'lend' }
  | { readonly type: 'send'; readonly body: Uint8Array; readonly keep: boolean }
  /** the answer named what was asked */
  | { readonly type: 'keep' }
  /** whoever had it lets it go */
  | { readonly type: 'close' }
  /** the line closes: everything goes, retired ones too */
  | { readonly type: 'stop' };

export type Timer = 'deadline' | 'late-deadline' | 'half-read' | 'free-too-long';

export type Warning =
  | { readonly event: 'unclaimed-bytes'; readonly packet: Uint8Array }
  | { readonly event: 'answer-proxied' }
  /** it names another request, or none: nobody's answer */
  | { readonly event: 'answer-misnamed'; readonly packet: Uint8Array }
  | { readonly event: 'answer-broken'; readonly code: string; readonly why: string };

export type ConnectionEffect =
  | { readonly do: 'write'; readonly bytes: Uint8Array }
  /** the one timer of the connection; replaces the last */
  | { readonly do: 'arm'; readonly timer: Timer; readonly ms: number }
  | { readonly do: 'ended'; readonly ending: Ending }
  | { readonly do: 'late'; readonly body: Uint8Array | undefined }
  /** disarms too */
  | { readonly do: 'destroy' }
  | { readonly do: 'warn'; readonly warning: Warning };

export interface ConnectionStep {
  readonly state: ConnectionState;
  readonly effects: readonly ConnectionEffect[];
}
