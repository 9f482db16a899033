/**
 * A session under a thousand orders of which every third meets a fault of the bank's bytes, over a real
 * socket: every order is settled exactly once, what was not written was not executed, what was executed was
 * executed once, and what was answered was answered as itself. YINQI_SEED=n repeats a run.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MockBank, startMockBank } from '../../mock-bank/start.ts';
import type { Ending, Line } from '../../src/bank/line.ts';
import { openSessionLine } from '../../src/bank/session-line.ts';
import { encodeRequest } from '../../src/protocol/encode.ts';
import { Sequences } from '../../src/session/sequences.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { realTimers } from '../../src/timers.ts';
import { RULES } from '../session/reference-rules.ts';

const ORDERS = 1_000;
const AT_ONCE = 8;
const TEST_MS = 180_000;

const given = process.env.YINQI_SEED;
const seed = given === undefined ? Math.floor(Math.random() * 1_000_000) : Number(given);

const spec = readSpec('protocol-specs/reference');
const BUYER = '3110700000000000011';
const SELLER = '3110700000000000022';

let bank: MockBank;
let line: Line;
const sequences = new Sequences();

beforeAll(async () => {
  process.stdout.write(`session faults: YINQI_SEED=${seed}\n`);
  bank = await startMockBank({ spec, seed });
  bank.control.openAccount({ number: BUYER, name: '示例买方公司', balance: '100000.00' });
  bank.control.openAccount({ number: SELLER, name: '示例卖方公司' });
  bank.control.mixFaults({
    seed,
    rate: 0.33,
    kinds: [
      'no-answer',
      'drop-before',
      'reset-after-read',
      'answer-twice',
      'one-byte-segments',
      'two-frames',
      'wrong-serial',
      { kind: 'drop-after', how: 'close' },
      { kind: 'drop-after', how: 'reset' },
      { kind: 'late', ms: 120, executed: true },
      { kind: 'wrong-length', by: -3, executed: true },
      { kind: 'wrong-length', by: 3, executed: true },
    ],
  });
  line = await openSessionLine({
    host: '127.0.0.1',
    port: bank.port,
    timers: realTimers,
    connectWithinMs: 5_000,
    backoffMaxMs: 5,
    rules: {
      ...RULES,
      window: AT_ONCE,
      answerWithinMs: 60,
      lateUntilMs: 200,
      spec: { ...RULES.spec, halfReadMs: 60, heartbeatMs: 100, heartbeatWithinMs: 100 },
    },
    sequences,
    onPacket: (packet) => packet.refuse(),
  });
});

afterAll(async () => {
  await line.close();
  await bank.close();
});

interface Order {
  readonly memo: string;
  written: boolean;
  readonly endings: Ending['type'][];
  late: number;
  answered: number;
}

async function pay(order: Order, number: number): Promise<void> {
  const connection = await line.connect('order');
  // as the sender: time passes between the place and the write
  if (number % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
  const numbered = sequences.allot();
  sequences.reservation();
  if (!connection.usable) {
    line.numbers?.unwritten(numbered);
    connection.close();
    return;
  }
  const head = {
    kind: 'RQ',
    resend: 'N',
    day: numbered.day,
    sequence: String(numbered.number),
    reference: `20261124${String(number).padStart(12, '0')}`,
    code: 'T101',
  };
  const values = { from: BUYER, to: SELLER, toName: '示例卖方公司', amount: '0.01' };
  const whole = { ...values, serial: order.memo, memo: order.memo };
  order.written = true;
  const exchange = connection.send(encodeRequest(spec, 'T101', whole, 'GBK', head), {
    keep: false,
  });
  const ended = await exchange.ended;
  order.endings.push(ended.type);
  const late = await exchange.late;
  order.late += late === undefined ? 0 : 1;
  for (const bytes of [ended.type === 'answer' ? ended.body : undefined, late]) {
    if (bytes === undefined) continue;
    order.answered += 1;
    // whether the body is whole is found by whoever decodes it; whose it is, its head says
    expect(RULES.codec.read(bytes).reference).toBe(head.reference);
  }
  connection.close();
}

it(
  'survives a thousand orders',
  async () => {
    const orders = Array.from({ length: ORDERS }, (_, i): Order => {
      const memo = `F${String(i).padStart(6, '0')}`;
      return { memo, written: false, endings: [], late: 0, answered: 0 };
    });
    const waiting = orders.map((order, i) => [order, i] as const);
    const worker = async (): Promise<void> => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await pay(...one);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const counts = { answered: 0, silent: 0, unwritten: 0, late: 0 };
    const { executions } = bank.control.executions({});
    const times = new Map<string, number>();
    for (const { memo } of executions) times.set(memo, (times.get(memo) ?? 0) + 1);
    for (const { memo, written, endings, late, answered } of orders) {
      const executed = times.get(memo) ?? 0;
      const once = written ? endings.length === 1 && answered <= 1 : endings.length === 0;
      const honest = written ? executed <= 1 : executed === 0;
      const proven = answered === 0 || executed === 1;
      expect({ memo, once, honest, proven }).toEqual({
        memo,
        once: true,
        honest: true,
        proven: true,
      });
      if (!written) counts.unwritten += 1;
      else if (late > 0) counts.late += 1;
      else if (endings[0] === 'answer') counts.answered += 1;
      else counts.silent += 1;
    }
    process.stdout.write(`session faults: ${JSON.stringify(counts)}\n`);
    expect(counts.answered).toBeGreaterThan(100);
    expect(counts.silent).toBeGreaterThan(100);
  },
  TEST_MS,
);
