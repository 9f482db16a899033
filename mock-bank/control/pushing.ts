/** What the control API makes the bank say by itself, and what the bank does when it was answered. */
import type { z } from 'zod';
import { safeError } from '../../src/errors.ts';
import { payOut } from '../bank/booking.ts';
import { lacks } from '../bank/movement.ts';
import { fen } from '../ledger/money.ts';
import type { Entry } from '../ledger/shapes.ts';
import type { Binding, SiteMember } from '../pingan/books.ts';
import { entryNumber } from '../pingan/numbers.ts';
import { openMember } from '../pingan/site/members.ts';
import { memberByCode } from '../pingan/site/orders.ts';
import * as notices from '../pushes/notices.ts';
import type { Push } from '../pushes/push.ts';
import type { Pusher, Sending } from '../pushes/pusher.ts';
import { type Context, refuse } from './context.ts';
import { credit } from './doing.ts';
import type * as shapes from './pushing-shapes.ts';
import { shownRow } from './pushing-shapes.ts';
import { accountView } from './views.ts';

type Given<S extends z.ZodType> = z.output<S>;

export const pushView = ({ attempts, at, ...push }: Push) => ({
  ...push,
  at: new Date(at).toISOString(),
  attempts: attempts.map(({ answer, ...attempt }) => ({
    ...attempt,
    at: new Date(attempt.at).toISOString(),
    ...(answer === undefined ? {} : { answer: shownRow(answer) }),
  })),
});

export function pusherOf({ pusher }: Context): Pusher {
  if (pusher === undefined) throw refuse('', 'no front end of this bank speaks by itself');
  return pusher;
}

function sent(context: Context, sending: Sending): Push {
  try {
    return pusherOf(context).send(sending);
  } catch (error) {
    const { code, path = '', detail = '' } = safeError(error);
    throw refuse(path, `${code} ${detail}`.trim());
  }
}

function mustBeMember(context: Context, number: string): SiteMember {
  const member = context.bank.books.pingan.members.get(number);
  if (member === undefined) throw refuse('account', 'is no sub-account of the trading site');
  return member;
}

const bindingOf = (given: Omit<Binding, 'state'>): Binding => ({ ...given, state: 'bound' });

function newMember(
  context: Context,
  {
    code,
    idCode,
    idType,
    name,
    number,
  }: Given<typeof shapes.openingInput> | Given<typeof shapes.memberInput>,
  state: '0' | '1',
): SiteMember {
  const { books } = context.bank;
  if (memberByCode(books, code) !== undefined) throw refuse('code', 'the code is taken');
  if (number !== undefined && books.ledger.account(number) !== undefined) {
    throw refuse('number', 'the number is taken');
  }
  return openMember(books, { code, idCode, idType, name, number }, context.clock.now(), state);
}

const stateOf = (context: Context, member: SiteMember, state: '0' | '2' | '3'): void => {
  const account = context.bank.books.ledger.account(member.account);
  if (account !== undefined) account.state = state;
};

function view(context: Context, member: SiteMember) {
  const { ledger } = context.bank.books;
  const account = ledger.account(member.account);
  if (account === undefined) throw refuse('account', 'no such account');
  return { ...accountView(ledger, account), code: member.code, bindings: member.bindings };
}

/** A member that is there already, and nobody is told. */
export function addMember(context: Context, input: Given<typeof shapes.memberInput>) {
  const member = newMember(context, input, '0');
  member.bindings = input.bound.map(bindingOf);
  if (input.balance !== undefined) {
    const given = { account: member.account, amount: input.balance, memo: '期初余额' };
    const payer = { account: '6200000000000000009', name: '模拟付款公司' };
    // before today, so that no list of today's deposits has it
    const at = new Date(context.clock.now() - 86_400_000).toISOString();
    credit(context, { ...given, payer, at, kind: 'credit', twins: 1 });
  }
  return view(context, member);
}

/** 1301, and when it was acknowledged 1315; the account is normal after both, else it is taken back. */
export function openAtCounter(context: Context, input: Given<typeof shapes.openingInput>) {
  const { books } = context.bank;
  pusherOf(context);
  const member = newMember(context, input, '1');
  const binding = input.bound === undefined ? undefined : bindingOf(input.bound);
  const last = ({ state }: Push): void => {
    stateOf(context, member, state === 'accepted' ? '0' : '3');
    if (state === 'accepted' && binding !== undefined) member.bindings = [binding];
  };
  const first = ({ state }: Push): void => {
    if (state !== 'accepted') stateOf(context, member, '3');
    else if (input.confirmed) {
      const values = notices.maintenance(member, binding);
      sent(context, { transaction: '1315', values, over: last });
    }
  };
  const values = notices.membership(books, member, '1');
  const push = sent(context, { transaction: '1301', values, over: first });
  return { account: member.account, push: pushView(push) };
}

export function closeAtCounter(context: Context, input: Given<typeof shapes.closingInput>) {
  const { books } = context.bank;
  const member = mustBeMember(context, input.account);
  if (books.ledger.account(member.account)?.balance !== 0n)
    throw refuse('account', 'has a balance');
  const values = notices.membership(books, member, '3');
  const over = ({ state }: Push): void => {
    if (state === 'accepted') stateOf(context, member, '2');
  };
  return { push: pushView(sent(context, { transaction: '1301', values, over })) };
}

/** 1303; done when it was acknowledged. */
export function bindAtCounter(context: Context, input: Given<typeof shapes.bindingInput>) {
  const member = mustBeMember(context, input.account);
  const binding = bindingOf(input.to);
  const gone = input.change === 'exchange' ? input.replaces : binding.account;
  const FuncFlag = ({ add: '1', exchange: '2', remove: '3' } as const)[input.change];
  const over = ({ state }: Push): void => {
    if (state !== 'accepted') return;
    const left = member.bindings.filter(({ account }) => account !== gone);
    member.bindings = input.change === 'remove' ? left : [...left, binding];
  };
  const how = { FuncFlag, OldRelatedAcctId: input.replaces };
  const values = notices.signing(context.bank.books, member, binding, how);
  return { push: pushView(sent(context, { transaction: '1303', values, over })) };
}

/** Money comes in and is told; the statement shows it when it shows it. */
export function tellDeposit(context: Context, input: Given<typeof shapes.depositInput>) {
  const { bank } = context;
  const { copies, ...rest } = input;
  const member = mustBeMember(context, input.account);
  const from = bank.credits.length;
  const { credits } = credit(context, { ...rest, kind: 'credit' });
  const pushes = bank.credits.slice(from).flatMap(({ entry }) => {
    return told(context, entry, member, copies);
  });
  return { credits, pushes: pushes.map(pushView) };
}

function told(context: Context, entry: Entry, member: SiteMember, copies: number): Push[] {
  const { books } = context.bank;
  const pusher = pusherOf(context);
  const serial = pusher.serial();
  const as = { serial, acknowledged: '' };
  books.pingan.told.set(entryNumber(entry), as);
  const values = notices.deposit(books, entry, member.code);
  const over = (push: Push): void => {
    if (push.state === 'accepted') as.acknowledged = acknowledged(push);
  };
  return Array.from({ length: copies }, () =>
    sent(context, { transaction: '1310', values, serial, later: true, over }),
  );
}

const acknowledged = ({ attempts }: Push): string =>
  String(attempts.at(-1)?.answer?.ThirdLogNo ?? '');

/** 1312: booked when the merchant said yes in time, and not otherwise. */
export function withdrawAtCounter(context: Context, input: Given<typeof shapes.withdrawalInput>) {
  const { bank, clock } = context;
  const { books } = bank;
  const member = mustBeMember(context, input.account);
  const account = books.ledger.account(member.account);
  const to = member.bindings.find(({ account: one }) => one === (input.to ?? one));
  if (to === undefined || to.state !== 'bound') throw refuse('to', 'is not bound');
  const fee = fen(books.settings.payoutFee);
  const amount = fen(input.amount);
  if (account === undefined || lacks(books.ledger, account, amount + fee) !== undefined) {
    throw refuse('amount', 'the member has not so much');
  }
  const over = (push: Push): void => {
    if (push.state !== 'accepted' || lacks(books.ledger, account, amount + fee)) return;
    const at = clock.now();
    const when = { at, visibleAt: at + books.settings.rowsVisibleAfterMs };
    const payee = { account: to.account, name: to.name, bank: to.bankName };
    const order = { from: account.number, to: payee, amount, fee, memo: '' };
    const row = payOut(books, order, when);
    if (row === undefined) return;
    push.booked = entryNumber(row);
    const as = { serial: push.serial, acknowledged: acknowledged(push) };
    books.pingan.told.set(push.booked, as);
  };
  const values = notices.withdrawal(books, member, { to, amount, fee });
  return { push: pushView(sent(context, { transaction: '1312', values, over })) };
}

export function askBalance(context: Context, input: Given<typeof shapes.questionInput>) {
  const member = mustBeMember(context, input.account);
  const values = notices.question(context.bank.books, member);
  return { push: pushView(sent(context, { transaction: '1019', values })) };
}

/** Anything at all, with nothing in the books behind it. */
export function sayAnything(context: Context, input: Given<typeof shapes.pushInput>) {
  const { fields, serial, transaction } = input;
  return { push: pushView(sent(context, { transaction, values: fields, serial })) };
}

/** An earlier packet again, under its serial, with the same body or another. */
export function sayAgain(context: Context, input: Given<typeof shapes.repeatInput>) {
  const earlier = pusherOf(context).sent(input.id);
  if (earlier === undefined) throw refuse('id', 'no such packet');
  const { over: _, later: _later, ...same } = earlier;
  const again = { ...same, values: { ...same.values, ...input.fields } };
  return {
    pushes: Array.from({ length: input.times }, () => pushView(sent(context, again))),
  };
}
