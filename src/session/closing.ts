/** Every way out of a session goes through here, so that nothing is left unsettled. */
import type {
  CloseReason,
  Report,
  SessionEffect,
  SessionState,
  SessionStep,
} from './session-shapes.ts';
import { settleAll } from './slots.ts';

export const report = (one: Report): SessionEffect => ({ do: 'report', report: one });

export function close(
  state: SessionState,
  why: CloseReason,
  before: readonly SessionEffect[] = [],
): SessionStep {
  if (state.is === 'closed') return { state, effects: before };
  const settled =
    state.is === 'up' ? settleAll(state.slots, why === 'broken' ? 'broken' : 'closed') : [];
  const heard = state.is === 'up' ? { day: state.day, inbound: state.inbound } : undefined;
  return {
    state: { is: 'closed', why, heard },
    effects: [...before, ...settled, { do: 'destroy' }],
  };
}

/** Whole packets against a rule of docs/reference-protocol.md, named by it. */
export const against = (
  state: SessionState,
  rule: string,
  before: readonly SessionEffect[] = [],
): SessionStep => close(state, 'protocol', [...before, report({ event: 'out-of-protocol', rule })]);
