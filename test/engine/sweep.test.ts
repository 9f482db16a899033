/** One sweep against a bank and a Redis made of maps: whose days it reads, what it tells, and what it keeps them under. */
import { describe, expect, it } from 'vitest';
import type { LinkConfig } from '../../src/config.ts';
import type { LinkContext } from '../../src/engine/context.ts';
import { Sweep } from '../../src/engine/credits/sweep.ts';
import type { Target } from '../../src/engine/credits/target.ts';
import type { Outgoing } from '../../src/engine/telling/telling.ts';
import type { Member } from '../../src/instruction/intent.ts';
import { MattersIndex } from '../../src/people/open-matters.ts';
import { decodeRequest } from '../../src/protocol/decode.ts';
import { encodeAnswer, encodeRequest } from '../../src/protocol/encode.ts';
import { fillOwned, requestFields } from '../../src/protocol/operation.ts';
import type { EntryMark } from '../../src/store/shapes.ts';
import { citic, contextWith, intentOf, MAIN_ACCOUNT } from './ground.ts';

const DAY = '20260924';
const MEMBER = '7110210187000012345';
const members = new Map<string, Member>([
  [
    MEMBER,
    {
      account: MEMBER,
      name: '张三',
      payout: { account: '6217001234567890123', name: '张三', sameBank: false },
      openedBy: 'erp:O1',
      since: '20260901',
    },
  ],
]);

type Row = Record<string, string>;
const PAYOUT: Row = {
  subAccNo: MEMBER,
  TRANTYPE: '23',
  TRANDATE: DAY,
  TRANTIME: '101500',
  HOSTFLW: 'SC000000000042',
  HOSTSEQ: '1',
  OPPACCNO: '6217001234567890123',
  OPPACCNAME: '张三',
  CDFG: 'D',
  TRANAMT: '12.30',
  XTSFAM: '0.00',
};
const MAIN_IN: Row = {
  tranDate: DAY,
  tranTime: '101500',
  tranNo: 'SC340000000001',
  sumTranNo: '0000000000001',
  tranAmount: '100.00',
  creditDebitFlag: 'C',
};

/** A payout of ours, as the journal has it. */
function payout(id: string, day = DAY, account = MEMBER) {
  const intent = { ...intentOf('withdraw', {}), id: `erp:${id}`, day };
  const named = {
    clientID: id.padEnd(20, '0'),
    userName: 'test',
    accountNo: account,
    recvAccNo: '6217001234567890123',
    recvAccNm: '张三',
    tranAmt: '12.30',
    sameBank: '0',
    preFlg: '0',
  };
  const request = encodeRequest(citic, 'DLFCSOUT', fillOwned(citic, 'DLFCSOUT', named, {}), 'GBK');
  return {
    intent: { ...intent, envelope: { ...intent.envelope, id } },
    request: Buffer.from(request).toString('base64'),
    serial: named.clientID,
  };
}

class World {
  rows: Row[] = [];
  head: Row = {};
  orders: ReturnType<typeof payout>[] = [];
  readonly asked: Row[] = [];
  readonly known = new Map<string, Map<string, string>>();
  readonly told: Outgoing[] = [];
  readonly unclaimed: string[] = [];
  readonly kept: { kind: string }[] = [];

  sweep(name: string, link: Partial<LinkConfig> = {}): Sweep {
    const spec = citic.protocol.credits?.find((one) => one.name === name);
    if (spec === undefined) throw new Error(`no sweep ${name}`);
    const first = citic.protocol.credits?.[0] === spec;
    const { signal } = new AbortController();
    return new Sweep(this.#context(link), spec, { first, sources: ['erp'], signal });
  }

  #context(link: Partial<LinkConfig>): LinkContext {
    const base = contextWith();
    const quiet = () => undefined;
    const parts = {
      link: { ...base.link, ...link },
      traffic: { permit: async () => ({ done: quiet, unused: quiet }), passed: quiet },
      line: { connect: async () => this.#connection(), peer: 'fep.invalid:7001' },
      metrics: {
        bankTime: quiet,
        noticed: quiet,
        unclaimed: (name: string) => this.unclaimed.push(name),
      },
      log: { error: quiet, warn: quiet },
      fatal: quiet,
      store: {
        seen: 1,
        entries: async (account: string, day: string) =>
          new Map(this.known.get(`${account}|${day}`)),
        mark: async (batch: { account: string; day: string; entries: EntryMark[] }) =>
          this.#mark(batch),
        forgetDay: async () => undefined,
      },
      journal: {
        append: async (records: { kind: string }[]) => void this.kept.push(...records),
        index: {
          matters: () => new MattersIndex(),
          ids: () => this.orders.map(({ intent }) => intent.id),
          bySerial: (_: string, serial: string) =>
            this.orders.find((one) => one.serial === serial)?.intent.id,
        },
        known: () => ({ transaction: 'DLFCSOUT' }),
        lastSend: async (_: string, id: string) => this.orders.find((one) => one.intent.id === id),
      },
    };
    return contextWith(parts as unknown as Partial<LinkContext>);
  }

  #connection() {
    return {
      close: () => undefined,
      send: (body: Uint8Array) => ({
        ended: Promise.resolve({ type: 'answer', body: this.#answer(body) }),
      }),
    };
  }

  #answer(body: Uint8Array): Uint8Array {
    const code = /<action>(\w+)</.exec(Buffer.from(body).toString('latin1'))?.[1] ?? '';
    this.asked.push(requestFields(citic, code, decodeRequest(citic, code, body)));
    const head = { status: 'AAAAAAA', statusText: 'OK', ...this.head };
    return encodeAnswer(citic, code, { ...head, userDataList: this.rows }, 'GB18030');
  }

  #mark({ account, day, entries }: { account: string; day: string; entries: EntryMark[] }): void {
    const at = `${account}|${day}`;
    const known = this.known.get(at) ?? new Map<string, string>();
    this.known.set(at, known);
    for (const { key, expect: expected, digest, out } of entries) {
      expect(known.get(key) ?? '').toBe(expected);
      known.set(key, digest);
      this.told.push(...out.map(({ body }) => JSON.parse(body) as Outgoing));
    }
  }

  /** What one more sweep tells. */
  async tells(sweep: Sweep, target: Target): Promise<Record<string, unknown>[]> {
    const before = this.told.length;
    await sweep.read(target, [DAY], new Map(), members);
    return this.told.slice(before).map(({ message }) => message);
  }
}

const only = (targets: readonly Target[]): Target => {
  const [one, ...more] = targets;
  if (one === undefined || more.length > 0) throw new Error('not one target');
  return one;
};

describe('whose statements are read', () => {
  it('of the members, and what their days are kept under stays as it always was', () => {
    const targets = new World().sweep('members').targets(members, '20260101');
    expect(targets).toEqual([
      { name: MEMBER, account: MEMBER, unplaced: false, first: '20260901' },
    ]);
  });

  it('of the main account, which the link names, under a name no account can have', () => {
    const targets = new World().sweep('main').targets(members, '20260101');
    const account = MAIN_ACCOUNT;
    expect(targets).toEqual([
      { name: `main:${account}`, account, unplaced: false, first: '20260101' },
    ]);
  });

  it('the public adjustment account beside the members, where the link has one', () => {
    const { link } = contextWith();
    const settings = { ...link.settings, adjustmentAccount: '99' };
    const targets = new World().sweep('members', { settings }).targets(new Map(), '20260101');
    expect(targets).toEqual([{ name: '99', account: '99', unplaced: true, first: '20260101' }]);
  });
});

describe('the main account', () => {
  it('is asked for a whole day of all amounts, told once, and kept apart from the members', async () => {
    const world = new World();
    world.rows = [MAIN_IN];
    world.head = { accountNo: MAIN_ACCOUNT };
    const sweep = world.sweep('main');
    const target = only(sweep.targets(members, DAY));
    expect(await world.tells(sweep, target)).toMatchObject([
      { type: 'main-credit', account: MAIN_ACCOUNT, amount: '100.00' },
    ]);
    expect(world.asked).toMatchObject([
      {
        accountNo: MAIN_ACCOUNT,
        startDate: DAY,
        endDate: DAY,
        lowAmount: '0.00',
        controlFlag: '1',
      },
    ]);
    expect(await world.tells(sweep, target)).toEqual([]);
    expect([...world.known.keys()]).toEqual([`main:${MAIN_ACCOUNT}|${DAY}`]);
    // the journal names the same place, so that a Redis put back from it tells nothing anew
    expect(world.told[0]?.notice).toMatchObject({ account: `main:${MAIN_ACCOUNT}`, day: DAY });
  });

  it('is told changed when the bank marks an entry later', async () => {
    const world = new World();
    const sweep = world.sweep('main');
    const target = only(sweep.targets(members, DAY));
    world.rows = [{ ...MAIN_IN, creditDebitFlag: 'D' }];
    expect(await world.tells(sweep, target)).toEqual([]);
    world.rows = [{ ...MAIN_IN, creditDebitFlag: 'D', e3rtFlag: '0', e3rtDate: DAY }];
    expect(await world.tells(sweep, target)).toMatchObject([
      { type: 'changed', direction: 'out', marks: { returned: 'yes', returnedOn: DAY } },
    ]);
  });

  it('is not read from an answer about another account', async () => {
    const world = new World();
    world.rows = [MAIN_IN];
    world.head = { accountNo: '8110700000000000002' };
    const sweep = world.sweep('main');
    const read = await sweep.read(only(sweep.targets(members, DAY)), [DAY], new Map(), members);
    expect(read).toEqual({ whole: false, news: false });
    expect([world.told, world.unclaimed]).toEqual([[], ['citic-main']]);
    expect(world.kept).toMatchObject([
      { kind: 'unclaimed', event: 'answer-misnamed', peer: 'fep.invalid:7001' },
    ]);
  });

  it('names the order whose serial the bank shows', async () => {
    const world = new World();
    world.orders = [payout('W1'), payout('W2')];
    world.rows = [
      {
        ...MAIN_IN,
        creditDebitFlag: 'D',
        e3rtFlag: '0',
        e3rtDate: DAY,
        chkNum: 'W2'.padEnd(20, '0'),
      },
    ];
    const sweep = world.sweep('main');
    expect(await world.tells(sweep, only(sweep.targets(members, DAY)))).toMatchObject([
      { type: 'payout-returned', of: 'W2' },
    ]);
  });
});

describe('the fee of a payout', () => {
  const swept = (world: World) => {
    const sweep = world.sweep('members');
    return [sweep, only(sweep.targets(members, DAY))] as const;
  };

  it('is told when it shows, also later than its payout, and again when it is another', async () => {
    const world = new World();
    world.orders = [payout('W1')];
    const [sweep, target] = swept(world);
    world.rows = [PAYOUT];
    expect(await world.tells(sweep, target)).toEqual([]);
    world.rows = [{ ...PAYOUT, XTSFAM: '5.00' }];
    expect(await world.tells(sweep, target)).toMatchObject([
      { type: 'fee', amount: '5.00', direction: 'out', of: 'W1' },
    ]);
    expect(await world.tells(sweep, target)).toEqual([]);
    // silence would leave a fee in the books that the bank does not know any more
    world.rows = [PAYOUT];
    expect(await world.tells(sweep, target)).toMatchObject([
      { type: 'changed', amount: '0.00', of: 'W1', key: expect.stringMatching(/\/fee$/) },
    ]);
  });

  const fitting: [what: string, orders: ReturnType<typeof payout>[], expected: object][] = [
    ['of two that fit', [payout('W1'), payout('W2')], { candidates: ['W2', 'W1'] }],
    ['of one account', [payout('W1'), payout('W2', DAY, '7110210187000012352')], { of: 'W1' }],
    ['of an order that could still be sent', [payout('W1', '20260917')], { of: 'W1' }],
  ];
  it.each(fitting)('%s', async (_, orders, expected) => {
    const world = new World();
    world.orders = orders;
    world.rows = [{ ...PAYOUT, XTSFAM: '5.00' }];
    expect(await world.tells(...swept(world))).toMatchObject([expected]);
  });

  it.each(['20260901', '20260926'])('belongs to no order of %s', async (day) => {
    const world = new World();
    world.orders = [payout('W1', day)];
    world.rows = [{ ...PAYOUT, XTSFAM: '5.00' }];
    const [fee] = await world.tells(...swept(world));
    expect(fee).toMatchObject({ type: 'fee' });
    expect(fee).not.toHaveProperty('of');
  });

  it('of money that nobody could place is not told beside it', async () => {
    const world = new World();
    const sweep = world.sweep('members');
    world.rows = [{ ...PAYOUT, XTSFAM: '5.00' }];
    const target = { name: MEMBER, account: MEMBER, unplaced: true, first: DAY };
    expect(await world.tells(sweep, target)).toMatchObject([{ type: 'unplaced', amount: '12.30' }]);
  });
});
