/** What an instruction refers to and must be held when it is sent: the freeze it pays from or releases. */
import { YinqiError } from '../../errors.ts';
import type { Freeze, Held } from '../../instruction/intent.ts';
import { type LinkContext, operationOf } from '../context.ts';

/**
 * The freeze by the id of the instruction that made it, and by nothing else: two equal freezes on one
 * account are never confused. Throws REFERENCE_NOT_HELD if there is none, or one of another kind.
 */
export async function freezeFor(ctx: LinkContext, held: Held): Promise<Freeze | undefined> {
  const { usesFreeze } = held.intent;
  const wanted = operationOf(ctx, held.intent)?.freeze;
  if (usesFreeze === undefined || wanted === undefined) return undefined;
  const freeze = await ctx.store.freeze(usesFreeze);
  if (freeze === undefined || !wanted.madeBy.includes(freeze.madeBy)) {
    throw new YinqiError('REFERENCE_NOT_HELD', { path: `body.${wanted.by}` });
  }
  return freeze;
}
