/** The line of a session against the mock bank's side of it, over a real socket. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MockBank, startMockBank } from '../../mock-bank/start.ts';
import type { BankPacket } from '../../src/bank/bank-packet.ts';
import type { Line } from '../../src/bank/line.ts';
import { openSessionLine } from '../../src/bank/session-line.ts';
import { decodeAnswer } from '../../src/protocol/decode.ts';
import { encodeAnswer, encodeRequest } from '../../src/protocol/encode.ts';
import { Sequences } from '../../src/session/sequences.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { realTimers } from '../../src/timers.ts';
import { RULES } from '../session/reference-rules.ts';

const spec = readSpec('protocol-specs/reference');
const BUYER = '3110700000000000011';
const SELLER = '3110700000000000022';

let bank: MockBank;
let line: Line;
let sequences: Sequences;
const warnings: string[] = [];
const packets: BankPacket[] = [];
let references = 0;

const reference = (): string => {
  references += 1;
  return `20261124${String(references).padStart(12, '0')}`;
};

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`${what}: not within 5 s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const open = async (more: Partial<typeof RULES> = {}): Promise<Line> =>
  openSessionLine({
    host: '127.0.0.1',
    port: bank.port,
    timers: realTimers,
    connectWithinMs: 2_000,
    backoffMaxMs: 100,
    rules: { ...RULES, answerWithinMs: 500, lateUntilMs: 3_000, ...more },
    sequences,
    onPacket: (packet) => packets.push(packet),
    onWarn: (event, { code = '', why = '' }) => warnings.push(`${event} ${code} ${why}`.trim()),
  });

beforeEach(async () => {
  bank = await startMockBank({ spec });
  bank.control.openAccount({ number: BUYER, name: '示例买方公司', balance: '10000.00' });
  bank.control.openAccount({ number: SELLER, name: '示例卖方公司' });
  warnings.length = 0;
  packets.length = 0;
  sequences = new Sequences();
  line = await open();
});

afterEach(async () => {
  await line.close();
  await bank.close();
});

/** A transfer with a number of its own, as the sender makes it. */
function transfer(serial: string, amount = '1.00'): Uint8Array {
  const { day = '', number = 0 } = line.numbers?.allot() ?? {};
  line.numbers?.reservation();
  const head = { kind: 'RQ', resend: 'N', day, sequence: String(number), reference: reference() };
  const values = { serial, from: BUYER, to: SELLER, toName: '示例卖方公司', amount, memo: serial };
  return encodeRequest(spec, 'T101', values, 'GBK', { ...head, code: 'T101' });
}

async function pay(serial: string) {
  const connection = await line.connect('order');
  return { connection, exchange: connection.send(transfer(serial), { keep: false }) };
}

const statusOf = (code: string, bytes: Uint8Array): string | undefined =>
  decodeAnswer(spec, code, bytes).head.status;

const executed = (memo: string): number => bank.control.executions({ memo }).executions.length;

describe('a session', () => {
  it('carries requests side by side, each with its own answer', async () => {
    bank.control.addFault({ fault: { kind: 'late', ms: 100 }, memo: 'SLOW' });
    const [slow, fast] = [await pay('SLOW'), await pay('FAST')];
    const order: string[] = [];
    void slow.exchange.ended.then(() => order.push('slow'));
    void fast.exchange.ended.then(() => order.push('fast'));
    for (const { exchange } of [slow, fast]) {
      const ended = await exchange.ended;
      expect(ended.type === 'answer' && statusOf('T101', ended.body)).toBe('000000');
    }
    expect(order).toEqual(['fast', 'slow']);
    expect(line.up).toBe(true);
  });

  it('counts a late answer', async () => {
    bank.control.addFault({ fault: { kind: 'late', ms: 800 }, memo: 'LATE' });
    const { exchange } = await pay('LATE');
    expect(await exchange.ended).toEqual({ type: 'silent', why: 'deadline' });
    const late = await exchange.late;
    expect(late && statusOf('T101', late)).toBe('000000');
  });

  it('is kicked, and comes back with the numbers it had', async () => {
    bank.control.addFault({ fault: { kind: 'drop-after', how: 'close' }, memo: 'KICKED' });
    const unused = await line.connect('order');
    const { exchange } = await pay('KICKED');
    expect(await exchange.ended).toEqual({ type: 'silent', why: 'closed' });
    expect(unused.usable).toBe(false);
    expect(executed('KICKED')).toBe(1);
    const again = await pay('AFTER');
    expect((await again.exchange.ended).type).toBe('answer');
    expect(sequences.next).toBe(3);
    expect(warnings.filter((one) => one.startsWith('sequence'))).toEqual([]);
  });

  it('closes the number of an order that was not written', async () => {
    await (await pay('FIRST')).exchange.ended;
    const skipped = line.numbers?.allot();
    if (skipped !== undefined) line.numbers?.unwritten(skipped);
    await (await pay('THIRD')).exchange.ended;
    // the bank would have asked for what it missed
    expect(warnings).toEqual([]);
    expect(executed('THIRD')).toBe(1);
  });

  it('comes back after a kill behind every number it may have used', async () => {
    await (await pay('BEFORE')).exchange.ended;
    await line.close();
    sequences = new Sequences({ day: sequences.day, upTo: 100 });
    line = await open();
    expect((await (await pay('AFTER')).exchange.ended).type).toBe('answer');
    expect(sequences.next).toBe(102);
    expect(warnings).toEqual(['sequence-gap us 2..100']);
  });

  it('hands over a notice, and gets it again until it is acknowledged', async () => {
    bank.control.changeSettings({ sessionNoticeAgainMs: 60 });
    line.start?.();
    bank.control.injectCredit({ account: SELLER, amount: '5.00' });
    await until('the notice twice', () => packets.length >= 2);
    const head = { kind: 'NA', resend: 'N', code: 'N301', status: '000000' };
    const answer = encodeAnswer(spec, 'N301', {}, 'GBK', { ...head, reference: '1' });
    expect(packets[0]?.answer(answer)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 80));
    const sofar = packets.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(packets.length).toBe(sofar);
  });

  it('locks itself out after three refusals', async () => {
    bank.control.changeSettings({ sessionSignOn: 'refused' });
    await expect(line.connect('order')).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' });
    expect(warnings.filter((one) => one.startsWith('sign-on-refused'))).toHaveLength(3);
    expect(warnings.at(-1)).toBe('locked-out  sign-on refused');
  });

  it('is dead when its heartbeats are ignored', async () => {
    bank.control.changeSettings({ sessionHeartbeat: 'ignored' });
    await line.close();
    line = await open({ spec: { ...RULES.spec, heartbeatMs: 50, heartbeatWithinMs: 50 } });
    bank.control.addFault({ fault: { kind: 'no-answer' }, memo: 'DEAD' });
    const { exchange } = await pay('DEAD');
    expect(await exchange.ended).toEqual({ type: 'silent', why: 'closed' });
  });
});
