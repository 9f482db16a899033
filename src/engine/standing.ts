/**
 * Why nothing new may be sent, or nothing may be taken, at the moment. Reasons come and go by name; the
 * hold file is looked at when asked, so that it needs no Redis, no network and no timer (see docs/operate.md).
 */
import { held as holdFile } from '../journal/hold-file.ts';

export type Stop = 'send' | 'take';

interface Why {
  readonly why: string;
  /** only this ledger's queue is shut; undefined: all */
  readonly source: string | undefined;
}

export class Standing {
  readonly #directory: string;
  readonly #looks: (() => string | undefined)[] = [];
  readonly #reasons: Record<Stop, Map<string, Why>> = { send: new Map(), take: new Map() };

  constructor(journalDirectory: string) {
    this.#directory = journalDirectory;
  }

  /** Sets or, with `why` undefined, lifts the reason `name`. */
  set(stop: Stop, name: string, why: string | undefined, source?: string): void {
    if (why === undefined) this.#reasons[stop].delete(name);
    else this.#reasons[stop].set(name, { why, source });
  }

  /** A reason that is looked for whenever somebody wants to send: it comes and goes by the clock. */
  look(why: () => string | undefined): void {
    this.#looks.push(why);
  }

  whyNotSend(): string[] {
    const looked = this.#looks.map((look) => look()).filter((why) => why !== undefined);
    const reasons = [...[...this.#reasons.send.values()].map(({ why }) => why), ...looked];
    if (holdFile(this.#directory)) reasons.push('the hold file is there');
    return reasons;
  }

  /** Why the queue of `source` is shut; without one, why any is. */
  whyNotTake(source?: string): string[] {
    return [...this.#reasons.take.values()]
      .filter((one) => source === undefined || one.source === undefined || one.source === source)
      .map(({ why }) => why);
  }
}
