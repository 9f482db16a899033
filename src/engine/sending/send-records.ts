/**
 * The records of a batch that is about to be written, made in the synchronous turn that appends them. Where
 * the bank counts our orders, each attempt gets its number here, in the order of the records, and its bytes
 * carry it: a number that a kill lost with its record was never written (R24).
 *
 *   [sequence: day, upTo]  send 1  send 2 …      one append, one fdatasync, then the writes
 */
import type { Numbered } from '../../bank/line.ts';
import type { Freeze, Held } from '../../instruction/intent.ts';
import type { NewRecord } from '../../journal/records.ts';
import { withholdBody, withholdRequest } from '../../protocol/secrets.ts';
import { type LinkContext, operationOf } from '../context.ts';
import { requestFor } from '../packets/requests.ts';
import type { Seat } from './follower.ts';

export interface Prepared {
  readonly held: Held;
  readonly freeze: Freeze | undefined;
  /** the packet; where orders are numbered it is made again with its number */
  readonly request: Uint8Array;
  readonly seat: Seat;
  readonly numbered: Numbered | undefined;
}

/** The records of `prepared` in their order, and the same orders with the bytes that are recorded. */
export function recorded(
  ctx: LinkContext,
  prepared: readonly Prepared[],
): { batch: readonly Prepared[]; records: NewRecord[] } {
  const { line, link, store } = ctx;
  const { numbers } = line;
  const base = { link: link.name, watermark: store.seen };
  if (numbers === undefined) {
    return { batch: prepared, records: prepared.map((one) => sendRecord(ctx, one)) };
  }
  const batch = prepared.map((one) => {
    const numbered = numbers.allot();
    return {
      ...one,
      numbered,
      request: requestFor(ctx, one.held, one.freeze, undefined, numbered),
    };
  });
  const reserved = numbers.reservation();
  const first: NewRecord[] =
    reserved === undefined ? [] : [{ kind: 'sequence', ...base, ...reserved }];
  return { batch, records: [...first, ...batch.map((one) => sendRecord(ctx, one))] };
}

/** Passwords, codes and signatures leave, and are not written down: of them the record has a keyed hash. */
function written(ctx: LinkContext, { held, request }: Prepared) {
  const { journal, link, spec } = ctx;
  const { intent } = held;
  const { envelope, transaction } = intent;
  const hash = (value: string) => journal.keyedHash(value);
  const packet = withholdRequest(spec, transaction, link.charset, request, hash);
  const body = withholdBody(spec, operationOf(ctx, intent), transaction, envelope.body, hash);
  const secrets = { ...packet.secrets, ...body.secrets };
  return {
    request: Buffer.from(packet.kept).toString('base64'),
    intent: { ...intent, envelope: { ...envelope, body: body.kept } },
    ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
  };
}

function sendRecord(ctx: LinkContext, prepared: Prepared): NewRecord {
  const { line, link, spec, store } = ctx;
  const { held, numbered } = prepared;
  const { attempt, epoch, intent } = held;
  return {
    kind: 'send',
    link: link.name,
    watermark: store.seen,
    id: intent.id,
    attempt,
    epoch,
    ...(intent.serial === undefined ? {} : { serial: intent.serial }),
    transaction: intent.transaction,
    peer: line.peer,
    spec: spec.digest,
    ...written(ctx, prepared),
    ...(numbered === undefined ? {} : { sequence: numbered }),
  };
}
