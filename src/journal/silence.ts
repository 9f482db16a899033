/**
 * How long one process has given no answer on its socket, as far as it says anything about that process:
 * only time in which we looked counts, so a pause of our own (a busy machine, a machine that slept) is not
 * taken for silence of the other. A process that uses the processor meanwhile is busy and not frozen; it is
 * given many times as long. Pure; the caller brings the time.
 *
 * The verdict costs no money when it is wrong: who is killed is asked about, like after any crash.
 */

/** Two looks further apart do not say what was between them. */
const GAP_MS_MAX = 3_000;
/** An answer is missing because of one lost moment; a verdict needs more looks than that. */
const LOOKS_MIN = 4;
/** So many times as long for one that is busy. */
const BUSY_TIMES = 6;

export interface Look {
  /** monotonic ms */
  readonly at: number;
  /** ticks of the processor it has used so far, where that can be told */
  readonly used: number | undefined;
}

export class Silence {
  readonly #silentMs: number;
  #last: Look | undefined;
  #looks = 0;
  #silent = 0;
  #idle = 0;

  /** `silentMs`: who is silent for so long and does nothing is frozen. */
  constructor(silentMs: number) {
    this.#silentMs = silentMs;
  }

  /** It did not answer this time. */
  went(look: Look): void {
    const gap = this.#last === undefined ? 0 : look.at - this.#last.at;
    const counted = gap > GAP_MS_MAX ? 0 : gap;
    const works = (look.used ?? 0) > (this.#last?.used ?? look.used ?? 0);
    this.#last = look;
    this.#looks += 1;
    this.#silent += counted;
    this.#idle = works ? 0 : this.#idle + counted;
  }

  /** ms */
  get lasts(): number {
    return this.#silent;
  }

  get isFrozen(): boolean {
    if (this.#looks < LOOKS_MIN) return false;
    return this.#idle >= this.#silentMs || this.#silent >= this.#silentMs * BUSY_TIMES;
  }
}
