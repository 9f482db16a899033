/** One money order as its transaction reads it from the request, before anybody decided to book it. */
import type { Row, Values } from '../../src/protocol/message.ts';
import type { GatewayOrder } from '../citic/gateway-orders.ts';
import { type Ledger, SUB_KINDS } from '../ledger/ledger.ts';
import type { Account } from '../ledger/shapes.ts';
import type { PinganBooks } from '../pingan/books.ts';
import { CODES, type Code } from './codes.ts';
import type { Reply } from './reply.ts';
import type { Settings } from './settings.ts';
import type { Terms } from './terms.ts';

/** What every transaction may look at. */
export interface Books {
  readonly ledger: Ledger;
  readonly main: string;
  /** another main account of the same group (集团) */
  readonly group: string;
  readonly interest: string;
  readonly initialisation: string;
  /** leading digits of every member's number (附属账号前缀) */
  readonly memberPrefix: string;
  readonly adjustment: string;
  readonly outside: string;
  /** the merchant's settlement account (商户结算账户) at this bank */
  readonly settlement: string;
  /** where bid deposits (投标保证金) lie */
  readonly bids: string;
  /** what Ping An's dialects keep beside the ledger */
  readonly pingan: PinganBooks;
  readonly terms: Map<string, Terms>;
  /** orders of the payment gateway by their numbers */
  readonly gateway: Map<string, GatewayOrder>;
  settings: Settings;
}

export interface When {
  readonly at: number;
  readonly visibleAt: number;
}

export interface Movement {
  readonly serial: string;
  readonly transaction: string;
  /** e.g. BF, BR: what the transaction itself distinguishes */
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
  readonly memo: string;
  /**
   * booked before the answer, after settleMs (`accept`: answered AAAAAAA all the same), at an appointed time,
   * or by a reviewer (null: when the control API says so)
   */
  readonly mode:
    | 'now'
    | 'settle'
    | 'accept'
    | { readonly at: number }
    | { readonly reviewMs: number | null };
  /** which inquiry knows it, when it is not DLCIDSTT; `none`: no inquiry does */
  readonly inquiry?: string;
  /** the serial of the order of many payments that it is one of */
  readonly batch?: string;
  /** what its own inquiry repeats of it */
  readonly repeats?: Row;
  /** the order of the payment gateway whose money it gives back */
  readonly refundOf?: string;
  /** asked at the door and again when it is booked */
  check(): Code | undefined;
  /** what the direct answer says beside its code as soon as the order was taken, booked or not */
  taken?(as: Taken): Values;
  /** moves the money; answers further fields of the direct answer */
  book(when: When): Values;
}

/** An order as the bank took it. */
export interface Taken {
  readonly at: number;
  /** counts every order of this bank */
  readonly number: number;
}

/** One order of many payments, each of which is booked or fails by itself. */
export interface Batch {
  /** of the whole order; its payments have serials of their own */
  readonly serial: string;
  /** why none of it can be taken */
  readonly fault: Code | undefined;
  /** submitted, and settled later */
  readonly later: boolean;
  readonly items: readonly Movement[];
  /** what the direct answer says, once each payment was taken */
  taken(items: readonly { movement: Movement; reply: Reply }[]): Values;
}

/** A member account that may be debited or credited, or the reason why not. */
export function normal(account: Account | undefined, missing: Code): Account | Code {
  if (account === undefined || account.kind !== 'member') return missing;
  return account.state === '0' ? account : CODES.notNormal;
}

/** A main account (实体账户) of the group, whose rows stand in the statement of main accounts. */
export const isEntity = (
  account: Account | undefined,
): account is Account & { kind: 'main' | 'group' } =>
  account?.kind === 'main' || account?.kind === 'group';

/** An account of the sub-account system: a member's, or one of the public ones. */
export const isSub = (account: Account | undefined): account is Account =>
  account !== undefined && SUB_KINDS.includes(account.kind);

export const isCode = (value: object): value is Code => 'code' in value && 'text' in value;

/** The first reason that is one. */
export function firstOf(...reasons: (Code | undefined | false)[]): Code | undefined {
  for (const reason of reasons) if (reason !== undefined && reason !== false) return reason;
  return undefined;
}

/** The reason why `amount` cannot leave the account, if there is one. */
export function lacks(ledger: Ledger, account: Account, amount: bigint): Code | undefined {
  return ledger.available(account) < amount ? CODES.insufficient : undefined;
}
