/**
 * What this bank keeps beside the ledger for Ping An's dialects: the company's account of 银企直连, and one
 * trading site (交易网) whose members have sub-accounts (子账户) under one supervised account (监管账户).
 * The supervised account has no balance of its own: it is what lies on its sub-accounts.
 */
import type { Ledger } from '../ledger/ledger.ts';
import { fen } from '../ledger/money.ts';
import type { Account } from '../ledger/shapes.ts';

/** An account elsewhere that a member may pay from and be paid to (出入金账号). */
export interface Binding {
  readonly account: string;
  readonly name: string;
  readonly bankName: string;
  readonly bankCode: string;
  /** waiting: for the small amount (小额鉴权) or the code sent by SMS (短信) to be confirmed */
  state: 'bound' | 'amount' | 'sms';
}

export interface SiteMember {
  /** CustAcctId, the number of its account in the ledger */
  readonly account: string;
  /** ThirdCustId, the member's code on the trading site */
  readonly code: string;
  readonly idType: string;
  readonly idCode: string;
  bindings: Binding[];
}

/** How a deposit was told, so that a statement may name it as it was acknowledged. */
export interface Told {
  /** the bank's own serial (请求方系统流水号) of the notice */
  readonly serial: string;
  /** ThirdLogNo of the acknowledgement */
  acknowledged: string;
}

export interface PinganBooks {
  /** account of 银企直连, 14 digits */
  readonly company: string;
  /** SupAcctId, 监管账号 */
  readonly supervised: string;
  /** Qydm, 交易网代码 */
  readonly site: string;
  /** function account on which money lies that is nobody's yet (待清分) */
  readonly unplaced: string;
  /** function account of the platform itself: fees, and what members pay to it */
  readonly platform: string;
  /** by the number of the account */
  readonly members: Map<string, SiteMember>;
  /** sign-in (签到) of the trading site: the day it was last asked for, and whether it holds */
  session: { readonly day: string; readonly signedIn: boolean } | undefined;
  /** FrontLogNo of a deposit → how it was told */
  readonly told: Map<string, Told>;
}

const COMPANY = '15000000000101';
const UNPLACED = '888800000000901';
const PLATFORM = '888800000000902';
const COMPANY_BALANCE = fen('1000000.00');

export const COMPANY_NAME = '样例贸易有限公司';

export function pinganBooks(ledger: Ledger, outside: string, at: number): PinganBooks {
  const open = (number: string, name: string, kind: Account['kind']): Account =>
    ledger.open({ number, name, kind, at });
  open(COMPANY, COMPANY_NAME, 'company');
  open(UNPLACED, '待清分功能账户', 'function');
  open(PLATFORM, '平台功能账户', 'function');
  ledger.post({
    at,
    type: '11',
    memo: '期初余额',
    legs: [
      { account: COMPANY, amount: COMPANY_BALANCE, other: { account: outside, name: '行外' } },
      {
        account: outside,
        amount: -COMPANY_BALANCE,
        other: { account: COMPANY, name: COMPANY_NAME },
      },
    ],
  });
  return {
    company: COMPANY,
    supervised: '15000000000001',
    site: '9001',
    unplaced: UNPLACED,
    platform: PLATFORM,
    members: new Map(),
    session: undefined,
    told: new Map(),
  };
}

/** The next free number of a sub-account. */
export function nextMember(ledger: Ledger): string {
  for (let count = 1; ; count += 1) {
    const number = `8888${String(count).padStart(11, '0')}`;
    if (ledger.account(number) === undefined) return number;
  }
}
