/** Ping An 交易资金 (target 03) and 见证宝 (target 13): two heads, and fields that end with an ampersand. */
import type { Message } from '../../../src/protocol/message.ts';
import { Repertoire } from '../../bank/repertoire.ts';
import { text } from '../../bank/reply.ts';
import type { Dialect, Head } from '../../front/dialect.ts';
import { siteCode } from '../codes.ts';
import { jzbBalances, tradingBalances } from './balances.ts';
import { jzbCash, tradingCash } from './cash.ts';
import { details } from './details.ts';
import { flows } from './flows.ts';
import { jzbMembers } from './members.ts';
import { siteMemo } from './orders.ts';
import { jzbPayments } from './payments.ts';
import { session } from './session.ts';

const spoken = {
  /** the number that is asked about; else that of the packet, which is an order's serial */
  serialOf: (message: Message, head: Head) =>
    text(message, 'OrigThirdLogNo') || (head.thirdLogNo ?? ''),
  memoOf: siteMemo,
  codeOf: siteCode,
};

export const trading: Dialect = {
  ...spoken,
  repertoire: new Repertoire([flows, session, tradingBalances, tradingCash]),
};

export const jzb: Dialect = {
  ...spoken,
  repertoire: new Repertoire([details, jzbBalances, jzbCash, jzbMembers, jzbPayments]),
};
