/** 1330: the trading site signs in (签到) for a business day, and out (签退). */
import type { Message } from '../../../src/protocol/message.ts';
import { CODES, type Code } from '../../bank/codes.ts';
import type { Family, Inside } from '../../bank/family.ts';
import type { Books } from '../../bank/movement.ts';
import { type Reply, refused, text } from '../../bank/reply.ts';
import { dayOf } from '../../ledger/calendar.ts';
import { SITE } from '../codes.ts';

function fault(
  { pingan, settings }: Books,
  flag: string,
  day: string,
  today: string,
): Code | undefined {
  if (day !== today) return SITE.otherDay;
  const { session } = pingan;
  const now = session?.day === today ? session : undefined;
  if (flag === '1') {
    if (now?.signedIn === true) return SITE.signedIn;
    return now !== undefined && settings.signInAgain === 'ERR101' ? CLEARED : undefined;
  }
  if (flag !== '2') return SITE.flag;
  if (now === undefined) return SITE.notSignedIn;
  return now.signedIn ? undefined : SITE.signedOut;
}

const CLEARED: Code = { code: 'ERR101', text: '清算之后不允许再签到' };

function sign({ books }: Inside, message: Message, now: number): Reply {
  const flag = text(message, 'FuncFlag');
  const today = dayOf(now);
  const reason = fault(books, flag, text(message, 'TxDate'), today);
  if (reason !== undefined) return refused(reason);
  books.pingan.session = { day: today, signedIn: flag === '1' };
  const FrontLogNo = `${today.slice(2)}8000000${flag}`;
  return { code: CODES.done, values: { FrontLogNo } };
}

export const session: Family = { maintenance: { '1330': sign } };
