/** Payments from the main account: DLOUTTRN, booked at once and answered with a receipt. */
import type { Message, Values } from '../../src/protocol/message.ts';
import { dayOf, timeOf } from '../ledger/calendar.ts';
import type { Entry, Party } from '../ledger/shapes.ts';
import { CODES, type Code } from './codes.ts';
import type { Family } from './family.ts';
import { type Books, lacks, type Movement, type When } from './movement.ts';
import { appointed, payOut } from './payouts.ts';
import { amount, text } from './reply.ts';

function mainPayment(books: Books, message: Message): Movement {
  const tranAmount = amount(message, 'tranAmount');
  const scheduled = text(message, 'preFlg') === '1';
  const at = scheduled ? appointed(message) : undefined;
  const memo = text(message, 'memo') || text(message, 'abstract');
  const from = text(message, 'payAccountNo');
  const to: Party = {
    account: text(message, 'recAccountNo'),
    name: text(message, 'recAccountName'),
    bank: text(message, 'recOpenBankName'),
    bankCode: text(message, 'recOpenBankCode') || text(message, 'recBankNo'),
  };
  const check = (): Code | undefined => {
    if (tranAmount <= 0n) return CODES.amount;
    if (scheduled && at === undefined) return CODES.schedule;
    const payer = books.ledger.account(from);
    if (payer === undefined || from !== books.main) return CODES.noPayer;
    return lacks(books.ledger, payer, tranAmount);
  };
  return {
    serial: text(message, 'clientID'),
    transaction: 'DLOUTTRN',
    type: text(message, 'payType'),
    from,
    to: to.account,
    amount: tranAmount,
    memo,
    mode: at === undefined ? books.settings.paymentMode : { at },
    check,
    book: (when) => {
      const row = payOut(books, { from, to, amount: tranAmount, fee: 0n, memo }, when);
      return receipt(books, message, to, row, when);
    },
  };
}

function receipt(
  books: Books,
  message: Message,
  to: Party,
  row: Entry | undefined,
  when: When,
): Values {
  return {
    tranDate: dayOf(when.at),
    tranTime: timeOf(when.at),
    tranNo: row?.number ?? '',
    payAccountNo: text(message, 'payAccountNo'),
    payAccountName: books.ledger.account(books.main)?.name ?? '',
    payOpenBankName: '',
    recAccountNo: to.account,
    recAccountName: to.name,
    recOpenBankName: to.bank ?? '',
    tranAmount: amount(message, 'tranAmount'),
    abstract: text(message, 'abstract'),
  };
}

export const mainPayments: Family = { movements: { DLOUTTRN: mainPayment } };
