/**
 * Carries events to instructions: one at a time per id, step → change → committed. Where another change
 * came first, the event is judged again against what Redis now holds.
 */
import { YinqiError } from '../errors.ts';
import type { Event } from '../instruction/event.ts';
import { type Held, isFinal } from '../instruction/intent.ts';
import { type Step, step } from '../instruction/step.ts';
import type { Change } from '../store/shapes.ts';
import type { Committer } from './committer.ts';
import { type LinkContext, rulesFor } from './context.ts';
import { contradictionFor, entryFor, keptBy } from './telling/telling.ts';
import { Turns } from './turns.ts';

/** Known of one attempt only. */
const OF_ATTEMPT = new Set<Event['type']>(['not-written', 'refused-here', 'silent']);

export class Settler {
  readonly #ctx: LinkContext;
  readonly #committer: Committer;
  /** events of one instruction never overlap */
  readonly #turns = new Turns<Held>();
  /** called with every instruction that has moved */
  onMoved: (held: Held, step: Step) => void = () => undefined;

  constructor(ctx: LinkContext, committer: Committer) {
    this.#ctx = ctx;
    this.#committer = committer;
  }

  /** Applies `event`; resolves with where the instruction stands once Redis has it. */
  apply(held: Held, event: Event): Promise<Held> {
    const { id } = held.intent;
    // whoever gives the event may have looked before the event in front of it was settled
    return this.#turns.take(id, (latest) => {
      const known = latest !== undefined && latest.version > held.version ? latest : held;
      return this.#apply(known, event, held.attempt);
    });
  }

  /**
   * As `apply`, where the event depends on how the instruction stands once its turn has come: nothing can
   * move it between that look and what comes of it. What `make` throws changes nothing.
   */
  decide(id: string, make: (held: Held | undefined) => Promise<Event>): Promise<Held> {
    return this.#turns.take(id, async () => {
      const held = await this.#ctx.store.held(id);
      const event = await make(held);
      if (held === undefined) throw new YinqiError('INSTRUCTION_UNKNOWN', { path: 'id' });
      return this.#apply(held, event, held.attempt);
    });
  }

  async #apply(given: Held, event: Event, attempt: number): Promise<Held> {
    let held = given;
    if (OF_ATTEMPT.has(event.type) && held.attempt !== attempt) return held;
    for (;;) {
      const now = this.#ctx.clock.now();
      const next = step(held, event, now, rulesFor(this.#ctx, held));
      if (next === undefined) return held;
      const moved: Held = { ...held, phase: next.phase, life: next.life };
      const result = await this.#committer.change(
        changeFor(this.#ctx, held, moved, next, now.wall),
      );
      if (result.done !== 'stale') {
        const stored = { ...moved, version: result.version };
        this.#report(held, stored, next);
        this.onMoved(stored, next);
        return stored;
      }
      if (result.held === undefined) return held;
      held = result.held;
      // what became of one attempt says nothing of a later one, which may be on its way
      if (OF_ATTEMPT.has(event.type) && held.attempt !== attempt) return held;
    }
  }

  #report(before: Held, held: Held, next: Step): void {
    const { link, log, metrics } = this.#ctx;
    const { intent, life, phase } = held;
    if (next.contradicts !== undefined) {
      metrics.contradicted(link.name);
      log.error('contradicted', {
        link: link.name,
        id: intent.id,
        outcome: phase,
        serial: intent.serial ?? '',
      });
    }
    // asked again and nothing new: an unknown that waits, or a failed that is watched
    if (before.phase === phase && before.life.reason === life.reason) return;
    if (isFinal(phase)) metrics.settled(link.name, intent.operation, phase);
    log.info('instruction', {
      link: link.name,
      id: intent.id,
      operation: intent.operation,
      phase,
      version: held.version,
      ...(life.reason === undefined ? {} : { reason: life.reason }),
      ...(life.code === undefined ? {} : { code: life.code }),
    });
  }
}

/** The change that brings Redis from `held` to `moved`, with everything that must be told in one script. */
export function changeFor(
  ctx: LinkContext,
  held: Held,
  moved: Held,
  next: Step,
  at: number,
): Change {
  const told = next.tell ? [entryFor(ctx, moved, at)] : [];
  const against = next.contradicts === undefined ? [] : [contradictionFor(ctx, held, next, at)];
  return {
    id: held.intent.id,
    expect: held.version,
    phase: next.phase,
    life: next.life,
    dueAt: next.dueAt,
    release: next.release,
    back: next.back,
    out: [...told, ...against],
    ...(told[0] === undefined ? {} : { message: told[0].body }),
    ...keptBy(ctx, moved),
  };
}
