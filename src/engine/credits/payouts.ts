/**
 * Which of our orders an entry belongs to: the payout that came back, or the one a fee was taken for. Where
 * the bank shows the serial of the order it is that one; else no field says it, and one that fits alone
 * names it.
 */
import type { StatementEntry } from '../../credits/entry.ts';
import type { Candidate } from '../../credits/notice.ts';
import { addDays } from '../../instruction/day.ts';
import { decodeRequest } from '../../protocol/decode.ts';
import { requestFields } from '../../protocol/operation.ts';
import type { CreditKind, SweepSpec } from '../../protocol/spec.ts';
import type { LinkContext } from '../context.ts';

const CANDIDATES_MAX = 20;

const plain = (amount: string): string => amount.replace(/^-/, '');

/** The order whose serial the row carries; with what it was sent with, if the row has no amount. */
async function bySerial(
  { journal, link, spec }: LinkContext,
  sweep: SweepSpec,
  kind: CreditKind,
  serial: string,
): Promise<Candidate | undefined> {
  const id = serial === '' ? undefined : journal.index.bySerial(link.name, serial);
  const send = id === undefined ? undefined : await journal.lastSend(link.name, id);
  if (send === undefined) return undefined;
  const order = { id: send.intent.envelope.id, source: send.intent.source };
  const { transaction } = send.intent;
  const of = kind.of?.find((one) => one.transaction === transaction);
  if (sweep.amount !== undefined || of === undefined) return order;
  const message = decodeRequest(spec, transaction, Buffer.from(send.request, 'base64'));
  const fields = requestFields(spec, transaction, message);
  return { ...order, sent: { account: fields[of.account] ?? '', amount: fields[of.amount] ?? '' } };
}

/** Orders whose request has the entry's account, other account and amount; youngest first. Undefined: the kind has none. */
export async function ordersOf(
  ctx: LinkContext,
  sweep: SweepSpec,
  kind: CreditKind,
  entry: StatementEntry,
): Promise<Candidate[] | undefined> {
  const { journal, link, spec } = ctx;
  if (kind.of === undefined) return undefined;
  const named = await bySerial(ctx, sweep, kind, entry.row[kind.serial ?? ''] ?? '');
  if (named !== undefined) return [named];
  // nothing else of such a row says whose it is
  if (sweep.amount === undefined) return [];
  const other = entry.row[sweep.payer.account ?? ''] ?? '';
  const amount = plain(entry.row[sweep.amount] ?? '');
  const oldest = addDays(entry.day, -kind.withinDays);
  // the bank's date of an order near midnight is its business
  const youngest = addDays(entry.day, 1);
  const found: Candidate[] = [];
  for (const id of [...journal.index.ids(link.name)].reverse()) {
    const known = journal.known(link.name, id);
    const of = kind.of.find((one) => one.transaction === known?.transaction);
    // what never left cannot come back, and cost no fee
    if (of === undefined || known?.written === 'no') continue;
    const send = await journal.lastSend(link.name, id);
    if (send === undefined || send.intent.day > youngest) continue;
    if (send.intent.day < oldest || found.length >= CANDIDATES_MAX) break;
    const message = decodeRequest(spec, of.transaction, Buffer.from(send.request, 'base64'));
    const sent = requestFields(spec, of.transaction, message);
    const fits =
      sent[of.account] === entry.account && sent[of.other] === other && sent[of.amount] === amount;
    if (fits) found.push({ id: send.intent.envelope.id, source: send.intent.source });
  }
  return found;
}
