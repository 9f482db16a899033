/** What a persistent session may be, what may happen to it, and what is to be done then. See session.ts. */
import type { Reader } from '../protocol/framing/framer.ts';
import type { SessionSpec } from '../protocol/spec-session.ts';
import type { Inbound, Range } from './bank-numbers.ts';
import type { SessionCodec } from './session-packets.ts';
import type { Ending } from './shapes.ts';

export interface SessionRules {
  readonly spec: SessionSpec;
  readonly codec: SessionCodec;
  /** elements of the sign-on that say who we are */
  readonly signOn: Readonly<Record<string, string>>;
  /** requests lent or unanswered at a time */
  readonly window: number;
  readonly answerWithinMs: number;
  /** from the send */
  readonly lateUntilMs: number;
}

/** What we say of our numbers at sign-on. */
export interface OurNumbers {
  /** latest business day; '' before the first */
  readonly day: string;
  /** the number of our next packet of that day */
  readonly next: number;
  /** the number we expect next from the bank on that day; 0: this run has heard none yet */
  readonly expects: number;
  readonly missing: readonly Range[];
}

/** One place in the window: who holds it may write one request. */
export type Slot =
  | { readonly is: 'lent' }
  | Asked<'asking'>
  /** past its deadline: a late answer still counts (R19) */
  | Asked<'retired'>;

interface Asked<Is extends string> {
  readonly is: Is;
  /** correlation: what the answer repeats */
  readonly key: string;
  readonly code: string;
  /** monotonic ms: of the deadline, or of the end of lateness */
  readonly until: number;
  readonly sentAt: number;
}

/** The reader in a state is the one thing that changes in place: a state is stepped from once. */
interface Reads {
  readonly reader: Reader;
  /** when the packet began that is not whole yet */
  readonly halfSince: number | undefined;
}

export interface Up extends Reads {
  readonly is: 'up';
  readonly day: string;
  /** the lowest number of ours the bank has neither seen nor had filled */
  readonly nextOut: number;
  readonly inbound: Inbound;
  readonly slots: ReadonlyMap<number, Slot>;
  /** when the last whole packet came */
  readonly heardAt: number;
  /** a heartbeat of ours that nothing has answered yet */
  readonly probe: { readonly reference: string; readonly until: number } | undefined;
  readonly probes: number;
  /** keys that nobody waits for any more; their answers are reported and harm nobody */
  readonly dropped: readonly string[];
  /** a sign-off is under way: nothing new is sent */
  readonly leaving: { readonly by: 'us' | 'bank'; readonly until: number } | undefined;
}

export interface SigningOn extends Reads {
  readonly is: 'signing-on';
  readonly until: number;
  readonly ours: OurNumbers;
}

export type SessionState =
  | { readonly is: 'dialling'; readonly until: number }
  | SigningOn
  | Up
  | Closed;

export interface Closed {
  readonly is: 'closed';
  readonly why: CloseReason;
  /** the bank's numbers as far as they were heard, for the next sign-on of this run */
  readonly heard: { readonly day: string; readonly inbound: Inbound } | undefined;
}

export type CloseReason =
  /** could not be dialled in time */
  | 'unreachable'
  /** the bank did not let us in */
  | 'refused'
  /** the peer closed or reset */
  | 'closed'
  /** a heartbeat, a sign-on or half a packet ran out of time */
  | 'silent'
  /** bytes that are no packet */
  | 'broken'
  /** whole packets against the rules */
  | 'protocol'
  | 'kicked'
  | 'signed-off'
  | 'stopped';

export type SessionEvent =
  /** TCP is up, TLS done */
  | { readonly type: 'connected'; readonly ours: OurNumbers }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'end' }
  | { readonly type: 'error' }
  /** something may be due: see `dueAt` */
  | { readonly type: 'tick' }
  /** somebody takes a place in the window; ids are never used again */
  | { readonly type: 'lend'; readonly id: number }
  /** the one write of that place */
  | { readonly type: 'send'; readonly id: number; readonly packet: Uint8Array }
  /** the place is given back: unwritten, or nobody waits for its answer any more */
  | { readonly type: 'release'; readonly id: number }
  /** a number that was allotted and will never be written */
  | { readonly type: 'unwritten'; readonly day: string; readonly number: number }
  /** the stored notice's acknowledgement */
  | { readonly type: 'acknowledge'; readonly packet: Uint8Array }
  | { readonly type: 'sign-off' }
  /** everything ends now */
  | { readonly type: 'stop' };

/** How a place in the window ended. `not-sent`: no byte of it was ever written. */
export type SlotEnding = Ending | { readonly type: 'not-sent' };

export type Report =
  /** they are asked for again */
  | { readonly event: 'sequence-gap'; readonly from: 'bank' | 'us'; readonly range: Range }
  /** one side knows fewer numbers than the other has used */
  | { readonly event: 'sequence-behind'; readonly who: 'bank' | 'us'; readonly range: Range }
  | { readonly event: 'sign-on-refused'; readonly status: string }
  | { readonly event: 'kicked'; readonly status: string }
  | { readonly event: 'out-of-protocol'; readonly rule: string }
  | { readonly event: 'answer-broken'; readonly code: string; readonly why: string }
  | { readonly event: 'unclaimed-bytes'; readonly packet: Uint8Array };

export type SessionEffect =
  | { readonly do: 'write'; readonly bytes: Uint8Array }
  /** once for each place that was lent */
  | { readonly do: 'settled'; readonly id: number; readonly ending: SlotEnding }
  /** once for each request that was written */
  | { readonly do: 'late'; readonly id: number; readonly packet: Uint8Array | undefined }
  /** signed on, or a new day: `next` is the lowest number we may allot */
  | { readonly do: 'open-day'; readonly day: string; readonly next: number }
  | { readonly do: 'notice'; readonly packet: Uint8Array; readonly answerBy: number }
  | { readonly do: 'report'; readonly report: Report }
  | { readonly do: 'destroy' };

export interface SessionStep {
  readonly state: SessionState;
  readonly effects: readonly SessionEffect[];
}
