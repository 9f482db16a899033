/**
 * A world per test file, with settings that make minutes into fractions of a second, and short words.
 * YINQI_KEEP=1 leaves its directory with logs and journal behind.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Books } from '../../scripts/world/books.ts';
import type { WorldOptions } from '../../scripts/world/options.ts';
import { type Supervisor, World } from '../../scripts/world/world.ts';
import type { Envelope } from '../../src/instruction/envelope.ts';
import type { Result } from '../../src/instruction/messages.ts';
import { compiled } from '../support/compiled.ts';

export const WITHIN_MS = 20_000;

export const quickLink = {
  answerWithinMs: 500,
  lateUntilMs: 4_000,
  sendWithinMs: 5_000,
  ratePerMinute: 60_000,
  burst: 2_000,
  window: 4,
  ladder: { firstMs: 60, maxMs: 400, manualAfterMs: 60_000, manualEveryMs: 500, negativesMin: 3 },
  noSuchSerialIsFinal: { afterMs: 1_000, negatives: 2, source: 'mock bank contract' },
  credits: { roundMs: 200 },
};

export interface Ground {
  readonly world: World;
  readonly books: Books;
  readonly gateway: Supervisor;
  /** SIGTERM, and nobody starts it again until `up` */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Enqueues and waits for the final. */
  settle(
    operation: string,
    body: Record<string, unknown>,
    more?: Partial<Envelope>,
  ): Promise<Result>;
  enqueue(
    operation: string,
    body: Record<string, unknown>,
    more?: Partial<Envelope>,
  ): Promise<string>;
  /** A member's account at the bank, with money, that no gateway opened. */
  account(tail: string, name: string, balance?: string): Promise<string>;
  /** What the gateway knows of it, once it has it: two jobs of one queue may be taken in either order. */
  taken(id: string): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

export async function ground(
  options: Partial<WorldOptions> & {
    env?: (run: number) => Record<string, string>;
    /** before the first gateway is started */
    prepare?: (world: World) => void;
  } = {},
): Promise<Ground> {
  const { env, link, prepare, ...rest } = options;
  const root = join(import.meta.dirname, '..', '..');
  const world = await World.start({
    directory: mkdtempSync(join(tmpdir(), 'yinqi-e2e-')),
    // another build, e.g. one with a planted bug
    dist: process.env.YINQI_DIST ?? compiled(),
    specs: join(root, 'protocol-specs'),
    bankSettings: { reviewMs: 200, settleMs: 100 },
    link: { ...quickLink, ...link },
    ...rest,
  });
  prepare?.(world);
  let gateway = world.supervise(env);
  const stop = async (): Promise<void> => {
    await gateway.stop();
    await world.stop();
    if (process.env.YINQI_KEEP === undefined) {
      rmSync(world.directory, { recursive: true, force: true });
    }
  };
  if (env === undefined) {
    await world.untilStarted(gateway.current).catch(async (error: unknown) => {
      await stop();
      throw error;
    });
  }
  const books = new Books(world.ledger());
  let counted = 0;
  const enqueue: Ground['enqueue'] = async (operation, body, more = {}) => {
    counted += 1;
    const id = `T${String(counted).padStart(4, '0')}`;
    await books.order(books.envelope(id, operation, body, { businessRef: `REF-${id}`, ...more }));
    return more.id ?? id;
  };
  return {
    world,
    books,
    get gateway() {
      return gateway;
    },
    down: () => gateway.stop(),
    up: async () => {
      gateway = world.supervise(env);
      await world.untilStarted(gateway.current);
    },
    enqueue,
    taken: async (id) => {
      for (;;) {
        const asked = await enqueue('status', { of: id });
        const { data } = await books.final(asked, WITHIN_MS);
        if (data !== undefined) return data;
      }
    },
    settle: async (operation, body, more) =>
      books.final(await enqueue(operation, body, more), WITHIN_MS),
    account: async (tail, name, balance = '1000.00') => {
      const opened = await world.control.openAccount({ tail, name, balance });
      return opened.number;
    },
    stop,
  };
}

/** What the bank executed for one order number. */
export async function executedFor(world: World, reference: string) {
  const { executions } = await world.control.executions({ memo: reference });
  return executions;
}
