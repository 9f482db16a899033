/**
 * Ping An's trading link on the bench: packets the bank pushes, what became of them, and the statement (1325)
 * that shows what really came in. Names and numbers are invented.
 */
import { randomUUID } from 'node:crypto';
import type { BankPacket } from '../../src/bank/bank-packet.ts';
import type { LinkEngine } from '../../src/engine/link-engine.ts';
import { dayOf } from '../../src/instruction/day.ts';
import { decodeAnswer } from '../../src/protocol/decode.ts';
import { encodeRequest } from '../../src/protocol/encode.ts';
import type { Row, Values } from '../../src/protocol/message.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { type Bench, bench } from './bench.ts';
import type { Asked } from './bench-bank.ts';

export const trading = readSpec('protocol-specs/pingan_trading');
export const today = (): string => dayOf(Date.now(), 'Asia/Shanghai');

export const ACCOUNT = '888800000000001';

/** The bank opened (1), changed or closed (3) a member, 1301. */
export const memberEvent = (flag: string) => ({
  FuncFlag: flag,
  SupAcctId: '15000000000001',
  CustAcctId: ACCOUNT,
  CustName: '张样例',
  ThirdCustId: 'M10001',
  IdType: '1',
  IdCode: '440300199001010000',
  CustFlag: '1',
  TotalAmount: '0',
  TotalBalance: '0',
  TotalFreezeAmount: '0',
});

export const pushBench = (): Promise<Bench> =>
  bench({
    spec: trading,
    link: {
      spec: 'pingan_trading',
      settings: { qydm: '9001', supAcctId: '15000000000001', tranWebName: '样例商城' },
      credits: { roundMs: 600_000 },
      questions: 'erp',
      questionWithinMs: 2_000,
    },
  });

/** What the bank is told of its packet. */
export interface Sent {
  readonly answer: Promise<{ head: Record<string, string>; fields: Row } | 'closed'>;
}

export interface Pushed {
  readonly serial?: string;
  readonly day?: string;
  readonly values: Values;
  /** bytes of the body that are others: what our own encoder would not write */
  readonly change?: readonly [from: string, to: string];
}

let next = 0;

export const packetOf = (code: string, { serial, day, values }: Pushed): Uint8Array => {
  next += 1;
  const number = serial ?? `25031100000000${String(next).padStart(6, '0')}`;
  const head = {
    protocol: '01',
    customer: '9001',
    code: '000000',
    operator: 'PA001',
    service: '01',
    date: day ?? today(),
    time: '093015',
    reference: number,
    returnCode: '999999',
    tranFunc: code,
    servType: '01',
    tranTime: `${day ?? today()}093015`,
    rspCode: '999999',
    conFlag: '0',
    operatorId: 'PA001',
    thirdLogNo: number,
    qydm: '9001',
  };
  return encodeRequest(trading, code, values, 'GBK', head);
};

const changed = (bytes: Uint8Array, change: Pushed['change']): Uint8Array =>
  change === undefined
    ? bytes
    : Buffer.from(
        Buffer.from(bytes)
          .toString('latin1')
          .replace(...change),
        'latin1',
      );

/** Hands a packet to the engine as a listener would, with a connection that stays open as long as it may. */
export function push(
  engine: LinkEngine,
  code: string,
  pushed: Pushed,
  options: { answerWithinMs?: number; gone?: () => boolean } = {},
): Sent {
  let settle: (answer: Awaited<Sent['answer']>) => void = () => undefined;
  const answer = new Promise<Awaited<Sent['answer']>>((resolve) => {
    settle = resolve;
  });
  let over = false;
  const packet: BankPacket = {
    bytes: changed(packetOf(code, pushed), pushed.change),
    from: '10.0.0.1',
    answerBy: performance.now() + (options.answerWithinMs ?? 30_000),
    answer: (bytes) => {
      if (over || options.gone?.()) return false;
      over = true;
      const { head, fields } = decodeAnswer(trading, code, bytes);
      settle({ head, fields });
      return true;
    },
    refuse: () => {
      over = true;
      settle('closed');
    },
  };
  engine.onBankPacket(packet);
  return { answer };
}

export const deposit = (amount: string, more: Values = {}): Values => ({
  SupAcctId: '15000000000001',
  CustAcctId: ACCOUNT,
  TranAmount: amount,
  InAcctId: '6222000000000000009',
  InAcctIdName: '李付款',
  CcyCode: 'RMB',
  AcctDate: today(),
  Reserve: 'M10001',
  ...more,
});

export interface Entry {
  readonly number: string;
  readonly amount: string;
  readonly account?: string;
  readonly flag?: '1' | '2';
  readonly ours?: string;
  readonly day?: string;
}

/** A bank whose statement shows these entries, twenty a page. */
export const statement =
  (entries: readonly Entry[]) =>
  ({ action, answer, fields, head }: Asked): void => {
    if (action !== '1325') return;
    const said = entries.filter(({ day = today() }) => day === fields.BeginDate);
    const page = Number(fields.PageNum);
    const rows = said.slice((page - 1) * 20, page * 20);
    const last = page * 20 >= said.length;
    const empty = rows.length === 0;
    const code = empty ? 'ERR020' : '000000';
    const answered = {
      ...head,
      service: '02',
      servType: '02',
      returnCode: code,
      rspCode: code,
    };
    const { length: _, bodyLength: __, ...own } = answered as Record<string, string>;
    answer(
      empty
        ? {}
        : {
            TotalCount: String(said.length),
            BeginNum: String((page - 1) * 20 + 1),
            LastPage: last ? '1' : '0',
            RecordNum: String(rows.length),
            items: rows.map(({ account, amount, day, flag, number, ours }) => ({
              ThirdLogNo: ours ?? '',
              FrontLogNo: number,
              TranFlag: flag ?? '1',
              TranStatus: '0',
              TranAmount: amount,
              CustAcctId: account ?? ACCOUNT,
              ThirdCustId: 'M10001',
              TranDate: day ?? today(),
              AcctDate: day ?? today(),
            })),
          },
      own,
    );
  };

/** What was told on a queue, oldest first. */
export const told = (self: Bench, type: string, source = 'erp'): Record<string, unknown>[] =>
  self.published
    .filter((one) => one.source === source)
    .map(({ data }) => data as Record<string, unknown>)
    .filter((data) => data.type === type);

export const serialOf = (): string => randomUUID().replaceAll('-', '').slice(0, 20);
