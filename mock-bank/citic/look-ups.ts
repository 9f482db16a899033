/** Look-ups in this bank's invented directory, and the check of an account's name. */
import type { Message } from '../../src/protocol/message.ts';
import { CODES } from '../bank/codes.ts';
import type { Family } from '../bank/family.ts';
import type { Books } from '../bank/movement.ts';
import { listed, type Reply, refused, text } from '../bank/reply.ts';
import { dayOf } from '../ledger/calendar.ts';
import { BANKS, isWorkDay, MEMBERS, type OtherBank, personNamed } from './directory.ts';
import { nothing } from './rows.ts';

const dayMs = 86_400_000;

type Match = (asked: string, value: string) => boolean;
const inPart: Match = (asked, value) => value.includes(asked);
const bySetting = ({ settings }: Books): Match =>
  settings.bankMatch === 'part' ? inPart : (asked, value) => asked === '' || asked === value;

const found = (books: Books, banks: readonly OtherBank[]): Reply =>
  banks.length === 0
    ? nothing(books)
    : listed(
        CODES.done,
        banks.map(({ name, number }) => ({ tgname: name, tgfi: number })),
      );

function banks(books: Books, message: Message): Reply {
  const [tgfi, tgname] = [text(message, 'tgfi'), text(message, 'tgname')];
  if (tgfi === '' && tgname === '') return refused(CODES.bankSearch);
  const match = bySetting(books);
  const of = BANKS.filter(
    ({ name, number, bank, province, city }) =>
      match(tgname, name) &&
      match(tgfi, number) &&
      match(text(message, 'bankName'), bank) &&
      match(text(message, 'provinceName'), province) &&
      match(text(message, 'cityName'), city),
  );
  return found(books, of);
}

function nightBanks(books: Books, message: Message): Reply {
  const [tgfi, tgname] = [text(message, 'tgfi'), text(message, 'tgname')];
  if (tgfi === '' && tgname === '' && books.settings.emptyBankSearch === 'none') {
    return nothing(books);
  }
  const match = bySetting(books);
  const of = BANKS.filter(
    ({ name, number, night }) => night && inPart(tgname, name) && match(tgfi, number),
  );
  return found(books, of);
}

function workDays(books: Books, now: number): Reply {
  const days = Array.from({ length: books.settings.calendarDays }, (_, index) =>
    dayOf(now + index * dayMs),
  );
  const rows = days.map((date) => ({ date, workFlag: isWorkDay(date) ? 'W' : 'N' }));
  return listed(CODES.done, rows);
}

/** Accounts of the ledger belong to companies. */
function nameCheck(books: Books, message: Message): Reply {
  const number = text(message, 'accountNo');
  const account = books.ledger.account(number);
  const company = account?.kind === 'outside' ? undefined : account?.name;
  const name = company ?? personNamed(number);
  if (name === undefined && books.settings.unknownChecked === 'refuse') {
    return refused(CODES.noAccount);
  }
  const type = company === undefined ? '1' : '0';
  const wrongType = text(message, 'accountType') === type ? '0' : '2';
  const flag = name === text(message, 'accountName') ? wrongType : '1';
  return { code: CODES.done, values: { flag } };
}

export const lookUps: Family = {
  queries: {
    DLBNKCOD: ({ books }, message) => banks(books, message),
    DLTGIQRY: ({ books }, message) => nightBanks(books, message),
    DLWRKDAY: ({ books }, _message, now) => workDays(books, now),
    DLACCCHK: ({ books }, message) => nameCheck(books, message),
    DLOBKQRY: () =>
      listed(
        CODES.done,
        MEMBERS.map(({ name, number }) => ({ branchName: name, branchNo: number })),
      ),
  },
};
