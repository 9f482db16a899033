/**
 * From the outbox to the queues, at least once and always the same bytes: a final is in the journal before
 * it is published, an entry leaves the outbox after it is on its queue. Whatever a crash leaves in between
 * is done again under the same job id.
 */
import type { NewRecord } from '../../journal/records.ts';
import type { Publisher, OutEntry as QueueEntry } from '../../queue/publisher.ts';
import type { OutRead } from '../../store/shapes.ts';
import { sleep } from '../../timers.ts';
import type { LinkContext } from '../context.ts';
import { PUSHES } from '../pushes/messages.ts';
import { contradictionRecord, finalRecord, type Outgoing } from './telling.ts';

const BATCH_MAX = 256;
const RETRY_MS = 500;

interface Told {
  readonly entry: OutRead;
  readonly outgoing: Outgoing;
}

export class Outbox {
  readonly #ctx: LinkContext;
  readonly #publisher: Publisher;
  #wanted = false;
  #stopped = false;
  /** entries recorded and not yet off the outbox: tried again, they need no second record */
  #recorded = new Set<string>();
  #running: Promise<void> | undefined;

  constructor(ctx: LinkContext, publisher: Publisher) {
    this.#ctx = ctx;
    this.#publisher = publisher;
  }

  /** There may be something. */
  poke(): void {
    this.#wanted = true;
    if (this.#stopped) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#wanted && !this.#stopped) this.poke();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#wanted && !this.#stopped) {
      this.#wanted = false;
      try {
        const entries = await this.#ctx.store.outbox(BATCH_MAX);
        if (entries.length > 0) {
          await this.#publish(entries);
          this.#wanted = true;
        }
      } catch (error) {
        this.#ctx.log.warn('not-published', { link: this.#ctx.link.name, error });
        this.#wanted = true;
        await sleep(this.#ctx.timers, RETRY_MS);
      }
    }
  }

  async #publish(entries: readonly OutRead[]): Promise<void> {
    const { failpoint, journal, store } = this.#ctx;
    const read: Told[] = [];
    for (const entry of entries) {
      read.push(await this.#asBefore({ entry, outgoing: JSON.parse(entry.body) as Outgoing }));
    }
    const fresh = read.filter(({ entry }) => !this.#recorded.has(entry.at));
    await journal.append(fresh.flatMap((one) => this.#record(one.entry, one.outgoing)));
    this.#recorded = new Set(entries.map(({ at }) => at));
    failpoint('outcome-recorded');
    await this.#publisher.publish(read.map(({ entry, outgoing }) => queued(entry, outgoing)));
    failpoint('published');
    const last = entries.at(-1);
    if (last !== undefined) await store.published(last.at);
  }

  /**
   * What the journal says was told about a push is told as it was, under its own version: a Redis that went back comes
   * to the same message again, and a ledger would take another version for another one (R18).
   */
  async #asBefore(one: Told): Promise<Told> {
    const { journal, link } = this.#ctx;
    const { notice } = one.outgoing;
    if (notice?.account !== PUSHES) return one;
    for (const n of journal.index.said(link.name, notice.id)) {
      const record = await journal.read(n);
      if (record.kind !== 'notice' || record.source !== notice.source) continue;
      const { version, ...message } = record.message;
      return { entry: { ...one.entry, version: Number(version) }, outgoing: { message } };
    }
    return one;
  }

  /** What finance keeps: finals, contradictions and notices. One that is published again has its record already. */
  #record(entry: OutRead, outgoing: Outgoing): NewRecord[] {
    const { link, store } = this.#ctx;
    const { against, message, notice } = outgoing;
    if (against !== undefined) return contradictionRecord(this.#ctx, outgoing, entry.version);
    if (notice === undefined) return finalRecord(this.#ctx, outgoing, entry.version);
    const watermark = Math.max(store.seen, entry.version);
    const whole = { ...message, version: entry.version };
    return [{ link: link.name, watermark, kind: 'notice', ...notice, message: whole }];
  }
}

const queued = (entry: OutRead, { message }: Outgoing): QueueEntry => ({
  queue: entry.queue,
  source: entry.source,
  jobId: `${entry.stem}-${entry.version}`,
  data: { ...message, version: entry.version },
});
