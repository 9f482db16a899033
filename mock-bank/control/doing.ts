/** What the control API does to the bank: money from elsewhere, accounts, reviews. */
import type { z } from 'zod';
import { moveInside, ORDINARY, payOut } from '../bank/booking.ts';
import type { Credit } from '../bank/credits.ts';
import { type NewOrder, pay } from '../citic/gateway-orders.ts';
import { memberNumber, reviewOpening } from '../citic/members.ts';
import { decideChange } from '../citic/upkeep.ts';
import { fen } from '../ledger/money.ts';
import type { Entry, Party } from '../ledger/shapes.ts';
import { type Context, find, mustFind, refuse } from './context.ts';
import type {
  accountInput,
  creditInput,
  gatewayOrderInput,
  returnInput,
  reviewInput,
  twinInput,
} from './shapes.ts';
import { accountView, creditView, entryView, gatewayOrderView } from './views.ts';

/** `exactOptionalPropertyTypes`: what was not given must not be there. */
const party = ({
  account,
  name,
  bank,
  bankCode,
}: z.output<typeof creditInput>['payer']): Party => ({
  account,
  name,
  ...(bank === undefined ? {} : { bank }),
  ...(bankCode === undefined ? {} : { bankCode }),
});

const when = (
  context: Pick<Context, 'bank' | 'clock'>,
  given: { at?: string | undefined; visibleAfterMs?: number | undefined },
): { at: number; visibleAt: number } => {
  const now = context.clock.now();
  const { rowsVisibleAfterMs } = context.bank.settings;
  const at = given.at === undefined ? now : Date.parse(given.at);
  return { at, visibleAt: now + (given.visibleAfterMs ?? rowsVisibleAfterMs) };
};

export function credit(context: Context, input: z.output<typeof creditInput>) {
  const { bank, clock } = context;
  if (input.kind !== 'credit') mustFind(context, input.account, 'account');
  const { at, visibleAfterMs } = input;
  const order = {
    account: find(context, input.account)?.number ?? input.account,
    amount: fen(input.amount),
    kind: input.kind,
    payer: party(input.payer),
    memo: input.memo,
    ...(at === undefined ? {} : { at: Date.parse(at) }),
    ...(visibleAfterMs === undefined ? {} : { visibleAfterMs }),
  };
  const made: Credit[] = [];
  for (let count = 0; count < input.twins; count += 1) {
    const one = bank.credit(order, clock.now());
    if (one === undefined) throw refuse('amount', 'the account is not normal or has not so much');
    made.push(one);
  }
  return { credits: made.map(creditView) };
}

export function giveBack(context: Context, input: z.output<typeof returnInput>) {
  const { bank } = context;
  const { serial, number } = input;
  const rows: readonly Entry[] =
    number === undefined
      ? bank.orders
          .all()
          .filter(({ movement }) => movement.serial === serial)
          .toReversed()
          .flatMap(({ booking }) => booking?.rows ?? [])
      : bank.books.ledger.entries().filter((entry) => entry.number === number);
  for (const row of rows) {
    const made = bank.returnPayout(row, { sameKey: input.sameKey, when: when(context, input) });
    if (made !== undefined) return { entry: entryView(made) };
  }
  throw refuse(number === undefined ? 'serial' : 'number', 'no payout that could come back');
}

/** A payment over another channel (counter, online bank): no serial, no order, no execution of ours. */
export function twin(context: Context, input: z.output<typeof twinInput>) {
  const from = mustFind(context, input.from, 'from');
  const to = find(context, input.to.account);
  if (from === to) throw refuse('to.account', 'is the payer');
  const amount = fen(input.amount);
  const entries: Entry[] = [];
  for (let count = 0; count < input.twins; count += 1) {
    if (context.bank.books.ledger.available(from) < amount) {
      throw refuse('amount', 'the payer has not so much');
    }
    const outward = { from: from.number, to: party(input.to), amount, fee: 0n, memo: input.memo };
    const timed = when(context, input);
    const row =
      to === undefined
        ? payOut(context.bank.books, outward, timed)
        : moveInside(context.bank.books, { ...outward, to: to.number }, ORDINARY, timed)[0];
    if (row !== undefined) entries.push(row);
  }
  return { entries: entries.map(entryView) };
}

export function openAccount(
  context: Pick<Context, 'bank' | 'clock'>,
  input: z.output<typeof accountInput>,
) {
  const { books } = context.bank;
  const { ledger, initialisation, memberPrefix } = books;
  const number = input.number ?? memberNumber(memberPrefix, input.tail ?? '');
  if (number === undefined) throw refuse('tail', 'prefix and tail do not make 19 digits');
  if (ledger.account(number) !== undefined) throw refuse('number', 'the number is taken');
  const { overdraft } = input;
  const limit = overdraft === 'full' ? overdraft : fen(overdraft ?? '0.00');
  const account = ledger.open({
    number,
    name: input.name,
    kind: input.kind,
    at: context.clock.now(),
    state: input.state,
    overdraft: limit,
  });
  books.terms.set(number, {
    accType: input.accType,
    holder: input.holder ?? input.name,
    parameters: {},
    bound: input.bound,
    interestFrom: account.openedAt,
  });
  if (input.balance !== undefined) {
    const amount = fen(input.balance);
    ledger.post({
      ...when(context, { visibleAfterMs: 0 }),
      type: '12',
      memo: '资金初始化',
      legs: [
        { account: number, amount, other: { account: initialisation, name: '资金初始化账户' } },
        { account: initialisation, amount: -amount, other: { account: number, name: input.name } },
      ],
    });
  }
  return accountView(ledger, account);
}

export function review(context: Context, input: z.output<typeof reviewInput>) {
  const { bank, clock } = context;
  const { account, serial, decision } = input;
  if (account !== undefined) {
    if (decision === 'withdraw') throw refuse('decision', 'is for orders only');
    const state = { approve: '0', refuse: '3', 'refuse-by-bank': '8' } as const;
    const decided =
      reviewOpening(bank.books, account, state[decision]) ||
      decideChange(bank.changes, account, decision === 'approve');
    if (!decided) throw refuse('account', 'neither its opening nor a change of it awaits review');
    return { decided: account };
  }
  if (decision === 'refuse-by-bank') throw refuse('decision', 'is for accounts only');
  const waiting = bank.orders
    .all()
    .findLast(({ movement, state }) => movement.serial === serial && state === 'review');
  if (waiting === undefined) throw refuse('serial', 'no order of this serial awaits review');
  bank.counter.decide(waiting, decision, clock.now());
  return { decided: waiting.movement.serial };
}

/** A member or bidder pays an order through the payment gateway. */
export function payOrder(context: Context, input: z.output<typeof gatewayOrderInput>) {
  const { bank, clock } = context;
  const { freeze, kind, memo, number, state } = input;
  if (bank.books.gateway.has(number)) throw refuse('number', 'the number is taken');
  const account = mustFind(
    context,
    input.account ?? (kind === 'bid' ? 'bids' : 'settlement'),
    'account',
  );
  if (account.state !== '0') throw refuse('account', 'is not normal');
  if (freeze && account.kind !== 'member') throw refuse('freeze', 'is for members only');
  const order: NewOrder = {
    kind,
    number,
    account: account.number,
    payer: party(input.payer),
    amount: fen(input.amount),
    memo,
    state,
    freeze,
  };
  return { order: gatewayOrderView(pay(bank.books, order, clock.now())) };
}
