/** What ledgers are told of what the bank sent by itself, as outbox entries. Decides nothing. */
import type { BankNotice, BankNoticeType, Question } from '../../instruction/pushed.ts';
import type { Push } from '../../pushes/push.ts';
import { noticeStem, questionStem } from '../../queue/names.ts';
import type { OutEntry } from '../../store/shapes.ts';
import type { LinkContext } from '../context.ts';
import type { Outgoing } from '../telling/telling.ts';

/**
 * Under this the journal keeps notices of what the bank sent, where those of entries have an account: no
 * account is called so.
 */
export const PUSHES = 'push:';

/** What a message is about, whether the push is at hand or only what was kept of it. */
export interface Told {
  readonly key: string;
  readonly code: string;
  readonly day: string;
  readonly digest: string;
  readonly data: Readonly<Record<string, string>>;
}

interface More {
  readonly confirmedBy: BankNotice['confirmedBy'];
  readonly entry?: string | undefined;
  readonly question?: string | undefined;
}

const head = (ctx: LinkContext, { code, data, day, key }: Told) => ({
  v: 1 as const,
  link: ctx.link.name,
  key,
  transaction: code,
  day,
  data,
  at: new Date(ctx.clock.now().wall).toISOString(),
});

/** Names one message of a push in the journal: a push may lead to several. */
export const messageKey = (key: string, type: BankNoticeType): string => `${key}/${type}`;

export function noticeFor(
  ctx: LinkContext,
  source: string,
  type: BankNoticeType,
  told: Told,
  { confirmedBy, entry, question }: More,
): OutEntry {
  const message: Omit<BankNotice, 'version'> = {
    ...head(ctx, told),
    type,
    confirmedBy,
    ...(entry === undefined ? {} : { entry }),
    ...(question === undefined ? {} : { question }),
  };
  const key = messageKey(told.key, type);
  const { day, digest } = told;
  const outgoing: Outgoing = {
    message: { ...message },
    notice: { id: key, source, account: PUSHES, day, key, digest },
  };
  const stem = noticeStem(ctx.link.name);
  return { queue: 'notices', source, stem, body: JSON.stringify(outgoing) };
}

export function questionFor(
  ctx: LinkContext,
  source: string,
  told: Told,
  asks: Question['asks'],
  answerBy: number,
): OutEntry {
  const message: Omit<Question, 'version'> = {
    ...head(ctx, told),
    type: 'question',
    asks,
    answerBy: new Date(answerBy).toISOString(),
  };
  const body = JSON.stringify({ message: { ...message } } satisfies Outgoing);
  return { queue: 'questions', source, stem: questionStem(ctx.link.name), body };
}

export const toldOf = (push: Push, data: Readonly<Record<string, string>>): Told => ({
  key: push.key,
  code: push.code,
  day: push.day,
  digest: push.digest,
  data,
});
