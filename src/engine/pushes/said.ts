/** What the bank gets for its question, and what the instruction that answered it comes to. */
import type { BankPacket } from '../../bank/bank-packet.ts';
import { ERRORS, type ErrorCode } from '../../errors.ts';
import type { Event } from '../../instruction/event.ts';
import type { AskedRecord } from '../../pushes/asked.ts';
import type { Push } from '../../pushes/push.ts';
import { answerPacket } from '../../pushes/scope.ts';
import type { LinkContext } from '../context.ts';
import { asksOnly } from '../mandate.ts';
import { surroundingsOf } from './surroundings.ts';

export const packetFor = (
  ctx: LinkContext,
  push: Push,
  says: Parameters<typeof answerPacket>[2],
): Uint8Array => answerPacket(push, surroundingsOf(ctx), says);

/** A refusal where the bank has a form for it, else no answer. */
export function sayNo(ctx: LinkContext, push: Push, packets: readonly BankPacket[]): void {
  const canRefuse = push.spec.role === 'question' && push.spec.refused !== undefined;
  for (const packet of packets) {
    if (canRefuse) packet.answer(packetFor(ctx, push, { yes: false }));
    else packet.refuse();
  }
}

/** Nobody answered, or nobody could be asked. */
export function saySilence(ctx: LinkContext, push: Push, packets: readonly BankPacket[]): void {
  if (push.spec.role === 'question' && push.spec.unanswered === 'refuse') {
    sayNo(ctx, push, packets);
  } else for (const packet of packets) packet.refuse();
}

/** A yes to it may be money, and a journal that is missing may show another answer: it gets none (R3). */
export function refusedWhileAsking(ctx: LinkContext, push: Push, packet: BankPacket): boolean {
  if (push.spec.role !== 'question' || !asksOnly(ctx)) return false;
  const { link, log, metrics } = ctx;
  packet.refuse();
  metrics.turned(link.name, 'ask-only');
  log.warn('push-unanswered', { link: link.name, peer: packet.from, why: 'ask-only' });
  return true;
}

const done = (record: AskedRecord): Event => ({
  type: 'query-done',
  evidence: { says: 'succeeded', code: '', text: '' },
  data: { question: record.key, became: record.state },
});

export const refused = (code: ErrorCode, path: string): Event => ({
  type: 'query-done',
  evidence: {
    says: 'failed',
    reason: 'not-allowed',
    code,
    text: `${ERRORS[code].sentence}: ${path}`,
  },
});

/** The result of the instruction that answered: what was said to the bank, or that nothing was. */
export const outcomeOf = (record: AskedRecord): Event =>
  ['answered', 'declined', 'promised', 'reserved', 'shown'].includes(record.state)
    ? done(record)
    : refused('QUESTION_CLOSED', 'question');
