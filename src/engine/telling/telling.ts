/** The message a ledger gets about a step, and what the outbox must know beside it. */
import type { Freeze, Held, MemberChange, Payee } from '../../instruction/intent.ts';
import { isFinal } from '../../instruction/intent.ts';
import type { Contradiction, Outcome, Result } from '../../instruction/messages.ts';
import type { Step } from '../../instruction/step.ts';
import type { NewRecord } from '../../journal/records.ts';
import { evaluate } from '../../protocol/expression.ts';
import type { Operation } from '../../protocol/spec.ts';
import { contradictionStem, resultStem } from '../../queue/names.ts';
import type { OutEntry } from '../../store/shapes.ts';
import { type LinkContext, operationOf } from '../context.ts';
import { scopeOf } from '../packets/scope.ts';

/** What stands in an outbox entry: the message without its version, and what the journal keeps with it. */
export interface Outgoing {
  message: Record<string, unknown>;
  /** set for finals: appended to the journal before the message is published */
  final?: { id: string; source: string; digest: string; member?: MemberChange; freeze?: Freeze };
  /** set for contradictions, likewise: whose final it is */
  against?: { id: string; source: string };
  /** set for notices, likewise: which entry of a statement it tells */
  notice?: {
    id: string;
    source: string;
    account: string;
    day: string;
    key: string;
    digest: string;
  };
}

/** The record a final needs before it is told, by whatever way; none where the journal has it already. */
export function finalRecord(
  { journal, link, store }: LinkContext,
  { message, final }: Outgoing,
  version: number,
): NewRecord[] {
  if (final === undefined || journal.known(link.name, final.id)?.final !== undefined) return [];
  const watermark = Math.max(store.seen, version);
  const whole = { ...message, version };
  return [{ link: link.name, watermark, kind: 'outcome', ...final, version, message: whole }];
}

/** The record a contradiction needs before it is told; none where the journal has it already. */
export function contradictionRecord(
  { journal, link, store }: LinkContext,
  { message, against }: Outgoing,
  version: number,
): NewRecord[] {
  if (against === undefined) return [];
  if (journal.index.matters(link.name).has(against.id, version)) return [];
  const watermark = Math.max(store.seen, version);
  const whole = { ...message, version };
  return [
    { link: link.name, watermark, kind: 'contradiction', ...against, version, message: whole },
  ];
}

const OUTCOME: Record<string, Outcome> = {
  succeeded: 'succeeded',
  failed: 'failed',
  pending: 'pending',
  unknown: 'unknown',
  manual: 'unknown',
};

const evaluated = (what: Record<string, string> | undefined, scope: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(what ?? {})
      .map(([name, expr]) => [name, evaluate(expr, scope)])
      .filter(([, value]) => value !== ''),
  );

function dataOf(ctx: LinkContext, held: Held): Record<string, unknown> | undefined {
  const data = {
    ...evaluated(operationOf(ctx, held.intent)?.data, scopeOf(ctx, held)),
    ...held.life.data,
  };
  return Object.keys(data).length === 0 ? undefined : data;
}

/** The result as it stands after `step`; `version` is added when Redis has given it. */
export function resultOf(ctx: LinkContext, held: Held, at: number): Omit<Result, 'version'> {
  const { intent, life, phase } = held;
  const { envelope } = intent;
  const data = phase === 'succeeded' || phase === 'pending' ? dataOf(ctx, held) : undefined;
  return {
    v: 1,
    type: 'result',
    id: envelope.id,
    link: intent.link,
    final: isFinal(phase),
    outcome: OUTCOME[phase] ?? 'unknown',
    ...(life.reason === undefined ? {} : { reason: life.reason }),
    sent: life.sent,
    ...(life.code === undefined ? {} : { code: life.code }),
    ...(life.text === undefined ? {} : { text: life.text }),
    ...(life.path === undefined ? {} : { path: life.path }),
    ...(intent.serial === undefined ? {} : { serial: intent.serial }),
    at: new Date(at).toISOString(),
    ...(life.proof === undefined ? {} : { proof: life.proof }),
    ...(data === undefined ? {} : { data }),
    ...(envelope.businessRef === undefined ? {} : { businessRef: envelope.businessRef }),
    ...(envelope.meta === undefined ? {} : { meta: envelope.meta }),
  };
}

/** What a success says of a member. Nothing where it names no account, as when people decided without the answer. */
function memberSaid(
  operation: Operation | undefined,
  { intent }: Held,
  scope: Record<string, unknown>,
): MemberChange | undefined {
  if (operation?.keepsMember === undefined) return undefined;
  const { payout: bound, ...texts } = operation.keepsMember;
  const { account = '', name, ...rest } = evaluated(texts, scope) as Record<string, string>;
  if (account === '') return undefined;
  const bank = Object.entries(rest).map(([key, value]) => [key.replace(/^bank\./, ''), value]);
  const payout =
    bound === undefined ? undefined : (intent.envelope.body.payout as Payee | undefined);
  return {
    account,
    ...(name === undefined ? {} : { name }),
    ...(payout === undefined ? {} : { payout }),
    ...(payout === undefined || operation.rebinds === undefined ? {} : { rebinds: true }),
    ...(bank.length === 0 ? {} : { bank: Object.fromEntries(bank) as Record<string, string> }),
    openedBy: intent.id,
    since: intent.day,
  };
}

/** The records a success leaves behind: what it says of a member, a freeze with its number. */
export function keptBy(ctx: LinkContext, held: Held): { member?: MemberChange; freeze?: Freeze } {
  if (held.phase !== 'succeeded') return {};
  const operation = operationOf(ctx, held.intent);
  const scope = scopeOf(ctx, held);
  const kept: { member?: MemberChange; freeze?: Freeze } = {};
  const member = memberSaid(operation, held, scope);
  if (member !== undefined) kept.member = member;
  if (operation?.makesFreeze !== undefined) {
    const found = evaluated(operation.makesFreeze, scope) as Record<string, string>;
    const { holder = '', amount = '', returnTo = '', holderName, returnToName } = found;
    const number = String(held.life.data?.freezeNumber ?? found.number ?? '');
    kept.freeze = {
      id: held.intent.id,
      madeBy: held.intent.operation,
      holder,
      amount,
      returnTo,
      number,
      ...(holderName === undefined ? {} : { holderName }),
      ...(returnToName === undefined ? {} : { returnToName }),
    };
  }
  return kept;
}

export function entryFor(ctx: LinkContext, held: Held, at: number): OutEntry {
  const { intent } = held;
  const outgoing: Outgoing = {
    message: resultOf(ctx, held, at),
    ...(isFinal(held.phase)
      ? {
          final: {
            id: intent.id,
            source: intent.source,
            digest: intent.digest,
            ...keptBy(ctx, held),
          },
        }
      : {}),
  };
  return {
    queue: 'results',
    source: intent.source,
    stem: resultStem(intent.link, intent.envelope.id),
    body: JSON.stringify(outgoing),
  };
}

export function contradictionFor(ctx: LinkContext, held: Held, step: Step, at: number): OutEntry {
  const evidence = step.contradicts;
  const message: Omit<Contradiction, 'version'> = {
    v: 1,
    type: 'contradicted',
    id: held.intent.envelope.id,
    link: ctx.link.name,
    final: OUTCOME[held.phase] ?? 'unknown',
    evidence: evidence?.says === 'none' ? 'unknown' : (evidence?.says ?? 'unknown'),
    code: evidence?.code ?? '',
    text: evidence?.text ?? '',
    ...(held.intent.serial === undefined ? {} : { serial: held.intent.serial }),
    at: new Date(at).toISOString(),
    proof: {
      // only a direct answer says how our request ended
      kind: evidence?.ended === undefined ? 'inquiry' : 'answer',
      ...(evidence?.record === undefined ? {} : { record: evidence.record }),
    },
  };
  return {
    queue: 'results',
    source: held.intent.source,
    stem: contradictionStem(held.intent.link, held.intent.envelope.id),
    body: JSON.stringify({
      message,
      against: { id: held.intent.id, source: held.intent.source },
    } satisfies Outgoing),
  };
}
