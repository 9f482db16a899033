/**
 * 1325 lists deposits and withdrawals, 1324 payments between members; asked by serial each is the inquiry of
 * one order. Without a serial only what was booked is listed.
 */
import type { Message, Row } from '../../../src/protocol/message.ts';
import { EXTERNAL } from '../../bank/booking.ts';
import { CODES } from '../../bank/codes.ts';
import type { Family, Inside } from '../../bank/family.ts';
import type { Order } from '../../bank/orders.ts';
import { type Reply, ROWS, refused, text } from '../../bank/reply.ts';
import { dayOf } from '../../ledger/calendar.ts';
import type { Entry } from '../../ledger/shapes.ts';
import { SITE } from '../codes.ts';
import { between, entryNumber, orderNumber, pageOf } from '../numbers.ts';
import { codeOfMember, lastOrder, tranStatus } from './orders.ts';

/** The statement says neither yes nor no (异常): to be asked again after 5 to 10 minutes. */
const ON_ITS_WAY = '2';

/** No such serial: the code, and the shape a live message had (setting `noRecordBody`). */
function unknown({ books }: Inside, serial: string): Reply {
  if (books.settings.noRecordBody === 'none') return refused(SITE.noRecord);
  const row = { ThirdLogNo: serial, TranAmount: 0n };
  return { code: SITE.noRecord, values: { RecordNum: '0', [`${ROWS}.none`]: [row] } };
}

function listed<T>(all: readonly T[], message: Message, row: (one: T) => Row): Reply {
  if (all.length === 0) return refused(SITE.noRecord);
  return { code: CODES.done, values: pageOf(all, message, row) };
}

/** How a deposit was told, if it was, by setting `depositSerial`. */
function serialOfDeposit({ books }: Inside, entry: Entry): string {
  const told = books.pingan.told.get(entryNumber(entry));
  const { depositSerial } = books.settings;
  if (told === undefined || depositSerial === 'empty') return '';
  return depositSerial === 'bank' ? told.serial : told.acknowledged;
}

function cashRow(inside: Inside, entry: Entry): Row {
  const order = inside.orders.behind(entry);
  return {
    ThirdLogNo: order === undefined ? serialOfDeposit(inside, entry) : order.movement.serial,
    FrontLogNo: order === undefined ? entryNumber(entry) : orderNumber(order),
    TranFlag: entry.direction === 'C' ? '1' : '2',
    TranStatus: '0',
    TranAmount: entry.amount,
    CustAcctId: entry.account,
    ThirdCustId: codeOfMember(inside.books, entry.account),
    TranDate: dayOf(order?.at ?? entry.at),
    AcctDate: entry.date,
  };
}

/** What came from outside and went there, but for what came back: that is another list's (6048). */
const isCash = (entry: Entry): boolean => entry.type === EXTERNAL && entry.returnOf === undefined;

function cashOrder(inside: Inside, order: Order): Row {
  const { from, to, transaction, amount, serial } = order.movement;
  const account = transaction === '1316' ? to : from;
  const row = order.booking?.rows.find((one) => one.account === account);
  const reversed = order.booking?.execution.returned === true;
  return {
    ThirdLogNo: serial,
    FrontLogNo: orderNumber(order),
    TranFlag: transaction === '1316' ? '1' : '2',
    TranStatus: reversed ? inside.books.settings.returnedStatus : tranStatus(order, ON_ITS_WAY),
    TranAmount: amount,
    CustAcctId: account,
    ThirdCustId: codeOfMember(inside.books, account),
    TranDate: dayOf(order.at),
    ...(row === undefined ? {} : { AcctDate: row.date }),
  };
}

function cash(inside: Inside, message: Message, now: number): Reply {
  const { books, counter, orders } = inside;
  if (text(message, 'SupAcctId') !== books.pingan.supervised) return refused(SITE.supervised);
  const serial = text(message, 'OrigThirdLogNo');
  const within = between(message, 'BeginDate', 'EndDate');
  const entries = [...books.pingan.members.keys()]
    .flatMap((account) => books.ledger.entriesOf(account))
    .filter((entry) => isCash(entry) && entry.visibleAt <= now && within(entry.date))
    .sort((a, b) => a.at - b.at);
  const row = (entry: Entry): Row => cashRow(inside, entry);
  if (serial === '') return listed(entries, message, row);
  const order = lastOrder(orders, serial, '1325');
  if (order === undefined || !counter.knows(order, now) || !within(dayOf(order.at))) {
    const told = entries.filter((entry) => serialOfDeposit(inside, entry) === serial);
    return told.length > 0 ? listed(told, message, row) : unknown(inside, serial);
  }
  const answer = listed([order], message, (one) => cashOrder(inside, one));
  counter.asked(order, now);
  return answer;
}

function payRow(inside: Inside, order: Order): Row {
  const { from, to, amount, serial } = order.movement;
  return {
    ThirdLogNo: serial,
    FrontLogNo: orderNumber(order),
    TranFlag: '1',
    TranStatus: tranStatus(order, ON_ITS_WAY),
    TranAmount: amount,
    OutCustAcctId: from,
    OutThirdCustId: codeOfMember(inside.books, from),
    InCustAcctId: to,
    InThirdCustId: codeOfMember(inside.books, to),
    TranDate: dayOf(order.at),
  };
}

function payments(inside: Inside, message: Message, now: number): Reply {
  const { books, counter, orders } = inside;
  if (text(message, 'SupAcctId') !== books.pingan.supervised) return refused(SITE.supervised);
  const serial = text(message, 'OrigThirdLogNo');
  const within = between(message, 'BeginDate', 'EndDate');
  const all = orders
    .all()
    .filter(({ movement }) => movement.inquiry === '6014' && movement.repeats?.group === '2')
    .filter((order) => counter.knows(order, now) && within(dayOf(order.at)));
  const row = (order: Order): Row => payRow(inside, order);
  if (serial === '') {
    const booked = all.filter(({ state }) => state === 'booked');
    return listed(booked, message, row);
  }
  const order = all.findLast(({ movement }) => movement.serial === serial);
  if (order === undefined) return unknown(inside, serial);
  const answer = listed([order], message, row);
  counter.asked(order, now);
  return answer;
}

export const flows: Family = { queries: { '1324': payments, '1325': cash } };
