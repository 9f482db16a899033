/**
 * The life of one question of the bank as a function: (state, event, now) → (state, effects). Pure.
 *
 *   open ── yes ──▶ promised ── written in time ──▶ reserved ── the statement shows it ──▶ shown
 *    │  │               │                              └── its days closed without it ──▶ released
 *    │  │               └── too late, or the connection gone: no byte left ────────────▶ released
 *    │  └─ no ───▶ declined           (nothing to promise: a yes that is written is `answered`)
 *    └─ deadline ▶ lapsed             a yes that comes now promises nothing: released
 *
 * `promised` is in the journal before a byte of the yes may leave. Whoever finds it after a start does not
 * know whether it was written, so it is as good as reserved (R16). Only what provably was not written is
 * released at once; else the statement alone may say that the bank did not pay.
 */
export const STATES = [
  'open',
  'promised',
  'reserved',
  'shown',
  'released',
  'answered',
  'declined',
  'lapsed',
] as const;
export type QuestionState = (typeof STATES)[number];

/** Nobody waits for anything of it any more. */
export const isSettled = (state: QuestionState): boolean =>
  ['shown', 'released', 'answered', 'declined', 'lapsed'].includes(state);

export type QuestionEvent =
  | { readonly type: 'yes' }
  | { readonly type: 'no' }
  | { readonly type: 'deadline' }
  /** the write of the yes was called, or was not */
  | { readonly type: 'written'; readonly done: boolean }
  /** a start found it: its connection is gone */
  | { readonly type: 'found' }
  | { readonly type: 'shown' }
  /** every day that could show it is closed */
  | { readonly type: 'closed' };

export interface QuestionStep {
  readonly state: QuestionState;
  /** message of its own to the ledger */
  readonly tells?: 'reserved' | 'withdrawn' | 'released';
  /** what the bank gets */
  readonly bank?: 'yes' | 'no' | 'unanswered';
}

/** `promises`: a yes reserves something, and a statement is to show it. */
export function stepQuestion(
  state: QuestionState,
  event: QuestionEvent,
  promises: boolean,
): QuestionStep {
  switch (state) {
    case 'open':
      if (event.type === 'yes') return { state: promises ? 'promised' : 'answered', bank: 'yes' };
      if (event.type === 'no') return { state: 'declined', bank: 'no' };
      if (event.type === 'deadline') return { state: 'lapsed', bank: 'unanswered' };
      if (event.type === 'found') return { state: 'lapsed' };
      return { state };
    case 'promised':
      if (event.type === 'written') {
        return event.done
          ? { state: 'reserved', tells: 'reserved' }
          : { state: 'released', tells: 'released' };
      }
      if (event.type === 'found') return { state: 'reserved', tells: 'reserved' };
      if (event.type === 'shown') return { state: 'shown', tells: 'withdrawn' };
      return { state };
    case 'reserved':
      if (event.type === 'shown') return { state: 'shown', tells: 'withdrawn' };
      if (event.type === 'closed') return { state: 'released', tells: 'released' };
      return { state };
    case 'lapsed':
      return event.type === 'yes' && promises
        ? { state: 'released', tells: 'released' }
        : { state };
    case 'released':
      // the day was closed without it and opens again: money moved, so it is said
      return event.type === 'shown' ? { state: 'shown', tells: 'withdrawn' } : { state };
    case 'shown':
    case 'answered':
    case 'declined':
      return { state };
  }
}

/** May an answer still be written? At the deadline it may not, whichever of the two came first. */
export const inTime = (now: number, deadline: number): boolean => now < deadline;
