/**
 * A link that only asks, because a journal is missing, sends again when two people say so: they vouch that whoever
 * had the journal is dead. What may be older than the finding is never sent all the same (mandate.ts).
 */
import { YinqiError } from '../../errors.ts';
import { missingText } from '../../journal/missing.ts';
import type { RecordOf } from '../../journal/records.ts';
import type { Standing } from '../../people/dealings.ts';
import type { LinkContext } from '../context.ts';
import type { Done, Matter } from './two-people.ts';

export class Releasing implements Matter {
  readonly #ctx: LinkContext;
  /** something may be sent now */
  readonly #released: () => void;

  constructor(ctx: LinkContext, released: () => void) {
    this.#ctx = ctx;
    this.#released = released;
  }

  async standing(subject: string): Promise<Standing> {
    const { journal, link } = this.#ctx;
    if (subject !== link.name) throw new YinqiError('NOT_ALLOWED', { path: 'subject' });
    const { open } = journal.index.missing(link.name);
    if (open.length === 0) return { open: false, as: 'not ask-only' };
    return { open: true, as: open.map(missingText).join('; ') };
  }

  /** From the record on it is released, whatever Redis knows of it: a start tells Redis again. */
  async carryOut(
    subject: string,
    decide: (standing: Standing) => Promise<RecordOf<'approval'>>,
  ): Promise<Done> {
    const { journal, link, log, store } = this.#ctx;
    const { n } = await decide(await this.standing(subject));
    await store.release(journal.identity, journal.last);
    log.warn('released-by-people', { link: link.name, record: n });
    this.#released();
    return { outcome: 'released' };
  }
}
