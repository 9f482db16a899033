/** Goal: an account that 见证宝 opened is known also when its answer was lost, and a freeze goes by our serial. */
import { expect, it } from 'vitest';
import { Asker } from '../../src/engine/asking/asker.ts';
import type { LinkContext } from '../../src/engine/context.ts';
import type { Settler } from '../../src/engine/settler.ts';
import { keptBy } from '../../src/engine/telling/telling.ts';
import type { Event } from '../../src/instruction/event.ts';
import type { Held, Intent } from '../../src/instruction/intent.ts';
import { decodeRequest } from '../../src/protocol/decode.ts';
import { encodeAnswer } from '../../src/protocol/encode.ts';
import type { Values } from '../../src/protocol/message.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { contextWith, heldAs, intentOf } from './ground.ts';

const spec = readSpec('protocol-specs/pingan_jzb');
const SERIAL = '20260924000000000007';
const MEMBER = '888800000000001';
const quiet = () => undefined;
const settings = { qydm: '9001', supAcctId: '15000000000001', operator: 'PA001' };

const intent = (operation: string, transaction: string, body: object): Intent => {
  const base = intentOf('close', {});
  const envelope = { ...base.envelope, operation, body: { ...body } };
  return { ...base, kind: 'maintenance', operation, transaction, serial: SERIAL, envelope };
};
const opening = intent('open', '6000', { name: '张样例', bank: { memberCode: 'M10001' } });

/** What the answer of the bank to the question about `held` is heard as; `asked` is what it was asked. */
async function heard(held: Held, head: Record<string, string>, values: Values) {
  const asked: Record<string, unknown>[] = [];
  const events: Event[] = [];
  const answered = (packet: Uint8Array) => {
    const { fields, head: sent } = decodeRequest(spec, '6037', packet);
    asked.push({ ...fields, ...sent });
    return { type: 'answer', body: encodeAnswer(spec, '6037', values, 'GBK', head) };
  };
  const connection = {
    close: quiet,
    send: (packet: Uint8Array) => ({ ended: Promise.resolve(answered(packet)) }),
  };
  const ctx = contextWith({
    spec,
    link: { ...contextWith().link, settings },
    traffic: { permit: async () => ({ done: quiet, unused: quiet }), passed: quiet },
    line: { peer: 'fep:7072', connect: async () => connection },
    metrics: { bankTime: quiet },
    log: { warn: quiet, error: quiet },
    store: { seen: 1 },
    journal: { append: async () => [{ n: 9 }] },
  } as unknown as Partial<LinkContext>);
  const apply = async (_: Held, event: Event) => void events.push(event);
  const asker = new Asker(ctx, { apply } as unknown as Settler);
  asker.take([held]);
  await expect.poll(() => events.length).toBe(1);
  return { asked, event: events[0] };
}

const good = { rspCode: '000000', returnCode: '000000' };

it('an opening is asked about by its member code, and the account is taken from the answer', async () => {
  const { asked, event } = await heard(heldAs(opening, 'unknown'), good, { CustAcctId: MEMBER });
  expect(asked).toMatchObject([{ ThirdCustId: 'M10001', tranFunc: '6037' }]);
  expect(asked[0]?.thirdLogNo).not.toBe(SERIAL);
  expect(event).toMatchObject({
    type: 'inquired',
    evidence: { says: 'succeeded' },
    taken: { CustAcctId: MEMBER },
  });
});

it.each([
  ['shows no account', good, { TotalAmount: '0.00' }],
  ['knows no record', { rspCode: 'ERR020', returnCode: 'ERR020' }, {}],
  ['says two things', { ...good, returnCode: 'ERR020' }, { CustAcctId: MEMBER }],
])('a bank that %s proves nothing of an opening', async (_, head, values: Values) => {
  const { event } = await heard(heldAs(opening, 'unknown'), head, values);
  expect(event).toMatchObject({ type: 'inquired', evidence: { says: 'unknown' } });
});

it('the record of a member has its account and its code', () => {
  const held = heldAs(opening, 'succeeded', { answer: { CustAcctId: MEMBER } });
  expect(keptBy(contextWith({ spec }), held).member).toMatchObject({
    account: MEMBER,
    name: '张样例',
    bank: { memberCode: 'M10001' },
  });
});

it('a freeze goes by the serial that was sent as its order', () => {
  const frozen = intent('freeze', '6007', { account: MEMBER, amount: '12.30' });
  const { freeze } = keptBy(contextWith({ spec }), heldAs(frozen, 'succeeded'));
  expect(freeze).toMatchObject({ holder: MEMBER, amount: '12.30', number: SERIAL });
});
