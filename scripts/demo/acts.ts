/** The founding story, act by act. Every fault is asked of the mock bank; nothing is staged in the gateway. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Notice } from '../../src/instruction/notices.ts';
import { until } from '../world/books.ts';
import { openingOf, payoutTo } from '../world/member.ts';
import { ADJUSTMENT_ACCOUNT } from '../world/options.ts';
import { enqueue, type Person, type Stage, settled, told, WITHIN_MS } from './stage.ts';

const BANK_NAME = '招商银行上海分行';

export async function verifyAccount(stage: Stage): Promise<void> {
  stage.timeline.act('小额鉴权: 0.37 yuan to the account a member claims');
  const payee = payoutTo('上海远航贸易有限公司', '6225880137721234');
  await settled(stage, 'pay 0.37', 'payment', {
    payee,
    amount: '0.37',
    channel: 'small',
    sameCity: 'no',
  });
}

async function open(stage: Stage, name: string, bankAccount: string): Promise<Person> {
  const id = await enqueue(stage, 'open', openingOf(name, bankAccount));
  stage.timeline.say(
    'bank',
    `${id}: accepted for review (待审核); the gateway waits and asks`,
    'blue',
  );
  const result = await stage.books.final(id, WITHIN_MS);
  told(stage, `${id} open member`, result);
  return { name, bankAccount, account: String(result.data?.account ?? '') };
}

export async function openMembers(stage: Stage): Promise<{ buyer: Person; seller: Person }> {
  stage.timeline.act('会员开户: two members, each with the one account it may be paid out to');
  const [buyer, seller] = await Promise.all([
    open(stage, '上海远航贸易有限公司', '6225880137721234'),
    open(stage, '宁波海天实业有限公司', '6217001180012345678'),
  ]);
  return { buyer, seller };
}

async function inject(stage: Stage, account: string, amount: string, payer: string) {
  const { credits } = await stage.world.control.injectCredit({
    account,
    amount,
    payer: { account: '6225880137721234', name: payer, bank: BANK_NAME },
    memo: '货款',
  });
  const [credit] = credits;
  if (credit === undefined) throw new Error('the bank took no credit');
  const { date, number, sequence } = credit.entry;
  stage.injected.push({ account, amount, kind: 'credit', key: `${date}/${number}/${sequence}` });
  return credit;
}

const heard = (stage: Stage, notice: Notice, what: string) =>
  stage.timeline.say('ledger', `notice: ${notice.type} of ${notice.amount}, ${what}`, 'green');

export async function payIn(stage: Stage, buyer: Person): Promise<void> {
  stage.timeline.act('入金: money arrives, and the ledger learns of it');
  await inject(stage, buyer.account, '10000.00', buyer.name);
  stage.timeline.say('bank', 'books 10000.00 on the buyer’s account', 'blue');
  const mine = (one: Notice) => one.type === 'credit' && one.account === buyer.account;
  const notice = await stage.books.notice(mine, WITHIN_MS);
  heard(stage, notice, `payer has the member’s own name: ${notice.sameName}`);
}

export async function assignUnplaced(stage: Stage, buyer: Person): Promise<void> {
  stage.timeline.act('调账入款: money nobody can place is assigned to a member');
  await inject(stage, ADJUSTMENT_ACCOUNT, '800.00', '上海远航贸易有限公司');
  stage.timeline.say(
    'bank',
    'books 800.00 on the public adjustment account (公共调账账户)',
    'blue',
  );
  const notice = await stage.books.notice((one) => one.type === 'unplaced', WITHIN_MS);
  heard(stage, notice, 'the operator decides whose it is');
  await settled(stage, 'assign 800.00', 'assign-credit', {
    account: buyer.account,
    amount: '800.00',
    entryDate: notice.entry?.date,
    entryNumber: notice.entry?.number,
    entrySequence: notice.entry?.sequence,
  });
}

export async function trade(stage: Stage, buyer: Person, seller: Person): Promise<void> {
  stage.timeline.act('强制转账: a trade settles');
  const pay = { from: buyer.account, to: seller.account };
  await settled(stage, 'transfer 1200.00', 'transfer', { ...pay, amount: '1200.00' });
  stage.timeline.act('冻结与解冻支付: money is held, then paid out of the freeze');
  const freeze = await enqueue(stage, 'freeze', { account: buyer.account, amount: '500.00' });
  // both are enqueued at once: the payment waits for its freeze by itself
  const paid = await enqueue(stage, 'pay-from-freeze', { freeze, to: seller.account });
  const held = await stage.books.final(freeze, WITHIN_MS);
  told(stage, `${freeze} freeze 500.00, number ${String(held.data?.freezeNumber)}`, held);
  told(stage, `${paid} pay from ${freeze}`, await stage.books.final(paid, WITHIN_MS));
  const escrow = await enqueue(stage, 'pay-and-freeze', { ...pay, amount: '300.00' });
  told(
    stage,
    `${escrow} pay 300.00 and freeze (escrow)`,
    await stage.books.final(escrow, WITHIN_MS),
  );
  await settled(stage, `unfreeze ${escrow}: back to the payer`, 'unfreeze', { freeze: escrow });
}

export async function payOut(stage: Stage, seller: Person): Promise<void> {
  stage.timeline.act('出金: submitted is not booked; the inquiry confirms it');
  const id = await enqueue(stage, 'withdraw', {
    account: seller.account,
    amount: '700.00',
    channel: 'large',
  });
  await until('pending', () => stage.books.resultOf(id) !== undefined, WITHIN_MS);
  const first = stage.books.resultOf(id);
  if (first !== undefined && !first.final) told(stage, `${id} withdraw 700.00`, first);
  const result = await stage.books.final(id, WITHIN_MS);
  told(stage, `${id} withdraw 700.00`, result);
  stage.timeline.act('退汇: the other bank sends it back');
  await stage.world.control.returnPayout({ serial: result.serial ?? '' });
  const notice = await stage.books.notice((one) => one.type === 'payout-returned', WITHIN_MS);
  stage.injected.push({
    account: seller.account,
    amount: notice.amount ?? '',
    kind: 'payout-returned',
    key: `${notice.entry?.date}/${notice.entry?.number}/${notice.entry?.sequence}`,
  });
  heard(stage, notice, `it undoes ${notice.of}`);
}

export async function refusals(stage: Stage, buyer: Person, seller: Person): Promise<void> {
  stage.timeline.act('Refusals: by the bank, by the rules, by the shape');
  const pay = { from: buyer.account, to: seller.account };
  await settled(stage, 'transfer 9999999.00', 'transfer', { ...pay, amount: '9999999.00' });
  await settled(stage, 'withdraw to a stranger', 'withdraw', {
    account: seller.account,
    amount: '10.00',
    payee: payoutTo('别的公司', '6217009999999999999'),
  });
  await settled(stage, 'transfer of "12.3"', 'transfer', { ...pay, amount: '12.3' });
}

export async function lostAnswer(stage: Stage, buyer: Person, seller: Person): Promise<void> {
  stage.timeline.act('A lost answer: the bank executes, the connection is reset');
  await stage.world.control.addFault({
    fault: { kind: 'drop-after', how: 'reset' },
    transaction: 'DLMDETRN',
  });
  const id = await enqueue(stage, 'transfer', {
    from: buyer.account,
    to: seller.account,
    amount: '88.88',
  });
  await until('unknown', () => stage.books.resultOf(id) !== undefined, WITHIN_MS);
  const first = stage.books.resultOf(id);
  if (first !== undefined && !first.final) told(stage, `${id} transfer 88.88`, first);
  stage.timeline.say('gateway', 'never sends it again: it asks (交易状态查询)', 'magenta');
  told(stage, `${id} transfer 88.88`, await stage.books.final(id, WITHIN_MS));
}

export async function killed(stage: Stage, buyer: Person, seller: Person): Promise<void> {
  stage.timeline.act('kill -9 in mid-flight');
  await stage.world.control.addFault({
    fault: { kind: 'late', ms: 400 },
    transaction: 'DLMDETRN',
    times: 2,
  });
  const ids = await Promise.all(
    ['11.11', '22.22', '33.33', '44.44'].map((amount) =>
      enqueue(stage, 'transfer', { from: buyer.account, to: seller.account, amount }),
    ),
  );
  const written = async () => {
    const { requests } = await stage.world.control.requests();
    return requests.some(({ fault }) => fault === 'late');
  };
  await until('a request of the four at the bank', written, WITHIN_MS);
  await sleep(50);
  await stage.gateway.current.kill();
  stage.timeline.say('gateway', 'killed with SIGKILL while orders were at the bank', 'red');
  await until('a new run', () => stage.gateway.current.alive, WITHIN_MS);
  stage.timeline.say(
    'gateway',
    'started again by its supervisor: the journal says what left',
    'magenta',
  );
  for (const id of ids) told(stage, `${id} transfer`, await stage.books.final(id, WITHIN_MS));
}

export async function receipts(stage: Stage, seller: Person, today: string): Promise<void> {
  stage.timeline.act('电子回单: receipt codes, a balance, a status');
  const span = { account: seller.account, from: today, to: today };
  const result = await settled(stage, 'receipts', 'receipts', span);
  const rows = Array.isArray(result.data?.rows) ? result.data.rows : [];
  stage.timeline.say('ledger', `${rows.length} receipts with their print codes`, 'green');
  await settled(stage, 'balance', 'balance', { account: seller.account });
  await settled(stage, 'status of D0001', 'status', { of: 'D0001' });
}
