/** Which of our orders a returned payout may undo. No field of the bank says it: one that fits alone names it. */
import type { StatementEntry } from '../../credits/entry.ts';
import { addDays } from '../../instruction/day.ts';
import { decodeRequest } from '../../protocol/decode.ts';
import { requestFields } from '../../protocol/operation.ts';
import type { CreditKind } from '../../protocol/spec.ts';
import type { LinkContext } from '../context.ts';

/** A payout does not come back after so many days. */
const RETURNED_DAYS_MAX = 40;
const CANDIDATES_MAX = 20;

const plain = (amount: string): string => amount.replace(/^-/, '');

/** Orders whose request has the entry's account, other account and amount; youngest first. */
export async function payoutsLike(
  ctx: LinkContext,
  entry: StatementEntry,
  of: NonNullable<CreditKind['of']>,
): Promise<{ id: string; source: string }[]> {
  const { journal, link, spec } = ctx;
  const oldest = addDays(entry.day, -RETURNED_DAYS_MAX);
  const other = entry.row[spec.protocol.credits?.payer.account ?? ''] ?? '';
  const found: { id: string; source: string }[] = [];
  for (const id of [...journal.index.ids(link.name)].reverse()) {
    const known = journal.known(link.name, id);
    // what never left cannot come back
    if (known?.transaction !== of.transaction || known.written === 'no') continue;
    const send = await journal.lastSend(link.name, id);
    if (send === undefined) continue;
    if (send.intent.day < oldest || found.length >= CANDIDATES_MAX) break;
    const message = decodeRequest(spec, of.transaction, Buffer.from(send.request, 'base64'));
    const sent = requestFields(spec, of.transaction, message);
    const fits =
      sent[of.account] === entry.account &&
      sent[of.other] === other &&
      sent[of.amount] === plain(entry.amount);
    if (fits) found.push({ id: send.intent.envelope.id, source: send.intent.source });
  }
  return found;
}
