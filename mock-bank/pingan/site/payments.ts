/**
 * Money between the accounts of the site: 6006, 6034 and 6031 between members, 6007 freezes, 6056 clears what
 * is nobody's yet to a member (清分), 6008 gives back to the platform, 6077 revokes.
 *
 *   FuncFlag of 6006 and 6034   1 order: the payer's money is held    2 confirm: it is paid    3 refund: it is let go
 *                               4 to the platform    6, 9 paid at once (T+1 and T+0 alike)
 */
import type { Message } from '../../../src/protocol/message.ts';
import { moveInside, ORDINARY } from '../../bank/booking.ts';
import { CODES, type Code } from '../../bank/codes.ts';
import type { Family, Inside } from '../../bank/family.ts';
import { type Books, firstOf, lacks, type Movement, type When } from '../../bank/movement.ts';
import { amount, type Reply, refused, text } from '../../bank/reply.ts';
import type { Freeze } from '../../ledger/shapes.ts';
import { SITE } from '../codes.ts';
import { orderNumber } from '../numbers.ts';
import { common, isSite, lastOrder, memberOf, siteOrder } from './orders.ts';

/** What is held of an account under an order (ThirdHtId). */
const heldFor = (books: Books, account: string, order: string): Freeze[] =>
  books.ledger
    .freezes()
    .filter((freeze) => freeze.active && freeze.account === account && freeze.serial === order);

const sumOf = (freezes: readonly Freeze[]): bigint =>
  freezes.reduce((sum, freeze) => sum + freeze.amount, 0n);

function hold(books: Books, account: string, order: string, sum: bigint, at: number): void {
  books.ledger.hold({ account, amount: sum, returnTo: account, serial: order, at });
}

/** Lets go so much of what is held under an order; the rest is held again. */
function letGo(books: Books, account: string, order: string, sum: bigint, at: number): void {
  const freezes = heldFor(books, account, order);
  for (const freeze of freezes) books.ledger.release(freeze.number, at);
  const rest = sumOf(freezes) - sum;
  if (rest > 0n) hold(books, account, order, rest, at);
}

function between(books: Books, message: Message, transaction: string): Movement {
  const flag = transaction === '6031' ? '9' : text(message, 'FuncFlag');
  const from = text(message, 'OutCustAcctId');
  const code = text(message, 'OutThirdCustId');
  const to = flag === '4' ? books.pingan.platform : text(message, 'InCustAcctId');
  const order = text(message, 'ThirdHtId');
  const paid = amount(message, 'TranAmount');
  const fee = amount(message, 'TranFee');
  const takes = flag === '2' || flag === '3' ? 0n : paid + fee;
  const check = (): Code | undefined => {
    if (!['1', '2', '3', '4', '6', '9'].includes(flag)) return SITE.flag;
    const payee = books.ledger.account(to);
    const known =
      isSite(payee) && (flag === '4' || memberOf(books, to, text(message, 'InThirdCustId')));
    const held = sumOf(heldFor(books, from, order));
    return firstOf(
      common(books, message, { number: from, code, takes }),
      !known && SITE.noMember,
      payee?.state !== '0' && SITE.notOpened,
      from === to && CODES.sameAccount,
      (flag === '2' || flag === '3') && held < paid && SITE.noOrder,
    );
  };
  const book = (when: When, memo: string): void => {
    if (flag === '1') hold(books, from, order, paid, when.at);
    if (flag === '2' || flag === '3') letGo(books, from, order, paid, when.at);
    if (flag === '1' || flag === '3') return;
    moveInside(books, { from, to, amount: paid, memo }, ORDINARY, when);
    if (fee > 0n) {
      const charge = { from, to: books.pingan.platform, amount: fee, memo: '手续费' };
      moveInside(books, charge, FEE, when);
    }
  };
  const mode = books.settings.transferMode;
  const filed = { transaction, inquiry: '6014', group: '2', type: flag } as const;
  return siteOrder(message, { ...filed, mode, from, to, check, book });
}

/** TRANTYPE of a fee's row. */
const FEE = '14';

/** 6007: hold 1, let go 2, clear and hold 3. No inquiry tells of it. */
function freeze(books: Books, message: Message): Movement {
  const flag = text(message, 'FuncFlag');
  const account = text(message, 'CustAcctId');
  const code = text(message, 'ThirdCustId');
  const order = text(message, 'ThirdHtId');
  const sum = amount(message, 'TranAmount');
  const { unplaced } = books.pingan;
  const check = (): Code | undefined =>
    firstOf(
      !['1', '2', '3'].includes(flag) && SITE.flag,
      common(books, message, { number: account, code, takes: flag === '1' ? sum : 0n }),
      flag === '2' && sumOf(heldFor(books, account, order)) < sum && SITE.noOrder,
      flag === '3' && enough(books, sum),
    );
  const book = (when: When, memo: string): void => {
    if (flag === '2') {
      letGo(books, account, order, sum, when.at);
      return;
    }
    if (flag === '3') {
      moveInside(books, { from: unplaced, to: account, amount: sum, memo }, ORDINARY, when);
    }
    hold(books, account, order, sum, when.at);
  };
  const filed = { transaction: '6007', inquiry: 'none', type: flag } as const;
  const mode = 'now' as const;
  return siteOrder(message, { ...filed, mode, from: account, to: account, check, book });
}

function enough(books: Books, sum: bigint): Code | undefined {
  const unplaced = books.ledger.account(books.pingan.unplaced);
  return unplaced === undefined ? SITE.noMember : lacks(books.ledger, unplaced, sum);
}

function clear(books: Books, message: Message): Movement {
  const from = books.pingan.unplaced;
  const to = text(message, 'CustAcctId');
  const code = text(message, 'ThirdCustId');
  const sum = amount(message, 'TranAmount');
  return siteOrder(message, {
    ...{ transaction: '6056', inquiry: '6014', group: '1', type: '', from, to },
    mode: books.settings.transferMode,
    check: () =>
      firstOf(common(books, message, { number: to, code, takes: 0n }), enough(books, sum)),
    book: (when, memo) => moveInside(books, { from, to, amount: sum, memo }, ORDINARY, when),
  });
}

function giveBack(books: Books, message: Message): Movement {
  const from = text(message, 'CustAcctId');
  const code = text(message, 'ThirdCustId');
  const to = books.pingan.platform;
  const sum = amount(message, 'TranAmount');
  return siteOrder(message, {
    ...{ transaction: '6008', inquiry: 'none', type: '', from, to, mode: 'now' },
    check: () => common(books, message, { number: from, code, takes: sum }),
    book: (when, memo) => moveInside(books, { from, to, amount: sum, memo }, ORDINARY, when),
  });
}

/** 6077: an order on its way is withdrawn; a payment that was booked is paid back, once. */
function revoke({ books, orders }: Inside, message: Message, now: number): Reply {
  if (text(message, 'SupAcctId') !== books.pingan.supervised) return refused(SITE.supervised);
  const order = lastOrder(orders, text(message, 'OrigThirdLogNo'), '6014');
  if (order === undefined) return refused(SITE.noRecord);
  const { from, to, amount: paid, memo, repeats, type } = order.movement;
  const answer = {
    code: CODES.done,
    values: { FrontLogNo: orderNumber({ at: now, number: order.number }) },
  };
  if (['processing', 'scheduled', 'review'].includes(order.state)) {
    order.state = 'withdrawn';
    order.code = CODES.withdrawn;
    return answer;
  }
  const payee = books.ledger.account(to);
  const direct = ['4', '6', '9'].includes(type) && order.booking?.execution.returned === false;
  if (order.state !== 'booked' || repeats?.group !== '2' || !direct || payee === undefined) {
    return refused(SITE.notRevocable);
  }
  const reason = lacks(books.ledger, payee, paid);
  if (reason !== undefined) return refused(reason);
  const visibleAt = now + books.settings.rowsVisibleAfterMs;
  moveInside(books, { from: to, to: from, amount: paid, memo }, ORDINARY, { at: now, visibleAt });
  if (order.booking !== undefined) order.booking.execution.returned = true;
  return answer;
}

export const jzbPayments: Family = {
  movements: {
    '6006': (books, message) => between(books, message, '6006'),
    '6034': (books, message) => between(books, message, '6034'),
    '6031': (books, message) => between(books, message, '6031'),
    '6007': freeze,
    '6056': clear,
    '6008': giveBack,
  },
  maintenance: { '6077': revoke },
};
