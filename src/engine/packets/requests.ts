/** From an accepted instruction to the exact bytes of its request, and of the inquiry about it. */
import type { Numbered } from '../../bank/line.ts';
import { addDays, dayOf } from '../../instruction/day.ts';
import type { Freeze, Held } from '../../instruction/intent.ts';
import { encodeRequest } from '../../protocol/encode.ts';
import { evaluateAll } from '../../protocol/expression.ts';
import { headValues } from '../../protocol/framing/head-values.ts';
import type { Values } from '../../protocol/message.ts';
import { fillOwned, nativeValues, plan } from '../../protocol/operation.ts';
import type { Exprs } from '../../protocol/spec.ts';
import { type LinkContext, operationOf, settingsOf } from '../context.ts';
import { ofPacket } from './packet-scope.ts';
import { inquiryScopeOf, scopeOf } from './scope.ts';
import type { Sent } from './sent.ts';

/** Stands in for a freeze that is not complete yet when a request is only tried for size. */
export const PLACEHOLDER_FREEZE: Freeze = {
  id: 'trial',
  madeBy: 'trial',
  holder: '0'.repeat(19),
  amount: '0.01',
  returnTo: '0'.repeat(19),
  returnToName: '示例',
  number: '0'.repeat(22),
};

const owned = (ctx: LinkContext, scope: Record<string, unknown>) =>
  evaluateAll(ctx.spec.protocol.owned, scope) as Record<string, string>;

/** Which rows of a query's answer: the number of the first one and of the page, both from 1. */
export interface AskedPage {
  readonly start: number;
  readonly page: number;
  readonly size: number;
}

/** The fields that ask for a page, where the transaction has pages. */
function pagingOf(ctx: LinkContext, code: string, page: AskedPage | undefined): Values {
  const paging = ctx.spec.transactions.get(code)?.paging;
  if (page === undefined || paging === undefined) return {};
  const asked = (['start', 'page', 'size'] as const).flatMap((what): [string, string][] => {
    const field = paging[what];
    return field === undefined ? [] : [[field, String(page[what])]];
  });
  return Object.fromEntries(asked);
}

const numberOf = ({ day, number }: Numbered) => ({
  sequence: String(number),
  'sequence.day': day,
});

/**
 * The request of an order or a query, canonical and complete. Throws a coded error naming the field.
 * `numbered`: of an order at a bank that counts them; its packet carries the number and its day.
 */
export function requestFor(
  ctx: LinkContext,
  held: Held,
  freeze: Freeze | undefined,
  page?: AskedPage,
  numbered?: Numbered,
): Uint8Array {
  const { intent } = held;
  const scope = {
    ...scopeOf(ctx, held),
    ...(freeze === undefined ? {} : { freeze }),
    ...(numbered === undefined ? {} : numberOf(numbered)),
  };
  const operation = operationOf(ctx, intent);
  const values =
    operation === undefined
      ? nativeValues(ctx.spec, intent.transaction, intent.envelope.body)
      : plan(operation, scope);
  const paged = pagingOf(ctx, intent.transaction, page);
  const whole = { ...values, ...paged };
  return encoded(ctx, intent.transaction, whole, scope, intent.serial);
}

/** `serial`: that of the instruction this packet carries; none where it only asks. */
function encoded(
  ctx: LinkContext,
  code: string,
  values: Values,
  scope: Record<string, unknown>,
  serial = '',
): Uint8Array {
  const own = ofPacket(ctx, code, scope, serial);
  const whole = fillOwned(ctx.spec, code, values, owned(ctx, own));
  const head = headValues(ctx.spec, 'request', own);
  return encodeRequest(ctx.spec, code, whole, ctx.link.charset, head);
}

/** A query of ours about `held`: its inquiry, or the one that completes it. */
export function questionFor(
  ctx: LinkContext,
  held: Held,
  code: string,
  request: Exprs,
  sent: Sent = {},
): Uint8Array {
  const now = ctx.clock.now().wall;
  const scope = {
    ...inquiryScopeOf(ctx, held, sent),
    // a day either side: the bank's own date of an order near midnight is its business
    day: addDays(held.intent.day, -1),
    today: dayOf(now, ctx.link.zone),
  };
  return encoded(ctx, code, evaluateAll(request, scope), scope);
}

/** A query of ours that is about no instruction: a page of entries. */
export function pageFor(
  ctx: LinkContext,
  code: string,
  request: Exprs,
  page: Record<string, string>,
): Uint8Array {
  const scope = { link: settingsOf(ctx.spec, ctx.link.settings), ...page };
  return encoded(ctx, code, evaluateAll(request, scope), scope);
}
