/**
 * The one door through which outcomes and claims reach Redis: changes wait for the script in flight and
 * leave together with the next claim, one script a batch. A script that Redis refuses for a while is
 * offered again as it is (it is repeatable); a stale epoch or a Redis gone back ends the process.
 */
import { YinqiError } from '../errors.ts';
import type { Held } from '../instruction/intent.ts';
import type { Change, ChangeResult, Committed } from '../store/shapes.ts';
import { sleep } from '../timers.ts';
import type { LinkContext } from './context.ts';
import { recordsOf } from './mandate.ts';

const RETRY_MS = 250;
const BATCH_CHANGES_MAX = 256;

interface Waiting {
  change: Change;
  resolve: (result: ChangeResult) => void;
}

export class Committer {
  readonly #ctx: LinkContext;
  #changes: Waiting[] = [];
  #claims: { n: number; resolve: (held: readonly Held[]) => void }[] = [];
  #claimSeq = 0;
  #busy = false;
  /** called when an outbox entry was stored */
  onOut: () => void = () => undefined;
  /** called with how many instructions Redis says may be claimed now */
  onReady: (ready: number) => void = () => undefined;

  constructor(ctx: LinkContext) {
    this.#ctx = ctx;
  }

  /** Applies one change by compare-and-set. Never rejects: what cannot be applied here ends the process. */
  change(change: Change): Promise<ChangeResult> {
    return new Promise((resolve) => {
      this.#changes.push({ change, resolve });
      this.#start();
    });
  }

  /** Claims up to `n` instructions that may be sent, oldest first. */
  claim(n: number): Promise<readonly Held[]> {
    return new Promise((resolve) => {
      this.#claims.push({ n, resolve });
      this.#start();
    });
  }

  #start(): void {
    if (this.#busy) return;
    this.#busy = true;
    this.#ctx.timers.soon(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    while (this.#changes.length > 0 || this.#claims.length > 0) {
      const batch = this.#changes.splice(0, BATCH_CHANGES_MAX);
      const claim = this.#claims.shift();
      if (claim !== undefined) this.#claimSeq += 1;
      const answer = await this.#offer(batch, claim?.n);
      // the process is ending: whoever waits is not told anything that is not so
      if (answer === undefined) return;
      this.#ctx.failpoint('committed');
      batch.forEach((one, i) => {
        const result = answer.results[i];
        if (result !== undefined) one.resolve(result);
      });
      claim?.resolve(answer.claims);
      this.onReady(answer.ready);
      if (batch.some((one) => one.change.out.length > 0)) this.onOut();
    }
    this.#busy = false;
  }

  async #offer(batch: Waiting[], n: number | undefined): Promise<Committed | undefined> {
    for (;;) {
      try {
        return await this.#ctx.store.commit({
          changes: batch.map((one) => one.change),
          ...(n === undefined ? {} : { claim: { seq: this.#claimSeq, n } }),
          records: recordsOf(this.#ctx),
        });
      } catch (error) {
        if (error instanceof YinqiError) {
          this.#ctx.fatal(error);
          return undefined;
        }
        this.#ctx.log.warn('commit-refused', { link: this.#ctx.link.name, error });
        await sleep(this.#ctx.timers, RETRY_MS);
      }
    }
  }
}
