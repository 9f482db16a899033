/**
 * DLMDETRN: moves, freezes and releases money between members. DLFRNOQR: freeze numbers by serial.
 *
 *   BF  from → to                            BR  freeze on from
 *   BS  from → to, then frozen on to         BG  release; the money of a BS goes back to its payer
 *   BH  release the freeze of from, from → to
 *
 * A freeze is used whole: partial release (ofreezeamt) is a gap of the facts and refused here.
 */
import type { Message, Row } from '../../src/protocol/message.ts';
import { misnamed, moveInside } from '../bank/booking.ts';
import { CODES, type Code } from '../bank/codes.ts';
import type { Family } from '../bank/family.ts';
import {
  type Books,
  firstOf,
  isCode,
  lacks,
  type Movement,
  normal,
  type When,
} from '../bank/movement.ts';
import { amount, listed, type Reply, refused, text } from '../bank/reply.ts';
import type { Account, Freeze } from '../ledger/shapes.ts';

const FORCED = '15';

function forcedTransfer(books: Books, message: Message): Movement {
  const type = text(message, 'tranType');
  const from = text(message, 'payAccNo');
  const to = type === 'BR' ? text(message, 'recvAccNo') || from : text(message, 'recvAccNo');
  const order = {
    serial: text(message, 'clientID'),
    transaction: 'DLMDETRN',
    type,
    from,
    to,
    amount: amount(message, 'tranAmt'),
    memo: text(message, 'memo'),
    mode: text(message, 'tranFlag') === '0' ? ('settle' as const) : ('now' as const),
  };
  const freezeNo = text(message, 'freezeNo');
  const check = (): Code | undefined => {
    if (text(message, 'accountNo') !== books.main) return CODES.wrongMain;
    if (order.amount <= 0n) return CODES.amount;
    if (amount(message, 'ofreezeamt') !== 0n) return CODES.freezeAmount;
    const payer = normal(books.ledger.account(from), CODES.noPayer);
    if (isCode(payer)) return payer;
    if (type === 'BR') return lacks(books.ledger, payer, order.amount);
    const payee = normal(books.ledger.account(to), CODES.noPayee);
    if (isCode(payee)) return payee;
    return firstOf(
      misnamed(books, payee, text(message, 'recvAccNm')),
      byType(books, { type, amount: order.amount, freezeNo }, payer, payee),
    );
  };
  return { ...order, check, book: (when) => book(books, order, freezeNo, when) };
}

function byType(
  books: Books,
  order: { type: string; amount: bigint; freezeNo: string },
  payer: Account,
  payee: Account,
): Code | undefined {
  const same = payer.number === payee.number;
  if (order.type === 'BF' || order.type === 'BS') {
    return firstOf(same && CODES.sameAccount, lacks(books.ledger, payer, order.amount));
  }
  if (order.type !== 'BG' && order.type !== 'BH') return CODES.tranType;
  const freeze = books.ledger.freeze(order.freezeNo);
  if (freeze === undefined || !freeze.active || freeze.account !== payer.number) {
    return CODES.noFreeze;
  }
  return firstOf(
    freeze.amount !== order.amount && CODES.freezeAmount,
    order.type === 'BG' && freeze.returnTo !== payee.number && CODES.freezeReturn,
    order.type === 'BH' && same && CODES.sameAccount,
  );
}

type Order = Pick<Movement, 'serial' | 'type' | 'from' | 'to' | 'amount' | 'memo'>;

function book(books: Books, order: Order, freezeNo: string, when: When): Record<string, string> {
  const { ledger } = books;
  if (order.type === 'BG' || order.type === 'BH') ledger.release(freezeNo, when.at);
  if (order.type !== 'BR' && order.from !== order.to) {
    moveInside(books, order, FORCED, when);
  }
  if (order.type === 'BR' || order.type === 'BS') {
    ledger.hold({
      account: order.type === 'BR' ? order.from : order.to,
      amount: order.amount,
      returnTo: order.from,
      serial: order.serial,
      at: when.at,
    });
  }
  return {};
}

function freezeNumbers(books: Books, message: Message, now: number): Reply {
  const { noFreezeNumber, freezeNumberAfterMs } = books.settings;
  const rows: Row[] = [];
  for (const asked of message.lists.userDataList ?? []) {
    const clientID = String(asked.clientID ?? '');
    const mine = (freeze: Freeze): boolean =>
      freeze.serial === clientID && freeze.at + freezeNumberAfterMs <= now;
    const freeze = books.ledger.freezes().findLast(mine);
    if (freeze !== undefined) rows.push({ clientID, freezeNo: freeze.number });
    else if (noFreezeNumber === 'empty') rows.push({ clientID });
    else if (noFreezeNumber === 'refuse') return refused(CODES.noRecord);
  }
  return rows.length === 0 ? refused(CODES.noRecord) : listed(CODES.done, rows);
}

export const transfers: Family = {
  movements: { DLMDETRN: forcedTransfer },
  queries: { DLFRNOQR: ({ books }, message, now) => freezeNumbers(books, message, now) },
};
