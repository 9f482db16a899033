/** The words in which the steps of a connection say what is to be done. */
import type {
  ConnectionEffect,
  ConnectionState,
  ConnectionStep,
  Ending,
  Timer,
  Warning,
} from './shapes.ts';

export const CLOSED: ConnectionState = { is: 'closed' };
export const destroy: ConnectionEffect = { do: 'destroy' };
export const noLate: ConnectionEffect = { do: 'late', body: undefined };

export const arm = (timer: Timer, ms: number): ConnectionEffect => ({ do: 'arm', timer, ms });
export const warn = (warning: Warning): ConnectionEffect => ({ do: 'warn', warning });
export const stay = (state: ConnectionState): ConnectionStep => ({ state, effects: [] });
export const silent = (why: Extract<Ending, { type: 'silent' }>['why']): ConnectionEffect => ({
  do: 'ended',
  ending: { type: 'silent', why },
});
