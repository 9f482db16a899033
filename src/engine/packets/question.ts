/**
 * One question to the bank that changes nothing: a permit, a connection, one request, one answer. Orders
 * go another way (sender.ts): a question that failed may simply be asked again.
 */
import type { Connection } from '../../bank/line.ts';
import type { Lane } from '../../bank/traffic.ts';
import type { LinkContext } from '../context.ts';

export interface Question {
  readonly lane: Exclude<Lane, 'movement'>;
  readonly transaction: string;
  readonly request: Uint8Array;
  readonly signal: AbortSignal;
}

async function exchanged(
  ctx: LinkContext,
  { lane, transaction, request, signal }: Question,
  keep: boolean,
): Promise<{ body: Uint8Array; connection: Connection } | undefined> {
  const { clock, line, link, log, metrics, traffic } = ctx;
  const permit = await traffic.permit(lane, signal);
  let connection: Connection;
  try {
    connection = await line.connect(keep ? 'query' : 'order');
  } catch (error) {
    permit.unused();
    log.warn('not-asked', { link: link.name, transaction, error });
    return undefined;
  }
  try {
    const at = clock.mono();
    const ended = await connection.send(request, { keep }).ended;
    if (ended.type === 'answer') {
      metrics.bankTime(link.name, transaction, clock.mono() - at);
      return { body: ended.body, connection };
    }
    connection.close();
    return undefined;
  } finally {
    permit.done();
  }
}

/** On a connection of its own. Undefined: it could not be asked, or was not answered. */
export async function ask(ctx: LinkContext, question: Question): Promise<Uint8Array | undefined> {
  const answered = await exchanged(ctx, question, false);
  answered?.connection.close();
  return answered?.body;
}

/**
 * On a connection that may carry more questions. The caller looks whether the answer names what was asked,
 * and says `keep()` or `close()`: without that check an answer sent twice would pass for the next one (R7).
 */
export const askOnKept = (ctx: LinkContext, question: Question) => exchanged(ctx, question, true);
