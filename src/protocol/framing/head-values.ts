/** What our packets carry in their heads: the expressions of the parts, looked up in the scope of the moment. */
import { evaluate, type Scope } from '../expression.ts';
import type { BankSpec } from '../spec.ts';

/**
 * part → value, as packetBytes takes it; constants and lengths are not among them, nor what is empty. `{}`
 * for HTTP. `answer`: a packet of ours that answers the bank's.
 */
export function headValues(
  spec: BankSpec,
  side: 'request' | 'answer',
  scope: Scope,
): Record<string, string> {
  const { framing } = spec.protocol;
  if (framing.type === 'http') return {};
  const values = framing.heads
    .flatMap((head) => head.parts)
    .map((part) => [part.name, part[side] === undefined ? '' : evaluate(part[side], scope)]);
  return Object.fromEntries(values.filter(([, value]) => value !== ''));
}
