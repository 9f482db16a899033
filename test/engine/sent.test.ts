/** Goal: an order is asked about by the packet that carried it and the day it left, not by what would be sent now. */
import { describe, expect, it } from 'vitest';
import type { LinkContext } from '../../src/engine/context.ts';
import { wantedFor } from '../../src/engine/packets/reading.ts';
import { questionFor, requestFor } from '../../src/engine/packets/requests.ts';
import { sentFor } from '../../src/engine/packets/sent.ts';
import { decodeRequest } from '../../src/protocol/decode.ts';
import { contextWith, heldAs, intentOf } from './ground.ts';

const order = heldAs(
  intentOf('transfer', {
    from: '7110210187000012345',
    to: '7110210187000054321',
    toName: '张三',
    amount: '12.30',
  }),
  'unknown',
);
const question = {
  transaction: 'DLSBTDQY',
  request: { subAccNo: '$sent.payAccNo', startDate: '$sent.day', endDate: '$today' },
  select: { tranAmt: '$sent.tranAmt' },
};

/** Accepted on the 24th, and sent twenty minutes after midnight in the bank's zone. */
const AFTER_MIDNIGHT = '2026-09-24T16:20:00.000Z';

function context(sends: { id: string; at: string }[]): LinkContext {
  const packet = requestFor(contextWith(), order, undefined);
  const lastSend = async (_link: string, id: string) => {
    const send = sends.find((one) => one.id === id);
    if (send === undefined) return undefined;
    const { transaction } = order.intent;
    return { ...send, transaction, request: Buffer.from(packet).toString('base64') };
  };
  return contextWith({ journal: { lastSend } as unknown as LinkContext['journal'] });
}

describe('a question that looks at the packet that was sent', () => {
  it('names the day it was sent, after midnight of its acceptance day', async () => {
    const sent = await sentFor(context([{ id: 'erp:A1', at: AFTER_MIDNIGHT }]), order, question);
    expect(order.intent.day).toBe('20260924');
    expect(sent).toMatchObject({ day: '20260925', payAccNo: '7110210187000012345' });
  });

  it('puts it into the request, and into what the row of ours must have', async () => {
    const ctx = context([{ id: 'erp:A1', at: AFTER_MIDNIGHT }]);
    const inquiry = {
      transaction: 'DLCIDSTT',
      request: { clientID: '$serial', type: '$sent.tranType' },
      select: { stt: '$sent.tranType' },
    };
    const sent = await sentFor(ctx, order, inquiry);
    const asked = questionFor(ctx, order, inquiry.transaction, inquiry.request, sent);
    expect(decodeRequest(ctx.spec, 'DLCIDSTT', asked).fields.type).toBe(sent.tranType);
    expect(sent.tranType).toBe('BF');
    expect(JSON.stringify([...Object.values(wantedFor(ctx, order, inquiry, sent))])).toContain(
      'BF',
    );
  });

  it('has nothing to look up where no record says what was sent: it cannot be put', async () => {
    expect(await sentFor(context([]), order, question)).toEqual({});
  });

  it('reads no journal where it looks at nothing', async () => {
    const plain = { request: { clientID: '$serial' } };
    expect(await sentFor(contextWith(), order, plain)).toEqual({});
  });
});
