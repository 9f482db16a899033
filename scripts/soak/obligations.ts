/**
 * What the ledger owes: business obligations, each ordered under one id, and under a new one whenever the one before
 * ended `failed`. It keeps the rules of docs/ledgers.md and is otherwise as rude as a ledger may be: it asks again
 * and again, and now and then uses an id for something else.
 */
import type { Envelope } from '../../src/instruction/envelope.ts';
import type { LedgerClient } from '../../src/queue/client.ts';
import type { Books } from '../world/books.ts';
import type { Tally } from './tally.ts';

export interface Wanted {
  readonly link: string;
  readonly operation: string;
  /** made anew for each id: what it names may have got another id meanwhile; undefined: it can never be done */
  readonly body: () => Record<string, unknown> | undefined;
  /** how often it may be ordered; default: until it is done */
  readonly tries?: number;
  readonly more?: Partial<Envelope>;
  /** of the first id only: it may have passed when it is sent */
  readonly validMs?: number;
  /** does it move money (executions), open an account (its name), or change nothing? */
  readonly proves: Proves;
}

export type Proves =
  | { readonly by: 'memo' }
  /** the bank keeps no reference of it: an amount that nothing else has */
  | { readonly by: 'amount'; readonly amount: string; readonly transactions: readonly string[] }
  | { readonly by: 'account-name'; readonly name: string }
  | { readonly by: 'nothing' };

export interface Obligation extends Wanted {
  readonly reference: string;
  readonly ids: string[];
  /** when the last id was last put on the queue, and how often */
  askedAt: number;
  asked: number;
}

/** What the last id was told. */
type Standing = 'open' | 'failed' | 'done';

const ASK_FIRST_MS = 6_000;
const ASK_MAX_MS = 60_000;
/** Whoever asks about everything at once is in his own way. */
const ASKS_A_SECOND = 2;
const ASKS_MAX = 10;
/** Nothing that can succeed fails so often. */
const TRIES_MAX = 60;

export class Obligations {
  readonly all: Obligation[] = [];
  /** not done, and not given up */
  readonly open = new Set<Obligation>();
  /** ordered and never taken by a queue yet: Redis may be down for long */
  #onTheWay = 0;
  #asksLeft = 0;
  #wentOn = performance.now();
  readonly #books: Books;
  readonly #ledgers: ReadonlyMap<string, LedgerClient>;
  readonly #tally: Tally;

  constructor(books: Books, ledgers: ReadonlyMap<string, LedgerClient>, tally: Tally) {
    this.#books = books;
    this.#ledgers = ledgers;
    this.#tally = tally;
  }

  get instructions(): number {
    return this.#books.orders.size;
  }

  get onTheWay(): number {
    return this.#onTheWay;
  }

  /** The id under which it was last ordered. */
  idOf({ ids }: Obligation): string {
    return ids.at(-1) ?? '';
  }

  done(obligation: Obligation): boolean {
    return this.#standing(obligation) === 'done';
  }

  add(wanted: Wanted): Obligation {
    const reference = `OBL${String(this.all.length + 1).padStart(6, '0')}`;
    const obligation: Obligation = { ...wanted, reference, ids: [], askedAt: 0, asked: 0 };
    this.all.push(obligation);
    this.open.add(obligation);
    this.#order(obligation);
    return obligation;
  }

  /** Pays again what failed, asks again about what is open, forgets what is done. */
  goOn(): void {
    const now = performance.now();
    this.#asksLeft = Math.min(
      ASKS_MAX,
      this.#asksLeft + ((now - this.#wentOn) * ASKS_A_SECOND) / 1_000,
    );
    this.#wentOn = now;
    for (const obligation of this.open) {
      const standing = this.#standing(obligation);
      if (standing === 'done') this.open.delete(obligation);
      else if (standing === 'failed') this.#failed(obligation);
      else this.#askAgain(obligation);
    }
  }

  /** The same instruction again under a fresh job id: nothing new may come of it. */
  repeat(obligation: Obligation, how: 'ask' | 'enqueue'): void {
    const envelope = this.#books.orders.get(this.idOf(obligation))?.envelope;
    if (envelope === undefined) return;
    this.#tally.repeats += 1;
    this.#queue(obligation, (ledger) => ledger[how](envelope));
  }

  /** Another content under an id that has a final: a rejection, and nothing else. */
  misuse(obligation: Obligation): void {
    const id = this.idOf(obligation);
    const envelope = this.#books.orders.get(id)?.envelope;
    if (envelope === undefined || this.#books.resultOf(id)?.final !== true) return;
    this.#tally.conflicts += 1;
    const other = { ...envelope, body: { ...envelope.body, memo: 'another content' } };
    this.#queue(obligation, (ledger) => ledger.ask(other));
  }

  #standing(obligation: Obligation): Standing {
    const result = this.#books.resultOf(this.idOf(obligation));
    if (result === undefined || !result.final) return 'open';
    return result.outcome === 'succeeded' ? 'done' : 'failed';
  }

  #failed(obligation: Obligation): void {
    const tries = obligation.tries ?? TRIES_MAX;
    if (obligation.ids.length >= tries || !this.#order(obligation)) this.open.delete(obligation);
  }

  #order(obligation: Obligation): boolean {
    const body = obligation.body();
    if (body === undefined) return false;
    const { operation, more, reference, ids, validMs } = obligation;
    const id = `${reference}_${ids.length + 1}`;
    const whole = this.#books.envelope(id, operation, body, { businessRef: reference, ...more });
    const expiresAt = new Date(Date.parse(whole.createdAt) + (validMs ?? 0)).toISOString();
    const envelope = validMs !== undefined && ids.length === 0 ? { ...whole, expiresAt } : whole;
    ids.push(id);
    this.#books.orders.set(id, { envelope, told: [] });
    obligation.asked = 0;
    obligation.askedAt = performance.now();
    this.#queue(obligation, (ledger) => ledger.enqueue(envelope));
    return true;
  }

  /** Redis may have lost it, or its result: a ledger that hears nothing queues it again. */
  #askAgain(obligation: Obligation): void {
    const now = performance.now();
    const patience = Math.min(ASK_FIRST_MS * 2 ** obligation.asked, ASK_MAX_MS);
    if (now - obligation.askedAt < patience || this.#asksLeft < 1) return;
    this.#asksLeft -= 1;
    obligation.askedAt = now;
    obligation.asked += 1;
    const envelope = this.#books.orders.get(this.idOf(obligation))?.envelope;
    if (envelope !== undefined) this.#queue(obligation, (ledger) => ledger.ask(envelope));
  }

  /** Nobody waits for it: a Redis that is frozen or dead takes it when it is back, or it is queued again. */
  #queue({ link }: Obligation, add: (ledger: LedgerClient) => Promise<unknown>): void {
    const ledger = this.#ledgers.get(link);
    if (ledger === undefined) return;
    this.#onTheWay += 1;
    add(ledger)
      .catch(() => undefined)
      .finally(() => {
        this.#onTheWay -= 1;
      });
  }
}
