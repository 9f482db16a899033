/** Queries of the ledgers: they change nothing, so they are simply asked again until they expire. */
import type { Connection } from '../../bank/line.ts';
import { safeError, YinqiError } from '../../errors.ts';
import type { Event } from '../../instruction/event.ts';
import type { Held } from '../../instruction/intent.ts';
import { answerFields, answerRows, lastOf } from '../../protocol/operation.ts';
import type { Transaction } from '../../protocol/spec.ts';
import { type LinkContext, operationOf } from '../context.ts';
import { ask, askOnKept, type Question } from '../packets/question.ts';
import { evidenceOf, type Reading, readDirect } from '../packets/reading.ts';
import { type AskedPage, requestFor } from '../packets/requests.ts';
import type { Settler } from '../settler.ts';
import { keepUnclaimed } from '../unclaimed.ts';

/** Tries of one query, a throttled one included. */
const TRIES_MAX = 5;

export class Querier {
  readonly #ctx: LinkContext;
  readonly #settler: Settler;
  readonly #asking = new Set<string>();
  readonly #stop = new AbortController();

  constructor(ctx: LinkContext, settler: Settler) {
    this.#ctx = ctx;
    this.#settler = settler;
  }

  take(held: Held): void {
    const { id } = held.intent;
    if (this.#asking.has(id) || this.#stop.signal.aborted) return;
    this.#asking.add(id);
    void this.#run(held)
      .catch((error: unknown) => this.#notPut(held, error))
      .then((event) => this.#settler.apply(held, event))
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#ctx.fatal(error);
      })
      .finally(() => this.#asking.delete(id));
  }

  stop(): void {
    this.#stop.abort(new Error('stopping'));
  }

  /** A question that this version of the spec cannot put (any more) is over; it ends nothing else. */
  #notPut(held: Held, error: unknown): Event {
    if (!(error instanceof YinqiError) || this.#stop.signal.aborted) throw error;
    const { id, link } = held.intent;
    this.#ctx.log.error('not-asked', { link, id, error });
    const { code, sentence: text, path } = safeError(error);
    return { type: 'refused-here', reason: 'invalid', code, text, path };
  }

  async #run(held: Held): Promise<Event> {
    const { intent } = held;
    const transaction = this.#ctx.spec.transactions.get(intent.transaction);
    if (transaction === undefined) throw new YinqiError('DEFECT', { detail: 'no transaction' });
    const paged = intent.operation !== 'native' && transaction.paging !== undefined;
    const rows: Record<string, string>[] = [];
    const rowsMax = this.#ctx.link.statementRowsMax;
    let first: Reading | undefined;
    for (let n = 1; ; n += 1) {
      const size = transaction.paging?.rowsMax ?? 0;
      const page = paged ? { start: rows.length + 1, page: n, size } : undefined;
      const reading = await this.#page(held, transaction, page);
      if (reading === undefined) return unanswered;
      first ??= reading;
      if (reading.verdict.says !== 'succeeded') return done(reading, undefined);
      const named = operationOf(this.#ctx, intent) ?? intent.transaction;
      const got = answerRows(this.#ctx.spec, named, reading.message);
      rows.push(...got);
      if (!paged || endsHere(this.#ctx, transaction, reading, got.length) || rows.length >= rowsMax)
        break;
    }
    const fields = answerFields(this.#ctx.spec, intent.transaction, first.message);
    const native = intent.operation === 'native' ? { fields } : {};
    const cut = paged && rows.length >= rowsMax ? { truncatedAtRows: rowsMax } : {};
    return done(first, { rows, ...native, ...cut });
  }

  /** One page, tried again where it was not answered. */
  async #page(
    held: Held,
    transaction: Transaction,
    page?: AskedPage,
  ): Promise<Reading | undefined> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      if (this.#ctx.clock.now().wall > Date.parse(held.intent.envelope.expiresAt)) return undefined;
      const reading = await this.#ask(held, transaction, page);
      if (reading !== undefined && reading.verdict.says !== 'unknown') return reading;
    }
    return undefined;
  }

  async #ask(held: Held, transaction: Transaction, page?: AskedPage): Promise<Reading | undefined> {
    const question: Question = {
      lane: 'query',
      transaction: transaction.code,
      request: requestFor(this.#ctx, held, undefined, page),
      signal: this.#stop.signal,
    };
    // a page does not say which page it is: only whole answers may share a connection
    if (page !== undefined || transaction.echo === undefined) {
      const body = await ask(this.#ctx, question);
      return body === undefined ? undefined : readDirect(this.#ctx, transaction.code, body);
    }
    const answered = await askOnKept(this.#ctx, question);
    if (answered === undefined) return undefined;
    const reading = readDirect(this.#ctx, transaction.code, answered.body);
    return this.#named(held, transaction.echo, reading, answered);
  }

  /** The connection is kept only after an answer that named what was asked; a misnamed one is no answer. */
  #named(
    held: Held,
    echo: NonNullable<Transaction['echo']>,
    reading: Reading | undefined,
    { body, connection }: { body: Uint8Array; connection: Connection },
  ): Reading | undefined {
    const asked = askedFor(held, this.#ctx, echo.request);
    const rows = Object.values(reading?.message.lists ?? {}).flat();
    if (asked === '' || rows.length === 0) {
      connection.close();
      return reading;
    }
    if (rows.every((row) => String(row[echo.row] ?? '') === asked)) {
      connection.keep();
      return reading;
    }
    connection.close();
    const { line, link, log } = this.#ctx;
    keepUnclaimed(this.#ctx, { event: 'answer-misnamed', peer: line.peer, packet: body });
    log.error('answer-misnamed', { link: link.name, transaction: held.intent.transaction });
    return undefined;
  }
}

/** By the bank's own mark where it has one; else the page that is not full is the last. */
function endsHere(ctx: LinkContext, { code, paging }: Transaction, reading: Reading, got: number) {
  const ends = lastOf(paging?.last, answerFields(ctx.spec, code, reading.message));
  // a page without rows leads nowhere, whatever it says
  return got === 0 || (ends ?? got < (paging?.rowsMax ?? 0));
}

/** What the request carries in the field an answer must repeat. */
function askedFor(held: Held, ctx: LinkContext, field: string): string {
  const { body } = held.intent.envelope;
  const expr = operationOf(ctx, held.intent)?.fields[field];
  if (typeof expr === 'string' && expr.startsWith('$body.'))
    return String(body[expr.slice(6)] ?? '');
  return held.intent.operation === 'native' ? String(body[field] ?? '') : '';
}

const done = (reading: Reading, data: Record<string, unknown> | undefined): Event => ({
  type: 'query-done',
  evidence: evidenceOf(reading.verdict, undefined),
  ...(data === undefined ? {} : { data }),
});

const unanswered: Event = {
  type: 'query-done',
  evidence: {
    says: 'failed',
    reason: 'unanswered',
    code: '',
    text: 'the bank did not answer the query',
  },
};
