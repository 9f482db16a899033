/** A packet of the bank on a session that is up: numbers first, then what it is. */

import { hear, type Range } from './bank-numbers.ts';
import { against, close, report } from './closing.ts';
import { dayIn, numberOf, rangeIn, type SessionPacket } from './session-packets.ts';
import type { SessionEffect, SessionRules, SessionStep, Up } from './session-shapes.ts';
import { asking, byKey, noLate, releaseLent, without } from './slots.ts';

const write = (bytes: Uint8Array): SessionEffect => ({ do: 'write', bytes });

/** The bank has signed off and nobody waits for an answer any more: so do we. */
export function leaveIfDone(
  up: Up,
  effects: readonly SessionEffect[],
  rules: SessionRules,
): SessionStep {
  if (up.leaving?.by !== 'bank' || asking(up.slots) > 0) return { state: up, effects };
  const bytes = rules.codec.make({ kind: 'signOffAnswer', day: up.day });
  return close(up, 'signed-off', [...effects, write(bytes)]);
}

export function onPacket(
  state: Up,
  packet: SessionPacket,
  now: number,
  rules: SessionRules,
): SessionStep {
  switch (packet.kind) {
    case 'answer':
    case 'notice': {
      if (packet.number === 0) return against(state, 'SEQ-1');
      // the bank changes the day itself, so everything it writes behind that is of the new one
      if (packet.day !== state.day) return against(state, 'DAY-2');
      const range = { from: packet.number, to: packet.number };
      return numbered(state, packet, range, now, rules);
    }
    case 'gapFill':
      if (packet.day !== state.day) return against(state, 'DAY-2');
      return numbered(state, packet, rangeIn(packet), now, rules);
    case 'heartbeat': {
      const bytes = rules.codec.make({ kind: 'heartbeatAnswer', reference: packet.reference });
      return { state: calm(state), effects: [write(bytes)] };
    }
    case 'heartbeatAnswer':
      // another packet may have answered it meanwhile: its own answer is still on the way then
      if (!isProbe(state, packet.reference)) return against(state, 'BEAT-3');
      return { state: calm(state), effects: [] };
    case 'dayChange':
      return onDayChange(state, packet, rules);
    case 'signOff': {
      const { up, effects } = releaseLent(calm(state));
      const leaving = { by: 'bank', until: now + rules.answerWithinMs } as const;
      return leaveIfDone({ ...up, leaving }, effects, rules);
    }
    case 'signOffAnswer':
      return state.leaving?.by === 'us' ? close(state, 'signed-off') : against(state, 'OFF-2');
    case 'kick':
      return close(state, 'kicked', [report({ event: 'kicked', status: packet.status })]);
    case 'resendRequest':
      return onResendRequest(state, packet, rules);
    default:
      return against(state, 'KIND-1');
  }
}

/** A heartbeat of ours on this session, answered or not. */
function isProbe({ probes }: Up, reference: string): boolean {
  return /^[1-9]\d{0,8}$/.test(reference) && Number(reference) <= probes;
}

/** Any whole packet is a sign of life. */
const calm = (up: Up): Up => ({ ...up, probe: undefined });

function numbered(
  before: Up,
  packet: SessionPacket,
  range: Range,
  now: number,
  rules: SessionRules,
): SessionStep {
  const up = calm(before);
  const heard = hear(up.inbound, range);
  const fills = packet.kind === 'gapFill';
  if (heard.is === 'again') {
    // a notice may come again, marked so; nothing else may
    if (fills) return { state: up, effects: [] };
    if (!packet.again || packet.kind !== 'notice') return against(up, 'SEQ-3');
    return onNotice(up, packet, [], now, rules);
  }
  const state = { ...up, inbound: heard.inbound };
  const effects: SessionEffect[] = [];
  if (heard.is === 'gap') {
    const { from, to } = heard.gap;
    effects.push(report({ event: 'sequence-gap', from: 'bank', range: heard.gap }));
    const elements = { from: String(from), to: String(to) };
    effects.push(write(rules.codec.make({ kind: 'resendRequest', day: up.day, elements })));
  }
  if (fills) return { state, effects };
  if (packet.kind === 'notice') return onNotice(state, packet, effects, now, rules);
  return onAnswer(state, packet, effects, rules);
}

function onNotice(
  state: Up,
  packet: SessionPacket,
  before: readonly SessionEffect[],
  now: number,
  rules: SessionRules,
): SessionStep {
  if (packet.reference === '' || packet.code === '') return against(state, 'NOTE-1', before);
  const answerBy = now + rules.spec.noticeWithinMs;
  return { state, effects: [...before, { do: 'notice', packet: packet.bytes, answerBy }] };
}

function onAnswer(
  state: Up,
  packet: SessionPacket,
  before: readonly SessionEffect[],
  rules: SessionRules,
): SessionStep {
  const found = byKey(state.slots, packet.reference);
  if (found === undefined) {
    const unclaimed = report({ event: 'unclaimed-bytes', packet: packet.bytes });
    // nobody waits for it any more, and it was asked: it harms nobody
    if (state.dropped.includes(packet.reference)) {
      const dropped = state.dropped.filter((key) => key !== packet.reference);
      return { state: { ...state, dropped }, effects: [...before, unclaimed] };
    }
    return against(state, 'CORR-2', [...before, unclaimed]);
  }
  // the reference of one and the function of another: neither can be believed
  if (packet.code !== found.slot.code) return against(state, 'CORR-3', before);
  const { id, slot } = found;
  const up = { ...state, slots: without(state.slots, id) };
  if (slot.is === 'retired') {
    return leaveIfDone(up, [...before, { do: 'late', id, packet: packet.bytes }], rules);
  }
  const ending = { type: 'answer', body: packet.bytes } as const;
  return leaveIfDone(up, [...before, { do: 'settled', id, ending }, noLate(id)], rules);
}

/** A new business day while the session is up (DAY-3): both sides begin at 1, and say where the old day ended. */
function onDayChange(before: Up, packet: SessionPacket, rules: SessionRules): SessionStep {
  const day = dayIn(packet.element('day'));
  if (day <= before.day) return against(before, 'DAY-1');
  const next = numberOf(packet.element('next'), 'next');
  const { up, effects } = releaseLent(calm(before));
  const { inbound } = up;
  const all: SessionEffect[] = [...effects];
  if (next > inbound.next) {
    const range = { from: inbound.next, to: next - 1 };
    all.push(report({ event: 'sequence-gap', from: 'bank', range }));
  }
  const elements = { day, next: String(up.nextOut) };
  all.push(write(rules.codec.make({ kind: 'dayChangeAnswer', day, elements })));
  all.push({ do: 'open-day', day, next: 1 });
  return { state: { ...up, day, nextOut: 1, inbound: { next: 1, missing: [] } }, effects: all };
}

/** Requests are never sent again: whatever the bank has not seen of ours is filled (SEQ-4). */
function onResendRequest(before: Up, packet: SessionPacket, rules: SessionRules): SessionStep {
  const state = calm(before);
  const range = rangeIn(packet);
  if (packet.day !== state.day || range.to >= state.nextOut) return against(state, 'SEQ-5');
  const elements = { from: String(range.from), to: String(range.to) };
  const bytes = rules.codec.make({ kind: 'gapFill', day: state.day, elements });
  return {
    state,
    effects: [report({ event: 'sequence-gap', from: 'us', range }), write(bytes)],
  };
}
