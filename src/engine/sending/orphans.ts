/** A claim of ours that nobody here holds and the journal does not know was never written (R23). */
import type { Beat } from '../../store/shapes.ts';
import type { LinkContext } from '../context.ts';
import type { Settler } from '../settler.ts';
import type { Sender } from './sender.ts';

export function orphans(ctx: LinkContext, sender: Sender, settler: Settler, beat: Beat): void {
  const { journal, link, store } = ctx;
  for (const { id, epoch, attempt } of beat.sending) {
    if (sender.inHand.has(id) || sender.claiming || epoch !== store.epoch) continue;
    if (journal.known(link.name, id)?.written === 'maybe') continue;
    void store
      .held(id)
      .then((held) => {
        const mayBeOurs = sender.claiming || sender.inHand.has(id);
        const orphan = held?.phase === 'sending' && held.attempt === attempt && !mayBeOurs;
        if (orphan) return settler.apply(held, { type: 'not-written' });
        return undefined;
      })
      .catch((error: unknown) => ctx.log.warn('beat-failed', { link: link.name, error }));
  }
}
