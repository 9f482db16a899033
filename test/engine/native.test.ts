/** Goal: a call by the bank's own code works for bodies in any form, with the heads the gateway makes, and sets nothing that is the gateway's. */
import { describe, expect, it } from 'vitest';
import type { SourceConfig } from '../../src/config.ts';
import { meaningOf } from '../../src/engine/accepting/meaning.ts';
import type { LinkContext } from '../../src/engine/context.ts';
import { questionFor, requestFor } from '../../src/engine/packets/requests.ts';
import type { Envelope } from '../../src/instruction/envelope.ts';
import type { Held } from '../../src/instruction/intent.ts';
import { decodeRequest } from '../../src/protocol/decode.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { contextWith, heldAs, intentOf } from './ground.ts';

const trading = readSpec('protocol-specs/pingan_trading');
const SERIAL = '20260924000000000042';

function context(): LinkContext {
  const { link } = contextWith();
  const settings = { qydm: '1234', supAcctId: '11000000000001', tranWebName: '样例商城' };
  return contextWith({ spec: trading, link: { ...link, settings, native: ['1316'] } });
}

const source: SourceConfig = {
  name: 'erp',
  links: { 'citic-main': { operations: ['*'], notices: true } },
  resultsBacklogMax: 10,
};

const body = {
  CustAcctId: '22000000000001',
  ThirdCustId: 'M10001',
  IdType: '1',
  IdCode: '110101199001011234',
  TranAmount: '12.30',
  InAcctId: '6217001234567890',
  InAcctIdName: '张三',
  CcyCode: 'RMB',
};

const order = (transaction: string, given: Record<string, unknown>): Envelope => {
  const { operation: _, ...rest } = intentOf('transfer', {}).envelope;
  return { ...rest, transaction, body: given };
};

const asked = (transaction: string, given: Record<string, unknown>) =>
  meaningOf(context(), source, order(transaction, given));

const held = (given: Record<string, unknown> = body): Held =>
  heldAs(
    {
      ...intentOf('transfer', {}),
      operation: 'native',
      transaction: '1316',
      serial: SERIAL,
      envelope: order('1316', given),
    },
    'received',
  );

describe('a call by the code of a bank with heads and delimiters', () => {
  it('is accepted where the link lists it, as a movement with a serial', async () => {
    expect(await asked('1316', body)).toMatchObject({ kind: 'movement', serial: 'usual' });
    await expect(asked('1318', {})).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('leaves with the fields in their order, the serial in its head, and what the gateway owns', () => {
    const packet = requestFor(context(), held(), undefined);
    const message = decodeRequest(trading, '1316', packet);
    expect(message.fields).toMatchObject({ SupAcctId: '11000000000001', TranAmount: 1230n });
    expect(message.head).toMatchObject({ tranFunc: '1316', thirdLogNo: SERIAL, reference: SERIAL });
    expect(Buffer.from(packet).toString('latin1')).toContain(
      '11000000000001&22000000000001&M10001&1&110101199001011234&12.30&',
    );
  });

  it('is asked about by a packet of its own, under another number', () => {
    const ctx = context();
    const inquiryOf1316 = trading.transactions.get('1316')?.inquiry;
    if (typeof inquiryOf1316 !== 'object') throw new Error('1316 has no inquiry');
    const { request, transaction } = inquiryOf1316;
    const sent = { date: '20260925', day: '20260925' };
    const inquiry = decodeRequest(
      trading,
      transaction,
      questionFor(ctx, held(), transaction, request, sent),
    );
    expect(inquiry.fields).toMatchObject({ OrigThirdLogNo: SERIAL, BeginDate: '20260925' });
    expect(inquiry.head.tranFunc).toBe('1325');
    expect(inquiry.head.thirdLogNo).toMatch(/^20260924\d{12}$/);
    expect(inquiry.head.thirdLogNo).not.toBe(SERIAL);
  });

  it.each([
    ['what the gateway owns', { ...body, SupAcctId: '1' }, 'FIELD_OWNED', 'body.SupAcctId'],
    ['what the bank does not know', { ...body, Nothing: '1' }, 'FIELD_UNKNOWN', 'body.Nothing'],
    ['a part of a head', { ...body, thirdLogNo: SERIAL }, 'FIELD_UNKNOWN', 'body.thirdLogNo'],
    ['a delimiter', { ...body, InAcctIdName: '张&三' }, 'FIELD_FORMAT', 'body.InAcctIdName'],
    ['too little', { ...body, CcyCode: '' }, 'FIELD_MISSING', 'body.CcyCode'],
  ])('is refused with %s', async (_, given, code, path) => {
    await expect(asked('1316', given)).rejects.toMatchObject({ code, path });
  });
});
