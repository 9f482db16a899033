/** What the expressions of a spec may look up about an accepted instruction. */
import type { Held } from '../../instruction/intent.ts';
import { plan } from '../../protocol/operation.ts';
import { type LinkContext, operationOf, settingsOf } from '../context.ts';
import type { Sent } from './sent.ts';

export function scopeOf(ctx: LinkContext, held: Held): Record<string, unknown> {
  const { intent } = held;
  const prefix =
    ctx.spec.protocol.account === undefined
      ? ''
      : settingsOf(ctx.spec, ctx.link.settings)[ctx.spec.protocol.account.prefix];
  return {
    body: intent.envelope.body,
    link: settingsOf(ctx.spec, ctx.link.settings),
    serial: intent.serial ?? '',
    'serial.tail': (intent.serial ?? '').slice((prefix ?? '').length),
    transaction: intent.transaction,
    day: intent.day,
    memo: memoOf(ctx, held),
    member: intent.member,
    other: intent.other,
    answer: held.life.answer ?? {},
  };
}

/**
 * The same, with the request it asks about by the bank's own names, and `sent` of the packet that carried it:
 * what an inquiry says and looks for.
 */
export function inquiryScopeOf(
  ctx: LinkContext,
  held: Held,
  sent: Sent = {},
): Record<string, unknown> {
  const scope = scopeOf(ctx, held);
  const operation = operationOf(ctx, held.intent);
  const request = operation === undefined ? held.intent.envelope.body : plan(operation, scope);
  return { ...scope, request, sent };
}

/** The ledger's own reference first, where the link says so: it is what a person searches for. */
function memoOf(ctx: LinkContext, held: Held): string {
  const { body, businessRef } = held.intent.envelope;
  const memo = typeof body.memo === 'string' ? body.memo : '';
  if (!ctx.link.businessRefInMemo || businessRef === undefined) return memo;
  return memo === '' ? businessRef : `${businessRef} ${memo}`;
}
