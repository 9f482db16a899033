/** The fields of what Ping An's 交易资金 says by itself, in the words of its transactions. */
import type { Values } from '../../src/protocol/message.ts';
import type { Books } from '../bank/movement.ts';
import type { Entry } from '../ledger/shapes.ts';
import type { Binding, SiteMember } from '../pingan/books.ts';

/** As the facts' samples have them; what the numbers mean is not stated. */
const NATURE = { AcctFlag: '3', TranType: '1' };
const SITE_NAME = '样例商城';

const nameOf = (books: Books, { account }: SiteMember): string =>
  books.ledger.account(account)?.name ?? '';

const bound = (binding: Binding): Values => ({
  ...NATURE,
  RelatedAcctId: binding.account,
  AcctName: binding.name,
  BankCode: binding.bankCode,
  BankName: binding.bankName,
});

const known = (books: Books, member: SiteMember): Values => ({
  SupAcctId: books.pingan.supervised,
  CustAcctId: member.account,
  CustName: nameOf(books, member),
  ThirdCustId: member.code,
  IdType: member.idType,
  IdCode: member.idCode,
});

/** 1310: money came in. */
export const deposit = (books: Books, entry: Entry, code: string): Values => ({
  SupAcctId: books.pingan.supervised,
  CustAcctId: entry.account,
  TranAmount: entry.amount,
  InAcctId: entry.other.account,
  InAcctIdName: entry.other.name,
  CcyCode: 'RMB',
  AcctDate: entry.date,
  Reserve: code,
});

/** 1301: a member was opened (1) or closed (3) at the counter. */
export const membership = (books: Books, member: SiteMember, FuncFlag: '1' | '3'): Values => ({
  ...known(books, member),
  ...{ FuncFlag, CustFlag: '1' },
  ...{ TotalAmount: '0', TotalBalance: '0', TotalFreezeAmount: '0' },
});

/** 1303: an account was bound (1), exchanged (2) or unbound (3). */
export const signing = (
  books: Books,
  member: SiteMember,
  binding: Binding,
  how: { FuncFlag: '1' | '2' | '3'; OldRelatedAcctId: string },
): Values => ({ ...known(books, member), ...bound(binding), ...how });

/** 1315: what follows an opening, and undoes it if it is refused. */
export const maintenance = (member: SiteMember, binding: Binding | undefined): Values => ({
  FuncFlag: '1',
  CustAcctId: member.account,
  ...(binding === undefined ? {} : bound(binding)),
  Reserve: member.code,
});

/** 1312: a member wants its money, at the bank. */
export const withdrawal = (
  books: Books,
  member: SiteMember,
  order: { to: Binding; amount: bigint; fee: bigint },
): Values => ({
  TranWebName: SITE_NAME,
  ThirdCustId: member.code,
  CustAcctId: member.account,
  CustName: nameOf(books, member),
  SupAcctId: books.pingan.supervised,
  OutAcctId: order.to.account,
  OutAcctIdName: order.to.name,
  CcyCode: 'RMB',
  TranAmount: order.amount,
  HandFee: order.fee,
});

/** 1019: what does the merchant think this member has? */
export const question = (books: Books, member: SiteMember): Values => ({
  SupAcctId: books.pingan.supervised,
  ThirdCustId: member.code,
  CustAcctId: member.account,
});
