/** 6000 registers a member; 6055, 6066 bind an account to it and 6064, 6067 confirm that; 6065 unbinds. */
import type { Message } from '../../../src/protocol/message.ts';
import { CODES, type Code } from '../../bank/codes.ts';
import type { Family, Inside } from '../../bank/family.ts';
import type { Books } from '../../bank/movement.ts';
import { amount, type Reply, refused, text } from '../../bank/reply.ts';
import { dayOf } from '../../ledger/calendar.ts';
import { fen } from '../../ledger/money.ts';
import { type Binding, nextMember, type SiteMember } from '../books.ts';
import { SITE } from '../codes.ts';
import { memberByCode, memberOf } from './orders.ts';

export interface NewMember {
  readonly number?: string | undefined;
  readonly code: string;
  readonly name: string;
  readonly idType?: string;
  readonly idCode?: string;
}

/** Opens a sub-account; `waiting`: until the site has agreed. */
export function openMember(
  books: Books,
  given: NewMember,
  at: number,
  state: '0' | '1' = '0',
): SiteMember {
  const account = given.number ?? nextMember(books.ledger);
  books.ledger.open({ number: account, name: given.name, kind: 'site-member', at, state });
  const { code, idType = '', idCode = '' } = given;
  const member: SiteMember = { account, code, idType, idCode, bindings: [] };
  books.pingan.members.set(account, member);
  return member;
}

function register({ books }: Inside, message: Message, now: number): Reply {
  if (text(message, 'SupAcctId') !== books.pingan.supervised) return refused(SITE.supervised);
  if (text(message, 'FuncFlag') !== '1') return refused(SITE.flag);
  const code = text(message, 'ThirdCustId');
  const known = memberByCode(books, code);
  if (known !== undefined && books.settings.openingRepeated === 'refuse') {
    return refused(SITE.taken);
  }
  const name = text(message, 'NickName') || code;
  const { account } = known ?? openMember(books, { code, name }, now);
  return { code: CODES.done, values: { CustAcctId: account } };
}

/** The member of a request about its bindings, or why not. */
function asked(books: Books, message: Message): SiteMember | Code {
  if (text(message, 'SupAcctId') !== books.pingan.supervised) return SITE.supervised;
  return (
    memberOf(books, text(message, 'CustAcctId'), text(message, 'ThirdCustId')) ?? SITE.noMember
  );
}

const bind =
  (state: Binding['state']) =>
  ({ books }: Inside, message: Message): Reply => {
    const member = asked(books, message);
    if ('text' in member) return refused(member);
    const account = text(message, 'AcctId');
    const standing = member.bindings.find((one) => one.account === account);
    if (standing?.state === 'bound') return refused(SITE.exists);
    const binding: Binding = {
      account,
      name: text(message, 'CustName'),
      bankName: text(message, 'BankName'),
      bankCode: text(message, 'BankCode'),
      state,
    };
    member.bindings = [...member.bindings.filter((one) => one !== standing), binding];
    return { code: CODES.done, values: { Reserve: '' } };
  };

const confirm =
  (state: 'amount' | 'sms', right: (books: Books, message: Message) => boolean) =>
  ({ books }: Inside, message: Message, now: number): Reply => {
    const member = asked(books, message);
    if ('text' in member) return refused(member);
    const account = text(message, 'AcctId');
    const binding = member.bindings.find((one) => one.account === account && one.state === state);
    if (binding === undefined) return refused(SITE.noRecord);
    if (!right(books, message)) return refused(SITE.wrongCheck);
    binding.state = 'bound';
    return numbered(now);
  };

function unbind({ books }: Inside, message: Message, now: number): Reply {
  const member = asked(books, message);
  if ('text' in member) return refused(member);
  const account = text(message, 'AcctId');
  if (!member.bindings.some((one) => one.account === account)) return refused(SITE.noRecord);
  member.bindings = member.bindings.filter((one) => one.account !== account);
  return numbered(now);
}

const numbered = (now: number): Reply => ({
  code: CODES.done,
  values: { FrontLogNo: `${dayOf(now).slice(2)}80000010` },
});

export const jzbMembers: Family = {
  maintenance: {
    '6000': register,
    '6055': bind('amount'),
    '6066': bind('sms'),
    '6064': confirm(
      'amount',
      ({ settings }, message) => amount(message, 'TranAmount') === fen(settings.smallAmount),
    ),
    '6067': confirm(
      'sms',
      ({ settings }, message) => text(message, 'MessageCode') === settings.smsCode,
    ),
    '6065': unbind,
  },
};
