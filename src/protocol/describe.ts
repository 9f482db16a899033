/**
 * One packet laid open for a person: every part of its heads and every field in the manual's order with its
 * meaning, its masked value, its length and what is wrong with it. In: a packet; for an answer also the code
 * it answers, which not every bank's answers carry. Out: a Description; MESSAGE_INVALID, FRAME_INVALID or
 * OPERATION_UNKNOWN if it cannot be read at all. Never shows a value past its mask, and of what the spec
 * does not list only the length.
 */
import { bodyText, openPacket, readAction } from './decode.ts';
import { describeDelimited } from './describing/delimited.ts';
import type { DescribedField, Description } from './describing/described.ts';
import { describeHeads } from './describing/heads.ts';
import { describeXml } from './describing/xml.ts';
import { layoutOf, transactionOf } from './layout.ts';
import type { BankSpec } from './spec.ts';

export type { DescribedField, Description } from './describing/described.ts';
export { render } from './render.ts';

/** Without `answerTo` the packet is a request, named by its own action. */
export function describe(spec: BankSpec, bytes: Uint8Array, answerTo?: string): Description {
  const side = answerTo === undefined ? 'request' : 'answer';
  const transaction = transactionOf(spec, answerTo ?? readAction(spec, bytes));
  const layout = layoutOf(transaction, side);
  const packet = openPacket(spec, bytes);
  const { envelope, framing } = spec.protocol;
  const faults: string[] = [];
  const outer = { spec, side, faults } as const;
  const bare = framing.type === 'heads' && side === 'answer' && packet.body.length === 0;
  const text = bodyText(spec, packet);
  let fields: DescribedField[] = [];
  if (envelope.body === 'xml') fields = bare ? [] : describeXml(text, layout, envelope, outer);
  else if (!bare) fields = describeDelimited(text, layout, envelope.delimiter, outer);
  return {
    bank: spec.protocol.bank,
    code: transaction.code,
    zh: transaction.zh,
    en: transaction.en,
    side,
    bytes: bytes.length,
    fields: [...describeHeads(spec, packet.head, side), ...fields],
    faults,
  };
}
