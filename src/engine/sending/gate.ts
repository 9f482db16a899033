/**
 * The journal has the last word before a write: what it shows as final or maybe written is not written
 * again, whatever Redis says (R4), nor what a journal that is missing here may show so (R3). Says why; what follows from it is the sender's.
 */
import type { Intent } from '../../instruction/intent.ts';
import type { Known } from '../../journal/known.ts';
import type { LinkContext } from '../context.ts';
import { maybeElsewhere } from '../mandate.ts';

export type Gate =
  | { readonly is: 'open' }
  /** it has a final that Redis has forgotten */
  | { readonly is: 'final'; readonly known: Known }
  /** it may have been written, at this front end */
  | { readonly is: 'maybe-written'; readonly peer: string }
  /** another instruction used its serial */
  | { readonly is: 'serial-taken' };

export async function gateOf(ctx: LinkContext, intent: Intent): Promise<Gate> {
  const { journal, line } = ctx;
  const { id, link, serial } = intent;
  const known = journal.known(link, id);
  if (known?.final !== undefined) return { is: 'final', known };
  if (maybeElsewhere(ctx, intent)) return { is: 'maybe-written', peer: line.peer };
  if (known?.written === 'maybe') {
    return { is: 'maybe-written', peer: (await journal.lastSend(link, id))?.peer ?? line.peer };
  }
  if (serial === undefined) return { is: 'open' };
  const { index } = journal;
  const mine = (index.bySerial(link, serial) ?? id) === id && !index.usedElsewhere(link, serial);
  return { is: mine ? 'open' : 'serial-taken' };
}
