/**
 * A bank that only moves money and says what became of it: movements and their inquiry over HTTP, every fault
 * that decides whether an order is executed. Quick, for walks over every crash point; what a whole bank does
 * besides stands in bank.ts.
 */
import { Buffer } from 'node:buffer';
import type { Fault } from '../../../mock-bank/faults.ts';
import { decodeRequest, readAction } from '../../../src/protocol/decode.ts';
import { encodeAnswer } from '../../../src/protocol/encode.ts';
import type { Values } from '../../../src/protocol/message.ts';
import type { BankSpec } from '../../../src/protocol/spec.ts';
import type {
  BankAct,
  BankAsked,
  BankBooks,
  BankExecution,
  Decide,
  SimulatedBank,
} from './shapes.ts';

const HEAD_END = '\r\n\r\n';
const REFUSED = 'ED02010';
const NO_SUCH_SERIAL = 'ED02083';

interface Order {
  readonly asked: BankAsked;
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
  state: 'booked' | 'pending' | 'failed';
  readonly bookAt: number;
  readonly code: string;
}

interface Held {
  readonly at: number;
  readonly connection: number;
  readonly order: Order;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const fen = (value: unknown): bigint => (typeof value === 'bigint' ? value : 0n);

export class PlainBank implements SimulatedBank {
  readonly #spec: BankSpec;
  readonly #decide: Decide;
  readonly #answerMs: number;
  readonly #buffers = new Map<number, Buffer>();
  readonly #orders = new Map<string, Order>();
  readonly #executions: BankExecution[] = [];
  readonly #asked = new Map<string, number>();
  #held: Held[] = [];

  constructor(options: { spec: BankSpec; decide: Decide; answerMs: number }) {
    this.#spec = options.spec;
    this.#decide = options.decide;
    this.#answerMs = options.answerMs;
  }

  connected(connection: number): void {
    this.#buffers.set(connection, Buffer.alloc(0));
  }

  received(connection: number, bytes: Uint8Array, now: number): readonly BankAct[] {
    const before = this.#buffers.get(connection) ?? Buffer.alloc(0);
    const all = Buffer.concat([before, bytes]);
    this.#buffers.set(connection, all);
    const head = all.indexOf(HEAD_END);
    if (head === -1) return [];
    const length = /Content-Length: (\d+)/.exec(all.toString('latin1', 0, head))?.[1];
    const end = head + HEAD_END.length + Number(length);
    if (all.length < end) return [];
    this.#buffers.set(connection, all.subarray(end));
    return this.#request(connection, all.subarray(head + HEAD_END.length, end), now);
  }

  ended(connection: number): readonly BankAct[] {
    this.#buffers.delete(connection);
    return [];
  }

  nextAt(): number | undefined {
    const times = [
      ...this.#held.map(({ at }) => at),
      ...[...this.#orders.values()].filter(({ state }) => state === 'pending').map((o) => o.bookAt),
    ];
    return times.length === 0 ? undefined : Math.min(...times);
  }

  due(now: number): readonly BankAct[] {
    for (const order of this.#orders.values()) {
      if (order.state === 'pending' && order.bookAt <= now) this.#book(order, now);
    }
    const ripe = this.#held.filter(({ at }) => at <= now);
    this.#held = this.#held.filter(({ at }) => at > now);
    return ripe.flatMap(({ connection, order }) => {
      this.#keep(order);
      this.#book(order, now);
      return this.#answer(connection, order.asked.transaction, { status: 'AAAAAAA' }, 0);
    });
  }

  credit(): undefined {
    return undefined;
  }

  restart(): readonly BankAct[] {
    this.#held = [];
    const open = [...this.#buffers.keys()];
    this.#buffers.clear();
    return open.map((connection) => ({ connection, afterMs: 0, is: 'reset' as const }));
  }

  readonly books: BankBooks = {
    executions: () => this.#executions,
    credits: () => [],
    members: () => new Map(),
    open: () => [
      ...this.#held.map(({ order }) => ({ ...named(order), where: 'held' as const })),
      ...[...this.#orders.values()]
        .filter(({ state }) => state === 'pending')
        .map((order) => ({ ...named(order), where: 'pending' as const })),
    ],
    violations: () => [],
  };

  #request(connection: number, body: Uint8Array, now: number): readonly BankAct[] {
    const transaction = readAction(this.#spec, body);
    const { fields } = decodeRequest(this.#spec, transaction, body);
    const serial = text(fields.clientID);
    const known = this.#spec.transactions.get(transaction);
    if (known?.kind !== 'movement') return this.#inquiry(connection, serial);
    const name = `${transaction}/${serial}`;
    const before = this.#asked.get(name) ?? 0;
    this.#asked.set(name, before + 1);
    const asked: BankAsked = {
      at: now,
      connection,
      bank: 'citic',
      transaction,
      serial,
      memo: text(fields.memo),
      movement: true,
      statement: false,
      before,
    };
    const fault = this.#decide(asked);
    const order: Order = {
      asked,
      from: text(fields.payAccNo ?? fields.payAccountNo),
      to: text(fields.recvAccNo ?? fields.recAccountNo),
      amount: fen(fields.tranAmt ?? fields.tranAmount),
      state: fault?.kind === 'processing' ? 'pending' : 'booked',
      bookAt: now + (fault?.kind === 'processing' ? fault.ms : 0),
      code: fault?.kind === 'processing' ? (fault.fails ?? 'AAAAAAA') : 'AAAAAAA',
    };
    return this.#meets(order, fault, now);
  }

  #meets(order: Order, fault: Fault | undefined, now: number): readonly BankAct[] {
    const { connection, transaction } = order.asked;
    const { amount } = order;
    if (fault?.kind === 'hold') {
      this.#held.push({ at: now + (fault.ms ?? 60_000), connection, order });
      return [];
    }
    if (fault?.kind === 'drop-before') return [{ connection, afterMs: 0, is: 'reset' }];
    if (fault?.kind === 'code' && !fault.executed) {
      return this.#answer(connection, transaction, { status: fault.code }, this.#answerMs);
    }
    // a bank refuses what it cannot pay
    if (amount > 1_000_000n) {
      const gaps = fault?.kind === 'answer-twice' ? [0, fault.gapMs] : [0];
      return gaps.flatMap((gap) =>
        this.#answer(connection, transaction, { status: REFUSED }, this.#answerMs + gap),
      );
    }
    this.#keep(order);
    if (order.state === 'booked') this.#execute(order, now);
    const status = fault?.kind === 'processing' ? fault.code : 'AAAAAAA';
    const answer = (ms: number) => this.#answer(connection, transaction, { status }, ms);
    switch (fault?.kind) {
      case 'no-answer':
        return [];
      case 'late':
        return answer(fault.ms);
      case 'drop-after':
        return [{ connection, afterMs: 0, is: fault.how }];
      case 'answer-twice':
        return [...answer(this.#answerMs), ...answer(this.#answerMs + fault.gapMs)];
      case 'cut-body': {
        const [whole] = answer(this.#answerMs);
        if (whole?.is !== 'bytes') return [];
        const cut = { ...whole, bytes: whole.bytes.subarray(0, whole.bytes.length - 20) };
        return [cut, { connection, afterMs: this.#answerMs, is: 'close' }];
      }
      case 'code':
        return this.#answer(connection, transaction, { status: fault.code }, this.#answerMs);
      default:
        return answer(this.#answerMs);
    }
  }

  #inquiry(connection: number, serial: string): readonly BankAct[] {
    const order = this.#orders.get(serial);
    const row =
      order === undefined
        ? { stt: '', status: NO_SUCH_SERIAL }
        : {
            booked: { stt: '0', status: 'AAAAAAA' },
            pending: { stt: '2', status: 'AAAAAAE' },
            failed: { stt: '1', status: order.code },
          }[order.state];
    const userDataList = [{ ...row, statusText: '-' }];
    return this.#answer(
      connection,
      'DLCIDSTT',
      { status: 'AAAAAAA', userDataList },
      this.#answerMs,
    );
  }

  #keep(order: Order): void {
    this.#orders.set(order.asked.serial, order);
  }

  #book(order: Order, now: number): void {
    order.state = order.code === 'AAAAAAA' ? 'booked' : 'failed';
    if (order.state === 'booked') this.#execute(order, now);
  }

  #execute({ asked, from, to, amount }: Order, now: number): void {
    const { memo, serial, transaction } = asked;
    const obligation = memo.split(' ')[0] ?? '';
    this.#executions.push({ obligation, serial, transaction, from, to, amount, at: now });
  }

  #answer(connection: number, code: string, values: Values, afterMs: number): BankAct[] {
    const body = encodeAnswer(this.#spec, code, { statusText: 'ok', ...values }, 'GBK');
    const head = `HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: ${body.length}${HEAD_END}`;
    return [{ connection, afterMs, is: 'bytes', bytes: Buffer.concat([Buffer.from(head), body]) }];
  }
}

const named = ({ asked }: Order) => ({ obligation: asked.memo, serial: asked.serial });
