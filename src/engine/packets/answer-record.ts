/** Bytes of the bank that are evidence about one instruction: in the journal before anybody judges by them. */
import type { Held } from '../../instruction/intent.ts';
import type { RecordOf } from '../../journal/records.ts';
import { withholdHeads } from '../../protocol/secrets.ts';
import type { LinkContext } from '../context.ts';

/** Number of its record. */
export async function recordAnswer(
  { journal, line, link, spec, store }: LinkContext,
  held: Held,
  about: RecordOf<'answer'>['about'],
  transaction: string,
  body: Uint8Array,
): Promise<number | undefined> {
  const { kept, secrets } = withholdHeads(spec, body, (value) => journal.keyedHash(value));
  const [record] = await journal.append([
    {
      kind: 'answer',
      link: link.name,
      watermark: store.seen,
      id: held.intent.id,
      // one put back from a journal without a send record has no attempt of its own
      attempt: Math.max(1, held.attempt),
      about,
      transaction,
      peer: line.peer,
      spec: spec.digest,
      body: Buffer.from(kept).toString('base64'),
      ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
    },
  ]);
  return record?.n;
}
