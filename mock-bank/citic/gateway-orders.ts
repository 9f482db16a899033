/**
 * Orders that members and bidders paid through the bank's payment gateway (支付网关). They are made by the
 * control API. DLPGOSTT tells the result of one, DLDPDQRY lists those that are bids.
 */
import type { Message, Row } from '../../src/protocol/message.ts';
import { EXTERNAL, partyOf } from '../bank/booking.ts';
import { CODES, type Code } from '../bank/codes.ts';
import type { Family } from '../bank/family.ts';
import type { Books } from '../bank/movement.ts';
import { listed, type Reply, refused, text } from '../bank/reply.ts';
import { clockTime, dayOf } from '../ledger/calendar.ts';
import type { Party } from '../ledger/shapes.ts';
import { nothing } from './rows.ts';

/** 商户编号 of the one merchant of this bank. */
const MERCHANT = '00000001';

export interface GatewayOrder {
  readonly kind: 'order' | 'bid' | 'top-up';
  /** 商户流水号, 原订单号 */
  readonly number: string;
  /** where the money arrived */
  readonly account: string;
  readonly payer: Party;
  readonly amount: bigint;
  readonly memo: string;
  readonly at: number;
  /** 00 unconfirmed, 01 success, 02 failed */
  readonly state: '00' | '01' | '02';
  readonly freezeNo: string;
  /** how much of it has gone back */
  returned: bigint;
}

export type NewOrder = Omit<GatewayOrder, 'at' | 'freezeNo' | 'returned'> & { freeze: boolean };

/** Takes the money of an order that was paid; the one that failed or is unconfirmed brings none. */
export function pay(books: Books, given: NewOrder, at: number): GatewayOrder {
  const { freeze, ...order } = given;
  const { account, amount, memo, number, payer } = order;
  let freezeNo = '';
  if (order.state === '01') {
    books.ledger.post({
      at,
      type: EXTERNAL,
      memo,
      legs: [
        { account, amount, other: payer },
        { account: books.outside, amount: -amount, other: partyOf(books, account) },
      ],
    });
    const hold = { account, amount, returnTo: account, serial: number, at };
    if (freeze) freezeNo = books.ledger.hold(hold).number;
  }
  const made: GatewayOrder = { ...order, at, freezeNo, returned: 0n };
  books.gateway.set(number, made);
  return made;
}

const RESULTS: Readonly<Record<GatewayOrder['state'], Code>> = {
  '00': CODES.processing,
  '01': CODES.done,
  '02': CODES.insufficient,
};

function result(books: Books, message: Message): Reply {
  const order = books.gateway.get(text(message, 'mctJnlNo'));
  if (order === undefined || text(message, 'mctNo') !== MERCHANT) return nothing(books);
  const { code, text: statusText } = RESULTS[order.state];
  const payee = partyOf(books, order.account);
  const row: Row = {
    stt: order.state,
    status: code,
    statusText,
    freezeNo: order.freezeNo,
    tranAmt: order.amount,
    payAccNo: order.payer.account,
    payAccNm: order.payer.name,
    recvAccNo: payee.account,
    recvAccNm: payee.name,
  };
  return listed(CODES.done, [row], { mctJnlNo: order.number });
}

function bids(books: Books, message: Message): Reply {
  const number = text(message, 'mctJnlNo');
  const exact = text(message, 'qryType') === '1';
  if (!exact && text(message, 'mainAccNo') !== books.main) return refused(CODES.wrongMain);
  const part = books.settings.fuzzyBids === 'part';
  const asked = (bid: GatewayOrder): boolean => {
    if (exact) return bid.number === number;
    const day = dayOf(bid.at);
    const inside = day >= text(message, 'startDate') && day <= text(message, 'endDate');
    return inside && (!part || bid.number.includes(number));
  };
  const rows = [...books.gateway.values()]
    .filter((bid) => bid.kind === 'bid' && bid.state === '01' && asked(bid))
    .map((bid): Row => {
      const payee = partyOf(books, bid.account);
      return {
        mctNo: MERCHANT,
        mctJnlNo: bid.number,
        tranDate: dayOf(bid.at),
        tranTime: clockTime(bid.at),
        payAccNo: bid.payer.account,
        payAccNm: bid.payer.name,
        recvAccNo: payee.account,
        recvAccNm: payee.name,
        tranAmt: bid.amount,
        abstract: bid.memo,
        retFlag: bid.returned > 0n ? '1' : '0',
        cryType: books.settings.currency,
        xtrvfg: 'N',
      };
    });
  return rows.length === 0 ? nothing(books) : listed(CODES.done, rows);
}

export const gatewayOrders: Family = {
  queries: {
    DLPGOSTT: ({ books }, message) => result(books, message),
    DLDPDQRY: ({ books }, message) => bids(books, message),
  },
};
