/** What the gateway puts into the heads of its packets. */
import { describe, expect, it } from 'vitest';
import type { LinkContext } from '../../src/engine/context.ts';
import { ofPacket } from '../../src/engine/packets/packet-scope.ts';
import { headValues } from '../../src/protocol/framing/head-values.ts';
import type { BankSpec } from '../../src/protocol/spec.ts';
import { pingan222 } from '../framing/framings.ts';
import { citic, contextWith } from './ground.ts';

const SERIAL = '20260924123456789012';

const withHeads: BankSpec = {
  ...citic,
  protocol: { ...citic.protocol, framing: pingan222 },
};
const scope = { link: { customer: '9001' }, serial: 'of the order', transaction: 'of the order' };
const headFor = (ctx: LinkContext, code: string, known: Record<string, unknown>, serial: string) =>
  headValues(ctx.spec, 'request', ofPacket(ctx, code, known, serial));

describe('the heads of a request', () => {
  const ctx = contextWith({ spec: withHeads });

  it('carry the serial of the instruction, and the moment in the zone of the bank', () => {
    expect(headFor(ctx, '4004', scope, SERIAL)).toEqual({
      customer: '9001',
      service: '01',
      date: '20260924',
      time: '100000',
      reference: SERIAL,
    });
  });

  it('of a question never carry the serial it asks about: each has a number of its own', () => {
    const references = Array.from({ length: 50 }, () => headFor(ctx, '4005', scope, '').reference);
    for (const one of references) expect(one).toMatch(/^20260924\d{12}$/);
    expect(new Set(references).size).toBe(50);
  });

  it('say of the packet what the fields the gateway owns say too', () => {
    const own = ofPacket(ctx, '4005', scope, '');
    expect(own).toMatchObject({
      transaction: '4005',
      serial: '',
      packet: { date: '20260924', time: '100000', moment: '20260924100000' },
    });
  });

  it('are none where HTTP carries the body', () => {
    expect(headFor(contextWith(), 'DLMDETRN', scope, SERIAL)).toEqual({});
  });
});
