/** Reads one account-day of a statement, page by page, and says whether the pages were of one whole. */
import { YinqiError } from '../../errors.ts';
import { canonicalJson } from '../../instruction/envelope.ts';
import { answerFields, answerRows } from '../../protocol/operation.ts';
import type { SweepSpec } from '../../protocol/spec.ts';
import { isGiven } from '../../protocol/spec-credits.ts';
import type { LinkContext } from '../context.ts';
import { ask } from '../packets/question.ts';
import { type Reading, readDirect } from '../packets/reading.ts';
import { pageFor } from '../packets/requests.ts';

type TextRow = Record<string, string>;

export interface DayRead {
  readonly rows: readonly TextRow[];
  /** every page came, and the first one was the same when it was read again at the end */
  readonly whole: boolean;
}

/** A day with more entries than this is read in part and never closes: somebody must look. */
const PAGES_MAX = 2_000;

export class Pages {
  readonly #ctx: LinkContext;
  readonly #sweep: SweepSpec;
  readonly #signal: AbortSignal;

  constructor(ctx: LinkContext, sweep: SweepSpec, signal: AbortSignal) {
    this.#ctx = ctx;
    this.#sweep = sweep;
    this.#signal = signal;
  }

  /** An empty account reads all accounts at once. */
  async readDay(account: string, day: string, unplaced: boolean): Promise<DayRead> {
    const size = this.#sweep.pageRowsMax;
    const rows: TextRow[] = [];
    let first: TextRow[] | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const got = await this.#page(account, day, unplaced, rows.length + 1);
      if (got === undefined) return { rows, whole: false };
      first ??= got;
      rows.push(...got);
      if (got.length < size) {
        if (page === 0) return { rows, whole: true };
        const again = await this.#page(account, day, unplaced, 1);
        return {
          rows,
          whole: again !== undefined && canonicalJson(again) === canonicalJson(first),
        };
      }
    }
    return { rows, whole: false };
  }

  /** Undefined: not answered, refused, or rows of another account. */
  async #page(
    account: string,
    day: string,
    unplaced: boolean,
    start: number,
  ): Promise<TextRow[] | undefined> {
    const { link, log, metrics, spec } = this.#ctx;
    const { transaction, pageRowsMax, request, unplacedRequest } = this.#sweep;
    const asked = unplaced ? (unplacedRequest ?? request) : request;
    const size = String(pageRowsMax);
    let body: Uint8Array;
    try {
      const page = { account, day, start: String(start), size };
      body = pageFor(this.#ctx, transaction, asked, page);
    } catch (error) {
      // a page whose number the bank's field cannot carry: what came before it is told all the same
      if (!(error instanceof YinqiError)) throw error;
      log.error('page-not-asked', { link: link.name, day, error });
      return undefined;
    }
    // a connection of its own: a page says which account it is of, and not which page
    const answer = await ask(this.#ctx, {
      lane: 'sweep',
      transaction,
      request: body,
      signal: this.#signal,
    });
    const reading = answer === undefined ? undefined : readDirect(this.#ctx, transaction, answer);
    if (reading?.verdict.says !== 'succeeded') return undefined;
    const rows = answerRows(spec, transaction, reading.message);
    if (account === '' || this.#isOf(account, reading, rows)) return rows;
    metrics.unclaimed(link.name);
    log.error('answer-misnamed', { link: link.name, transaction });
    return undefined;
  }

  /** Every row names its account; where none does, the answer as a whole may. */
  #isOf(account: string, reading: Reading, rows: readonly TextRow[]): boolean {
    const { account: field, answerAccount, transaction } = this.#sweep;
    if (!isGiven(field)) return rows.every((row) => row[field] === account);
    const fields = answerFields(this.#ctx.spec, transaction, reading.message);
    const named = answerAccount === undefined ? '' : (fields[answerAccount] ?? '');
    return named === '' || named === account;
  }
}
