/**
 * One persistent session's life as a function: (state, event, now) → (state, effects). No I/O, no clock.
 *
 *   dialling ─ connected ─▶ signing-on ─ accepted ─▶ up ─ sign-off ─▶ (leaving) ─▶ closed
 *       └───────────────────────┴─ and from everywhere ─────────────────────────────┘
 *
 * Money rules: a request is written once, on a place of the window that was lent · a key that is in flight
 * is refused before a byte · whatever the peer does against the protocol closes the session · closing
 * settles every place exactly once, written ones silent, unwritten ones not sent · numbers leave without a
 * gap: what was allotted and not written is filled before the next one. The rules by name:
 * docs/reference-protocol.md.
 */
import { YinqiError } from '../errors.ts';
import { close, report } from './closing.ts';
import type {
  SessionEffect,
  SessionEvent,
  SessionRules,
  SessionState,
  SessionStep,
  SigningOn,
  Up,
} from './session-shapes.ts';
import { onSignOnPacket, signOn } from './sign-on.ts';
import { byKey, expire, inUse, lend, release, releaseLent } from './slots.ts';
import { leaveIfDone, onPacket } from './up.ts';

const stay = (state: SessionState): SessionStep => ({ state, effects: [] });

/** A session that is being dialled; it has `withinMs` for it. */
export const dialSession = (now: number, withinMs: number): SessionState => ({
  is: 'dialling',
  until: now + withinMs,
});

/** May a place in the window be lent now? */
export const mayLend = (state: SessionState, rules: SessionRules): boolean =>
  state.is === 'up' && state.leaving === undefined && inUse(state.slots) < rules.window;

/** May the holder of this place write now? */
export const mayWrite = (state: SessionState, id: number): boolean =>
  state.is === 'up' && state.leaving === undefined && state.slots.get(id)?.is === 'lent';

/** When a `tick` has something to do; undefined: nothing is waited for. */
export function dueAt(state: SessionState, rules: SessionRules): number | undefined {
  if (state.is === 'closed') return undefined;
  if (state.is === 'dialling') return state.until;
  const half = (state.halfSince ?? Infinity) + rules.spec.halfReadMs;
  if (state.is === 'signing-on') return Math.min(state.until, half);
  const slots = [...state.slots.values()].map((slot) =>
    slot.is === 'lent' ? Infinity : slot.until,
  );
  const heartbeat = state.probe?.until ?? state.heardAt + rules.spec.heartbeatMs;
  return Math.min(half, heartbeat, state.leaving?.until ?? Infinity, ...slots);
}

export function stepSession(
  state: SessionState,
  event: SessionEvent,
  now: number,
  rules: SessionRules,
): SessionStep {
  // only ever asked of a session that is up: elsewhere a throw, before a byte
  if (event.type === 'send') return onSend(state, event, now, rules);
  if (state.is === 'closed') return stay(state);
  switch (event.type) {
    case 'connected':
      return state.is === 'dialling' ? signOn(event.ours, now, rules) : stay(state);
    case 'bytes':
      return state.is === 'dialling' ? stay(state) : onBytes(state, event.bytes, now, rules);
    case 'end':
    case 'error':
      return close(state, state.is === 'dialling' ? 'unreachable' : 'closed');
    case 'tick':
      return onTick(state, now, rules);
    case 'stop':
      return close(state, 'stopped');
    default:
      return state.is === 'up' ? whileUp(state, event, now, rules) : stay(state);
  }
}

function whileUp(
  state: Up,
  event: Extract<
    SessionEvent,
    { type: 'lend' | 'release' | 'unwritten' | 'acknowledge' | 'sign-off' }
  >,
  now: number,
  rules: SessionRules,
): SessionStep {
  switch (event.type) {
    case 'lend':
      if (!mayLend(state, rules)) throw new YinqiError('DEFECT', { detail: 'no place is free' });
      return stay(lend(state, event.id));
    case 'release': {
      const { up, effects } = release(state, event.id);
      return leaveIfDone(up, effects, rules);
    }
    case 'unwritten':
      return onUnwritten(state, event.day, event.number, rules);
    case 'acknowledge':
      return { state, effects: [{ do: 'write', bytes: event.packet }] };
    case 'sign-off': {
      if (state.leaving !== undefined) return stay(state);
      const { up, effects } = releaseLent(state);
      const leaving = { by: 'us', until: now + rules.spec.signOffWithinMs } as const;
      const bytes = rules.codec.make({ kind: 'signOff', day: state.day });
      return { state: { ...up, leaving }, effects: [...effects, { do: 'write', bytes }] };
    }
  }
}

/** The gap fill that closes everything up to `to`, or nothing to close. */
function fillTo(up: Up, to: number, rules: SessionRules): Uint8Array | undefined {
  if (to < up.nextOut) return undefined;
  const elements = { from: String(up.nextOut), to: String(to) };
  return rules.codec.make({ kind: 'gapFill', day: up.day, elements });
}

function onUnwritten(up: Up, day: string, number: number, rules: SessionRules): SessionStep {
  const bytes = day === up.day ? fillTo(up, number, rules) : undefined;
  if (bytes === undefined) return stay(up);
  return { state: { ...up, nextOut: number + 1 }, effects: [{ do: 'write', bytes }] };
}

function onSend(
  state: SessionState,
  { id, packet }: Extract<SessionEvent, { type: 'send' }>,
  now: number,
  rules: SessionRules,
): SessionStep {
  const refuse = (detail: string): YinqiError => new YinqiError('DEFECT', { detail });
  if (state.is !== 'up' || !mayWrite(state, id)) throw refuse('send where it may not be');
  const { code, day, kind, number, reference: key } = rules.codec.read(packet);
  if (kind !== 'request' || key === '') throw refuse('no request with a reference');
  if (byKey(state.slots, key) !== undefined || state.dropped.includes(key)) {
    throw refuse('the reference is in flight');
  }
  if (number > 0 && (day !== state.day || number < state.nextOut)) {
    throw refuse('a number of another day, or one that has left');
  }
  const fill = number > 0 ? fillTo(state, number - 1, rules) : undefined;
  const until = now + rules.answerWithinMs;
  const slots = new Map(state.slots).set(id, { is: 'asking', key, code, until, sentAt: now });
  const nextOut = number > 0 ? number + 1 : state.nextOut;
  const effects: SessionEffect[] = [fill, packet]
    .filter((bytes) => bytes !== undefined)
    .map((bytes) => ({ do: 'write', bytes }));
  return { state: { ...state, slots, nextOut }, effects };
}

function onTick(
  state: Exclude<SessionState, { is: 'closed' }>,
  now: number,
  rules: SessionRules,
): SessionStep {
  if (state.is === 'dialling') return now < state.until ? stay(state) : close(state, 'unreachable');
  const { spec } = rules;
  if (now >= (state.halfSince ?? Infinity) + spec.halfReadMs) return close(state, 'silent');
  if (state.is === 'signing-on') return now < state.until ? stay(state) : close(state, 'silent');
  if (state.leaving !== undefined && now >= state.leaving.until) return close(state, 'signed-off');
  if (state.probe !== undefined && now >= state.probe.until) return close(state, 'silent');
  const { up, effects } = expire(state, now, rules.lateUntilMs);
  if (up.probe !== undefined || now < up.heardAt + spec.heartbeatMs) {
    return leaveIfDone(up, effects, rules);
  }
  const reference = String(up.probes + 1);
  const probed = {
    ...up,
    probes: up.probes + 1,
    probe: { reference, until: now + spec.heartbeatWithinMs },
  };
  const bytes = rules.codec.make({ kind: 'heartbeat', reference });
  return leaveIfDone(probed, [...effects, { do: 'write', bytes }], rules);
}

/** Packet by packet: one that closes the session leaves what came behind it unread. */
function onBytes(
  first: SigningOn | Up,
  bytes: Uint8Array,
  now: number,
  rules: SessionRules,
): SessionStep {
  let state: SigningOn | Up = first;
  let rest = bytes;
  const effects: SessionEffect[] = [];
  while (rest.length > 0) {
    const reading = state.reader.push(rest);
    if (reading.is === 'more') {
      return { state: { ...state, halfSince: state.halfSince ?? now }, effects };
    }
    if (reading.is === 'broken') {
      const { code, why } = reading;
      return close(state, 'broken', [...effects, report({ event: 'answer-broken', code, why })]);
    }
    rest = reading.rest;
    const fresh = { ...state, reader: rules.codec.reader(), halfSince: undefined };
    const step = onWhole(fresh, reading.packet, now, rules);
    effects.push(...step.effects);
    if (step.state.is !== 'signing-on' && step.state.is !== 'up') {
      const unread = report({ event: 'unclaimed-bytes', packet: rest });
      return { state: step.state, effects: rest.length > 0 ? [...effects, unread] : effects };
    }
    state = step.state;
  }
  return { state, effects };
}

function onWhole(
  state: SigningOn | Up,
  bytes: Uint8Array,
  now: number,
  rules: SessionRules,
): SessionStep {
  try {
    const packet = rules.codec.read(bytes);
    if (state.is === 'signing-on') return onSignOnPacket(state, packet, now, rules);
    return onPacket({ ...state, heardAt: now }, packet, now, rules);
  } catch (error) {
    if (!(error instanceof YinqiError) || error.code === 'DEFECT') throw error;
    const why = error.detail ?? '';
    return close(state, 'broken', [report({ event: 'answer-broken', code: error.code, why })]);
  }
}
