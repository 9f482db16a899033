/** What the parts of one link's engine share: its settings and its doors to the outside. */
import type { Line } from '../bank/line.ts';
import type { Traffic } from '../bank/traffic.ts';
import type { LinkConfig } from '../config.ts';
import type { Held, Intent } from '../instruction/intent.ts';
import type { Rules } from '../instruction/step.ts';
import type { Journal } from '../journal/journal.ts';
import type { Log } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { BankSpec, Operation } from '../protocol/spec.ts';
import type { Store } from '../store/store.ts';
import type { Timers } from '../timers.ts';
import type { Clock } from './clock.ts';
import { asksOnly } from './mandate.ts';

/** Two neighbouring steps a kill -9 may part; armed only by tests, from outside (see src/main.ts). */
export const FAILPOINTS = [
  'accepted',
  'claimed',
  'recorded',
  'before-write',
  'written',
  'answer-read',
  'answer-recorded',
  'committed',
  'outcome-recorded',
  'published',
  'push-recorded',
  'push-stored',
  'push-acknowledged',
  'promise-recorded',
  'promise-stored',
  'push-answered',
  'proposal-recorded',
  'approval-recorded',
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];

export interface LinkContext {
  readonly link: LinkConfig;
  readonly spec: BankSpec;
  /** digest of the whole configuration, for the records that name it */
  readonly config: string;
  readonly store: Store;
  readonly journal: Journal;
  readonly line: Line;
  readonly traffic: Traffic;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly failpoint: (at: Failpoint) => void;
  /** ends the process: what cannot be repaired here is repaired by a start */
  readonly fatal: (error: unknown) => void;
}

export const operationOf = (ctx: LinkContext, intent: Intent): Operation | undefined =>
  ctx.spec.operations.get(intent.operation);

/** The inquiry of an instruction's own transaction, or undefined where the bank has none. */
export function inquiryOf(ctx: LinkContext, intent: Intent) {
  const inquiry = ctx.spec.transactions.get(intent.transaction)?.inquiry;
  return inquiry === 'none' ? undefined : inquiry;
}

/** The rules one instruction is judged by. */
export function rulesFor(ctx: LinkContext, held: Held): Rules {
  return {
    ladder: ctx.link.ladder,
    noSuchSerialIsFinal: ctx.link.noSuchSerialIsFinal,
    watchForMs: ctx.link.watchForMs,
    interim: ctx.link.interim,
    spec: ctx.spec.digest,
    config: ctx.config,
    completes: operationOf(ctx, held.intent)?.complete !== undefined,
    hasInquiry: inquiryOf(ctx, held.intent) !== undefined,
    asksOnly: asksOnly(ctx),
  };
}

/** Settings of the link as expressions see them: defaults of the spec, then what the config says. */
export function settingsOf(
  spec: BankSpec,
  settings: Record<string, string>,
): Record<string, string> {
  const known = Object.entries(spec.protocol.settings).map(([name, one]) => [
    name,
    settings[name] ?? one.default ?? '',
  ]);
  return Object.fromEntries(known);
}
