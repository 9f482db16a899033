/**
 * The store of one link without Redis: the same answers to the same calls as the Lua scripts of
 * src/store/scripts, which test/simulate/store.test.ts holds it to. Several stores over one `MemoryRedis` are
 * several processes at one Redis: each has its own epoch and its own highest watermark.
 */
import { YinqiError } from '../../../src/errors.ts';
import type { EntryMark, Owner, PushMark } from '../../../src/store/shapes.ts';
import type { Store } from '../../../src/store/store.ts';
import { accept, heldOf, restore, toldOf } from './accepting.ts';
import { commit } from './changing.ts';
import { emptyData, inOrder, type LinkData } from './data.ts';
import { beat, leave, releaseLink, take } from './owning.ts';
import { Script } from './script.ts';
import { forget, mark, placeOf, push } from './statements.ts';

const BATCH_MAX = 256;

/** One link in a Redis. Its data may be kept and put back at any time: it is never changed, only replaced. */
export class MemoryRedis {
  data: LinkData = emptyData;
  /** Redis TIME, ms */
  readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** All is lost. */
  flush(): void {
    this.data = emptyData;
  }
}

/** One script, whole or not at all; throws what it refuses. Runs at once. */
export type Effect<Answer> = () => Answer;

/** How a store's calls get to Redis and back: at once, or through a line that may fail. */
export type Carry = <Answer>(name: string, effect: Effect<Answer>) => Promise<Answer>;

const atOnce: Carry = async (_name, effect) => effect();

export const openMemoryStore = (
  redis: MemoryRedis,
  options: { retentionMs: number; carry?: Carry },
): Store => new MemoryStore(redis, options);

class MemoryStore implements Store {
  readonly #redis: MemoryRedis;
  readonly #retentionMs: number;
  readonly #carry: Carry;
  #seen = 0;
  #epoch = 0;

  constructor(redis: MemoryRedis, options: { retentionMs: number; carry?: Carry }) {
    this.#redis = redis;
    this.#retentionMs = options.retentionMs;
    this.#carry = options.carry ?? atOnce;
  }

  get seen(): number {
    return this.#seen;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** What the caller knows goes with the call, as it is when it is made; a repeat says the same again. */
  async #run<Answer>(
    name: string,
    work: (script: Script) => Answer,
    seen = this.#seen,
  ): Promise<Answer> {
    const redis = this.#redis;
    const head = { seen, epoch: this.#epoch, retentionMs: this.#retentionMs };
    const { wm, answer } = await this.#carry(name, () => {
      const script = new Script(redis.data, { ...head, now: redis.now() });
      const said = work(script);
      redis.data = script.end();
      return { wm: script.meta.wm, answer: said };
    });
    this.#seen = Math.max(this.#seen, wm);
    return answer;
  }

  /** What only reads. */
  #look<Answer>(what: string, read: (script: Script) => Answer): Promise<Answer> {
    return this.#run(what, (script) => {
      script.open(false);
      return read(script);
    });
  }

  async take(owner: Owner) {
    const seen = Math.max(owner.seen, this.#seen);
    const taken = await this.#run('take', (script) => take(script, owner), seen);
    this.#epoch = taken.epoch;
    return taken;
  }

  release(journal: string, records: number) {
    return this.#run('release', (script) => releaseLink(script, journal, records));
  }

  leave() {
    return this.#run('leave', leave);
  }

  async accept(items: Parameters<Store['accept']>[0]) {
    limit(items);
    return this.#run('accept', (script) => accept(script, items));
  }

  async commit(batch: Parameters<Store['commit']>[0]) {
    const { changes, claim, records } = batch;
    limit(changes);
    return this.#run('commit', (script) => commit(script, changes, claim, records));
  }

  beat(options: Parameters<Store['beat']>[0]) {
    return this.#run('beat', (script) => beat(script, options));
  }

  async restore(items: Parameters<Store['restore']>[0]) {
    limit(items);
    return this.#run('restore', (script) => restore(script, items));
  }

  held(id: string) {
    return this.#look('held', (script) => {
      const entry = script.entry(id);
      return entry === undefined ? undefined : heldOf(entry);
    });
  }

  told(id: string) {
    return this.#look('told', (script) => {
      const entry = script.entry(id);
      return entry === undefined ? undefined : toldOf(entry);
    });
  }

  doubtful(max: number) {
    return this.#look('doubtful', (script) =>
      inOrder(script.part('doubt'))
        .slice(0, max)
        .flatMap(([id]) => {
          const entry = script.entry(id);
          return entry === undefined ? [] : heldOf(entry);
        }),
    );
  }

  member(account: string) {
    return this.#look('member', (script) => script.part('members').get(account)?.member);
  }

  members() {
    return this.#look('members', (script) =>
      [...script.part('members').values()].map(({ member }) => member),
    );
  }

  freeze(id: string) {
    return this.#look('freeze', (script) => script.part('freezes').get(id));
  }

  outbox(max: number) {
    return this.#look('outbox', (script) => script.out.slice(0, max));
  }

  published(at: string) {
    return this.#look('published', (script) => script.trim(at));
  }

  entries(account: string, day: string) {
    return this.#look('entries', (script) =>
      copied(script.part('seen').get(`${account}:${day}`)?.map),
    );
  }

  async mark(batch: {
    account: string;
    day: string;
    entries: readonly EntryMark[];
    state?: string;
  }) {
    return this.#run('mark', (script) => mark(script, batch));
  }

  days() {
    return this.#look('days', (script) => copied(script.part('days')));
  }

  forgetDay(account: string, day: string) {
    return this.#run('forget', (script) => forget(script, account, day));
  }

  async push(marks: readonly PushMark[]) {
    limit(marks);
    return this.#run('push', (script) => push(script, marks));
  }

  pushes(day: string) {
    return this.#look('pushes', (script) =>
      copied(script.part('pushes').get(placeOf('push', day))?.map),
    );
  }

  pushed(part: 'awaited' | 'provisional' | 'questions') {
    return this.#look('pushed', (script) => copied(script.part('pushes').get(part)?.map));
  }
}

const copied = (map: ReadonlyMap<string, string> | undefined): Map<string, string> =>
  new Map(map ?? []);

function limit(items: readonly unknown[]): void {
  if (items.length > BATCH_MAX) {
    throw new YinqiError('DEFECT', { detail: `more than ${BATCH_MAX} in one batch` });
  }
}
