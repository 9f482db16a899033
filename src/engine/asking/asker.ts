/**
 * Questions about instructions that were written: the inquiry of their transaction, or the query that
 * completes a success (the number of a freeze). One question per connection, at the front end the order
 * went to; the answer is judged by the evidence table (src/instruction/asking.ts), never here.
 */
import { YinqiError } from '../../errors.ts';
import type { Event } from '../../instruction/event.ts';
import { type Held, isFinal } from '../../instruction/intent.ts';
import { answerFields } from '../../protocol/operation.ts';
import type { Inquiry } from '../../protocol/spec.ts';
import { inquiryOf, type LinkContext, operationOf } from '../context.ts';
import { recordAnswer } from '../packets/answer-record.ts';
import { ask } from '../packets/question.ts';
import {
  evidenceOf,
  oneRow,
  type Reading,
  readDirect,
  readInquiry,
  wantedFor,
} from '../packets/reading.ts';
import { questionFor } from '../packets/requests.ts';
import { sentFor } from '../packets/sent.ts';
import type { Settler } from '../settler.ts';

/** Inquiries whose answer may prove something are kept; "still pending" every minute for days is not. */
const EVIDENCE = new Set(['succeeded', 'failed', 'none']);

export class Asker {
  readonly #ctx: LinkContext;
  readonly #settler: Settler;
  readonly #asking = new Set<string>();
  readonly #stop = new AbortController();

  constructor(ctx: LinkContext, settler: Settler) {
    this.#ctx = ctx;
    this.#settler = settler;
  }

  /** Instructions that are due; one already being asked about is left alone. */
  take(due: readonly Held[]): void {
    for (const held of due) {
      const { id } = held.intent;
      if (this.#asking.has(id) || this.#stop.signal.aborted) continue;
      this.#asking.add(id);
      void this.#settle(held)
        .catch((error: unknown) => {
          if (!this.#stop.signal.aborted) this.#ctx.fatal(error);
        })
        .finally(() => this.#asking.delete(id));
    }
  }

  stop(): void {
    this.#stop.abort(new Error('stopping'));
  }

  async #settle(held: Held): Promise<void> {
    const event = await this.#event(held);
    await this.#settler.apply(held, event);
  }

  /** A question this version of the spec cannot put is not put; the ladder leads to people. */
  async #event(held: Held): Promise<Event> {
    const completes = held.life.completing && !isFinal(held.phase);
    try {
      return completes ? await this.#completion(held) : await this.#inquiry(held);
    } catch (error) {
      if (!(error instanceof YinqiError) || this.#stop.signal.aborted) throw error;
      const { id, link } = held.intent;
      this.#ctx.log.error('not-asked', { link, id, error });
      return { type: 'not-inquired' };
    }
  }

  async #inquiry(held: Held): Promise<Event> {
    const inquiry = inquiryOf(this.#ctx, held.intent);
    if (inquiry === undefined) return { type: 'not-inquired' };
    const sent = await sentFor(this.#ctx, held, inquiry);
    const request = questionFor(this.#ctx, held, inquiry.transaction, inquiry.request, sent);
    // one that is only watched takes no turn from unknown ones, nor from new orders
    const lane = isFinal(held.phase) ? 'query' : 'inquiry';
    const { clock, line } = this.#ctx;
    const askedAt = clock.mono();
    const body = await this.#ask(inquiry.transaction, request, lane);
    if (body === undefined) return { type: 'not-inquired' };
    const reading = readInquiry(this.#ctx, held, inquiry, body, sent);
    if (reading === undefined || reading.verdict.reason === 'throttled') {
      return { type: 'not-inquired' };
    }
    const keep = EVIDENCE.has(reading.verdict.says);
    const record = keep
      ? await recordAnswer(this.#ctx, held, 'inquiry', inquiry.transaction, body)
      : undefined;
    const evidence = evidenceOf(reading.verdict, record);
    const taken = inquiry.take === undefined ? {} : { taken: this.#taken(inquiry, reading) };
    return { type: 'inquired', evidence, peer: line.peer, askedAt, ...taken };
  }

  /** What the answer to the inquiry says of the fields the direct answer would have had. */
  #taken({ take = [], transaction }: Inquiry, { message }: Reading): Record<string, string> {
    const fields = answerFields(this.#ctx.spec, transaction, message);
    const found = take.flatMap((name): [string, string][] => {
      const value = fields[name];
      return value === undefined ? [] : [[name, value]];
    });
    return Object.fromEntries(found);
  }

  async #completion(held: Held): Promise<Event> {
    const complete = operationOf(this.#ctx, held.intent)?.complete;
    if (complete === undefined) return { type: 'not-inquired' };
    const request = questionFor(this.#ctx, held, complete.transaction, complete.request);
    const body = await this.#ask(complete.transaction, request);
    const reading =
      body === undefined ? undefined : readDirect(this.#ctx, complete.transaction, body);
    if (body === undefined || reading === undefined) return { type: 'not-inquired' };
    const row = oneRow(reading.message, wantedFor(this.#ctx, held, complete));
    const taken = Object.entries(complete.take).map(([name, field]): [string, string] => [
      name,
      String(row?.[field] ?? ''),
    ]);
    // a row without its number is a bank that does not show it yet
    if (reading.verdict.says !== 'succeeded' || taken.some(([, value]) => value === '')) {
      return { type: 'completed' };
    }
    const record = await recordAnswer(this.#ctx, held, 'completion', complete.transaction, body);
    return { type: 'completed', data: Object.fromEntries(taken), record };
  }

  #ask(
    transaction: string,
    request: Uint8Array,
    lane: 'inquiry' | 'query' = 'inquiry',
  ): Promise<Uint8Array | undefined> {
    const { signal } = this.#stop;
    return ask(this.#ctx, { lane, transaction, request, signal });
  }
}
