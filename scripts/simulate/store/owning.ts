/** The link for one run, and its heartbeat. */
import type { Beat, Taken } from '../../../src/store/shapes.ts';
import { heldOf } from './accepting.ts';
import { inOrder, upTo } from './data.ts';
import { refuse, type Script } from './script.ts';
import { promote } from './waiting.ts';

const JUMP = 2 ** 32;

/** A new epoch, which is a watermark; it jumps past all that was ever published where Redis was behind. */
export function take(
  script: Script,
  { run, journal, leaseMs }: { run: string; journal: string; leaseMs: number },
): Taken {
  const { meta, now } = script;
  const { seen } = script.caller;
  if (meta.journal !== undefined && meta.journal !== journal) {
    if (meta.holder !== run && meta.lease > now) refuse('LINK_LEASED');
    if (meta.claimed) refuse('JOURNAL_FOREIGN');
  }
  const behind = meta.wm < seen || meta.behind;
  const wm = meta.wm < seen ? (Math.floor(seen / JUMP) + 1) * JUMP : meta.wm + 1;
  script.change({
    ...{ wm, epoch: wm, holder: run, journal, lease: now + leaseMs, behind },
    // whatever Redis says: a journal that has seen more has claimed here
    claimed: meta.claimed || behind,
  });
  const sending = inOrder(script.part('sending')).map(([id]) => id);
  return { epoch: wm, rolledBack: behind, time: now, sending };
}

/** Gives the lease up; a later owner's is not touched. */
export function leave(script: Script): void {
  script.open(false);
  if (script.meta.epoch === script.caller.epoch) script.change({ lease: 0 });
}

export function beat(
  script: Script,
  { leaseMs, dueMax }: { leaseMs: number; dueMax: number },
): Beat {
  script.open(true);
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
