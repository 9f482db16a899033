/**
 * A request is written and its answer awaited, in time (asking) or behind the deadline (retired). Whatever
 * comes, the exchange settles `ended` once and `late` once; what is no whole answer with the name of this
 * request is no answer of it.
 */
import type { Reading } from '../protocol/framing/framer.ts';
import { arm, CLOSED, destroy, noLate, silent, stay, warn } from './effects.ts';
import type {
  ConnectionEffect,
  ConnectionEvent,
  ConnectionRules,
  ConnectionState,
  ConnectionStep,
  Timer,
  Warning,
} from './shapes.ts';

export type Pending = Extract<ConnectionState, { is: 'asking' | 'retired' }>;

const HALF: Warning = { event: 'answer-broken', code: 'FRAME_INVALID', why: 'half read' };

export function whilePending(
  state: Pending,
  event: ConnectionEvent,
  now: number,
  rules: ConnectionRules,
): ConnectionStep {
  const { asked } = state;
  switch (event.type) {
    case 'bytes':
      return onReading(state, asked.reader.push(event.bytes), now, rules);
    case 'end':
      return asked.reader.started
        ? onReading(state, asked.reader.end(), now, rules)
        : giveUp(state, 'closed');
    case 'deadline': {
      if (state.is === 'retired') return stay(state);
      const retired: Pending = { is: 'retired', asked };
      return { state: retired, effects: [silent('deadline'), armNext(retired, now, rules)] };
    }
    case 'half-read':
      return asked.begunAt === undefined ? stay(state) : broken(state, HALF);
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

/** The timer that ends the wait for this answer first. */
function armNext({ asked, is }: Pending, now: number, rules: ConnectionRules): ConnectionEffect {
  const { begunAt, sentAt } = asked;
  const last: Timer = is === 'asking' ? 'deadline' : 'late-deadline';
  const lastAt = sentAt + (is === 'asking' ? rules.answerWithinMs : rules.lateUntilMs);
  const halfAt = begunAt === undefined ? Infinity : begunAt + rules.halfReadMs;
  const [timer, at]: [Timer, number] = halfAt < lastAt ? ['half-read', halfAt] : [last, lastAt];
  return arm(timer, Math.max(0, at - now));
}

/** No answer will be read here any more. */
function giveUp(state: Pending, why: 'closed' | 'broken'): ConnectionStep {
  const settled = state.is === 'asking' ? [silent(why), noLate] : [noLate];
  return { state: CLOSED, effects: [...settled, destroy] };
}

function broken(state: Pending, warning: Warning): ConnectionStep {
  const step = giveUp(state, 'broken');
  return { state: step.state, effects: [warn(warning), ...step.effects] };
}

function onReading(
  state: Pending,
  reading: Reading,
  now: number,
  rules: ConnectionRules,
): ConnectionStep {
  const { asked } = state;
  if (reading.is === 'more') {
    if (asked.begunAt !== undefined || !asked.reader.started) return stay(state);
    const begun: Pending = { ...state, asked: { ...asked, begunAt: now } };
    return { state: begun, effects: [armNext(begun, now, rules)] };
  }
  const step = onWhole(state, reading, rules);
  if (!asked.reader.proxied) return step;
  return { state: step.state, effects: [warn({ event: 'answer-proxied' }), ...step.effects] };
}

function onWhole(
  state: Pending,
  reading: Exclude<Reading, { is: 'more' }>,
  rules: ConnectionRules,
): ConnectionStep {
  if (reading.is === 'broken') {
    return broken(state, { event: 'answer-broken', code: reading.code, why: reading.why });
  }
  const { packet, rest, staysOpen } = reading;
  const { key } = state.asked;
  if (key !== undefined && rules.framer.answerKey(packet) !== key) {
    return broken(state, { event: 'answer-misnamed', packet });
  }
  const warnings = rest.length > 0 ? [warn({ event: 'unclaimed-bytes', packet: rest })] : [];
  if (state.is === 'retired') {
    return { state: CLOSED, effects: [...warnings, { do: 'late', body: packet }, destroy] };
  }
  const settled: ConnectionEffect[] = [
    ...warnings,
    { do: 'ended', ending: { type: 'answer', body: packet } },
    noLate,
  ];
  if (!state.keep || !staysOpen) return { state: CLOSED, effects: [...settled, destroy] };
  const effects = [...settled, arm('free-too-long', rules.idleReuseMs)];
  return { state: { is: 'answered' }, effects };
}
