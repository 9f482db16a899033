/** Orders about accounts: a change has no serial and is asked about by what it sent; the merchant's own is no member's. */
import { describe, expect, it } from 'vitest';
import type { SourceConfig } from '../../src/config.ts';
import { meaningOf } from '../../src/engine/accepting/meaning.ts';
import type { LinkContext } from '../../src/engine/context.ts';
import { inquiryOf } from '../../src/engine/context.ts';
import { wantedFor } from '../../src/engine/packets/reading.ts';
import { questionFor, requestFor } from '../../src/engine/packets/requests.ts';
import type { Envelope } from '../../src/instruction/envelope.ts';
import type { Member } from '../../src/instruction/intent.ts';
import { decodeRequest } from '../../src/protocol/decode.ts';
import { requestFields } from '../../src/protocol/operation.ts';
import { citic, contextWith, heldAs, intentOf } from './ground.ts';

const MEMBER = '7110210187000012345';
const OWN = '7110210187000099999';
const record: Member = {
  account: MEMBER,
  name: '张三',
  payout: { account: '6217001234567890123', name: '张三', sameBank: false },
  openedBy: 'erp:O1',
  since: '20260901',
};

const source: SourceConfig = {
  name: 'erp',
  links: { 'citic-main': { operations: ['*'], notices: true } },
  resultsBacklogMax: 10,
};

function context(settings: Record<string, string> = {}): LinkContext {
  const { link } = contextWith();
  const store = { member: async (account: string) => (account === MEMBER ? record : undefined) };
  return contextWith({
    link: { ...link, settings: { ...link.settings, ...settings } },
    store: store as unknown as LinkContext['store'],
  });
}

const order = (operation: string, body: Record<string, unknown>): Envelope => ({
  ...intentOf('transfer', {}).envelope,
  operation,
  body,
});

const maintained = {
  account: MEMBER,
  name: '张三有限公司',
  sharesInterest: 'no',
  interest: 'flat',
  rate: '0.35',
  sharesFees: 'no',
  fees: 'none',
};

describe('a change of an account', () => {
  it.each([
    ['maintain', maintained],
    ['close', { account: MEMBER }],
  ])('%s is accepted without a serial', async (name, body) => {
    expect(await meaningOf(context(), source, order(name, body))).toMatchObject({
      kind: 'maintenance',
      serial: 'none',
    });
  });

  it('is not ordered by its code: nothing of it could be asked about', async () => {
    const { link } = contextWith();
    const ctx = contextWith({ link: { ...link, native: ['DLOLCACC'] } });
    const { operation: _, ...rest } = order('close', {});
    const native = { ...rest, transaction: 'DLOLCACC', body: { subAccNo: MEMBER } };
    await expect(meaningOf(ctx, source, native)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('is asked about by the account it named, and looked for by all that it asked for', () => {
    const ctx = context();
    const held = heldAs(intentOf('maintain', maintained), 'unknown');
    const inquiry = inquiryOf(ctx, held.intent);
    if (inquiry === undefined) throw new Error('nothing asks about it');
    const asked = questionFor(ctx, held, inquiry.transaction, inquiry.request);
    const fields = requestFields(citic, 'DLSASQRY', decodeRequest(citic, 'DLSASQRY', asked));
    expect(fields).toMatchObject({ subAccNo: MEMBER, startDate: '20000101', endDate: '20260924' });
    expect(wantedFor(ctx, held, inquiry)).toEqual({
      subAccNo: [MEMBER],
      subAccNm: ['张三有限公司'],
      autoAssignInterestFlag: ['0'],
      calInterestFlag: ['1'],
      interestRate: ['3500000'],
      autoAssignTranFeeFlag: ['0'],
      // no fee is 0 in a request and empty in an answer
      feeType: ['0', ''],
    });
  });
});

describe("the merchant's own money", () => {
  const settings = {
    settlementAccount: '7110700000000000009',
    settlementAccountName: '示例平台公司',
  };
  const paid = { amount: '12.30' };

  it('goes to the settlement account of the link, and to no other', async () => {
    const ctx = context(settings);
    const body = { account: OWN, ...paid };
    await meaningOf(ctx, source, order('merchant-pay-out', body));
    const held = heldAs(intentOf('merchant-pay-out', body), 'sending');
    const message = decodeRequest(citic, 'DLFNDOUT', requestFor(ctx, held, undefined));
    expect(requestFields(citic, 'DLFNDOUT', message)).toMatchObject({
      accountNo: OWN,
      recvAccNo: settings.settlementAccount,
      recvAccNm: settings.settlementAccountName,
    });
    const named = order('merchant-pay-out', { ...body, payee: record.payout });
    await expect(meaningOf(ctx, source, named)).rejects.toMatchObject({ path: 'body.payee' });
  });

  it("is never a member's", async () => {
    const out = order('merchant-pay-out', { account: MEMBER, ...paid });
    const into = order('merchant-pay-in', { account: MEMBER, accountName: '张三', ...paid });
    for (const one of [out, into]) {
      await expect(meaningOf(context(settings), source, one)).rejects.toMatchObject({
        code: 'NOT_ALLOWED',
        path: 'body.account',
      });
    }
  });

  it.each([
    ['merchant-pay-out', { account: OWN, ...paid }],
    ['public-transfer', { account: MEMBER, ...paid }],
    ['initialise', { account: MEMBER, ...paid }],
  ])('%s is refused where the link does not name the account', async (name, body) => {
    await expect(meaningOf(context(), source, order(name, body))).rejects.toMatchObject({
      code: 'FIELD_MISSING',
    });
  });
});
