/**
 * Watches for a worker that looks alive and fetches nothing: a connection that is open and dead (measured in
 * several versions of the library). In: looks, one a second. Out: how fetching stands. Only a start of the process
 * is known to help, so `hopeless` is for whoever can end it.
 */
export type Fetching = 'works' | 'stuck' | 'hopeless';

export interface Fetcher {
  /** why nothing is fetched on purpose; empty when work is taken */
  reasons(): readonly string[];
  sinceFetchMs(): number;
  /** jobs nobody has fetched */
  waiting(): Promise<number>;
}

/** After so many times `silentMs` it is hopeless. */
const HOPELESS_AFTER = 2;
/** So many looks at least make one `silentMs`: between two that lie further apart this process may have stood still. */
const LOOKS_MIN = 4;

interface Silence {
  /** monotonic ms */
  readonly since: number;
  readonly lookedAt: number;
  /** what counts of it: only time in which we looked */
  readonly ms: number;
}

export class FetchWatch {
  readonly #fetcher: Fetcher;
  readonly #silentMs: number;
  readonly #now: () => number;
  /** jobs wait and none was fetched; a queue that was empty for hours is not silent */
  #silence: Silence | undefined;

  constructor(fetcher: Fetcher, silentMs: number, now: () => number) {
    this.#fetcher = fetcher;
    this.#silentMs = silentMs;
    this.#now = now;
  }

  async look(): Promise<Fetching> {
    const waits = this.#fetcher.reasons().length === 0 && (await this.#fetcher.waiting()) > 0;
    const now = this.#now();
    const before = this.#silence ?? { since: now, lookedAt: now, ms: 0 };
    const silent = waits && this.#fetcher.sinceFetchMs() >= now - before.since;
    const ms = before.ms + Math.min(now - before.lookedAt, this.#silentMs / LOOKS_MIN);
    this.#silence = silent ? { since: before.since, lookedAt: now, ms } : undefined;
    if (!silent) return 'works';
    if (ms > HOPELESS_AFTER * this.#silentMs) return 'hopeless';
    return ms > this.#silentMs ? 'stuck' : 'works';
  }
}
