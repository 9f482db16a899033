/** What `connect` hands out: the right to one exchange on a wire, until it is let go or kept. */
import { YinqiError } from '../errors.ts';
import type { Connection, Exchange } from './line.ts';
import type { Wire } from './wire.ts';

export type Use = 'order' | 'query';

export function lease(wire: Wire, use: Use): Connection {
  let ours = true;
  wire.lent = true;
  wire.apply({ type: 'lend' });
  const giveBack = (event: 'keep' | 'close'): void => {
    if (!ours) return;
    ours = false;
    wire.lent = false;
    wire.apply({ type: event });
  };
  return {
    get usable() {
      return ours && wire.usable;
    },
    send(body: Uint8Array, { keep }: { keep: boolean }): Exchange {
      if (!ours || !wire.usable) {
        throw new YinqiError('DEFECT', { detail: 'send on a connection that is not usable' });
      }
      // the answer of a later request could be this order's (R7)
      if (keep && use === 'order') {
        throw new YinqiError('DEFECT', { detail: 'the connection of an order is not kept' });
      }
      return wire.send(body, keep);
    },
    keep: () => giveBack('keep'),
    close: () => giveBack('close'),
  };
}
