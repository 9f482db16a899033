/** What the journal keeps of a packet the bank sent by itself, before it is acknowledged. */
import type { NewRecord } from '../../journal/records.ts';
import { withholdHeads } from '../../protocol/secrets.ts';
import type { Push } from '../../pushes/push.ts';
import type { LinkContext } from '../context.ts';

/** `peer`: address it came from. */
export function pushRecord(
  { journal, link, spec, store }: LinkContext,
  { digest, key }: Push,
  peer: string,
  bytes: Uint8Array,
): NewRecord {
  const { kept, secrets } = withholdHeads(spec, bytes, (value) => journal.keyedHash(value));
  return {
    kind: 'push',
    link: link.name,
    watermark: store.seen,
    spec: spec.digest,
    key,
    digest,
    peer,
    packet: Buffer.from(kept).toString('base64'),
    ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
  };
}
