/**
 * A ledger's books as a platform would keep them: what it ordered, what it was told, what money it learned
 * of. It follows the published rules and nothing else: finals replace interims, repeats change nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope } from '../../src/instruction/envelope.ts';
import type { Contradiction, Rejection, Result } from '../../src/instruction/messages.ts';
import type { Notice } from '../../src/instruction/notices.ts';
import type { BankNotice } from '../../src/instruction/pushed.ts';
import type { LedgerClient } from '../../src/queue/client.ts';
import { merge } from '../../src/queue/merge.ts';

const VALID_MS = 3_600_000;
const LOOK_MS = 20;

/** Versions are counted by link. */
const told = ({ link, version }: { link: string; version: number }): string => `${link} ${version}`;

export interface Ordered {
  readonly envelope: Envelope;
  /** every content told about it, in the order of its coming; a repeat is told once */
  readonly told: Result[];
  result?: Result;
}

export class Books {
  readonly orders = new Map<string, Ordered>();
  readonly rejections: Rejection[] = [];
  readonly contradictions = new Map<string, Contradiction>();
  /** by link and version: the same one told twice is one */
  readonly notices = new Map<string, Notice>();
  /** what a bank said by itself, likewise: it books nothing */
  readonly said = new Map<string, BankNotice>();
  /** messages in all, repeats included */
  messages = 0;
  /** a second final content for one id, or a second content for one version: must stay empty */
  readonly broken: string[] = [];
  readonly #client: LedgerClient;

  constructor(client: LedgerClient) {
    this.#client = client;
    client.onResult(async (message) => {
      this.messages += 1;
      if (message.type === 'rejection') this.rejections.push(message);
      else if (message.type === 'contradicted') this.contradictions.set(told(message), message);
      else this.#told(message);
    });
    client.onNotice(
      async (notice) => this.#noted(this.notices, notice),
      async (notice) => this.#noted(this.said, notice),
    );
  }

  #noted<T extends { link: string; version: number }>(into: Map<string, T>, notice: T): void {
    this.messages += 1;
    const known = into.get(told(notice));
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(notice)) {
      this.broken.push(`notice ${told(notice)} was told with two contents`);
    }
    into.set(told(notice), notice);
  }

  #told(result: Result): void {
    const ordered = this.orders.get(result.id);
    if (ordered === undefined) return;
    const known = ordered.result;
    if (known?.final && result.final && JSON.stringify(known) !== JSON.stringify(result)) {
      this.broken.push(`${result.id} had two finals: ${known.outcome}, ${result.outcome}`);
    }
    const same = ordered.told.find(({ version }) => version === result.version);
    if (same === undefined) ordered.told.push(result);
    else if (JSON.stringify(same) !== JSON.stringify(result)) {
      this.broken.push(`${result.id} was told two contents under version ${result.version}`);
    }
    const merged = merge(known, result);
    if (merged !== undefined) ordered.result = merged;
  }

  envelope(
    id: string,
    operation: string,
    body: Record<string, unknown>,
    more: Partial<Envelope> = {},
  ): Envelope {
    const now = Date.now();
    return {
      v: 1,
      id,
      operation,
      body,
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + VALID_MS).toISOString(),
      ...more,
    };
  }

  /** `through`: the client of another link; results of all links of a ledger come on one queue. */
  async order(envelope: Envelope, through = this.#client): Promise<void> {
    this.orders.set(envelope.id, { envelope, told: [] });
    await through.enqueue(envelope);
  }

  /** The same instructions again under fresh job ids, as after a loss: they must not pay again. */
  async replay(): Promise<void> {
    for (const { envelope } of this.orders.values()) await this.#client.ask(envelope);
  }

  resultOf(id: string): Result | undefined {
    return this.orders.get(id)?.result;
  }

  /** Ids without a final yet. */
  open(): string[] {
    return [...this.orders].filter(([, one]) => !one.result?.final).map(([id]) => id);
  }

  async final(id: string, withinMs: number): Promise<Result> {
    await until(`final of ${id}`, () => this.resultOf(id)?.final === true, withinMs);
    const result = this.resultOf(id);
    if (result === undefined) throw new Error(`no result of ${id}`);
    return result;
  }

  async notice(what: (notice: Notice) => boolean, withinMs: number): Promise<Notice> {
    return first(this.notices, what, withinMs);
  }

  async ofBank(what: (notice: BankNotice) => boolean, withinMs: number): Promise<BankNotice> {
    return first(this.said, what, withinMs);
  }
}

async function first<T>(
  among: ReadonlyMap<string, T>,
  what: (one: T) => boolean,
  withinMs: number,
): Promise<T> {
  const find = () => [...among.values()].find(what);
  await until('notice', () => find() !== undefined, withinMs);
  const found = find();
  if (found === undefined) throw new Error('no such notice');
  return found;
}

export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs: number,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${withinMs} ms`);
    await sleep(LOOK_MS);
  }
}
