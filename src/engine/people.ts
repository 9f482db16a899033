/** What people ask and decide about instructions of one link. Their word is journaled before it counts. */
import { YinqiError } from '../errors.ts';
import { type Held, isFinal } from '../instruction/intent.ts';
import type { JournalRecord } from '../journal/records.ts';
import type { Decision, UnknownLine } from '../ops/operator.ts';
import type { LinkContext } from './context.ts';
import type { Settler } from './settler.ts';

const LISTED_MAX = 1_000;

export class People {
  readonly #ctx: LinkContext;
  readonly #settler: Settler;

  constructor(ctx: LinkContext, settler: Settler) {
    this.#ctx = ctx;
    this.#settler = settler;
  }

  async unknown(): Promise<UnknownLine[]> {
    const now = this.#ctx.clock.now().wall;
    const doubtful = await this.#ctx.store.doubtful(LISTED_MAX);
    return doubtful.map((held) => line(held, now));
  }

  /** Bodies, names and accounts are not shown: the journal has them for those who may read it. */
  async show(source: string, id: string): Promise<Record<string, unknown> | undefined> {
    const { journal, link, store } = this.#ctx;
    const key = `${source}:${id}`;
    const held = await store.held(key);
    const records: Record<string, unknown>[] = [];
    for await (const record of journal.records({ link: link.name, id: key })) {
      records.push(shown(record));
    }
    if (held === undefined && records.length === 0) return undefined;
    return {
      link: link.name,
      source,
      id,
      ...(held === undefined ? {} : standing(held)),
      records,
    };
  }

  async resolve(
    source: string,
    decision: Decision,
  ): Promise<{ outcome: string; version: number; record: number }> {
    const { journal, link, store } = this.#ctx;
    const id = `${source}:${decision.id}`;
    const held = await store.held(id);
    if (held === undefined) throw new YinqiError('INSTRUCTION_UNKNOWN', { path: 'id' });
    if (isFinal(held.phase) || held.phase === 'received' || held.phase === 'sending') {
      throw new YinqiError('NOT_ALLOWED', { path: 'id', detail: `it is ${held.phase}` });
    }
    const { who, outcome, evidence } = decision;
    const [record] = await journal.append([
      { kind: 'decision', link: link.name, watermark: store.seen, id, who, outcome, evidence },
    ]);
    if (record === undefined) throw new YinqiError('DEFECT');
    const text = `resolved by people: ${evidence}`;
    const event = { type: 'resolved', outcome, record: record.n, text } as const;
    const now = await this.#settler.apply(held, event);
    return { outcome: now.phase, version: now.version, record: record.n };
  }
}

function line(held: Held, now: number): UnknownLine {
  const { intent, life, phase } = held;
  const { reason, code, since, asked, contradicted } = life;
  const { serial } = intent;
  const { businessRef } = intent.envelope;
  return {
    link: intent.link,
    source: intent.source,
    id: intent.envelope.id,
    operation: intent.operation,
    phase,
    ...(reason === undefined ? {} : { reason }),
    ...(code === undefined ? {} : { code }),
    ...(serial === undefined ? {} : { serial }),
    ...(businessRef === undefined ? {} : { businessRef }),
    age: Math.max(0, Math.round((now - (since ?? now)) / 1000)),
    asked,
    contradicted,
  };
}

function standing({ intent, life, phase, version, attempt }: Held): Record<string, unknown> {
  const { sent, ended, reason, code, asked, negatives, peer, since, proof, contradicted } = life;
  return {
    operation: intent.operation,
    transaction: intent.transaction,
    serial: intent.serial,
    day: intent.day,
    acceptedAt: new Date(intent.acceptedAt).toISOString(),
    businessRef: intent.envelope.businessRef,
    phase,
    version,
    attempt,
    sent,
    ended,
    reason,
    code,
    asked,
    negatives,
    peer,
    since: since === undefined ? undefined : new Date(since).toISOString(),
    proof,
    contradicted,
  };
}

function shown(record: JournalRecord): Record<string, unknown> {
  const base = { n: record.n, at: record.at, kind: record.kind };
  switch (record.kind) {
    case 'send':
      return {
        ...base,
        attempt: record.attempt,
        peer: record.peer,
        transaction: record.transaction,
      };
    case 'not-written':
      return { ...base, attempt: record.attempt, why: record.why };
    case 'answer':
      return { ...base, about: record.about, transaction: record.transaction, peer: record.peer };
    case 'outcome':
      return { ...base, version: record.version, outcome: record.message.outcome };
    case 'decision':
      return { ...base, who: record.who, outcome: record.outcome, evidence: record.evidence };
    default:
      return base;
  }
}
