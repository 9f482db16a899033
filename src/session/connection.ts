/**
 * One connection's life as a function: (state, event, now) → (state, effects). No I/O, no clock.
 *
 *   dialling ─▶ free ─ send ─▶ asking ─ answer ─▶ answered ─ keep ─▶ idle ─ send ─▶ asking …
 *                                │  deadline                (queries only)
 *                                └──────────▶ retired            and from everywhere ─▶ closed
 *
 * Money rules: one movement or inquiry per connection · a byte that nobody asked for closes it · behind a
 * deadline the connection is retired: never written again, read until lateUntil, and a whole answer then
 * is the late answer of its one request · every exchange settles `ended` once and `late` once · `send`
 * where it may not be throws before a byte, and after a `write` nothing says "not sent" any more.
 */
import { YinqiError } from '../errors.ts';
import type { Reading } from '../protocol/framing/framer.ts';
import type {
  ConnectionEffect,
  ConnectionEvent,
  ConnectionRules,
  ConnectionState,
  ConnectionStep,
  Timer,
  Warning,
} from './shapes.ts';

type Pending = Extract<ConnectionState, { is: 'asking' | 'retired' }>;
type Unused = Extract<ConnectionState, { is: 'free' | 'idle' }>;

const CLOSED: ConnectionState = { is: 'closed' };
const destroy: ConnectionEffect = { do: 'destroy' };
const noLate: ConnectionEffect = { do: 'late', body: undefined };

const arm = (timer: Timer, ms: number): ConnectionEffect => ({ do: 'arm', timer, ms });
const warn = (warning: Warning): ConnectionEffect => ({ do: 'warn', warning });
const stay = (state: ConnectionState): ConnectionStep => ({ state, effects: [] });
const silent = (why: 'deadline' | 'closed' | 'broken'): ConnectionEffect => ({
  do: 'ended',
  ending: { type: 'silent', why },
});

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
  const bytes = rules.framer.wrap(event.body, event.keep);
  const reader = rules.framer.reader();
  return {
    state: { is: 'asking', keep: event.keep, sentAt: now, reader },
    effects: [{ do: 'write', bytes }, arm('deadline', rules.answerWithinMs)],
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
const unasked = (bytes: number): ConnectionStep => ({
  state: CLOSED,
  effects: [warn({ event: 'unclaimed-bytes', bytes }), destroy],
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
      return unasked(event.bytes.length);
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
      return unasked(event.bytes.length);
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

function whilePending(
  state: Pending,
  event: ConnectionEvent,
  now: number,
  rules: ConnectionRules,
): ConnectionStep {
  switch (event.type) {
    case 'bytes':
      return onReading(state, state.reader.push(event.bytes), rules);
    case 'end':
      return state.reader.started
        ? onReading(state, state.reader.end(), rules)
        : giveUp(state, 'closed');
    case 'deadline':
      if (state.is === 'retired') return stay(state);
      return {
        state: { is: 'retired', reader: state.reader },
        effects: [
          silent('deadline'),
          arm('late-deadline', Math.max(0, state.sentAt + rules.lateUntilMs - now)),
        ],
      };
    case 'close':
      // nobody waits for a retired one, and yet its late answer counts
      return state.is === 'retired' ? stay(state) : giveUp(state, 'closed');
    case 'late-deadline':
      return state.is === 'retired' ? giveUp(state, 'closed') : stay(state);
    case 'error':
    case 'stop':
      return giveUp(state, 'closed');
    default:
      return stay(state);
  }
}

/** No answer will be read here any more. */
function giveUp(state: Pending, why: 'closed' | 'broken'): ConnectionStep {
  const settled = state.is === 'asking' ? [silent(why), noLate] : [noLate];
  return { state: CLOSED, effects: [...settled, destroy] };
}

function onReading(state: Pending, reading: Reading, rules: ConnectionRules): ConnectionStep {
  if (reading.is === 'more') return stay(state);
  const warnings: ConnectionEffect[] = state.reader.proxied
    ? [warn({ event: 'answer-proxied' })]
    : [];
  if (reading.is === 'broken') {
    const { code, why } = reading;
    const step = giveUp(state, 'broken');
    const broken = warn({ event: 'answer-broken', code, why });
    return { state: step.state, effects: [...warnings, broken, ...step.effects] };
  }
  const { packet: body, rest } = reading;
  if (rest.length > 0) warnings.push(warn({ event: 'unclaimed-bytes', bytes: rest.length }));
  if (state.is === 'retired') {
    return { state: CLOSED, effects: [...warnings, { do: 'late', body }, destroy] };
  }
  const settled: ConnectionEffect[] = [
    ...warnings,
    { do: 'ended', ending: { type: 'answer', body } },
    noLate,
  ];
  if (state.keep && reading.staysOpen) {
    const effects = [...settled, arm('free-too-long', rules.idleReuseMs)];
    return { state: { is: 'answered' }, effects };
  }
  return { state: CLOSED, effects: [...settled, destroy] };
}
