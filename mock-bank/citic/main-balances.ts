/** DLBALQRY: balances of main accounts, each with a code of its own. DLHBLQRY: balances day by day. */
import type { Message, Row } from '../../src/protocol/message.ts';
import { CODES } from '../bank/codes.ts';
import type { Family } from '../bank/family.ts';
import { type Books, isEntity } from '../bank/movement.ts';
import { listed, type Reply, refused, text } from '../bank/reply.ts';
import { OWN_BANK } from './directory.ts';
import { dailyBalances, nothing } from './rows.ts';

function balanceRow(books: Books, accountNo: string): Row | undefined {
  const account = books.ledger.account(accountNo);
  if (!isEntity(account)) {
    const { code: status, text: statusText } = CODES.noAccount;
    return books.settings.unknownAccount === 'row' ? { status, statusText, accountNo } : undefined;
  }
  return {
    status: CODES.done.code,
    statusText: CODES.done.text,
    accountNo,
    accountName: account.name,
    currencyID: books.settings.currency,
    openBankName: OWN_BANK,
    lastTranDate: books.ledger.entriesOf(accountNo).at(-1)?.date ?? '',
    usableBalance: books.ledger.available(account),
    balance: account.balance,
    forzenAmt: account.frozen,
  };
}

function balances(books: Books, message: Message): Reply {
  const asked = message.lists.userDataList ?? [];
  const rows = asked.map(({ accountNo }) => balanceRow(books, String(accountNo ?? '')));
  const found = rows.filter((row) => row !== undefined);
  if (found.length < rows.length && books.settings.unknownAccount === 'refuse') {
    return refused(CODES.noAccount);
  }
  return found.length === 0 ? nothing(books) : listed(CODES.done, found);
}

function history(books: Books, message: Message, now: number): Reply {
  const account = books.ledger.account(text(message, 'accountNo'));
  if (!isEntity(account)) return refused(CODES.wrongMain);
  const rows = dailyBalances(books, account, message, now);
  if (rows.length === 0) return nothing(books);
  return listed(CODES.done, rows, {
    accountNo: account.number,
    accountNm: account.name,
    mngNode: OWN_BANK,
    cryType: books.settings.currency,
  });
}

export const mainBalances: Family = {
  queries: {
    DLBALQRY: ({ books }, message) => balances(books, message),
    DLHBLQRY: ({ books }, message, now) => history(books, message, now),
  },
};
