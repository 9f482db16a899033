/**
 * DLDRTSUB: the deposit of a bid goes back, by the way it came or by another; a reviewer decides. DLDPBQRY
 * lists the order forms with their states. Neither serial nor mctJnlNo stands in its rows.
 */
import type { Message, Row } from '../../src/protocol/message.ts';
import { partyOf, payOut } from '../bank/booking.ts';
import { CODES, type Code } from '../bank/codes.ts';
import type { Family, Inside } from '../bank/family.ts';
import { type Books, lacks, type Movement } from '../bank/movement.ts';
import type { Order, OrderState } from '../bank/orders.ts';
import { listed, memoOf, type Reply, text } from '../bank/reply.ts';
import { clockTime, dayOf } from '../ledger/calendar.ts';
import type { Party } from '../ledger/shapes.ts';
import { nothing } from './rows.ts';

const INQUIRY = 'DLDPBQRY';

/** 制单状态 */
const STATES: Readonly<Record<OrderState, string>> = {
  review: '0',
  refused: '1',
  scheduled: '4',
  processing: '6',
  booked: '7',
  failed: '8',
  withdrawn: '9',
};

function giveBack(books: Books, message: Message): Movement {
  const number = text(message, 'mctJnlNo');
  const bid = books.gateway.get(number);
  const otherRoute = text(message, 'retType') === '1';
  const named: Party = {
    account: text(message, 'recvAccNo'),
    name: text(message, 'recvAccNm'),
    bank: text(message, 'mngNode'),
    bankCode: text(message, 'tgfi'),
  };
  const payee = otherRoute ? named : (bid?.payer ?? named);
  const order = {
    serial: text(message, 'clientID'),
    transaction: 'DLDRTSUB',
    type: text(message, 'retType'),
    from: bid?.account ?? books.bids,
    to: payee.account,
    amount: bid?.amount ?? 0n,
    memo: memoOf(message) || number,
    mode: { reviewMs: books.settings.bidReturnReviewMs },
    inquiry: INQUIRY,
    repeats: {
      recvAccNo: payee.account,
      recvAccNm: payee.name,
      abstract: text(message, 'abstract'),
      purpose: text(message, 'purpose'),
    },
  };
  const check = (): Code | undefined => {
    if (bid?.kind !== 'bid' || bid.state !== '01') return CODES.noOrder;
    const payer = books.ledger.account(order.from);
    if (payer === undefined) return CODES.noPayer;
    if (bid.returned > 0n && books.settings.returnedAgain === 'refuse') return CODES.wentBack;
    return lacks(books.ledger, payer, order.amount);
  };
  return {
    ...order,
    check,
    book: (when) => {
      payOut(books, { ...order, to: payee, fee: 0n }, when);
      if (bid !== undefined) bid.returned += order.amount;
      return {};
    },
  };
}

function forms({ books, counter, orders }: Inside, message: Message, now: number): Reply {
  const payAccNo = text(message, 'payAccNo');
  const [startDate, endDate] = [text(message, 'startDate'), text(message, 'endDate')];
  const asked = ({ at, movement }: Order): boolean =>
    movement.inquiry === INQUIRY &&
    (payAccNo === '' || movement.from === payAccNo) &&
    (startDate === '' || dayOf(at) >= startDate) &&
    (endDate === '' || dayOf(at) <= endDate);
  const rows: Row[] = [];
  for (const [index, order] of orders.all().entries()) {
    if (!asked(order) || !counter.knows(order, now)) continue;
    rows.push(formRow(books, order, index + 1));
    counter.asked(order, now);
  }
  return rows.length === 0 ? nothing(books) : listed(CODES.done, rows);
}

function formRow(books: Books, { at, movement, state }: Order, count: number): Row {
  const payer = partyOf(books, movement.from);
  return {
    orderNo: `O${dayOf(at)}${String(count).padStart(10, '0')}`,
    payAccNo: payer.account,
    payAccNm: payer.name,
    cryType: books.settings.currency,
    tranAmt: movement.amount,
    ...movement.repeats,
    stt: STATES[state],
    oprNo: 'mock',
    oprNm: '模拟经办',
    oprDate: dayOf(at),
    oprTime: clockTime(at),
  };
}

export const bidReturns: Family = {
  movements: { DLDRTSUB: giveBack },
  queries: { DLDPBQRY: forms },
};
