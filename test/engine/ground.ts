/** A link's context with only what a test gives it: whatever else is reached for is a fault of the test. */
import { readConfig } from '../../src/config.ts';
import { Clock } from '../../src/engine/clock.ts';
import type { LinkContext } from '../../src/engine/context.ts';
import { type Held, type Intent, type Life, life } from '../../src/instruction/intent.ts';
import { KnownIndex } from '../../src/journal/known.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { realTimers } from '../../src/timers.ts';

export const citic = readSpec('protocol-specs/citic');

export const NOW = Date.UTC(2026, 8, 24, 2);
export const MAIN_ACCOUNT = '7110210187000000001';

const config = readConfig(`
redis: { socket: /run/redis.sock }
journal: { directory: /var/lib/yinqi }
links:
  - name: citic-main
    spec: citic
    host: fep.invalid
    port: 7001
    settings: { userName: test, mainAccount: '${MAIN_ACCOUNT}', accountPrefix: '711021018700' }
sources:
  - { name: erp, links: { citic-main: {} } }
`);

export function contextWith(parts: Partial<LinkContext> = {}): LinkContext {
  const [link] = config.links;
  const clock = new Clock({ wall: () => NOW, mono: () => 0, run: 'run-1' });
  const index = new KnownIndex();
  const journal = { index } as unknown as LinkContext['journal'];
  const given: Partial<LinkContext> = {
    ...{ spec: citic, config: 'config-digest', clock, journal, timers: realTimers },
    ...(link && { link }),
    ...parts,
  };
  return new Proxy(given, {
    get(target, name: keyof LinkContext) {
      if (!(name in target)) throw new Error(`the test gives no ${name}`);
      return target[name];
    },
  }) as LinkContext;
}

export const lived = (more: Partial<Life> = {}): Life => ({ ...life.parse({}), ...more });

/** An accepted order of `operation`; the body is what a ledger sent. */
export function intentOf(operation: string, body: Record<string, unknown>): Intent {
  const known = citic.operations.get(operation);
  if (known === undefined) throw new Error(`no operation ${operation}`);
  const kind = citic.transactions.get(known.transaction)?.kind ?? 'local';
  if (kind === 'push') throw new Error('nobody orders a push');
  return {
    v: 1,
    id: 'erp:A1',
    link: 'citic-main',
    source: 'erp',
    digest: 'digest',
    operation,
    transaction: known.transaction,
    kind,
    day: '20260924',
    acceptedAt: NOW,
    envelope: {
      v: 1,
      id: 'A1',
      operation,
      body,
      createdAt: '2026-09-24T10:00:00+08:00',
      expiresAt: '2026-09-24T18:00:00+08:00',
      businessRef: 'PO-7',
      meta: { user: '12' },
    },
    ...(known.serial === 'none' ? {} : { serial: '202609240A1B2C3D4E5F' }),
  };
}

export const heldAs = (intent: Intent, phase: Held['phase'], more: Partial<Life> = {}): Held => ({
  intent,
  phase,
  life: lived(more),
  version: 5,
  attempt: 1,
  epoch: 1,
});
