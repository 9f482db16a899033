/**
 * May this process send on a link, or only ask? Whoever does not hold all that was ever recorded of it cannot
 * know what was sent (R3): it takes instructions, asks the bank and believes a yes, reads statements; it claims
 * nothing, and no denial and no clock ends anything that may have been sent elsewhere. What is missing stands
 * in the journal, so that no Redis can make it forgotten.
 */
import type { Envelope } from '../instruction/envelope.ts';
import type { Intent } from '../instruction/intent.ts';
import { type Missing, missingText } from '../journal/missing.ts';
import type { RecordOf } from '../journal/records.ts';
import type { OpenReport } from '../journal/recovery.ts';
import type { Taken } from '../store/shapes.ts';
import type { LinkContext } from './context.ts';

/** A createdAt further ahead of the bank's clock than this is no timestamp of now. */
export const CREATED_AHEAD_MS_MAX = 600_000;

type Holding = Pick<LinkContext, 'journal' | 'link'>;

const missingOf = ({ journal, link }: Holding) => journal.index.missing(link.name);

export const asksOnly = (ctx: Holding): boolean => missingOf(ctx).open.length > 0;

/** Undefined where the link may send; else what is missing, for people. */
export function whyAsksOnly(ctx: Holding): string | undefined {
  const { open } = missingOf(ctx);
  return open.length === 0 ? undefined : `ask-only: ${open.map(missingText).join('; ')}`;
}

/** How far the journal has come, for Redis to remember; nothing where this is not the journal of the link. */
export const recordsOf = (ctx: Holding): number | undefined =>
  asksOnly(ctx) ? undefined : ctx.journal.last;

/** Whoever is missing may have accepted it, by its age: who creates it may be ahead of our clock. */
export const olderThanFinding = (ctx: Holding, { createdAt }: Envelope): boolean => {
  const { until } = missingOf(ctx);
  return until > 0 && Date.parse(createdAt) <= until + CREATED_AHEAD_MS_MAX;
};

/** It may have been sent by whoever is missing, and nobody here can tell. Also once people have let it send. */
export const maybeElsewhere = (ctx: Holding, { envelope, kind }: Intent): boolean =>
  (kind === 'movement' || kind === 'maintenance') && olderThanFinding(ctx, envelope);

function linesLost({ cutFiles, damaged }: OpenReport): Missing[] {
  const segments = new Set(damaged.map(({ segment }) => segment));
  return [
    ...cutFiles.map((file): Missing => ({ why: 'cut', file })),
    ...[...segments].map((file): Missing => ({ why: 'damaged', file })),
  ];
}

export interface Starting {
  /** name of this process run */
  readonly run: string;
  /** what was found about Redis: see store/durability.ts */
  readonly durability: string;
  readonly redisRun: string;
  /** how this process came to hold the journal, where it says so */
  readonly after?: RecordOf<'start'>['after'];
}

/** Takes the link and records why it may send, or what is missing: before anything else is done on it. */
export async function takeLink(
  ctx: LinkContext,
  { after, run, durability, redisRun }: Starting,
): Promise<{ taken: Taken; record: number | undefined }> {
  const { config, journal, link, spec, store } = ctx;
  const known = missingOf(ctx);
  const lost = linesLost(journal.openReport).filter((one) => !known.has(one));
  const cut = lost.filter(({ why }) => why === 'cut');
  const damaged = lost.filter(({ why }) => why === 'damaged');
  const asks =
    known.open.length + cut.length > 0 ? 'own' : damaged.length > 0 ? 'behind' : undefined;
  const taken = await store.take({
    run,
    journal: journal.identity,
    // not what it has by now: other links, or a change of settings, may have appended
    records: journal.lastAtOpening,
    seen: journal.highestWatermark(link.name),
    leaseMs: link.leaseMs,
    covered: known.covered,
    asks,
    behind: known.fresh,
  });
  const other: Missing[] =
    typeof taken.asks === 'object' ? [{ why: 'journal', ...taken.asks }] : [];
  const missing = [...cut, ...(taken.rolledBack ? damaged : []), ...other].filter(
    (one) => !known.has(one),
  );
  const [record] = await journal.append([
    {
      kind: 'start',
      link: link.name,
      watermark: store.seen,
      epoch: taken.epoch,
      redisRun,
      durability,
      spec: spec.digest,
      config,
      run,
      journal: journal.identity,
      intact: journal.openReport.intact,
      ...(after === undefined ? {} : { after }),
      ...(missing.length === 0 ? {} : { asks: { since: taken.time, missing } }),
    },
  ]);
  return { taken, record: record?.n };
}
