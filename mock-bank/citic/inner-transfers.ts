/**
 * Plain movements between accounts of the sub-account system: DLSUBTRN from a member or the public interest
 * account, DLFNDINI from the initialisation account, DLGTYRTN from a member's deposit account to its trading
 * account, DLSGDSTR onto a deposit account or from it.
 */
import type { Message } from '../../src/protocol/message.ts';
import { misnamed, moveInside, ORDINARY } from '../bank/booking.ts';
import { CODES, type Code } from '../bank/codes.ts';
import type { Family } from '../bank/family.ts';
import { type Books, firstOf, isCode, lacks, type Movement, normal } from '../bank/movement.ts';
import { amount, memoOf, text } from '../bank/reply.ts';
import { DEPOSIT, termsOf } from '../bank/terms.ts';
import type { Account } from '../ledger/shapes.ts';

const INITIALISATION = '12';
/** 公共利息收费账户转账 */
const FROM_INTEREST = '21';

interface Plain {
  readonly transaction: string;
  readonly type?: string;
  readonly from: string;
  readonly to: string;
  readonly toName: string;
  readonly memo: string;
  /** asked for elsewhere than by DLCIDSTT */
  readonly inquiry?: string;
  readonly rowType: string;
  /** the payer, or why this account cannot pay this way */
  payer(account: Account | undefined): Account | Code;
  /** what else is wrong with the two */
  refusal?(payer: Account, payee: Account): Code | undefined;
}

const member = (account: Account | undefined): Account | Code => normal(account, CODES.noPayer);

function plain(books: Books, message: Message, given: Plain): Movement {
  const { from, inquiry, memo, to, transaction } = given;
  const order = {
    serial: text(message, 'clientID'),
    transaction,
    type: given.type ?? '',
    from,
    to,
    amount: amount(message, 'tranAmt'),
    memo,
    mode: books.settings.transferMode,
    ...(inquiry === undefined ? {} : { inquiry }),
  };
  const check = (): Code | undefined => {
    if (order.amount <= 0n) return CODES.amount;
    const payer = given.payer(books.ledger.account(from));
    if (isCode(payer)) return payer;
    const payee = normal(books.ledger.account(to), CODES.noPayee);
    if (isCode(payee)) return payee;
    return firstOf(
      from === to && CODES.sameAccount,
      misnamed(books, payee, given.toName),
      given.refusal?.(payer, payee),
      lacks(books.ledger, payer, order.amount),
    );
  };
  return {
    ...order,
    check,
    book: (when) => {
      moveInside(books, order, given.rowType, when);
      return {};
    },
  };
}

function ordinary(books: Books, message: Message): Movement {
  const from = text(message, 'payAccNo');
  const shared = from === books.interest;
  return plain(books, message, {
    transaction: 'DLSUBTRN',
    from,
    to: text(message, 'recvAccNo'),
    toName: text(message, 'recvAccNm'),
    memo: memoOf(message),
    rowType: shared ? FROM_INTEREST : ORDINARY,
    payer: (account) => (shared && account !== undefined ? account : member(account)),
  });
}

function initialisation(books: Books, message: Message): Movement {
  return plain(books, message, {
    transaction: 'DLFNDINI',
    from: text(message, 'accountNo'),
    to: text(message, 'subAccNo'),
    toName: text(message, 'subAccNm'),
    memo: memoOf(message),
    rowType: INITIALISATION,
    payer: (account) => (account?.kind === 'initialisation' ? account : CODES.noPayer),
  });
}

function depositReturn(books: Books, message: Message): Movement {
  return plain(books, message, {
    transaction: 'DLGTYRTN',
    from: text(message, 'payAccNo'),
    to: text(message, 'recvAccNo'),
    toName: text(message, 'recvAccNm'),
    memo: memoOf(message),
    rowType: ORDINARY,
    payer: member,
    refusal: (payer, payee) => {
      const [deposit, trading] = [termsOf(books, payer), termsOf(books, payee)];
      return firstOf(
        text(message, 'accountNo') !== books.main && CODES.wrongMain,
        (deposit.accType !== DEPOSIT || trading.accType !== '03') && CODES.accountType,
        deposit.holder !== trading.holder && CODES.otherMember,
      );
    },
  });
}

/** sgType 00 collects the buyer's deposit, 01 allocates it to the seller; no query knows it. */
function deposit(books: Books, message: Message): Movement {
  const type = text(message, 'sgType');
  const held = text(message, 'depoAcc');
  const collects = type === '00';
  return plain(books, message, {
    transaction: 'DLSGDSTR',
    type,
    from: collects ? text(message, 'payAcc') : held,
    to: collects ? held : text(message, 'rcvAcc'),
    toName: text(message, collects ? 'depoNm' : 'rcvNm'),
    memo: memoOf(message) || text(message, 'checkFlag'),
    inquiry: 'none',
    rowType: ORDINARY,
    payer: member,
    refusal: (payer, payee) => {
      const { accType } = termsOf(books, collects ? payee : payer);
      const known = collects || type === '01';
      return firstOf(!known && CODES.tranType, accType !== DEPOSIT && CODES.accountType);
    },
  });
}

export const innerTransfers: Family = {
  movements: {
    DLSUBTRN: ordinary,
    DLFNDINI: initialisation,
    DLGTYRTN: depositReturn,
    DLSGDSTR: deposit,
  },
};
