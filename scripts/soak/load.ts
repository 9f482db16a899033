/**
 * The mixed load: what a platform orders at three banks, drawn from the seed. Money goes round in small amounts
 * between members that have plenty, so that what the bank refuses is refused by a fault and not for want of it.
 */

import type { Books } from '../world/books.ts';
import { openingOf, payoutTo } from '../world/member.ts';
import type { tradingMember } from './links.ts';
import { CITIC, FRONT, FRONT_ACCOUNTS, FRONT_NAME, TRADING } from './links.ts';
import type { Obligation, Obligations, Wanted } from './obligations.ts';

export interface TradingMember extends ReturnType<typeof tradingMember> {
  readonly account: string;
}

export interface Grounds {
  readonly random: () => number;
  readonly books: Books;
  readonly obligations: Obligations;
  /** members of the first bank, opened through the gateway; grows */
  readonly members: string[];
  readonly trading: readonly TradingMember[];
  /** yyyymmdd at the bank */
  readonly today: () => string;
}

type Draw = (at: Grounds) => void;

const PERCENT = 100;
const OPENINGS_MAX = 12;
/** The fen of amounts that have to be unlike any other; above what anything else pays. */
const UNLIKE_FROM = 10_000;

const pick = <T>(random: () => number, among: readonly T[]): T | undefined =>
  among[Math.floor(random() * among.length)];

export const smallAmount = (random: () => number): string =>
  `${Math.floor(random() * 3)}.${String(1 + Math.floor(random() * 99)).padStart(2, '0')}`;

/** Two of them that are not the same. */
function two(random: () => number, among: readonly string[]): [string, string] {
  const first = Math.floor(random() * among.length);
  const second = (first + 1 + Math.floor(random() * (among.length - 1))) % among.length;
  return [among[first] ?? '', among[second] ?? ''];
}

const money = (link: string, operation: string, body: Record<string, unknown>): Wanted => ({
  link,
  operation,
  body: () => body,
  proves: { by: 'memo' },
});

const question = (link: string, operation: string, body: Record<string, unknown>): Wanted => ({
  link,
  operation,
  body: () => body,
  tries: 3,
  proves: { by: 'nothing' },
});

function transfer({ random, obligations, members }: Grounds): void {
  const [from, to] = two(random, members);
  const order = money(CITIC, 'transfer', { from, to, amount: smallAmount(random) });
  const kind = random();
  // some may expire before they are sent, some wait for their turn, some can never be done
  if (kind < 0.06) obligations.add({ ...order, validMs: 300 + random() * 3_000 });
  else if (kind < 0.2) obligations.add({ ...order, more: { orderKey: from } });
  else if (kind < 0.23) {
    obligations.add({ ...money(CITIC, 'transfer', { from, to, amount: '9999999.00' }), tries: 2 });
  } else if (kind < 0.25) {
    obligations.add({ ...money(CITIC, 'transfer', { from, to, amount: '1.2' }), tries: 2 });
  } else obligations.add(order);
}

function withdraw({ random, obligations, members }: Grounds): void {
  const account = pick(random, members);
  obligations.add(
    money(CITIC, 'withdraw', { account, amount: smallAmount(random), channel: 'small' }),
  );
}

function payment({ random, obligations }: Grounds): void {
  const payee = payoutTo('甲');
  const rest = { channel: 'small', sameCity: 'no' };
  obligations.add(money(CITIC, 'payment', { payee, amount: smallAmount(random), ...rest }));
}

/** Whoever uses a freeze names the instruction that made it: the last one, which may be made anew. */
function frozen({ random, obligations, members }: Grounds): void {
  const [account, to] = two(random, members);
  const amount = smallAmount(random);
  const escrow = random() < 0.4;
  const made = escrow
    ? obligations.add(money(CITIC, 'pay-and-freeze', { from: account, to, amount }))
    : obligations.add(money(CITIC, 'freeze', { account, amount }));
  const operation = escrow || random() < 0.4 ? 'unfreeze' : 'pay-from-freeze';
  const freeze = () => obligations.idOf(made);
  const rest = operation === 'unfreeze' ? {} : { to };
  obligations.add({
    ...money(CITIC, operation, {}),
    body: () => ({ freeze: freeze(), ...rest }),
  });
}

/** Money on the adjustment account that nobody placed: assigned to a member, and sometimes taken back. */
function assign({ random, books, obligations, members }: Grounds, taken: Set<string>): void {
  const notice = [...books.notices.values()].find(
    ({ type, key }) => type === 'unplaced' && !taken.has(key),
  );
  if (notice?.entry === undefined) return;
  taken.add(notice.key);
  const { date, number, sequence } = notice.entry;
  const body = {
    account: pick(random, members),
    amount: notice.amount,
    entryDate: date,
    entryNumber: number,
    entrySequence: sequence,
  };
  const assigned = obligations.add(money(CITIC, 'assign-credit', body));
  if (random() > 0.3) return;
  obligations.add({
    ...money(CITIC, 'return-credit', body),
    more: { after: obligations.idOf(assigned) },
    // asked for before the money was assigned it is refused, and ordered again
  });
}

function open({ obligations, members }: Grounds, opened: Obligation[]): void {
  if (opened.length >= OPENINGS_MAX) return;
  const name = `新会员${opened.length + members.length}号公司`;
  opened.push(
    obligations.add({
      link: CITIC,
      operation: 'open',
      body: () => openingOf(name),
      proves: { by: 'account-name', name },
    }),
  );
}

function frontTransfer({ random, obligations }: Grounds): void {
  const [from, to] = two(random, FRONT_ACCOUNTS);
  const order = { from, to, toName: FRONT_NAME, amount: smallAmount(random) };
  obligations.add(money(FRONT, 'transfer', order));
}

function frontWithdraw({ random, obligations }: Grounds): void {
  const account = pick(random, FRONT_ACCOUNTS);
  const payee = payoutTo('示例买方公司');
  obligations.add(money(FRONT, 'withdraw', { account, payee, amount: smallAmount(random) }));
}

/** In or out: this bank keeps no reference of the ledger's, so each amount is one of its kind. */
function tradingMoney({ random, obligations, trading }: Grounds, unlike: () => string): void {
  const member = pick(random, trading);
  const [bound] = member?.bound ?? [];
  if (member === undefined || bound === undefined) return;
  const amount = unlike();
  const { account, code, idCode, idType, name } = member;
  const bank = { memberCode: code, certificateType: idType, certificate: idCode };
  const inward = random() < 0.5;
  obligations.add({
    link: TRADING,
    operation: inward ? 'deposit' : 'withdraw',
    body: () =>
      inward
        ? { account, amount, payer: bound.account, payerName: bound.name, bank }
        : { account, amount, payee: { ...bound, sameBank: true }, bank: { ...bank, name } },
    proves: { by: 'amount', amount, transactions: ['1316', '1318'] },
  });
}

function look({ random, obligations, members, today, trading }: Grounds): void {
  const account = pick(random, members);
  const days = { from: today(), to: today() };
  const kind = random();
  if (kind < 0.35) obligations.add(question(CITIC, 'balance', { account }));
  else if (kind < 0.45) obligations.add(question(CITIC, 'statement', { account, ...days }));
  else if (kind < 0.5) obligations.add(question(CITIC, 'member-state', { account, ...days }));
  else if (kind < 0.8) {
    obligations.add(question(FRONT, 'balance', { account: pick(random, FRONT_ACCOUNTS) }));
  } else {
    obligations.add(question(TRADING, 'balance', { account: pick(random, trading)?.account }));
  }
}

/** Something of before: its status, the try to take it back, the same again, or its id for something else. */
function meddle({ random, obligations }: Grounds): void {
  const among = [...obligations.open];
  const open = pick(random, among.slice(-20));
  const known = pick(random, obligations.all.slice(-500));
  const kind = random();
  if (kind < 0.2 && open !== undefined) {
    const of = obligations.idOf(open);
    obligations.add({ ...question(open.link, 'status', { of }), tries: 1 });
  } else if (kind < 0.4 && open !== undefined) {
    const of = obligations.idOf(open);
    obligations.add({ ...question(open.link, 'cancel', { of }), tries: 1 });
  } else if (known === undefined) return;
  else if (kind < 0.65) obligations.repeat(known, 'ask');
  else if (kind < 0.85) obligations.repeat(known, 'enqueue');
  else obligations.misuse(known);
}

export class Load {
  readonly #at: Grounds;
  readonly #opened: Obligation[] = [];
  readonly #assigned = new Set<string>();
  #unlike = UNLIKE_FROM;

  constructor(at: Grounds) {
    this.#at = at;
  }

  next(): void {
    this.#newMembers();
    const drawn = this.#at.random() * PERCENT;
    let below = 0;
    const found = this.#table().find(([share]) => {
      below += share;
      return drawn < below;
    });
    found?.[1](this.#at);
  }

  /** in hundredths */
  #table(): readonly (readonly [number, Draw])[] {
    const unlike = (): string => {
      this.#unlike += 1;
      return `${Math.floor(this.#unlike / PERCENT)}.${String(this.#unlike % PERCENT).padStart(2, '0')}`;
    };
    return [
      [22, transfer],
      [7, withdraw],
      [5, payment],
      [10, frozen],
      [4, (at) => assign(at, this.#assigned)],
      [2, (at) => open(at, this.#opened)],
      [18, frontTransfer],
      [7, frontWithdraw],
      [9, (at) => tradingMoney(at, unlike)],
      [6, look],
      [10, meddle],
    ];
  }

  /** An account that was opened is used from then on. */
  #newMembers(): void {
    const { books, members, obligations } = this.#at;
    for (const one of this.#opened) {
      const account = books.resultOf(obligations.idOf(one))?.data?.account;
      if (obligations.done(one) && typeof account === 'string' && !members.includes(account)) {
        members.push(account);
      }
    }
  }
}
