/** Operations the gateway answers from what it knows: no bank is asked. */
import { ERRORS, type ErrorCode, YinqiError } from '../../errors.ts';
import type { Event } from '../../instruction/event.ts';
import { type Held, isFinal } from '../../instruction/intent.ts';
import { isAnswer } from '../../protocol/answering.ts';
import type { LinkContext } from '../context.ts';
import { maybeElsewhere } from '../mandate.ts';
import type { Settler } from '../settler.ts';
import { resultOf } from '../telling/telling.ts';

export class LocalDesk {
  readonly #ctx: LinkContext;
  readonly #settler: Settler;

  readonly #questions: (held: Held) => Promise<Event>;

  /** `questions`: takes a ledger's answer to a question of the bank. */
  constructor(ctx: LinkContext, settler: Settler, questions: (held: Held) => Promise<Event>) {
    this.#ctx = ctx;
    this.#settler = settler;
    this.#questions = questions;
  }

  take(held: Held): void {
    void this.#answer(held)
      .then((event) => this.#settler.apply(held, event))
      .catch((error: unknown) => {
        if (error instanceof YinqiError) this.#ctx.fatal(error);
        // it is still due: the next beat hands it over again
        else this.#ctx.log.warn('not-answered', { link: this.#ctx.link.name, error });
      });
  }

  async #answer(held: Held): Promise<Event> {
    const { intent } = held;
    if (isAnswer(intent.operation)) return this.#questions(held);
    const of = String(intent.envelope.body.of ?? '');
    const target = await this.#ctx.store.held(`${intent.source}:${of}`);
    if (target === undefined) return refused('REFERENCE_NOT_HELD', 'not-allowed');
    return intent.operation === 'cancel' ? this.#cancel(target) : this.#status(target);
  }

  #status(target: Held): Event {
    const at = this.#ctx.clock.now().wall;
    const { outcome, final, sent, reason, code, text, serial } = resultOf(this.#ctx, target, at);
    const { since } = target.life;
    return done({
      id: target.intent.envelope.id,
      phase: target.phase,
      outcome,
      final,
      sent,
      ...(reason === undefined ? {} : { reason }),
      ...(code === undefined ? {} : { code }),
      ...(text === undefined ? {} : { text }),
      ...(serial === undefined ? {} : { serial }),
      ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    });
  }

  /** Wins only before the claim: a compare-and-set on `received`. Called again it finds its own work. */
  async #cancel(target: Held): Promise<Event> {
    if (maybeElsewhere(this.#ctx, target.intent)) return refused('TOO_LATE', 'not-allowed');
    const now = await this.#settler.apply(target, { type: 'cancelled' });
    if (isFinal(now.phase) && now.life.reason === 'cancelled') {
      return done({ id: target.intent.envelope.id });
    }
    return refused('TOO_LATE', 'not-allowed');
  }
}

const done = (data: Record<string, unknown>): Event => ({
  type: 'query-done',
  evidence: { says: 'succeeded', code: '', text: '' },
  data,
});

const refused = (code: ErrorCode, reason: 'not-allowed'): Event => ({
  type: 'query-done',
  evidence: { says: 'failed', reason, code, text: ERRORS[code].sentence },
});
