/** What the orders of a trading site's members share, whichever of the two products they come by. */
import type { Message, Row, Values } from '../../../src/protocol/message.ts';
import { CODES, type Code } from '../../bank/codes.ts';
import { type Books, lacks, type Movement, type Taken } from '../../bank/movement.ts';
import type { Order, Orders } from '../../bank/orders.ts';
import { amount, headText, text } from '../../bank/reply.ts';
import type { Account } from '../../ledger/shapes.ts';
import type { SiteMember } from '../books.ts';
import { SITE } from '../codes.ts';
import { orderNumber } from '../numbers.ts';

/** The member of a sub-account; it must be called by its own code where the request says one. */
export function memberOf(books: Books, number: string, code: string): SiteMember | undefined {
  const member = books.pingan.members.get(number);
  return member !== undefined && (code === '' || member.code === code) ? member : undefined;
}

export const memberByCode = (books: Books, code: string): SiteMember | undefined =>
  [...books.pingan.members.values()].find((member) => member.code === code);

export const codeOfMember = (books: Books, number: string): string =>
  books.pingan.members.get(number)?.code ?? '';

/** An account of the site: a member's, or one of the function accounts. */
export const isSite = (account: Account | undefined): account is Account =>
  account?.kind === 'site-member' || account?.kind === 'function';

/** The reasons every order of money has in common. */
export function common(
  books: Books,
  message: Message,
  payer: { number: string; code: string; takes: bigint },
): Code | undefined {
  if (text(message, 'SupAcctId') !== books.pingan.supervised) return SITE.supervised;
  if (amount(message, 'TranAmount') <= 0n) return CODES.amount;
  const member = memberOf(books, payer.number, payer.code);
  const account = books.ledger.account(payer.number);
  if (member === undefined || account === undefined) return SITE.noMember;
  if (account.state !== '0') return SITE.notOpened;
  return payer.takes === 0n ? undefined : lacks(books.ledger, account, payer.takes);
}

/** Before it is signed in, a trading site neither pays in nor out (setting `signIn`). */
export function notSignedIn(books: Books, day: string): Code | undefined {
  const { session } = books.pingan;
  const open = session?.signedIn === true && session.day === day;
  return open || books.settings.signIn === 'not-needed' ? undefined : SITE.notSignedIn;
}

/** What 6014 files an order under: clearing and withdrawals, or payments between members. */
export type Group = '1' | '2';

export interface SiteOrder {
  readonly transaction: string;
  readonly inquiry: '1325' | '6014' | 'none';
  readonly group?: Group;
  readonly type: string;
  readonly mode: Movement['mode'];
  readonly from: string;
  readonly to: string;
  readonly check: Movement['check'];
  readonly book: (when: Parameters<Movement['book']>[0], memo: string) => void;
  /** what the direct answer says beside FrontLogNo */
  readonly says?: Row;
}

/** Where a request has a place for the ledger's reference: the remark, the order, the reserved field. */
export const siteMemo = (message: Message): string =>
  ['Note', 'ThirdHtId', 'Reserve']
    .map((name) => text(message, name))
    .filter((value) => value !== '')
    .join(' ');

/** The serial of an order is the number in its business head, and its memo what siteMemo finds. */
export function siteOrder(message: Message, order: SiteOrder): Movement {
  const { transaction, inquiry, group, type, mode, from, to, check, says } = order;
  const memo = siteMemo(message);
  return {
    ...{ transaction, inquiry, type, mode, from, to, check, memo },
    serial: headText(message, 'thirdLogNo'),
    amount: amount(message, 'TranAmount'),
    repeats: group === undefined ? {} : { group },
    taken: (as: Taken): Values => ({ ...says, FrontLogNo: orderNumber(as) }),
    book: (when) => {
      order.book(when, memo);
      return {};
    },
  };
}

/** TranStatus: 0 booked, 1 failed, else what the settings say of an order on its way. */
export function tranStatus(order: Order, onItsWay: string): string {
  if (order.state === 'booked') return '0';
  return ['failed', 'refused', 'withdrawn'].includes(order.state) ? '1' : onItsWay;
}

export const lastOrder = (orders: Orders, serial: string, inquiry: string): Order | undefined =>
  serial === '' ? undefined : orders.last(serial, '', inquiry);
