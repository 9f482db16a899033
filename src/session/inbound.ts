/**
 * The life of one connection that the bank made to us, as a function: (state, event, now) → (state, effects).
 * One packet, one answer, closed. No I/O, no clock.
 *
 *   reading ── a whole packet ──▶ asked ── answer ──▶ answered ── the bank closes, or in time ──▶ closed
 *      │  half a packet, garbage,   │  refuse, deadline
 *      └─ silence ──────────────────┴─────────────── without an answer ─────────────────────────▶ closed
 *
 * A packet is handed over once. What is no packet, or comes behind one, is answered by nothing: a refusal
 * code would say that we had understood it (R16). An answer is written at most once, and only while the
 * bank still has the connection open as far as we can know.
 */
import type { Reader, Reading } from '../protocol/framing/framer.ts';

export interface InboundRules {
  /** from the connection to the last byte of its packet */
  readonly packetWithinMs: number;
  /** from the packet to our answer */
  readonly answerWithinMs: number;
  /** how long the bank may take to close a connection that was answered */
  readonly lingerMs: number;
}

/** The reader in a state is the one thing that changes in place: a state is stepped from once. */
export type InboundState =
  | { readonly is: 'reading'; readonly reader: Reader }
  | { readonly is: 'asked'; readonly answerBy: number }
  | { readonly is: 'answered' }
  | { readonly is: 'closed' };

export type InboundEvent =
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  /** the peer ended its side */
  | { readonly type: 'end' }
  /** reset, or gone */
  | { readonly type: 'error' }
  | { readonly type: 'answer'; readonly bytes: Uint8Array }
  | { readonly type: 'refuse' }
  | { readonly type: 'deadline' }
  /** the listener closes */
  | { readonly type: 'stop' };

/** Why a connection was closed without an answer. */
export type Unanswered = 'half' | 'silent' | 'broken' | 'trailing' | 'gone' | 'late' | 'refused';

export type InboundEffect =
  /** the one timer; replaces the last */
  | { readonly do: 'arm'; readonly ms: number }
  | { readonly do: 'packet'; readonly packet: Uint8Array; readonly answerBy: number }
  /** the answer, and then our end of the stream */
  | { readonly do: 'write'; readonly bytes: Uint8Array }
  | { readonly do: 'unanswered'; readonly why: Unanswered; readonly detail?: string }
  /** disarms too */
  | { readonly do: 'destroy' };

export interface InboundStep {
  readonly state: InboundState;
  readonly effects: readonly InboundEffect[];
}

const CLOSED: InboundState = { is: 'closed' };
const stay = (state: InboundState): InboundStep => ({ state, effects: [] });

const without = (why: Unanswered, detail?: string): InboundStep => ({
  state: CLOSED,
  effects: [
    { do: 'unanswered', why, ...(detail === undefined ? {} : { detail }) },
    { do: 'destroy' },
  ],
});

/** A connection that was just accepted. */
export const accepted = (reader: Reader, rules: InboundRules): InboundStep => ({
  state: { is: 'reading', reader },
  effects: [{ do: 'arm', ms: rules.packetWithinMs }],
});

/** May an answer be written now? */
export const mayAnswer = (state: InboundState, now: number): boolean =>
  state.is === 'asked' && now < state.answerBy;

export function stepInbound(
  state: InboundState,
  event: InboundEvent,
  now: number,
  rules: InboundRules,
): InboundStep {
  switch (state.is) {
    case 'closed':
      return stay(state);
    case 'reading':
      return whileReading(state, event, now, rules);
    case 'asked':
      return whileAsked(state, event, now, rules);
    case 'answered':
      // bytes behind the packet change nothing any more; whoever hangs on is let go
      return event.type === 'bytes' || event.type === 'answer' || event.type === 'refuse'
        ? stay(state)
        : { state: CLOSED, effects: [{ do: 'destroy' }] };
  }
}

function whileReading(
  state: Extract<InboundState, { is: 'reading' }>,
  event: InboundEvent,
  now: number,
  rules: InboundRules,
): InboundStep {
  const { reader } = state;
  switch (event.type) {
    case 'bytes':
      return onReading(state, reader.push(event.bytes), now, rules);
    case 'end':
      if (!reader.started) return without('silent');
      return onReading(state, reader.end(), now, rules);
    case 'deadline':
    case 'error':
    case 'stop':
    case 'refuse':
      return without(reader.started ? 'half' : 'silent');
    case 'answer':
      return stay(state);
  }
}

function onReading(
  state: InboundState,
  reading: Reading,
  now: number,
  rules: InboundRules,
): InboundStep {
  if (reading.is === 'more') return stay(state);
  if (reading.is === 'broken') return without('broken', reading.why);
  // two packets on one connection: we could answer one of them, and the bank could not know which
  if (hasMore(reading.rest)) return without('trailing');
  const answerBy = now + rules.answerWithinMs;
  return {
    state: { is: 'asked', answerBy },
    effects: [
      { do: 'arm', ms: rules.answerWithinMs },
      { do: 'packet', packet: reading.packet, answerBy },
    ],
  };
}

const CR = 13;
const LF = 10;
/** A line break behind a packet is what some front ends add; anything else is more than was agreed. */
const hasMore = (rest: Uint8Array): boolean => rest.some((byte) => byte !== CR && byte !== LF);

function whileAsked(
  state: Extract<InboundState, { is: 'asked' }>,
  event: InboundEvent,
  now: number,
  rules: InboundRules,
): InboundStep {
  switch (event.type) {
    case 'bytes':
      return hasMore(event.bytes) ? without('trailing') : stay(state);
    case 'end':
      // it has said all it has to say and may still read
      return stay(state);
    case 'answer':
      if (!mayAnswer(state, now)) return without('late');
      return {
        state: { is: 'answered' },
        effects: [
          { do: 'arm', ms: rules.lingerMs },
          { do: 'write', bytes: event.bytes },
        ],
      };
    case 'deadline':
      return without('late');
    case 'error':
      return without('gone');
    case 'refuse':
    case 'stop':
      return without('refused');
  }
}
