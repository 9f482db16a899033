/** The link for one run, and its heartbeat. */
import type { Beat, Owner, Taken } from '../../../src/store/shapes.ts';
import { heldOf } from './accepting.ts';
import { inOrder, upTo } from './data.ts';
import { refuse, type Script } from './script.ts';
import { promote } from './waiting.ts';

const JUMP = 2 ** 32;
const FAR_JUMP = 2 ** 40;

const past = (step: number, known: number): number => (Math.floor(known / step) + 1) * step;

/**
 * A new epoch, which is a watermark; it jumps past all that was ever published where Redis was behind, and further
 * where a journal is missing. Whoever has less of the journal than Redis has seen of it may only ask.
 */
export function take(script: Script, owner: Owner): Taken {
  const { meta, now } = script;
  const { seen } = script.caller;
  const { covered = [], journal, leaseMs, records, run } = owner;
  const lessee = meta.lessee ?? meta.journal;
  if (lessee !== undefined && lessee !== journal && meta.holder !== run && meta.lease > now) {
    refuse('LINK_LEASED');
  }
  const known = new Map([
    [journal, records],
    ...covered.map((one) => [one.journal, one.records]),
  ] as [string, number][]);
  const claimedBy = meta.claimed ? meta.journal : undefined;
  const foreign = claimedBy !== undefined && (known.get(claimedBy) ?? -1) < meta.records;
  const handedOver = !foreign && claimedBy !== undefined && claimedBy !== journal;
  const behind = meta.wm < seen || meta.behind || owner.behind === true || handedOver;
  const own = owner.asks === 'own' || (owner.asks === 'behind' && behind) ? 'own' : undefined;
  const asks = foreign ? claimedBy : own;
  let wm = meta.wm < seen ? past(JUMP, seen) : meta.wm + 1;
  if (asks !== undefined && meta.asks !== asks) wm = past(FAR_JUMP, wm);
  script.change({
    ...{ wm, epoch: wm, holder: run, lessee: journal, lease: now + leaseMs, behind, asks },
    // whatever Redis says: a journal that has seen more has claimed here
    ...(asks === undefined ? { journal, records, claimed: meta.claimed || behind } : {}),
  });
  const sending = inOrder(script.part('sending')).map(([id]) => id);
  const taken = { epoch: wm, rolledBack: behind, time: now, sending };
  if (asks === undefined) return taken;
  return {
    ...taken,
    asks: asks === 'own' ? asks : { journal: asks, records: meta.records },
  };
}

/** The link is the journal's of whoever asks, from now on. */
export function releaseLink(script: Script, journal: string, records: number): void {
  script.open(true);
  script.change({ journal, records, claimed: true, asks: undefined });
}

/** How far the journal of the owner has come; who only asks gives none. */
export function keepRecords(script: Script, records: number | undefined): void {
  if (records !== undefined) script.change({ records });
}

/** Gives the lease up; a later owner's is not touched. */
export function leave(script: Script): void {
  script.open(false);
  if (script.meta.epoch === script.caller.epoch) script.change({ lease: 0 });
}

export function beat(
  script: Script,
  { leaseMs, dueMax, records }: { leaseMs: number; dueMax: number; records?: number | undefined },
): Beat {
  script.open(true);
  keepRecords(script, records);
  const { now } = script;
  promote(script);
  const due = upTo(script.part('due'), now, dueMax).flatMap((id) => {
    const entry = script.entry(id);
    if (entry !== undefined && entry.phase !== 'sending') return heldOf(entry);
    script.put('due', id, undefined);
    return [];
  });
  const sending = inOrder(script.part('sending')).flatMap(([id]) => {
    const entry = script.entry(id);
    return entry === undefined ? [] : { id, attempt: entry.attempt, epoch: entry.epoch };
  });
  script.change({ lease: now + leaseMs });
  const doubt = inOrder(script.part('doubt'));
  return {
    time: now,
    ready: script.part('ready').size,
    nextReadyAt: inOrder(script.part('later'))[0]?.[1] ?? null,
    due,
    sending,
    doubtful: { count: doubt.length, oldestSince: doubt[0]?.[1] ?? null },
    outbox: script.out.length,
  };
}
