/** The accounts a bank begins with, and how tests name them without their numbers. */
import { YinqiError } from '../../src/errors.ts';
import { Ledger } from '../ledger/ledger.ts';
import { fen } from '../ledger/money.ts';
import type { AccountKind } from '../ledger/shapes.ts';
import { pinganBooks } from '../pingan/books.ts';
import { Bank } from './bank.ts';
import type { Settings } from './settings.ts';
import { BID_DEPOSIT, type Terms } from './terms.ts';

export interface Beginning {
  /** 主体账号, 19 digits */
  readonly mainAccount?: string | undefined;
  /** 附属账号前缀: the first 5 to 12 digits of every member's number */
  readonly memberPrefix?: string | undefined;
  /** yuan on the main account at the start */
  readonly mainBalance?: string | undefined;
  readonly settings: Settings;
  readonly at: number;
}

const outside = 'outside';

/** The merchant's settlement account at another bank, and what lies on the one at this bank. */
const otherSettlement = '6200000000000000005';
const settlementBalance = fen('100000.00');

/** 公共调账账户 and its like end in …90, …91, …92 behind the prefix, where no hash is likely to fall. */
const publicNumber = (prefix: string, last: string): string => prefix.padEnd(17, '0') + last;

function checked(value: string, pattern: RegExp, path: string): string {
  if (!pattern.test(value)) throw new YinqiError('CONFIG_INVALID', { path });
  return value;
}

export function beginning(given: Beginning): Bank {
  const { at, settings } = given;
  const main = checked(given.mainAccount ?? '8110700000000000001', /^\d{19}$/, 'mainAccount');
  const memberPrefix = checked(given.memberPrefix ?? '311070000000', /^\d{5,12}$/, 'memberPrefix');
  const balance = fen(
    checked(given.mainBalance ?? '1000000.00', /^\d{1,13}\.\d{2}$/, 'mainBalance'),
  );
  const group = (BigInt(main) + 1n).toString().slice(-19).padStart(19, '0');
  const interest = publicNumber(memberPrefix, '90');
  const adjustment = publicNumber(memberPrefix, '91');
  const initialisation = publicNumber(memberPrefix, '92');
  const settlement = (BigInt(main) + 4n).toString().slice(-19).padStart(19, '0');
  const own = publicNumber(memberPrefix, '93');
  const bids = publicNumber(memberPrefix, '94');
  const ledger = new Ledger();
  const add = (number: string, name: string, kind: AccountKind, full: boolean): void => {
    ledger.open({ number, name, kind, at, ...(full ? { overdraft: 'full' as const } : {}) });
  };
  add(outside, '行外', 'outside', true);
  add(main, '模拟主体账户', 'main', false);
  add(interest, '公共利息费用账户', 'interest', true);
  add(adjustment, '公共调账账户', 'adjustment', false);
  add(initialisation, '资金初始化账户', 'initialisation', true);
  add(group, '模拟成员单位账户', 'group', false);
  add(settlement, '商户结算账户', 'settlement', false);
  add(own, '商户自有附属账户', 'member', false);
  add(bids, '投标保证金账户', 'member', false);
  const begin = (account: string, name: string, amount: bigint): void => {
    if (amount === 0n) return;
    const legs = [
      { account, amount, other: { account: outside, name: '行外' } },
      { account: outside, amount: -amount, other: { account, name } },
    ];
    ledger.post({ at, type: '11', memo: '期初余额', legs });
  };
  begin(main, '模拟主体账户', balance);
  begin(settlement, '商户结算账户', settlementBalance);
  const agreed = { holder: '模拟商户', interestFrom: at };
  const bound = [settlement, otherSettlement];
  const terms = new Map<string, Terms>([
    [own, { ...agreed, accType: '03', parameters: {}, bound }],
    [bids, { ...agreed, accType: BID_DEPOSIT, parameters: {}, bound: [] }],
  ]);
  return new Bank({
    ledger,
    main,
    group,
    interest,
    adjustment,
    initialisation,
    outside,
    settlement,
    bids,
    pingan: pinganBooks(ledger, outside, at),
    terms,
    gateway: new Map(),
    memberPrefix,
    settings,
  });
}
