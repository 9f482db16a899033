/**
 * A payment from a company's own account, as banks that know nothing but such accounts have it: to an account
 * of this ledger, or out of it where there is none.
 */
import type { Row } from '../../src/protocol/message.ts';
import { fen } from '../ledger/money.ts';
import type { Entry } from '../ledger/shapes.ts';
import { moveInside, ORDINARY, partyOf, payOut } from './booking.ts';
import { CODES, type Code } from './codes.ts';
import { type Books, lacks, type Movement, type Taken, type When } from './movement.ts';

/** One payment, of its own or out of a batch, before anybody decided to book it. */
export interface Payment {
  readonly serial: string;
  readonly batch?: string;
  readonly transaction: string;
  readonly inquiry: string;
  readonly mode: Movement['mode'];
  readonly from: string;
  readonly to: { readonly account: string; readonly name: string; readonly bank: string };
  readonly amount: bigint;
  readonly memo: string;
  /** what answers and inquiries repeat of it */
  readonly repeats: Row;
  /** collected from the other party instead of paid to it */
  readonly collects?: boolean;
}

/** What the direct answer says of a payment that was taken, and of one that is booked already. */
export interface Answers {
  readonly taken?: (as: Taken) => Row;
  readonly booked?: (row: Entry) => Row;
}

/** Books it; answers the row on the company's account. */
function moved(books: Books, order: Payment, when: When): Entry | undefined {
  const { from, to, amount, memo } = order;
  if (order.collects === true) {
    const [row] = books.ledger.post({
      ...when,
      type: ORDINARY,
      memo,
      legs: [
        { account: from, amount, other: to },
        { account: books.outside, amount: -amount, other: partyOf(books, from) },
      ],
    });
    return row;
  }
  const known = books.ledger.account(to.account);
  if (known !== undefined && known.kind !== 'outside') {
    return moveInside(books, { from, to: to.account, amount, memo }, ORDINARY, when)[0];
  }
  return payOut(books, { from, to, amount, fee: fen(books.settings.payoutFee), memo }, when);
}

export function payment(books: Books, order: Payment, answers: Answers = {}): Movement {
  const check = (): Code | undefined => {
    if (order.amount <= 0n) return CODES.amount;
    const payer = books.ledger.account(order.from);
    if (payer?.kind !== 'company') return CODES.noPayer;
    const known = books.ledger.account(order.to.account);
    if (known === payer) return CODES.sameAccount;
    if (known !== undefined && known.state !== '0') return CODES.notNormal;
    if (order.collects === true) return undefined;
    return lacks(books.ledger, payer, order.amount + fen(books.settings.payoutFee));
  };
  const book = (when: When): Row => {
    const row = moved(books, order, when);
    return row === undefined ? {} : (answers.booked?.(row) ?? {});
  };
  const { serial, batch, transaction, inquiry, mode, from, memo, repeats } = order;
  return {
    ...{ serial, transaction, inquiry, mode, from, memo, repeats, type: '', check, book },
    ...(batch === undefined ? {} : { batch }),
    to: order.to.account,
    amount: order.amount,
    ...(answers.taken === undefined ? {} : { taken: answers.taken }),
  };
}
