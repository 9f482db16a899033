/**
 * A ledger that keeps the published rules and no others: it stores an envelope before it queues it, queues
 * it again as it was, books by the rule of a consumer, and **pays again under a new id whenever it gets
 * `failed`**. Whatever breaks a promise made to it is a violation.
 */
import type { Envelope } from '../../src/instruction/envelope.ts';
import type { Result } from '../../src/instruction/messages.ts';
import type { Notice } from '../../src/instruction/notices.ts';
import type { Message } from '../../src/queue/merge.ts';
import { merge } from '../../src/queue/merge.ts';
import type { OutEntry } from '../../src/queue/publisher.ts';
import type { Chance } from './chance.ts';
import { Host } from './host.ts';
import { added, consumed } from './queues.ts';
import type { SimulatedRedis } from './redis.ts';
import type { Scheduler } from './scheduler.ts';

/** What is owed once, whatever instructions it takes. */
export interface Obligation {
  readonly ref: string;
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly orderKey?: string;
  readonly expiresInMs: number;
  /** it is not paid again more often than so */
  readonly attemptsMax: number;
  /** what is owed once this was done, by the id it was done under */
  readonly next?: (id: string) => Obligation;
  /** changes the body of a later attempt: an order that was refused for its content */
  readonly again?: Readonly<Record<string, unknown>>;
  /** a mistake: once something was told of an id, the id comes again with this content */
  readonly mistaken?: Readonly<Record<string, unknown>>;
}

interface Attempt {
  readonly envelope: Envelope;
  result: Result | undefined;
  /** by version: the content first told */
  readonly told: Map<number, string>;
}

export interface Owed {
  readonly obligation: Obligation;
  readonly attempts: Attempt[];
}

const RETRY_MS = 500;
const FETCH_MS = 1;

export class Ledger {
  readonly host = new Host('ledger');
  readonly owed: Owed[] = [];
  /** by version */
  readonly #notices = new Map<number, Notice>();
  readonly violations: string[] = [];
  rejections = 0;
  contradictions = 0;
  readonly #redis: SimulatedRedis;
  readonly #scheduler: Scheduler;
  readonly #chance: Chance | undefined;
  readonly #wall: () => number;
  readonly #note: (who: string, what: string) => void;
  readonly #askAfterMs: number;
  #jobs = 0;
  #fetching = false;

  constructor(
    redis: SimulatedRedis,
    scheduler: Scheduler,
    options: {
      chance: Chance | undefined;
      wall: () => number;
      note: (who: string, what: string) => void;
      askAfterMs: number;
    },
  ) {
    this.#redis = redis;
    this.#scheduler = scheduler;
    this.#chance = options.chance;
    this.#wall = options.wall;
    this.#note = options.note;
    this.#askAfterMs = options.askAfterMs;
  }

  get settled(): boolean {
    return this.owed.every((owed) => isSettled(owed));
  }

  order(obligation: Obligation): void {
    const owed: Owed = { obligation, attempts: [] };
    this.owed.push(owed);
    this.#attempt(owed);
  }

  #attempt(owed: Owed): void {
    const { attempts, obligation } = owed;
    const { again, body, expiresInMs, operation, orderKey, ref } = obligation;
    const now = this.#wall();
    const envelope: Envelope = {
      v: 1,
      id: `${ref}_${attempts.length + 1}`,
      operation,
      body: attempts.length > 0 ? { ...body, ...again } : { ...body },
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + expiresInMs).toISOString(),
      businessRef: ref,
      ...(orderKey === undefined ? {} : { orderKey }),
    };
    const attempt: Attempt = { envelope, result: undefined, told: new Map() };
    attempts.push(attempt);
    this.#note('ledger', `orders ${envelope.id} ${operation}`);
    this.#queue(envelope);
    if (this.#chance?.yes(0.15)) this.#queue(envelope);
    this.#watch(attempt);
  }

  /** The same bytes under a fresh job id; while Redis is down, later. */
  #queue(envelope: Envelope): void {
    if (!this.#redis.up) {
      this.#scheduler.after(this.host, RETRY_MS, 'queue later', () => this.#queue(envelope));
      return;
    }
    this.#jobs += 1;
    const job = { id: `i-${envelope.id}.${this.#jobs}`, addedAt: this.#jobs, data: envelope };
    this.#redis.queues = added(this.#redis.queues, job);
    this.#redis.onJob();
  }

  /** What is not final after a while is asked about, again and again. */
  #watch(attempt: Attempt): void {
    this.#scheduler.after(this.host, this.#askAfterMs, `ask ${attempt.envelope.id}`, () => {
      if (attempt.result?.final) return;
      this.#queue(attempt.envelope);
      this.#watch(attempt);
    });
  }

  /** There may be something on the queues out. */
  look(): void {
    if (this.#fetching) return;
    this.#fetching = true;
    this.#scheduler.after(this.host, FETCH_MS, 'fetch', () => {
      this.#fetching = false;
      const [first] = this.#redis.queues.out.values();
      if (first === undefined || !this.#redis.up) return;
      this.#take(first);
      // it may die between booking and acknowledging: then it is told twice
      if (!this.#chance?.yes(0.1)) {
        this.#redis.queues = consumed(this.#redis.queues, first.jobId);
      }
      this.look();
    });
  }

  #take({ data, queue }: OutEntry): void {
    const message = data as Message;
    if (queue === 'notices') this.#notice(data as Notice);
    else if (message.type === 'rejection') this.rejections += 1;
    else if (message.type === 'contradicted') {
      this.contradictions += 1;
      this.#note(
        'ledger',
        `contradicted ${message.id}: ${message.final}, evidence ${message.evidence}`,
      );
    } else this.#result(message);
  }

  #result(result: Result): void {
    const found = this.owed
      .flatMap((owed) => owed.attempts.map((attempt) => ({ owed, attempt })))
      .find(({ attempt }) => attempt.envelope.id === result.id);
    if (found === undefined) {
      this.#broken(`a result of ${result.id}, which was never ordered`);
      return;
    }
    const { attempt, owed } = found;
    const content = JSON.stringify(result);
    const before = attempt.told.get(result.version);
    if (before !== undefined && before !== content) {
      this.#broken(`${result.id} version ${result.version} was told with two contents`);
    }
    attempt.told.set(result.version, content);
    const known = attempt.result;
    if (known?.final && result.final && known.outcome !== result.outcome) {
      this.#broken(`${result.id} had two finals: ${known.outcome}, ${result.outcome}`);
    }
    attempt.result = merge(known, result);
    const { mistaken } = owed.obligation;
    if (known === undefined && mistaken !== undefined) {
      const { envelope } = attempt;
      this.#queue({ ...envelope, body: { ...envelope.body, ...mistaken } });
    }
    if (known?.final || !attempt.result?.final) return;
    this.#note(
      'ledger',
      `${result.id} ${result.outcome} ${result.reason ?? ''} v${result.version}`,
    );
    if (result.outcome === 'succeeded' && owed.obligation.next !== undefined) {
      this.order(owed.obligation.next(result.id));
    }
    const again = result.outcome === 'failed' && attempt === owed.attempts.at(-1);
    if (again && owed.attempts.length < owed.obligation.attemptsMax) this.#attempt(owed);
  }

  #notice(notice: Notice): void {
    const before = this.#notices.get(notice.version);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(notice)) {
      this.#broken(`notice version ${notice.version} was told with two contents`);
    }
    if (before === undefined) this.#note('ledger', `notice ${notice.type} v${notice.version}`);
    this.#notices.set(notice.version, notice);
  }

  /** What was told, each content once. */
  get notices(): readonly Notice[] {
    return [...this.#notices.values()];
  }

  #broken(why: string): void {
    this.violations.push(why);
    this.#note('VIOLATION', why);
  }
}

/** Paid, or failed as often as it may. */
function isSettled({ attempts, obligation }: Owed): boolean {
  const last = attempts.at(-1)?.result;
  if (last?.final !== true) return false;
  return last.outcome === 'succeeded' || attempts.length >= obligation.attemptsMax;
}
