/**
 * The store of one link in Redis: each method is one script. It keeps the epoch of this run and the highest
 * watermark any answer has shown, and gives both to every script (R4). Decides nothing itself.
 */
import type { Redis } from 'ioredis';
import type { z } from 'zod';
import { YinqiError } from '../errors.ts';
import { linkPrefix } from '../queue/names.ts';
import { answers, decode } from './decode.ts';
import { change, entryMark, many, newIntent, pushMark, restored } from './encode.ts';
import { type Argument, runScript, type ScriptName } from './script.ts';
import type {
  Change,
  ClaimOrder,
  EntryMark,
  NewIntent,
  Owner,
  PushMark,
  Restore,
} from './shapes.ts';
import type { Store } from './store.ts';

/** What one script takes: the longest batch still answers within a few milliseconds. */
const BATCH_MAX = 256;

export interface StoreOptions {
  /** how long a settled instruction is known */
  readonly retentionMs: number;
}

export const openStore = (redis: Redis, link: string, options: StoreOptions): Store =>
  new RedisStore(redis, link, options);

class RedisStore implements Store {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #retentionMs: number;
  #seen = 0;
  #epoch = 0;

  constructor(redis: Redis, link: string, options: StoreOptions) {
    this.#redis = redis;
    this.#prefix = linkPrefix(link);
    this.#retentionMs = options.retentionMs;
  }

  get seen(): number {
    return this.#seen;
  }

  get epoch(): number {
    return this.#epoch;
  }

  async #run<Shape extends z.ZodType>(
    name: ScriptName,
    shape: Shape,
    args: readonly Argument[],
    seen = this.#seen,
  ): Promise<z.output<Shape>> {
    const head = [seen, this.#epoch, this.#retentionMs];
    const { watermark, answer } = await runScript(this.#redis, name, this.#prefix, [
      ...head,
      ...args,
    ]);
    this.#seen = Math.max(this.#seen, watermark);
    return decode(shape, answer);
  }

  #look<Shape extends z.ZodType>(shape: Shape, ...args: Argument[]): Promise<z.output<Shape>> {
    return this.#run('look', shape, args);
  }

  async take(owner: Owner) {
    const { asks = '', behind = false, covered = [], journal, leaseMs, records, run } = owner;
    const seen = Math.max(owner.seen, this.#seen);
    const taken = await this.#run(
      'take',
      answers.taken,
      [
        ...[run, journal, records, leaseMs, asks, behind ? '1' : ''],
        ...many(covered, (other) => [other.journal, other.records]),
      ],
      seen,
    );
    this.#epoch = taken.epoch;
    return taken;
  }

  async release(journal: string, records: number) {
    await this.#run('release', answers.nothing, [journal, records]);
  }

  async leave() {
    await this.#run('leave', answers.nothing, []);
  }

  async accept(items: readonly NewIntent[]) {
    this.#limit(items);
    return this.#run('accept', answers.accepted, many(items, newIntent));
  }

  async commit(batch: {
    changes: readonly Change[];
    claim?: ClaimOrder;
    records?: number | undefined;
  }) {
    this.#limit(batch.changes);
    const { changes, claim } = batch;
    const order: Argument[] = claim === undefined ? ['', ''] : [claim.seq, claim.n];
    return this.#run('commit', answers.committed, [
      ...many(changes, change),
      ...order,
      batch.records ?? '',
    ]);
  }

  beat(options: { leaseMs: number; dueMax: number; records?: number | undefined }) {
    const { dueMax, leaseMs, records } = options;
    return this.#run('beat', answers.beat, [leaseMs, dueMax, records ?? '']);
  }

  async restore(items: readonly Restore[]) {
    this.#limit(items);
    await this.#run('restore', answers.nothing, many(items, restored));
  }

  held(id: string) {
    return this.#look(answers.held, 'held', id);
  }

  told(id: string) {
    return this.#look(answers.told, 'told', id);
  }

  doubtful(max: number) {
    return this.#look(answers.helds, 'doubtful', max);
  }

  member(account: string) {
    return this.#look(answers.member, 'field', 'members', account);
  }

  members() {
    return this.#look(answers.members, 'fields', 'members');
  }

  freeze(id: string) {
    return this.#look(answers.freeze, 'field', 'freezes', id);
  }

  outbox(max: number) {
    return this.#look(answers.outbox, 'outbox', max);
  }

  async published(at: string) {
    const [ms, nth] = at.split('-');
    await this.#run('published', answers.nothing, [`${ms}-${BigInt(nth ?? '0') + 1n}`]);
  }

  entries(account: string, day: string) {
    return this.#look(answers.pairs, 'entries', account, day);
  }

  async mark(batch: {
    account: string;
    day: string;
    entries: readonly EntryMark[];
    state?: string;
  }) {
    const { account, day, entries, state } = batch;
    const stateArgs = state === undefined ? [''] : ['1', state];
    const args = [account, day, ...stateArgs, ...many(entries, entryMark)];
    await this.#run('mark', answers.nothing, args);
  }

  days() {
    return this.#look(answers.pairs, 'fields', 'days');
  }

  async forgetDay(account: string, day: string) {
    await this.#run('forget', answers.nothing, [account, day]);
  }

  async push(marks: readonly PushMark[]) {
    this.#limit(marks);
    return this.#run('push', answers.marked, many(marks, pushMark));
  }

  pushes(day: string) {
    return this.#look(answers.pairs, 'pushes', day);
  }

  pushed(part: 'awaited' | 'provisional' | 'questions') {
    return this.#look(answers.pairs, 'fields', part);
  }

  #limit(items: readonly unknown[]): void {
    if (items.length > BATCH_MAX) {
      throw new YinqiError('DEFECT', { detail: `more than ${BATCH_MAX} in one batch` });
    }
  }
}
