/**
 * One connection's life as a function: (state, event, now) → (state, effects). No I/O, no clock.
 *
 *   dialling ─▶ free ─ send ─▶ asking ─ answer ─▶ answered ─ keep ─▶ idle ─ send ─▶ asking …
 *                                │  deadline                (queries only)
 *                                └──────────▶ retired            and from everywhere ─▶ closed
 *
 * Money rules: one movement or inquiry per connection · a byte that nobody asked for closes it · behind a
 * deadline the connection is retired: never written again, read until lateUntil, and a whole answer then
 * is the late answer of its one request · an answer that names another request is nobody's · an answer once
 * begun has halfReadMs to end · every exchange settles `ended` once and `late` once · `send`
 * where it may not be throws before a byte, and after a `write` nothing says "not sent" any more.
 */
import { YinqiError } from '../errors.ts';
import { whilePending } from './awaiting.ts';
import { arm, CLOSED, destroy, stay, warn } from './effects.ts';
import type {
  Asked,
  ConnectionEvent,
  ConnectionRules,
  ConnectionState,
  ConnectionStep,
} from './shapes.ts';

type Unused = Extract<ConnectionState, { is: 'free' | 'idle' }>;

/** A connection that is being made; it has `withinMs` for it. */
export const dial = (withinMs: number): ConnectionStep => ({
  state: { is: 'dialling' },
  effects: [arm('deadline', withinMs)],
});

/** May a request be written now? */
export const isUsable = (state: ConnectionState): state is Unused =>
  state.is === 'free' || state.is === 'idle';

const unusedMs = (state: Unused, rules: ConnectionRules): number =>
  state.is === 'free' ? rules.freeMaxMs : rules.idleReuseMs;

export function stepConnection(
  state: ConnectionState,
  event: ConnectionEvent,
  now: number,
  rules: ConnectionRules,
): ConnectionStep {
  if (event.type === 'send') return onSend(state, event, now, rules);
  switch (state.is) {
    case 'closed':
      return stay(state);
    case 'dialling':
      return whileDialling(state, event, now, rules);
    case 'free':
    case 'idle':
      return whileUnused(state, event, now, rules);
    case 'answered':
      return whileAnswered(state, event, now, rules);
    case 'asking':
    case 'retired':
      return whilePending(state, event, now, rules);
  }
}

function onSend(
  state: ConnectionState,
  event: Extract<ConnectionEvent, { type: 'send' }>,
  now: number,
  rules: ConnectionRules,
): ConnectionStep {
  if (!isUsable(state)) {
    throw new YinqiError('DEFECT', { detail: `send on a connection that is ${state.is}` });
  }
  const { framer, policy } = rules;
  const key = framer.requestKey(event.body);
  // no answer could ever be told to be its own
  if (key === '') throw new YinqiError('DEFECT', { detail: 'a request that nothing names' });
  const keep = event.keep && policy === 'kept';
  const asked: Asked = { sentAt: now, reader: framer.reader(), key };
  return {
    state: { is: 'asking', keep, asked },
    effects: [
      { do: 'write', bytes: framer.wrap(event.body, keep) },
      arm('deadline', rules.answerWithinMs),
    ],
  };
}

function whileDialling(
  state: ConnectionState,
  event: ConnectionEvent,
  now: number,
  rules: ConnectionRules,
): ConnectionStep {
  switch (event.type) {
    case 'connected':
      return {
        state: { is: 'free', since: now },
        effects: [arm('free-too-long', rules.freeMaxMs)],
      };
    case 'end':
    case 'error':
    case 'deadline':
    case 'close':
    case 'stop':
      return { state: CLOSED, effects: [destroy] };
    default:
      return stay(state);
  }
}

/** Bytes while nothing is asked: an answer to something else, or no HTTP at all. Never kept, never read. */
const unasked = (packet: Uint8Array): ConnectionStep => ({
  state: CLOSED,
  effects: [warn({ event: 'unclaimed-bytes', packet }), destroy],
});

function whileUnused(
  state: Unused,
  event: ConnectionEvent,
  now: number,
  rules: ConnectionRules,
): ConnectionStep {
  const most = unusedMs(state, rules);
  switch (event.type) {
    case 'bytes':
      return unasked(event.bytes);
    case 'lend':
      // whoever takes it now has the whole time to use it
      return { state, effects: [arm('free-too-long', most)] };
    case 'close': {
      // let go unused: others may have it, for what is left of its time
      const left = state.since + most - now;
      if (left > 0) return { state, effects: [arm('free-too-long', left)] };
      return { state: CLOSED, effects: [destroy] };
    }
    case 'end':
    case 'error':
    case 'free-too-long':
    case 'stop':
      return { state: CLOSED, effects: [destroy] };
    default:
      return stay(state);
  }
}

function whileAnswered(
  state: ConnectionState,
  event: ConnectionEvent,
  now: number,
  rules: ConnectionRules,
): ConnectionStep {
  switch (event.type) {
    case 'bytes':
      return unasked(event.bytes);
    case 'keep':
      return {
        state: { is: 'idle', since: now },
        effects: [arm('free-too-long', rules.idleReuseMs)],
      };
    case 'end':
    case 'error':
    case 'free-too-long':
    case 'close':
    case 'stop':
      return { state: CLOSED, effects: [destroy] };
    default:
      return stay(state);
  }
}
