/** One money order as its transaction reads it from the request, before anybody decided to book it. */
import type { Values } from '../../src/protocol/message.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Account } from '../ledger/shapes.ts';
import { CODES, type Code } from './codes.ts';
import type { Settings } from './settings.ts';

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
  /** booked before the answer, after settleMs, or at an appointed time */
  readonly mode: 'now' | 'settle' | { readonly at: number };
  /** asked at the door and again when it is booked */
  check(): Code | undefined;
  /** moves the money; answers further fields of the direct answer */
  book(when: When): Values;
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
