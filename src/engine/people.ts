/** What people ask about instructions of one link. What they decide goes another way: deciding/two-people.ts. */
import type { Held } from '../instruction/intent.ts';
import type { JournalRecord } from '../journal/records.ts';
import type { UnknownLine } from '../ops/operator.ts';
import type { LinkContext } from './context.ts';

const LISTED_MAX = 1_000;

export class People {
  readonly #ctx: LinkContext;

  constructor(ctx: LinkContext) {
    this.#ctx = ctx;
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
    case 'contradiction': {
      const { final, evidence, code } = record.message;
      return { ...base, version: record.version, final, evidence, code };
    }
    case 'proposal':
    case 'approval': {
      const { action, evidence, outcome, seen, who } = record;
      const of = record.kind === 'approval' ? { proposal: record.proposal } : {};
      return { ...base, ...of, action, who, outcome, evidence, seen: seen.as };
    }
    default:
      return base;
  }
}
