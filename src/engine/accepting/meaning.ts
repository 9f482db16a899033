/**
 * What an envelope asks for on this link: its operation or native transaction, checked against the spec,
 * the rights of the source and the records we keep. Throws a coded error that names the path.
 */
import type { SourceConfig } from '../../config.ts';
import { YinqiError } from '../../errors.ts';
import type { Envelope } from '../../instruction/envelope.ts';
import type { Held, Intent, Kind, Member } from '../../instruction/intent.ts';
import { bodyPathOf, checkBody } from '../../protocol/operation.ts';
import type { LinkContext } from '../context.ts';
import { type AskedPage, PLACEHOLDER_FREEZE, requestFor } from '../packets/requests.ts';
import { memberFor } from './members.ts';

export interface Meaning {
  operation: string;
  transaction: string;
  kind: Kind;
  serial: 'usual' | 'account' | 'none';
  member?: Member;
  other?: Member;
  /** the ledger's id of the freeze instruction this one uses */
  usesFreeze?: string;
}

const notAllowed = (path: string, detail: string) =>
  new YinqiError('NOT_ALLOWED', { path, detail });

function checkRights(ctx: LinkContext, source: SourceConfig, wanted: string): void {
  const rights = source.links[ctx.link.name];
  if (rights === undefined) throw notAllowed('', 'this source has no right to the link');
  if (!rights.operations.includes('*') && !rights.operations.includes(wanted)) {
    throw notAllowed('operation', 'this source may not order it');
  }
}

async function ofOperation(ctx: LinkContext, name: string, envelope: Envelope): Promise<Meaning> {
  const operation = ctx.spec.operations.get(name);
  if (operation === undefined) throw new YinqiError('OPERATION_UNKNOWN', { path: 'operation' });
  checkBody(operation, envelope.body, ctx.spec);
  if (operation.transaction === 'local') {
    return { operation: name, transaction: 'local', kind: 'local', serial: 'none' };
  }
  const member = await memberFor(ctx, operation, envelope.body);
  const transaction = ctx.spec.transactions.get(operation.transaction);
  if (transaction === undefined || transaction.kind === 'push') {
    throw new YinqiError('OPERATION_UNKNOWN', { path: 'operation' });
  }
  if (operation.freeze !== undefined && envelope.after !== undefined) {
    const detail = 'it waits for its freeze, and can wait for one thing only';
    throw new YinqiError('FIELD_MUST_BE_EMPTY', { path: 'after', detail });
  }
  const otherAccount =
    operation.other === undefined ? undefined : envelope.body[operation.other.by];
  const other = typeof otherAccount === 'string' ? await ctx.store.member(otherAccount) : undefined;
  const uses = operation.freeze === undefined ? undefined : envelope.body[operation.freeze.by];
  return {
    operation: name,
    transaction: transaction.code,
    kind: transaction.kind,
    serial: operation.serial,
    ...(member === undefined ? {} : { member }),
    ...(other === undefined ? {} : { other }),
    ...(typeof uses === 'string' ? { usesFreeze: uses } : {}),
  };
}

/** A call by the bank's own code: queries always, anything else only where the link lists the code. */
function ofTransaction(ctx: LinkContext, code: string): Meaning {
  const transaction = ctx.spec.transactions.get(code);
  if (transaction === undefined) throw new YinqiError('OPERATION_UNKNOWN', { path: 'transaction' });
  if (transaction.kind === 'push') throw notAllowed('transaction', 'only the bank sends this one');
  if (transaction.kind !== 'query' && !ctx.link.native.includes(code)) {
    throw notAllowed('transaction', 'the link does not list this code under native');
  }
  if (transaction.kind === 'maintenance') {
    // without a number of ours it could not be asked about afterwards
    throw notAllowed('transaction', 'a change of an account is ordered by its operation');
  }
  const serial = transaction.kind === 'movement' ? 'usual' : 'none';
  return { operation: 'native', transaction: code, kind: transaction.kind, serial };
}

/** A serial as wide as any, so that the trial packet is as long as the real one. */
const trialSerial = (ctx: LinkContext, meaning: Meaning): string | undefined => {
  if (meaning.serial === 'none') return undefined;
  const { account, serial } = ctx.spec.protocol;
  return '0'.repeat(
    meaning.serial === 'account' && account !== undefined ? account.digits : serial.bytes,
  );
};

/** The engine pages the queries of operations: their trial asks for the page with the widest number. */
function lastPage(ctx: LinkContext, meaning: Meaning): AskedPage | undefined {
  const paging = ctx.spec.transactions.get(meaning.transaction)?.paging;
  if (paging === undefined || meaning.operation === 'native') return undefined;
  const { statementRowsMax: rows } = ctx.link;
  return { start: rows, page: Math.ceil(rows / paging.rowsMax), size: paging.rowsMax };
}

/** Encodes the packet once before anything is accepted, so that what cannot be sent is refused at the door. */
function tryEncoding(ctx: LinkContext, source: string, envelope: Envelope, meaning: Meaning): void {
  const serial = trialSerial(ctx, meaning);
  const intent: Intent = {
    v: 1,
    id: `${source}:${envelope.id}`,
    link: ctx.link.name,
    source,
    digest: '',
    operation: meaning.operation,
    transaction: meaning.transaction,
    kind: meaning.kind,
    day: '20000101',
    acceptedAt: 0,
    envelope,
    ...(serial === undefined ? {} : { serial }),
    ...(meaning.member === undefined ? {} : { member: meaning.member }),
    ...(meaning.other === undefined ? {} : { other: meaning.other }),
  };
  const held = {
    intent,
    phase: 'received',
    life: { sent: 'never' },
    version: 0,
    attempt: 0,
    epoch: 0,
  } as unknown as Held;
  const freeze = meaning.usesFreeze === undefined ? undefined : PLACEHOLDER_FREEZE;
  try {
    requestFor(ctx, held, freeze, lastPage(ctx, meaning));
  } catch (error) {
    if (!(error instanceof YinqiError)) throw error;
    const operation = ctx.spec.operations.get(meaning.operation);
    const path =
      operation === undefined ? `body.${error.path}` : bodyPathOf(operation, error.path ?? '');
    const detail = error.detail === undefined ? {} : { detail: error.detail };
    throw new YinqiError(error.code, { path, ...detail, cause: error });
  }
}

export async function meaningOf(
  ctx: LinkContext,
  source: SourceConfig,
  envelope: Envelope,
): Promise<Meaning> {
  checkRights(ctx, source, envelope.operation ?? envelope.transaction ?? '');
  const meaning =
    envelope.operation === undefined
      ? ofTransaction(ctx, envelope.transaction ?? '')
      : await ofOperation(ctx, envelope.operation, envelope);
  if (meaning.kind !== 'local') tryEncoding(ctx, source.name, envelope, meaning);
  return meaning;
}
