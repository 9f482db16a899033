/**
 * 300001 pays from the main account, 529301 moves money to another account of the enterprise, 200205 tells what
 * became of a 300001: stat 9 booked, 6 failed, anything else on its way. 200108 tells the balance.
 */
import type { Message } from '../../src/protocol/message.ts';
import { moveInside, ORDINARY, payOut } from '../bank/booking.ts';
import { CODES, type Code } from '../bank/codes.ts';
import type { Family, Inside } from '../bank/family.ts';
import { type Books, firstOf, isEntity, lacks, type Movement } from '../bank/movement.ts';
import { amount, type Reply, refused, text } from '../bank/reply.ts';
import { CMS } from './codes.ts';

/** stat of an order on its way: any value but 9 and 6 */
const ON_ITS_WAY = '1';

function outward(books: Books, message: Message): Movement {
  const from = text(message, 'pay_acno');
  const sum = amount(message, 'amt');
  const memo = text(message, 'postscript');
  const to = {
    account: text(message, 'rcv_acno'),
    name: text(message, 'rcv_acname'),
    bank: text(message, 'rcv_bank_name'),
    bankCode: text(message, 'rcv_bank_no'),
  };
  return {
    serial: text(message, 'cert_no'),
    transaction: '300001',
    type: text(message, 'bank_flag'),
    from,
    to: to.account,
    amount: sum,
    memo,
    mode: books.settings.paymentMode,
    inquiry: '200205',
    check: () => mayPay(books, from, sum),
    book: (when) => {
      payOut(books, { from, to, amount: sum, fee: 0n, memo }, when);
      return {};
    },
  };
}

function mayPay(books: Books, from: string, sum: bigint): Code | undefined {
  if (sum <= 0n) return CODES.amount;
  const payer = books.ledger.account(from);
  return isEntity(payer) ? lacks(books.ledger, payer, sum) : CODES.noPayer;
}

function inside(books: Books, message: Message): Movement {
  const from = text(message, 'pay_acno');
  const to = text(message, 'rcv_acno');
  const sum = amount(message, 'amt');
  const memo = text(message, 'postscript');
  return {
    ...{ serial: text(message, 'req_no'), transaction: '529301', type: '', from, to, memo },
    amount: sum,
    mode: books.settings.paymentMode,
    inquiry: 'none',
    check: () =>
      firstOf(
        !isEntity(books.ledger.account(to)) && CODES.noPayee,
        from === to && CODES.sameAccount,
        mayPay(books, from, sum),
      ),
    book: (when) => {
      moveInside(books, { from, to, amount: sum, memo }, ORDINARY, when);
      return {};
    },
  };
}

function status(bank: Inside, message: Message, now: number): Reply {
  const serial = text(message, 'cert_no');
  const order = bank.orders.last(serial, '', '200205');
  if (order === undefined || !bank.counter.knows(order, now)) return refused(CMS.noSuchOrder);
  const failed = ['failed', 'refused', 'withdrawn'].includes(order.state);
  const values = {
    stat: order.state === 'booked' ? '9' : failed ? '6' : ON_ITS_WAY,
    cert_no: serial,
    origReqNo: text(message, 'origReqNo'),
    error_info: failed ? order.code.text : '',
  };
  bank.counter.asked(order, now);
  return { code: CODES.done, values };
}

function balance({ books }: Inside, message: Message): Reply {
  const account = books.ledger.account(text(message, 'acno'));
  if (!isEntity(account)) return refused(CODES.noAccount);
  const values = { acno: account.number, use_balance: books.ledger.available(account) };
  return { code: CODES.done, values };
}

export const payments: Family = {
  movements: { '300001': outward, '529301': inside },
  queries: { '200205': status, '200108': balance },
};
