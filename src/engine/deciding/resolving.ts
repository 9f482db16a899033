/** What two people say about an instruction that stays unknown: they looked at the bank's books. */
import { YinqiError } from '../../errors.ts';
import type { Event } from '../../instruction/event.ts';
import { type Held, isFinal } from '../../instruction/intent.ts';
import type { RecordOf } from '../../journal/records.ts';
import type { Standing } from '../../people/dealings.ts';
import type { LinkContext } from '../context.ts';
import type { Settler } from '../settler.ts';
import type { Done, Matter } from './two-people.ts';

/** What was asked in vain meanwhile is no move; another phase, reason, code or attempt is. */
function standingOf({ life, phase, version, attempt }: Held): Standing {
  const open = !isFinal(phase) && phase !== 'received' && phase !== 'sending';
  if (!open) return { open, as: phase, version };
  const { reason, ended, code } = life;
  const as = [phase, reason, ended, code, `attempt ${attempt}`].filter((part) => part);
  return { open, as: as.join(' '), version };
}

function present(held: Held | undefined): Held {
  if (held === undefined) throw new YinqiError('INSTRUCTION_UNKNOWN', { path: 'id' });
  return held;
}

export function resolvedBy(approval: RecordOf<'approval'>): Event {
  const { evidence, n, outcome } = approval;
  if (outcome === undefined) throw new YinqiError('FIELD_MISSING', { path: 'outcome' });
  return { type: 'resolved', outcome, record: n, text: `resolved by people: ${evidence}` };
}

export class Resolving implements Matter {
  readonly #ctx: LinkContext;
  readonly #settler: Settler;

  constructor(ctx: LinkContext, settler: Settler) {
    this.#ctx = ctx;
    this.#settler = settler;
  }

  async standing(subject: string): Promise<Standing> {
    return standingOf(present(await this.#ctx.store.held(subject)));
  }

  /** What dies between record and store is carried out by recovery/recovery.ts. */
  async carryOut(
    subject: string,
    decide: (standing: Standing) => Promise<RecordOf<'approval'>>,
  ): Promise<Done> {
    const now = await this.#settler.decide(subject, async (held) =>
      resolvedBy(await decide(standingOf(present(held)))),
    );
    return { outcome: now.phase, version: now.version };
  }
}
