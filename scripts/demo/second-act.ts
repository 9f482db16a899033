/**
 * The second act: a trading network at Ping An (交易资金), by raw TCP in both directions. The bank opens members
 * and tells of deposits by itself; what it tells proves nothing until its own list shows it.
 */
import type { OtherLink } from '../world/options.ts';
import { enqueue, type Stage, settled, told, WITHIN_MS } from './stage.ts';

const LINK = 'trading';

export const tradingLink = (more: Record<string, unknown>): OtherLink => ({
  name: LINK,
  spec: 'pingan_trading',
  settings: { qydm: '9001', supAcctId: '15000000000001', tranWebName: '样例商城' },
  listens: true,
  more,
});

const MEMBER = { code: 'M10001', name: '张样例', idType: '1', idCode: '440300199001010000' };
const BOUND = { account: '6230580000000000001', name: MEMBER.name, bankName: '平安银行' };

export async function signIn(stage: Stage): Promise<void> {
  stage.timeline.act(
    '平安交易资金, 签到: heads of 222 and 122 bytes over raw TCP; the day is opened',
  );
  await stage.world.control.pushTo({ host: '127.0.0.1', port: stage.world.listenPorts[LINK] ?? 0 });
  await settled(stage, 'sign in', 'sign-in', {}, {}, stage.trading);
}

/** Answers the account of the member. */
export async function openedAtTheBank(stage: Stage): Promise<string> {
  stage.timeline.act('会员开户 at the counter: the bank calls us (1301), and confirms (1315)');
  const { account } = await stage.world.control.openAtCounter({ ...MEMBER, bound: BOUND });
  const opened = await stage.books.ofBank(({ type }) => type === 'member-opened', WITHIN_MS);
  const rests = `rests on: ${opened.confirmedBy}`;
  stage.timeline.say('ledger', `notice: ${opened.type}, ${rests}`, 'green');
  return account;
}

export async function pushedDeposit(stage: Stage, account: string): Promise<void> {
  stage.timeline.act('入金 by push: the bank tells of it twice, and somebody forges a third');
  const { pushes } = await stage.world.control.tellDeposit({
    account,
    amount: '500.00',
    copies: 2,
  });
  const [real] = pushes;
  if (real === undefined) throw new Error('the bank told nothing');
  await stage.world.control.push({
    transaction: '1310',
    fields: {
      SupAcctId: '15000000000001',
      CustAcctId: account,
      TranAmount: '9999.00',
      InAcctId: BOUND.account,
      InAcctIdName: BOUND.name,
      CcyCode: 'RMB',
      AcctDate: stage.today,
      Reserve: MEMBER.code,
    },
  });
  stage.timeline.say(
    'gateway',
    'a push is a hint: stored, acknowledged, and 1325 is asked',
    'magenta',
  );
  const notice = await stage.books.notice(({ link }) => link === LINK, WITHIN_MS);
  stage.injected.push({
    account,
    amount: '500.00',
    kind: 'credit',
    key: notice.key.split('/').slice(0, -2).join('/'),
  });
  const proof = `confirmed by: ${notice.confirmedBy}`;
  stage.timeline.say('ledger', `notice: ${notice.type} of ${notice.amount}, ${proof}`, 'green');
}

export async function cutAnswer(stage: Stage, account: string): Promise<void> {
  stage.timeline.act('出金, and the connection drops in mid-answer');
  await stage.world.control.addFault({ fault: { kind: 'cut-body' }, transaction: '1318' });
  const id = await enqueue(
    stage,
    'withdraw',
    {
      account,
      amount: '120.00',
      payee: { ...BOUND, sameBank: true },
      bank: {
        memberCode: MEMBER.code,
        name: MEMBER.name,
        certificateType: MEMBER.idType,
        certificate: MEMBER.idCode,
      },
    },
    {},
    stage.trading,
  );
  const result = await stage.books.final(id, WITHIN_MS);
  for (const one of stage.books.orders.get(id)?.told ?? []) {
    if (!one.final) told(stage, `${id} withdraw 120.00`, one);
  }
  stage.timeline.say('gateway', 'connects again and asks 1325 by the serial', 'magenta');
  told(stage, `${id} withdraw 120.00`, result);
  await settled(stage, 'balance', 'balance', { account }, {}, stage.trading);
}
