/**
 * From the first byte to `up`: who we are and where each side's numbers stand. Both sides say the number of
 * their next packet and the number they expect; what differs is filled, asked for or reported, and no side
 * ever begins a day's numbers anew.
 */
import { YinqiError } from '../errors.ts';
import { against, close, report } from './closing.ts';
import { dayIn, numberOf, type SessionPacket } from './session-packets.ts';
import type {
  OurNumbers,
  SessionEffect,
  SessionRules,
  SessionStep,
  SigningOn,
  Up,
} from './session-shapes.ts';

export function signOn(ours: OurNumbers, now: number, rules: SessionRules): SessionStep {
  const bytes = rules.codec.make({
    kind: 'signOn',
    elements: {
      ...rules.signOn,
      day: ours.day,
      next: String(ours.next),
      expects: String(ours.expects),
    },
  });
  const state: SigningOn = {
    is: 'signing-on',
    until: now + rules.spec.signOnWithinMs,
    ours,
    reader: rules.codec.reader(),
    halfSince: undefined,
  };
  return { state, effects: [{ do: 'write', bytes }] };
}

/** The first packet of the bank: its answer to the sign-on, or nothing we may go on with (SIGN-2). */
export function onSignOnPacket(
  state: SigningOn,
  packet: SessionPacket,
  now: number,
  rules: SessionRules,
): SessionStep {
  if (packet.kind === 'kick') {
    return close(state, 'kicked', [report({ event: 'kicked', status: packet.status })]);
  }
  if (packet.kind !== 'signOnAnswer') return against(state, 'SIGN-2');
  if (packet.status !== rules.spec.accepted) {
    const { status } = packet;
    return close(state, 'refused', [report({ event: 'sign-on-refused', status })]);
  }
  const day = dayIn(packet.element('day'));
  // the business day only moves forward (DAY-1)
  if (day < state.ours.day) return against(state, 'DAY-1');
  const bank = {
    next: numberOf(packet.element('next'), 'next'),
    expects: numberOf(packet.element('expects'), 'expects'),
  };
  if (bank.next < 1 || bank.expects < 1) throw new YinqiError('FRAME_INVALID');
  return signedOn(state, day, bank, now, rules);
}

function signedOn(
  state: SigningOn,
  day: string,
  bank: { next: number; expects: number },
  now: number,
  rules: SessionRules,
): SessionStep {
  const { ours } = state;
  const sameDay = day === ours.day;
  const next = sameDay ? ours.next : 1;
  const effects: SessionEffect[] = [];
  const fill = (kind: 'gapFill' | 'resendRequest', from: number, to: number): void => {
    const elements = { from: String(from), to: String(to) };
    effects.push({ do: 'write', bytes: rules.codec.make({ kind, day, elements }) });
  };
  // numbers allotted and not seen there: written and lost, or never written. Never sent again (SEQ-4)
  if (bank.expects < next) {
    const range = { from: bank.expects, to: next - 1 };
    effects.push(report({ event: 'sequence-gap', from: 'us', range }));
    fill('gapFill', range.from, range.to);
  }
  if (bank.expects > next) {
    const range = { from: next, to: bank.expects - 1 };
    effects.push(report({ event: 'sequence-behind', who: 'us', range }));
  }
  const expects = sameDay && ours.expects > 0 ? ours.expects : undefined;
  const missing = sameDay ? [...ours.missing] : [];
  if (expects !== undefined && bank.next > expects) {
    const range = { from: expects, to: bank.next - 1 };
    effects.push(report({ event: 'sequence-gap', from: 'bank', range }));
    missing.push(range);
  }
  if (expects !== undefined && bank.next < expects) {
    const range = { from: bank.next, to: expects - 1 };
    effects.push(report({ event: 'sequence-behind', who: 'bank', range }));
  }
  for (const { from, to } of missing) fill('resendRequest', from, to);
  const nextOut = Math.max(next, bank.expects);
  const up: Up = {
    is: 'up',
    day,
    nextOut,
    inbound: { next: bank.next, missing },
    slots: new Map(),
    reader: rules.codec.reader(),
    halfSince: undefined,
    heardAt: now,
    probe: undefined,
    probes: 0,
    dropped: [],
    leaving: undefined,
  };
  return { state: up, effects: [{ do: 'open-day', day, next: nextOut }, ...effects] };
}
