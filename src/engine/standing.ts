/**
 * Why nothing new may be sent, or nothing may be taken, at the moment. Reasons come and go by name; the
 * files of the switch are looked at when asked, so that it needs no Redis, no network and no timer (see
 * docs/operate.md).
 */
import { stopsOf } from '../journal/hold-file.ts';

export type Stop = 'send' | 'take';

interface Why {
  readonly why: string;
  /** only this ledger's queue is shut; undefined: all */
  readonly source: string | undefined;
}

const shown = (file: string): string => `the ${file} file is there`;

export class Standing {
  readonly #directory: string;
  readonly #link: string | undefined;
  readonly #looks: (() => string | undefined)[] = [];
  readonly #reasons: Record<Stop, Map<string, Why>> = { send: new Map(), take: new Map() };

  /** `link`: its own switch counts too, beside that of all links. */
  constructor(journalDirectory: string, link?: string) {
    this.#directory = journalDirectory;
    this.#link = link;
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
    const files = stopsOf(this.#directory, this.#link).map(shown);
    return [...[...this.#reasons.send.values()].map(({ why }) => why), ...looked, ...files];
  }

  /** Why the queue of `source` is shut; without one, why any is. */
  whyNotTake(source?: string): string[] {
    const reasons = [...this.#reasons.take.values()]
      .filter((one) => source === undefined || one.source === undefined || one.source === source)
      .map(({ why }) => why);
    const files = stopsOf(this.#directory, this.#link).filter((name) => name.startsWith('drain'));
    return [...reasons, ...files.map(shown)];
  }
}
