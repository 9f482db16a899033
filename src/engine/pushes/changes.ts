/** What follows from a push, once it is known for the first time: records, messages, nothing else. No I/O. */
import type { Awaited } from '../../pushes/awaited.ts';
import { type Push, tellOf } from '../../pushes/push.ts';
import { evaluated, oneOf, type Surroundings } from '../../pushes/scope.ts';
import type { OutEntry, PushMark } from '../../store/shapes.ts';
import type { LinkContext } from '../context.ts';
import type { Awaiting } from './awaiting.ts';
import { noticeFor, questionFor, toldOf } from './messages.ts';
import type { Provisional } from './provisional.ts';
import type { QuestionDesk } from './question-desk.ts';
import { surroundingsOf } from './surroundings.ts';

export interface Desks {
  readonly awaiting: Awaiting;
  readonly provisional: Provisional;
  readonly questions: QuestionDesk;
  /** ledgers that get the notices of this link */
  readonly sources: readonly string[];
}

/** How the push is kept: the guard of its mark. */
export const guardOf = ({ code, day, digest, serial }: Push): PushMark['guard'] => ({
  part: 'push',
  name: day,
  field: `${code}/${serial}`,
  expect: '',
  value: digest,
});

/** What waits for the statement to show what the push spoke of. */
export function awaitedOf(push: Push, around: Surroundings, at: number): Awaited | undefined {
  if (push.spec.role === 'event' || push.spec.shownBy === undefined) return undefined;
  const { account, day, matches, sweep } = push.spec.shownBy;
  const of = account === undefined ? '' : oneOf(account, push, around);
  return {
    v: 1,
    what: push.spec.role === 'hint' ? 'hint' : 'reserved',
    key: push.key,
    code: push.code,
    number: push.number,
    sweep,
    ...(of === '' ? {} : { account: of }),
    day: oneOf(day, push, around) || push.day,
    matches: evaluated(matches, push, around),
    at,
  };
}

/** The mark of a push that was not known. Memory follows it: who calls this stores it, or loads all again. */
export function changesOf(ctx: LinkContext, desks: Desks, push: Push, at: number): PushMark {
  const around = surroundingsOf(ctx);
  const guard = guardOf(push);
  switch (push.spec.role) {
    case 'hint': {
      const record = awaitedOf(push, around, at);
      const writes =
        record === undefined ? [] : [{ part: 'awaited' as const, ...desks.awaiting.keep(record) }];
      const told = toldOf(push, evaluated(push.spec.data, push, around));
      // never a credit: that is the entry's to make (R14)
      const tells = ctx.link.publishPushes === 'provisional' ? desks.sources : [];
      const out = tells.map((source) =>
        noticeFor(ctx, source, 'expected', told, { confirmedBy: 'push' }),
      );
      return { guard, writes, out };
    }
    case 'event':
      return { guard, ...eventOf(ctx, desks, push, around, at) };
    case 'question': {
      const { asks, data } = push.spec;
      const source = ctx.link.questions;
      const told = toldOf(push, evaluated(data, push, around));
      const { code, day, digest, key } = push;
      const state = source === undefined ? ('lapsed' as const) : ('open' as const);
      const record = { v: 1 as const, key, code, day, digest, data: told.data, at, state };
      const write = desks.questions.remember({ ...record, source: source ?? '' });
      const by = at + ctx.link.questionWithinMs;
      const out = source === undefined ? [] : [questionFor(ctx, source, told, asks, by)];
      return { guard, writes: [write], out };
    }
  }
}

function eventOf(
  ctx: LinkContext,
  desks: Desks,
  push: Push,
  around: Surroundings,
  at: number,
): Pick<PushMark, 'writes' | 'out'> {
  const tell = tellOf(ctx.spec, push);
  const confirmed = desks.provisional.confirmedBy(push);
  const writes: PushMark['writes'][number][] = confirmed.map(({ key }) => ({
    part: 'provisional',
    field: key,
    value: '',
  }));
  const out: OutEntry[] = confirmed.flatMap(({ notice, told }) =>
    desks.sources.map((source) =>
      noticeFor(ctx, source, notice, told, { confirmedBy: 'second-push' }),
    ),
  );
  if (tell === undefined) return { writes, out };
  const told = toldOf(push, evaluated(tell.data, push, around));
  const { confirmedBy } = tell;
  if (confirmedBy !== undefined) {
    const value = push.request[confirmedBy.here] ?? '';
    const { there, transaction } = confirmedBy;
    const record = { v: 1 as const, notice: tell.notice, told, transaction, there, value, at };
    return { writes: [...writes, desks.provisional.keep(record)], out };
  }
  const notices = desks.sources.map((source) =>
    noticeFor(ctx, source, tell.notice, told, { confirmedBy: 'push' }),
  );
  return { writes, out: [...out, ...notices] };
}
