/**
 * Why nothing new may be sent, or nothing may be taken, at the moment. Reasons come and go by name; the
 * hold file is looked at when asked, so that it needs no Redis, no network and no timer (see docs/operate.md).
 */
import { held as holdFile } from '../journal/hold-file.ts';

export type Stop = 'send' | 'take';

export class Standing {
  readonly #directory: string;
  readonly #reasons: Record<Stop, Map<string, string>> = { send: new Map(), take: new Map() };

  constructor(journalDirectory: string) {
    this.#directory = journalDirectory;
  }

  /** Sets or, with undefined, lifts the reason `name`. */
  set(stop: Stop, name: string, why: string | undefined): void {
    if (why === undefined) this.#reasons[stop].delete(name);
    else this.#reasons[stop].set(name, why);
  }

  whyNotSend(): string[] {
    const reasons = [...this.#reasons.send.values()];
    if (holdFile(this.#directory)) reasons.push('the hold file is there');
    return reasons;
  }

  whyNotTake(): string[] {
    return [...this.#reasons.take.values()];
  }
}
