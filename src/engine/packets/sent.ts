/** What a question may look up of the packet it asks about: not what would be sent now, but what was. */
import { dayOf } from '../../instruction/day.ts';
import type { Held } from '../../instruction/intent.ts';
import { decodeRequest } from '../../protocol/decode.ts';
import { referencesIn } from '../../protocol/expression.ts';
import { requestFields } from '../../protocol/operation.ts';
import type { Inquiry } from '../../protocol/spec.ts';
import type { LinkContext } from '../context.ts';

/** Field or part of a head → its text, and `day`: the day it was sent, yyyymmdd in the bank's zone. */
export type Sent = Readonly<Record<string, string>>;

/** Whether any expression of the question names something of the packet. */
function looksAtIt({ request, select = {} }: Pick<Inquiry, 'request' | 'select'>): boolean {
  const exprs = Object.values({ ...request, ...select }).flatMap((what) =>
    Array.isArray(what) ? what.flatMap((row) => Object.values(row)) : [what],
  );
  return exprs.flatMap(referencesIn).some((name) => name.startsWith('sent.'));
}

/**
 * The last packet of `held` by its record in the journal; a packet that was taken back is followed by the one
 * that was written. `{}`: nobody asks for it, or there is no record of it.
 */
export async function sentFor(
  ctx: LinkContext,
  held: Held,
  question: Pick<Inquiry, 'request' | 'select'>,
): Promise<Sent> {
  if (!looksAtIt(question)) return {};
  const { journal, link, spec } = ctx;
  const send = await journal.lastSend(link.name, held.intent.id);
  if (send === undefined) return {};
  const message = decodeRequest(spec, send.transaction, Buffer.from(send.request, 'base64'));
  const fields = requestFields(spec, send.transaction, message);
  return { ...fields, ...message.head, day: dayOf(Date.parse(send.at), link.zone) };
}
