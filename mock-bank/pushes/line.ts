/** One packet of the bank to the merchant's listener, and its answer: a connection for each, as the facts have it. */
import { connect } from 'node:net';
import type { Framer } from '../../src/protocol/framing/framer.ts';
import type { Clock } from '../clock.ts';
import type { Target } from './push.ts';

export type Heard =
  | { readonly end: 'answered'; readonly packet: Uint8Array }
  | { readonly end: 'closed' | 'silent' | 'unreachable' | 'broken' };

export interface Asking {
  readonly target: Target;
  readonly framer: Framer;
  readonly clock: Clock;
  /** how long the answer may take, from the call on */
  readonly waitMs: number;
}

/** Never rejects. What comes behind the answer is not looked at: one demo server ends it with a line break. */
export function tell(
  packet: Uint8Array,
  { target, framer, clock, waitMs }: Asking,
): Promise<Heard> {
  return new Promise((resolve) => {
    const reader = framer.reader();
    const socket = connect({ ...target, noDelay: true });
    let connected = false;
    const over = (heard: Heard): void => {
      cancel();
      socket.destroy();
      resolve(heard);
    };
    const cancel = clock.after(waitMs, () => over({ end: 'silent' }));
    socket.on('connect', () => {
      connected = true;
      socket.write(packet);
    });
    socket.on('data', (bytes) => {
      const reading = reader.push(bytes);
      if (reading.is === 'packet') over({ end: 'answered', packet: reading.packet });
      if (reading.is === 'broken') over({ end: 'broken' });
    });
    socket.on('error', () => undefined);
    socket.on('close', () => over({ end: connected ? 'closed' : 'unreachable' }));
  });
}
