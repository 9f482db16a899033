/** Reads some days of a statement, page by page, and says whether the pages were of one whole. */
import { YinqiError } from '../../errors.ts';
import { canonicalJson } from '../../instruction/envelope.ts';
import { referencesIn } from '../../protocol/expression.ts';
import { answerFields, answerRows, lastOf } from '../../protocol/operation.ts';
import type { SweepSpec } from '../../protocol/spec.ts';
import { isGiven } from '../../protocol/spec-credits.ts';
import type { LinkContext } from '../context.ts';
import { ask } from '../packets/question.ts';
import { type Reading, readDirect } from '../packets/reading.ts';
import { pageFor } from '../packets/requests.ts';
import { keepUnclaimed } from '../unclaimed.ts';

type TextRow = Record<string, string>;

/** What is read: the days from `from` to `day` of an account; an empty one reads all accounts at once. */
export interface Reach {
  readonly account: string;
  readonly from: string;
  readonly day: string;
  readonly when: 'today' | 'past';
  readonly unplaced: boolean;
}

export interface Read {
  readonly rows: readonly TextRow[];
  /** every page came up to the last one, and the first one was the same when it was read again at the end */
  readonly whole: boolean;
}

interface Page {
  readonly rows: TextRow[];
  /** `cut`: it says that more follows and has no rows, so that nobody knows what does */
  readonly is: 'more' | 'end' | 'cut';
}

/** What has more pages than this is read in part and never closes: somebody must look. */
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

  async read(reach: Reach): Promise<Read> {
    const { pages, ended } = await this.#all(reach);
    return { rows: pages.flat(), whole: ended && (await this.#stood(reach, pages)) };
  }

  async #all(reach: Reach): Promise<{ pages: TextRow[][]; ended: boolean }> {
    const pages: TextRow[][] = [];
    let rows = 0;
    for (let n = 1; n <= PAGES_MAX; n += 1) {
      const page = await this.#page(reach, n, rows + 1);
      if (page === undefined) return { pages, ended: false };
      if (this.#repeats(reach, page.rows, pages.at(-1))) return { pages, ended: false };
      pages.push(page.rows);
      rows += page.rows.length;
      if (page.is !== 'more') return { pages, ended: page.is === 'end' };
    }
    return { pages, ended: false };
  }

  /** A bank that gives the page before once more gives it for ever: it has no such page, or counts them otherwise. */
  #repeats({ day }: Reach, rows: readonly TextRow[], before: readonly TextRow[] | undefined) {
    if (rows.length === 0 || before === undefined) return false;
    if (canonicalJson(rows) !== canonicalJson(before)) return false;
    this.#ctx.log.error('page-repeated', { link: this.#ctx.link.name, day });
    return true;
  }

  /** A row that came while the pages were read has moved others: one of them may be missing, or be there twice. */
  async #stood(reach: Reach, pages: readonly TextRow[][]): Promise<boolean> {
    if (pages.length < 2) return true;
    if (this.#countsAcross(pages)) {
      const again = await this.#all(reach);
      return again.ended && canonicalJson(again.pages) === canonicalJson(pages);
    }
    const first = await this.#page(reach, 1, 1);
    return first !== undefined && canonicalJson(first.rows) === canonicalJson(pages[0]);
  }

  /** Two rows that only counting tells apart stand on two pages: they may be one that has moved. */
  #countsAcross(pages: readonly TextRow[][]): boolean {
    const { identity, stable } = this.#sweep;
    if (Array.isArray(identity)) return false;
    const seen = new Map<string, number>();
    return pages.some((rows, n) =>
      rows.some((row) => {
        const content = JSON.stringify(stable.map((field) => row[field] ?? ''));
        const before = seen.get(content) ?? n;
        seen.set(content, n);
        return before !== n;
      }),
    );
  }

  /** Undefined: not answered, refused, or rows of another account. */
  async #page(reach: Reach, n: number, start: number): Promise<Page | undefined> {
    const { line, link, log, spec } = this.#ctx;
    const { transaction } = this.#sweep;
    const request = this.#request(reach, n, start);
    if (request === undefined) return undefined;
    // a connection of its own: a page says which account it is of, and not which page
    const answer = await ask(this.#ctx, {
      lane: 'sweep',
      transaction,
      request,
      signal: this.#signal,
    });
    if (answer === undefined) return undefined;
    const reading = readDirect(this.#ctx, transaction, answer);
    if (reading?.verdict.says !== 'succeeded') return undefined;
    const rows = answerRows(spec, transaction, reading.message);
    if (reach.account === '' || this.#isOf(reach.account, reading, rows)) {
      return { rows, is: this.#after(reach, reading, n, rows.length) };
    }
    keepUnclaimed(this.#ctx, { event: 'answer-misnamed', peer: line.peer, packet: answer });
    log.error('answer-misnamed', { link: link.name, transaction });
    return undefined;
  }

  #asked(reach: Reach) {
    const { request, unplacedRequest } = this.#sweep;
    return reach.unplaced ? (unplacedRequest ?? request) : request;
  }

  #request(reach: Reach, n: number, start: number): Uint8Array | undefined {
    const { transaction, pageRowsMax } = this.#sweep;
    const { account, from, day, when } = reach;
    const page = { start: String(start), page: String(n), size: String(pageRowsMax) };
    try {
      const scope = { account, from, day, when, ...page };
      return pageFor(this.#ctx, transaction, this.#asked(reach), scope);
    } catch (error) {
      // a page whose number the bank's field cannot carry: what came before it is told all the same
      if (!(error instanceof YinqiError)) throw error;
      this.#ctx.log.error('page-not-asked', { link: this.#ctx.link.name, day, error });
      return undefined;
    }
  }

  #after(reach: Reach, reading: Reading, n: number, rows: number): Page['is'] {
    const { last, transaction, pageRowsMax } = this.#sweep;
    // where the bank says in a word of its own that there is nothing, it marks nothing; a page it spoke of before
    // and does not have is no end
    if (reading.verdict.reason === 'empty') return n > 1 && last !== undefined ? 'cut' : 'end';
    const marked = lastOf(last, answerFields(this.#ctx.spec, transaction, reading.message));
    if (marked ?? rows < pageRowsMax) return 'end';
    const names = Object.values(this.#asked(reach)).flatMap((expr) =>
      Array.isArray(expr) ? [] : referencesIn(expr),
    );
    if (!names.includes('start') && !names.includes('page')) {
      return marked === undefined ? 'end' : 'cut';
    }
    return rows === 0 ? 'cut' : 'more';
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
