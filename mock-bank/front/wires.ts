/** Which wire carries a protocol. */
import type { BankSpec } from '../../src/protocol/spec.ts';
import type { Bank } from '../bank/bank.ts';
import { headsWire } from './heads-wire.ts';
import { httpWire } from './http-wire.ts';
import type { Wire } from './wire.ts';

export function wireOf(spec: BankSpec, bank: Bank): Wire {
  const { framing } = spec.protocol;
  if (framing.type === 'http') return httpWire;
  return headsWire(spec, framing, () => bank.settings.afterAnswer === 'keep');
}
