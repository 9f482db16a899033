/** What the acts of the demo play with: the world, the books, the timeline, and short words for both. */
import type { Envelope } from '../../src/instruction/envelope.ts';
import type { Result } from '../../src/instruction/messages.ts';
import type { LedgerClient } from '../../src/queue/client.ts';
import type { Books } from '../world/books.ts';
import type { Supervisor, World } from '../world/world.ts';
import type { Timeline } from './timeline.ts';

export const WITHIN_MS = 20_000;

export interface Stage {
  readonly world: World;
  readonly books: Books;
  readonly gateway: Supervisor;
  readonly timeline: Timeline;
  /** to the link of the second act, on raw sockets */
  readonly trading: LedgerClient;
  /** yyyymmdd at the bank */
  readonly today: string;
  /** payer → amount of what was injected, for the books at the end */
  readonly injected: { account: string; amount: string; kind: string; key: string }[];
}

export interface Person {
  readonly name: string;
  readonly bankAccount: string;
  /** 附属账号, once it is opened */
  readonly account: string;
}

let counted = 0;

/** Enqueues one instruction under the next id; its order number is what the bank's books show as memo. */
export async function enqueue(
  stage: Stage,
  operation: string,
  body: Record<string, unknown>,
  more: Partial<Envelope> = {},
  through?: LedgerClient,
): Promise<string> {
  counted += 1;
  const id = `D${String(counted).padStart(4, '0')}`;
  const ordered = { businessRef: `ORDER-${id}`, ...more };
  await stage.books.order(stage.books.envelope(id, operation, body, ordered), through);
  return id;
}

export function told(stage: Stage, what: string, result: Result): void {
  const colour = result.outcome === 'succeeded' ? 'green' : result.final ? 'red' : 'yellow';
  const proof =
    result.proof?.kind === undefined
      ? ''
      : ` (proof: ${result.proof.kind}${result.proof.record === undefined ? '' : `, journal record ${result.proof.record}`})`;
  const reason = result.reason === undefined ? '' : `, ${result.reason}`;
  stage.timeline.say('ledger', `${what}: ${result.outcome}${reason}${proof}`, colour);
}

/** Enqueues, waits for the final, says it. */
export async function settled(
  stage: Stage,
  what: string,
  operation: string,
  body: Record<string, unknown>,
  more: Partial<Envelope> = {},
  through?: LedgerClient,
): Promise<Result> {
  const id = await enqueue(stage, operation, body, more, through);
  const result = await stage.books.final(id, WITHIN_MS);
  told(stage, `${id} ${what}`, result);
  return result;
}
