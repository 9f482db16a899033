/**
 * Interest of a member's account, simple: the balance of the moment × rate × whole days since the last
 * settlement (or the opening) / 360, cut to fen. DLIRTCAL tells it, DLIRTSTL pays it from the public
 * interest account. Tiers (calInterestFlag 2) are unknown and played like one rate.
 */
import type { Message } from '../../src/protocol/message.ts';
import { moveInside } from '../bank/booking.ts';
import { CODES, type Code } from '../bank/codes.ts';
import type { Family } from '../bank/family.ts';
import { type Books, isCode, type Movement, normal, type When } from '../bank/movement.ts';
import { type Reply, refused, text } from '../bank/reply.ts';
import { termsOf } from '../bank/terms.ts';
import type { Account } from '../ledger/shapes.ts';
import { nothing } from './rows.ts';

/** 利息分配 */
const INTEREST = '13';
const dayMs = 86_400_000;
const daysOfYear = 360n;
/** interestRate is decimal(9,7) */
const rateScale = 10_000_000n;

function due(books: Books, account: Account, at: number): bigint {
  const { interestFrom, parameters } = termsOf(books, account);
  const { calInterestFlag, interestRate } = parameters;
  const bears = calInterestFlag === '1' || calInterestFlag === '2';
  if (!bears || typeof interestRate !== 'bigint' || account.balance <= 0n) return 0n;
  const days = BigInt(Math.max(0, Math.floor((at - interestFrom) / dayMs)));
  const unit = books.settings.interestRateUnit === 'percent' ? 100n : 1n;
  return (account.balance * interestRate * days) / (daysOfYear * rateScale * unit);
}

function trial(books: Books, message: Message, now: number): Reply {
  if (text(message, 'mainAccNo') !== books.main) return refused(CODES.wrongMain);
  const account = normal(books.ledger.account(text(message, 'subAccNo')), CODES.noAccount);
  if (isCode(account)) return refused(account);
  const inrtAmt = due(books, account, now);
  if (inrtAmt === 0n && books.settings.noInterest === 'refuse') return nothing(books);
  const values = { subAccNo: account.number, subAccNm: account.name, inrtAmt };
  return { code: CODES.done, values };
}

function settled(books: Books, message: Message, now: number): Movement {
  const to = text(message, 'subAccNo');
  const found = (): Account | Code => normal(books.ledger.account(to), CODES.noPayee);
  const reckoned = (at: number): bigint => {
    const account = found();
    return isCode(account) ? 0n : due(books, account, at);
  };
  // the request names none: what is due now, and in the end what was paid
  let amount = reckoned(now);
  // nor a text: the account is the obligation
  const memo = `结息 ${to}`;
  const from = books.interest;
  const book = (when: When) => {
    amount = reckoned(when.at);
    if (amount > 0n) moveInside(books, { from, to, amount, memo }, INTEREST, when);
    const account = books.ledger.account(to);
    if (account !== undefined) termsOf(books, account).interestFrom = when.at;
    return { subAccNo: to, subAccNm: account?.name ?? '', inteRest: amount };
  };
  const check = (): Code | undefined => {
    if (text(message, 'mainAccNo') !== books.main) return CODES.wrongMain;
    const account = found();
    if (isCode(account)) return account;
    const refuses = books.settings.noInterest === 'refuse';
    return refuses && amount === 0n ? CODES.noInterest : undefined;
  };
  return {
    serial: text(message, 'clientID'),
    transaction: 'DLIRTSTL',
    type: '',
    from,
    to,
    get amount() {
      return amount;
    },
    memo,
    mode: books.settings.transferMode,
    check,
    book,
  };
}

export const interest: Family = {
  movements: { DLIRTSTL: settled },
  queries: { DLIRTCAL: ({ books }, message, now) => trial(books, message, now) },
};
