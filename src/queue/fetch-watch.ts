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

export class FetchWatch {
  readonly #fetcher: Fetcher;
  readonly #silentMs: number;
  readonly #now: () => number;
  /** since when jobs wait and none was fetched; a queue that was empty for hours is not silent */
  #since: number | undefined;

  constructor(fetcher: Fetcher, silentMs: number, now: () => number) {
    this.#fetcher = fetcher;
    this.#silentMs = silentMs;
    this.#now = now;
  }

  async look(): Promise<Fetching> {
    const waits = this.#fetcher.reasons().length === 0 && (await this.#fetcher.waiting()) > 0;
    const now = this.#now();
    const since = this.#since ?? now;
    const silent = waits && this.#fetcher.sinceFetchMs() >= now - since;
    this.#since = silent ? since : undefined;
    const ms = silent ? now - since : 0;
    if (ms > HOPELESS_AFTER * this.#silentMs) return 'hopeless';
    return ms > this.#silentMs ? 'stuck' : 'works';
  }
}
