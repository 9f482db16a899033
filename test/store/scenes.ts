/** One call of every script on a state that makes it touch as much as it ever can. */
import type { Redis } from 'ioredis';
import type { Change, NewIntent, Restore } from '../../src/store/shapes.ts';
import type { Store } from '../../src/store/store.ts';
import { change, claim, DAY_MS, heldOf, item, key, lived, moved, take, told } from './ground.ts';

export interface Scene {
  readonly name: string;
  readonly prepare: (store: Store, redis: Redis) => Promise<void>;
  readonly call: (store: Store) => Promise<unknown>;
}

const member = {
  account: '81',
  name: '张三',
  payout: { account: '62', name: '张三', sameBank: true },
  openedBy: 'erp:head',
  since: '20260924',
};
const freeze = {
  id: 'erp:head',
  madeBy: 'freeze',
  holder: '81',
  amount: '1.00',
  returnTo: '80',
  number: 'F1',
};
/** Two on a key, one in the middle of its end, one that waits, one for later, one expired, one alone. */
const standing: NewIntent[] = [
  item('head', { orderKey: 'k', serials: ['S1'] }),
  item('tomb', { orderKey: 'k' }),
  item('next', { orderKey: 'k' }),
  item('waiter', { after: 'erp:head' }),
  item('later', { notBeforeMs: Date.now() + DAY_MS / 2 }),
  item('query', { aside: true, dueAt: 1000, kind: 'query' }),
  item('doubted'),
];

async function stand(store: Store, redis: Redis): Promise<void> {
  await store.accept(standing);
  const held = await claim(store);
  const doubted = held.find((one) => one.intent.id === 'erp:doubted');
  if (doubted === undefined) throw new Error('not claimed');
  await change(
    store,
    moved(await heldOf(store, 'tomb'), 'failed'),
    moved(doubted, 'unknown', {
      life: lived({ since: 500 }),
      dueAt: 2000,
      out: [told('doubted')],
      message: told('doubted').body,
    }),
  );
  const entries = [{ key: 'e1', expect: '', digest: 'd1', out: [told('e1')] }];
  await store.mark({ account: '81', day: '20260924', entries, state: 'one' });
  // the time of `later` comes
  await redis.zadd(key('later'), 1, 'erp:later');
  await redis.hset(key('i', 'erp:later'), 'notBefore', '1');
}

const arriving: NewIntent[] = [
  item('new', { orderKey: 'k', serials: ['S1', 'S2'] }),
  item('follower', { after: 'erp:doubted' }),
  item('early', { notBeforeMs: Date.now() + DAY_MS / 2 }),
  item('refused', { phase: 'failed', aside: true, out: [told('refused')], message: 'no' }),
  item('head', { orderKey: 'k', serials: ['S1'] }),
];

async function changes(store: Store): Promise<Change[]> {
  return [
    moved(await heldOf(store, 'head'), 'succeeded', {
      out: [told('head')],
      message: told('head').body,
      member,
      freeze,
    }),
    moved(await heldOf(store, 'doubted'), 'manual', { dueAt: 9000, life: lived({ since: 500 }) }),
  ];
}

async function lost(store: Store): Promise<Restore[]> {
  const old = (id: string, phase: Restore['phase'], expect: number | null): Restore => {
    const { intent, expiresAt } = item(id);
    return {
      intent: { ...intent, serial: `R-${id}` },
      phase,
      life: lived({ since: 500 }),
      attempt: 1,
      expect,
      dueAt: null,
      expiresAt,
      out: [{ ...told(id), version: 1 }],
    };
  };
  const { version } = await heldOf(store, 'head');
  return [
    { ...old('head', 'succeeded', version), member, freeze, told: { body: 'x', version: 1 } },
    { ...old('lost', 'received', null), orderKey: 'k' },
    old('gone', 'unknown', null),
  ];
}

/** A call whose arguments are worked out before, so that it is the same when made again. */
function scene<Given>(
  name: string,
  given: (store: Store) => Promise<Given>,
  call: (store: Store, given: Given) => Promise<unknown>,
): Scene {
  let known: Given | undefined;
  return {
    name,
    prepare: async (store, redis) => {
      await stand(store, redis);
      known = await given(store);
    },
    call: (store) => {
      if (known === undefined) throw new Error('not prepared');
      return call(store, known);
    },
  };
}

const nothing = async () => null;

export const writing: Scene[] = [
  scene('accept', nothing, (store) => store.accept(arriving)),
  scene('commit', changes, (store, given) =>
    store.commit({ changes: given, claim: { seq: 1e9, n: 9 } }),
  ),
  scene('beat', nothing, (store) => store.beat({ leaseMs: 1000, dueMax: 9 })),
  scene('restore', lost, (store, given) => store.restore(given)),
  scene('mark', nothing, (store) =>
    store.mark({
      account: '81',
      day: '20260924',
      entries: [{ key: 'e2', expect: '', digest: 'd1', out: [told('e2')] }],
      state: 'two',
    }),
  ),
  scene('push', nothing, (store) =>
    store.push([
      {
        guard: { part: 'push', name: '20260924', field: '1310/7', expect: '', value: 'd1' },
        writes: [
          { part: 'awaited', field: 'a', value: 'one' },
          { part: 'provisional', field: 'p', value: 'one' },
          { part: 'questions', field: 'q', value: 'one' },
        ],
        out: [told('push')],
      },
      {
        guard: { part: 'awaited', field: 'a', expect: 'one', value: 'two' },
        writes: [{ part: 'provisional', field: 'p', value: '' }],
        out: [],
      },
    ]),
  ),
  scene('forget', nothing, (store) => store.forgetDay('81', '20260924')),
  scene(
    'published',
    async (store) => (await store.outbox(1))[0]?.at ?? '',
    (store, at) => store.published(at),
  ),
  scene('release', nothing, (store) => store.release('journal-a', 7)),
  scene('leave', nothing, (store) => store.leave()),
];

export const taking: Scene = scene('take', nothing, (store) => take(store, { run: 'run-2' }));

export const reading: Scene[] = [
  scene('held', nothing, (store) => store.held('erp:head')),
  scene('told', nothing, (store) => store.told('erp:doubted')),
  scene('doubtful', nothing, (store) => store.doubtful(9)),
  scene('member', nothing, (store) => store.member('81')),
  scene('members', nothing, (store) => store.members()),
  scene('freeze', nothing, (store) => store.freeze('erp:head')),
  scene('outbox', nothing, (store) => store.outbox(9)),
  scene('entries', nothing, (store) => store.entries('81', '20260924')),
  scene('days', nothing, (store) => store.days()),
  scene('pushes', nothing, (store) => store.pushes('20260924')),
  scene('pushed', nothing, (store) => store.pushed('awaited')),
];
