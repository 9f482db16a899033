/** What a reader says of a stream that is broken, said once for all of them. */
import { YinqiError } from '../../errors.ts';
import type { Reading } from './framer.ts';

export const invalid = (why: string): YinqiError =>
  new YinqiError('FRAME_INVALID', { detail: why });

/**
 * `read`, or why the stream is broken; then `drop` lets go of what was held. Whatever is no such fault is thrown on.
 * `over`: its packet was read already, and nothing may follow.
 */
export function guarded(over: boolean, read: () => Reading, drop: () => void): Reading {
  try {
    if (over) throw invalid('read on after the end');
    return read();
  } catch (error) {
    if (!(error instanceof YinqiError)) throw error;
    drop();
    const code = error.code === 'FRAME_TOO_LARGE' ? 'FRAME_TOO_LARGE' : 'FRAME_INVALID';
    return { is: 'broken', code, why: error.detail ?? '' };
  }
}
