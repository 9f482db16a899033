/** The admin socket of a daemon whose operator is played by the test; what it is not given, it knows nothing of. */
import { afterEach, beforeEach } from 'vitest';
import { type Admin, startAdmin } from '../../src/ops/admin.ts';
import type { Operator } from '../../src/ops/operator.ts';
import { createLog } from '../../src/ops/pino-log.ts';

type Knows = (name: string, token: string) => string;

export interface Door {
  /** may be changed by a test */
  readonly operator: Operator;
  /** what reached it, oldest first */
  readonly asked: unknown[];
}

const QUIET: Operator = {
  unknown: async () => [],
  show: async () => undefined,
  pending: () => [],
  contradictions: async () => [],
  unclaimed: async () => [],
  changes: async () => [],
  proposals: async () => [],
  propose: async () => ({ proposal: 7 }),
  approve: async () => ({ outcome: 'failed', record: 9 }),
  withdraw: async () => ({ record: 10 }),
  notReady: () => [],
  notSending: () => [],
};

/** Opened before each test of a file, closed behind it. `parts`: what the operator says instead of nothing. */
export function door(
  socket: () => string,
  parts: (asked: unknown[]) => Partial<Operator>,
  personOf: Knows = (name) => name,
): () => Door {
  let admin: Admin;
  let now: Door;
  beforeEach(async () => {
    const asked: unknown[] = [];
    now = { asked, operator: { ...QUIET, ...parts(asked) } };
    admin = await startAdmin({
      host: '127.0.0.1',
      port: 0,
      socket: socket(),
      metrics: { text: async () => '' },
      operator: now.operator,
      switches: { status: () => [], turn: async () => [] },
      personOf,
      log: createLog({ level: 'silent' }),
    });
  });
  afterEach(() => admin.close());
  return () => now;
}
