/**
 * An answer that belongs to nothing we asked: counted always, and kept with its bytes as long as there are
 * not too many of them, so that whoever talks to us cannot fill the disk.
 */
import { createHash } from 'node:crypto';
import { withholdHeads } from '../protocol/secrets.ts';
import type { LinkContext } from './context.ts';

export interface Unclaimed {
  /** what was found: `unclaimed-bytes`, `answer-misnamed` */
  readonly event: string;
  readonly peer: string;
  readonly packet: Uint8Array;
}

/** Of each link, in any hour; further ones are counted and logged only. */
const KEPT_PER_HOUR = 20;
const HOUR_MS = 3_600_000;
/** Of each; the rest is cut off, its length and the digest of all are kept. */
const BYTES_MAX = 16 * 1024;

export type UnclaimedParts = Pick<
  LinkContext,
  'clock' | 'fatal' | 'journal' | 'link' | 'log' | 'metrics' | 'spec' | 'store'
>;

/** Never rejects; whoever found it goes on. */
export function keepUnclaimed(parts: UnclaimedParts, { event, packet, peer }: Unclaimed): void {
  const { clock, fatal, journal, link, log, metrics, spec, store } = parts;
  metrics.unclaimed(link.name);
  const since = journal.index.matters(link.name).unclaimedAt(KEPT_PER_HOUR - 1);
  if (since !== undefined && clock.now().wall - since < HOUR_MS) {
    log.warn('unclaimed-not-kept', { link: link.name, bytes: packet.length });
    return;
  }
  const { kept, secrets } = withholdHeads(spec, packet, (value) => journal.keyedHash(value));
  const record = {
    kind: 'unclaimed' as const,
    link: link.name,
    watermark: store.seen,
    event,
    peer,
    bytes: packet.length,
    digest: createHash('sha256').update(packet).digest('hex'),
    packet: Buffer.from(kept.subarray(0, BYTES_MAX)).toString('base64'),
    ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
  };
  journal.append([record]).catch(fatal);
}
