/** Operations as data → the calls they stand for, made from what the store in memory says there is. */
import {
  type Freeze,
  type Intent,
  isFinal,
  type Life,
  life as lifeShape,
  type MemberChange,
} from '../../src/instruction/intent.ts';
import type { Change, NewIntent, OutEntry, PushMark, Restore } from '../../src/store/shapes.ts';
import type { Store } from '../../src/store/store.ts';
import { type Both, LINK } from './both.ts';
import type { About, Expect, Guard, Item, Moved, Op, Out, PutBack } from './operations.ts';
import { IDS } from './operations.ts';

const LEASE_MS = 1000;
const DAYS = ['20260924', '20260925'];
const nameOf = (id: number): string => `erp:a${id}`;
const order = (given: number | undefined) => (given === undefined ? {} : { orderKey: `k${given}` });
const blank = lifeShape.parse({});

function intentOf(id: number, digest: string, serial?: number): Intent {
  return {
    ...{ v: 1, id: nameOf(id), link: LINK, source: 'erp', digest, operation: 'transfer' },
    ...{ transaction: 'DLMDETRN', kind: 'movement', day: '20260924', acceptedAt: 1 },
    envelope: {
      ...{ v: 1, id: `a${id}`, operation: 'transfer', body: { amount: '12.30', name: '张三' } },
      ...{ createdAt: '2026-09-24T00:00:00Z', expiresAt: '2026-09-25T00:00:00Z' },
    },
    ...(serial === undefined ? {} : { serial: `S${serial}` }),
  };
}

const outs = (given: readonly Out[]): OutEntry[] =>
  given.map(({ stem, version }, at) => ({
    ...{ queue: 'results', source: 'erp', stem: `r-${stem}`, body: `{"n":${at}}` },
    ...(version === undefined ? {} : { version }),
  }));

const lived = (since: number | undefined): Life =>
  since === undefined ? blank : { ...blank, since };

function aboutOf(
  { member, freeze }: About,
  by: string,
): { member?: MemberChange; freeze?: Freeze } {
  return {
    ...(member === undefined
      ? {}
      : {
          member: {
            ...{ account: `81${member.account}`, openedBy: by, since: DAYS[0] ?? '' },
            ...(member.name === undefined ? {} : { name: ['张三', '李四', ''][member.name] ?? '' }),
            ...(member.bank === undefined ? {} : { bank: member.bank }),
            ...(member.payout === undefined
              ? {}
              : { payout: { account: `62${member.payout}`, name: '张三', sameBank: true } }),
            ...(member.rebinds ? { rebinds: true as const } : {}),
          },
        }),
    ...(freeze === undefined
      ? {}
      : {
          freeze: {
            ...{ id: nameOf(freeze), madeBy: 'freeze', holder: '81', amount: '1.00' },
            ...{ returnTo: '80', number: `F-${by}` },
          },
        }),
  };
}

class Performer {
  readonly both: Both;

  constructor(both: Both) {
    this.both = both;
  }

  #version(id: number, wanted: Expect): number | null {
    const found = this.both.memory.data.entries.get(nameOf(id))?.version;
    if (wanted === 'none' || found === undefined) return null;
    return wanted === 'now' ? found : found - 1;
  }

  #new(given: Item): NewIntent {
    const { now } = this.both;
    const { id, after, notBefore, dueAt, out } = given;
    return {
      intent: intentOf(id, given.other ? 'other' : 'one'),
      ...{ phase: given.failed ? 'failed' : 'received', life: blank, aside: given.aside },
      ...{ serials: given.serials.map((serial) => `S${serial}`), expiresAt: now + given.expires },
      ...order(given.order),
      ...(after === undefined ? {} : { after: nameOf(after) }),
      ...(notBefore === undefined ? {} : { notBeforeMs: now + notBefore }),
      ...(dueAt === undefined ? {} : { dueAt: now + dueAt }),
      out: outs(out),
      ...(given.says ? { message: `{"n":${out.length - 1}}` } : {}),
    };
  }

  #change(given: Moved): Change {
    const { id, phase, dueAt, out } = given;
    return {
      ...{ id: nameOf(id), expect: this.#version(id, given.expect) ?? 0, phase },
      ...{ life: lived(given.since), dueAt: dueAt === null ? null : this.both.now + dueAt },
      ...{ release: given.release, back: given.back && phase === 'received', out: outs(out) },
      ...(given.says ? { message: `{"n":${out.length - 1}}` } : {}),
      ...aboutOf(given, nameOf(id)),
    };
  }

  #restored(given: PutBack): Restore {
    const { now } = this.both;
    const { id, dueAt, told } = given;
    return {
      ...{ intent: intentOf(id, 'one', given.serial), phase: given.phase, attempt: given.attempt },
      ...{ life: lived(given.since), expect: this.#version(id, given.expect) },
      ...{ dueAt: dueAt === null ? null : now + dueAt, expiresAt: now + given.expires },
      ...order(given.order),
      out: outs(given.out),
      ...(told === undefined ? {} : { told: { body: `told ${told}`, version: told } }),
      ...aboutOf(given, nameOf(id)),
    };
  }

  #mark({ part, day, field, expect: wanted, value, writes, out }: Guard): PushMark {
    const at = (n: number): string => `4004/${n}`;
    return {
      guard: {
        ...{ part, field: at(field), expect: wanted, value },
        ...(part === 'push' ? { name: DAYS[day] ?? '' } : {}),
      },
      writes: writes.map((one) => ({ part: one.part, field: at(one.field), value: one.value })),
      out: outs(out),
    };
  }

  async #commit(op: Op & { do: 'commit' }): Promise<void> {
    const handle = this.both.handle(op.by);
    const { claim, changes } = op;
    if (claim?.seq === 'next') handle.seq += 1;
    const seq = Math.max(0, handle.seq - (claim?.seq === 'older' ? 1 : 0));
    const batch = {
      // a final stays what it is: the engine never asks for another, and the scripts refuse the batch
      changes: changes
        .filter(({ id, phase }) => this.#may(id, phase))
        .map((one) => this.#change(one)),
      ...(claim === undefined ? {} : { claim: { seq, n: claim.n } }),
      records: op.records,
    };
    await this.both.call(op.by, op.times, (store) => store.commit(batch));
  }

  #may(id: number, phase: string): boolean {
    const found = this.both.memory.data.entries.get(nameOf(id))?.phase;
    return found === undefined || !isFinal(found) || found === phase || id === 0;
  }

  async perform(op: Op): Promise<void> {
    const { both } = this;
    const { by, times } = op;
    const day = 'day' in op ? (DAYS[op.day] ?? '') : '';
    switch (op.do) {
      case 'wait':
        both.now += op.ms;
        return;
      case 'restart':
        return both.restart(by);
      case 'keep':
        return both.keep();
      case 'put-back':
        return both.putBack();
      case 'flush':
        return both.flush();
      case 'again':
        return both.again(by);
      case 'look':
        return this.lookAll(by);
      case 'commit':
        return this.#commit(op);
      default:
    }
    await both.call(by, times, this.#calling(op, day));
  }

  /** What it asks for is settled before either store is asked: one must not see what the other has done. */
  #calling(op: Op, day: string): (store: Store) => Promise<unknown> {
    switch (op.do) {
      case 'take': {
        const { asks, behind, journal, other, records, run, seen } = op;
        const owner = {
          ...{ run: `run-${run}`, journal: `j-${journal}`, records, seen, leaseMs: LEASE_MS },
          ...{ asks, behind },
          covered: other === undefined ? [] : [{ journal: `j-${1 - journal}`, records: other }],
        };
        return (store) => store.take(owner);
      }
      case 'beat':
        return (store) => {
          const { dueMax, records } = op;
          return store.beat({ leaseMs: LEASE_MS, dueMax, records });
        };
      case 'release':
        return (store) => store.release(`j-${op.journal}`, op.records);
      case 'accept': {
        const items = op.items.map((one) => this.#new(one));
        return (store) => store.accept(items);
      }
      case 'restore': {
        const items = op.items.map((one) => this.#restored(one));
        return (store) => store.restore(items);
      }
      case 'published': {
        const { out } = this.both.memory.data;
        const at = out[Math.min(op.nth, out.length - 1)]?.at ?? '0-0';
        return (store) => store.published(at);
      }
      case 'mark': {
        const entries = op.entries.map(({ key, out, ...rest }) => ({
          ...rest,
          ...{ key: `e${key}`, out: outs(out) },
        }));
        const state = op.state === undefined ? {} : { state: op.state };
        return (store) => store.mark({ account: '810', day, entries, ...state });
      }
      case 'forget':
        return (store) => store.forgetDay('810', day);
      case 'push': {
        const marks = op.marks.map((one) => this.#mark(one));
        return (store) => store.push(marks);
      }
      default:
        return (store) => store.leave();
    }
  }

  /** Everything that may be asked. */
  async lookAll(by: number): Promise<void> {
    const { both } = this;
    const ids = Array.from({ length: IDS }, (_, id) => nameOf(id));
    await both.call(by, 1, async (store) =>
      Promise.all([
        ...ids.flatMap((id) => [store.held(id), store.told(id), store.freeze(id)]),
        ...['810', '811'].map((account) => store.member(account)),
        ...[store.doubtful(3), store.doubtful(100), store.outbox(3), store.outbox(1000)],
        store.members().then((all) => [...all].sort((a, b) => (a.account < b.account ? -1 : 1))),
        ...DAYS.flatMap((day) => [store.entries('810', day), store.pushes(day)]).map(sortedMap),
        sortedMap(store.days()),
        ...(['awaited', 'provisional', 'questions'] as const).map((part) =>
          sortedMap(store.pushed(part)),
        ),
      ]),
    );
  }

  /** A new owner lets everything go: what no answer showed before shows in the order in which it goes. */
  async drain(): Promise<void> {
    const { both } = this;
    both.restart(0);
    // however often the clock was put back
    both.now += 60 * LEASE_MS;
    const seen = both.memory.data.meta.wm;
    const journal = both.memory.data.meta.journal ?? 'j-0';
    await both.call(0, 1, (store) =>
      store.take({ run: 'run-9', journal, records: 1e9, seen, leaseMs: LEASE_MS }),
    );
    for (let seq = 1; seq <= 4 * IDS; seq += 1) {
      await both.call(0, 1, (store) => store.commit({ changes: [], claim: { seq, n: 2 } }));
      const { entries, sending } = both.memory.data;
      const changes = [...entries.values()]
        .filter(({ id, phase }) => sending.has(id) || (phase !== 'received' && !isFinal(phase)))
        .map(
          ({ id, version }): Change => ({
            ...{ id, expect: version, phase: 'succeeded', life: blank, dueAt: null },
            ...{ release: true, back: false, out: [] },
          }),
        );
      const idle = changes.length === 0;
      if (idle) both.now += 86_400_000 / 4;
      else await both.call(0, 1, (store) => store.commit({ changes }));
      await both.call(0, 1, (store) => store.beat({ leaseMs: LEASE_MS, dueMax: 100 }));
      if (idle && both.memory.data.later.size === 0) break;
    }
    await this.lookAll(0);
  }
}

const sortedMap = async (asked: Promise<Map<string, string>>): Promise<[string, string][]> =>
  [...(await asked)].sort(([a], [b]) => (a < b ? -1 : 1));

export async function performAll(both: Both, ops: readonly Op[]): Promise<void> {
  const performer = new Performer(both);
  for (const [at, op] of ops.entries()) {
    await performer.perform(op);
    if (at % 20 === 19) await performer.lookAll(op.by);
  }
  await performer.lookAll(0);
  await performer.drain();
}
