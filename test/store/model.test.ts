/** The scripts against the contract in a few lines: whatever happens in whatever order, the two agree. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Held, isFinal, type Phase } from '../../src/instruction/intent.ts';
import type { Store } from '../../src/store/store.ts';
import { claim, type Ground, ground, item, moved, take } from './ground.ts';

let at: Ground;
beforeAll(async () => {
  at = await ground();
});
afterAll(() => at.close());

interface Known {
  id: string;
  phase: Phase;
  order: string | undefined;
  after: string | undefined;
  released: boolean;
  attempt: number;
}

/** In order of acceptance. */
class Model {
  readonly all: Known[] = [];

  find = (id: string) => this.all.find((one) => one.id === id);

  claimable(): Known[] {
    return this.all.filter((one) => {
      if (one.phase !== 'received') return false;
      const head = this.all.find((other) => other.order === one.order && !other.released);
      if (one.order !== undefined && head !== one) return false;
      return one.after === undefined || this.find(one.after)?.released === true;
    });
  }

  move(one: Known, phase: Phase, release: boolean): void {
    one.phase = phase;
    one.released ||= release || isFinal(phase);
  }
}

type Op =
  | { do: 'accept'; items: { id: number; order: number; after: number }[] }
  | { do: 'claim'; n: number; moves: Move[] }
  | { do: 'move'; moves: Move[] }
  | { do: 'take' };
/** `which` picks an instruction; `stale` expects a version it never had */
interface Move {
  which: number;
  to: Phase;
  release: boolean;
  stale: boolean;
}

const ids = 14;
const move: fc.Arbitrary<Move> = fc.record({
  which: fc.nat(ids),
  to: fc.constantFrom<Phase>('received', 'pending', 'unknown', 'manual', 'succeeded', 'failed'),
  release: fc.boolean(),
  stale: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
});
const moves = fc.array(move, { maxLength: 4 });
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.record({
    do: fc.constant('accept' as const),
    items: fc.array(fc.record({ id: fc.nat(ids), order: fc.nat(4), after: fc.nat(ids * 3) }), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  fc.record({ do: fc.constant('claim' as const), n: fc.nat(4), moves }),
  fc.record({ do: fc.constant('move' as const), moves }),
  fc.record({ do: fc.constant('take' as const) }),
);

/** A move the state machine could make; a claim alone makes `sending`. */
function possible(one: Known, { to }: Move): boolean {
  if (isFinal(one.phase)) return to === one.phase;
  if (to === 'received') return one.phase === 'sending';
  return one.phase !== 'received' || to === 'failed';
}

class World {
  readonly model = new Model();
  readonly #versions = new Set<number>();
  store: Store;
  #seq = 0;

  constructor(store: Store) {
    this.store = store;
  }

  #fresh(version: number): void {
    expect(this.#versions.has(version)).toBe(false);
    for (const older of this.#versions) expect(version).toBeGreaterThan(older);
    this.#versions.clear();
    this.#versions.add(version);
  }

  async accept(items: { id: number; order: number; after: number }[]): Promise<void> {
    const given = items.map(({ id, order, after }) => ({
      id: `a${id}`,
      order: order < 3 ? `k${order}` : undefined,
      // one of itself would wait for ever
      after: after < ids && after !== id ? `a${after}` : undefined,
    }));
    const answers = await this.store.accept(
      given.map(({ id, order, after }) =>
        item(id, {
          ...(order === undefined ? {} : { orderKey: order }),
          ...(after === undefined ? {} : { after: `erp:${after}` }),
        }),
      ),
    );
    for (const [i, one] of given.entries()) {
      const known = this.model.find(one.id) !== undefined;
      const answer = answers[i];
      expect(answer?.was).toBe(known ? 'exists' : 'new');
      if (answer?.was !== 'new') continue;
      this.#fresh(answer.version);
      this.model.all.push({ ...one, phase: 'received', released: false, attempt: 0 });
    }
  }

  async commit(wanted: Move[], n: number | undefined): Promise<void> {
    const chosen: { one: Known; move: Move; held: Held }[] = [];
    for (const wish of wanted) {
      const one = this.model.all[wish.which % Math.max(1, this.model.all.length)];
      if (one === undefined || !possible(one, wish)) continue;
      if (chosen.some((other) => other.one === one)) continue;
      const held = await this.store.held(`erp:${one.id}`);
      if (held === undefined) throw new Error('lost');
      chosen.push({ one, move: wish, held });
    }
    const changes = chosen.map(({ held, move: { to, release, stale } }) => ({
      ...moved(held, to),
      expect: held.version + (stale ? 1e6 : 0),
      release: isFinal(to) || (release && to === 'pending'),
    }));
    this.#seq += 1;
    const batch = { changes, ...(n === undefined ? {} : { claim: { seq: this.#seq, n } }) };
    const answer = await this.store.commit(batch);
    for (const [i, { one, move: wish }] of chosen.entries()) {
      const result = answer.results[i];
      expect(result?.done).toBe(wish.stale ? 'stale' : 'yes');
      if (result?.done !== 'yes') continue;
      this.#fresh(result.version);
      this.model.move(one, wish.to, changes[i]?.release ?? false);
    }
    const could = this.model.claimable();
    const goes = could.slice(0, n ?? 0);
    expect(answer.claims.map((held) => held.intent.envelope.id)).toEqual(goes.map(({ id }) => id));
    for (const [i, one] of goes.entries()) {
      one.phase = 'sending';
      one.attempt += 1;
      this.#fresh(answer.claims[i]?.version ?? 0);
    }
    expect(answer.ready).toBe(could.length - goes.length);
    // asked twice, as after a lost reply
    expect(await this.store.commit(batch)).toEqual(answer);
  }

  async take(run: string): Promise<void> {
    this.store = at.store();
    const taken = await take(this.store, { run });
    this.#fresh(taken.epoch);
    const sending = this.model.all.filter((one) => one.phase === 'sending');
    expect([...taken.sending].sort()).toEqual(sending.map(({ id }) => `erp:${id}`).sort());
    expect(taken.rolledBack).toBe(false);
  }

  async agree(): Promise<void> {
    for (const one of this.model.all) {
      const held = await this.store.held(`erp:${one.id}`);
      expect({ id: one.id, phase: held?.phase, attempt: held?.attempt }).toEqual({
        id: one.id,
        phase: one.phase,
        attempt: one.attempt,
      });
    }
    const beat = await this.store.beat({ leaseMs: 1000, dueMax: 100 });
    expect(beat.ready).toBe(this.model.claimable().length);
    const doubtful = this.model.all.filter(
      ({ phase }) => phase === 'unknown' || phase === 'manual',
    );
    expect(beat.doubtful.count).toBe(doubtful.length);
  }
}

it('random lives of instructions go as the contract says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(op, { minLength: 5, maxLength: 40 }), async (ops) => {
      const world = new World(await at.fresh());
      for (const [i, one] of ops.entries()) {
        if (one.do === 'accept') await world.accept(one.items);
        else if (one.do === 'take') await world.take(`run-${i}`);
        else await world.commit(one.moves, one.do === 'claim' ? one.n : undefined);
      }
      await world.agree();
    }),
    { numRuns: 120 },
  );
}, 120_000);

it('in the end everything goes, each exactly once while nothing comes back', async () => {
  const store = await at.fresh();
  const world = new World(store);
  const items = Array.from({ length: ids }, (_, id) => ({ id, order: id % 4, after: id - 1 }));
  await world.accept(items.map((one) => (one.after < 0 ? { ...one, after: ids * 2 } : one)));
  const went: string[] = [];
  for (let claims = await claim(store); claims.length > 0; claims = await claim(store)) {
    went.push(...claims.map((held) => held.intent.envelope.id));
    await store.commit({ changes: claims.map((held) => moved(held, 'succeeded')) });
  }
  expect(went).toEqual(items.map(({ id }) => `a${id}`));
});
