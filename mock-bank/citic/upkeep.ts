/**
 * Changes of a member's account that carry no serial: DLSBAMAN its name and parameters, DLOLCACC closes it
 * when it is empty. By settings they wait for a reviewer; until then DLSASQRY shows nothing of them.
 */
import type { Message } from '../../src/protocol/message.ts';
import { CODES } from '../bank/codes.ts';
import type { Family, Inside } from '../bank/family.ts';
import { isCode, normal } from '../bank/movement.ts';
import { type Reply, refused, text } from '../bank/reply.ts';
import { repeated, termsOf } from '../bank/terms.ts';
import type { Account } from '../ledger/shapes.ts';

export interface Change {
  readonly account: string;
  readonly kind: 'parameters' | 'closing';
  /** what the reviewer's approval does */
  readonly apply: () => void;
  waiting: boolean;
}

/** The reviewer decides about a change; false if none of this account waits. */
export function decideChange(changes: readonly Change[], account: string, approved: boolean) {
  const waits = changes.find((change) => change.waiting && change.account === account);
  if (waits === undefined) return false;
  waits.waiting = false;
  if (approved) waits.apply();
  return true;
}

/** Does it now, later, or when somebody says so. */
function reviewed(
  { agenda, changes }: Inside,
  change: Omit<Change, 'waiting'>,
  reviewMs: number | null,
  now: number,
): boolean {
  if (reviewMs === 0) {
    change.apply();
    return true;
  }
  const waiting: Change = { ...change, waiting: true };
  changes.push(waiting);
  if (reviewMs !== null) {
    agenda.add(now + reviewMs, () => {
      if (waiting.waiting) waiting.apply();
      waiting.waiting = false;
    });
  }
  return false;
}

function manage(inside: Inside, message: Message, now: number): Reply {
  const { books } = inside;
  if (text(message, 'mainAccNo') !== books.main) return refused(CODES.wrongMain);
  const account = normal(books.ledger.account(text(message, 'subAccNo')), CODES.noAccount);
  if (isCode(account)) return refused(account);
  const apply = (): void => {
    account.name = text(message, 'subAccNm') || account.name;
    Object.assign(termsOf(books, account).parameters, repeated(message.fields));
  };
  const change = { account: account.number, kind: 'parameters', apply } as const;
  const done = reviewed(inside, change, books.settings.changeReviewMs, now);
  return { code: done ? CODES.done : CODES.review };
}

const isEmpty = ({ balance, frozen }: Account): boolean => balance === 0n && frozen === 0n;

function close(inside: Inside, message: Message, now: number): Reply {
  const { books } = inside;
  if (text(message, 'mainAccNo') !== books.main) return refused(CODES.wrongMain);
  const account = normal(books.ledger.account(text(message, 'subAccNo')), CODES.noAccount);
  if (isCode(account)) return refused(account);
  if (!isEmpty(account)) return refused(CODES.notEmpty);
  const apply = (): void => {
    // money that came meanwhile keeps it open
    if (account.state === '0' && isEmpty(account)) account.state = '2';
  };
  const change = { account: account.number, kind: 'closing', apply } as const;
  const done = reviewed(inside, change, books.settings.closingReviewMs, now);
  const values = { subAccNo: account.number, subAccNm: account.name };
  return { code: done ? CODES.done : CODES.review, values };
}

export const upkeep: Family = { maintenance: { DLSBAMAN: manage, DLOLCACC: close } };
