/**
 * What happens to one request between its packet and the packet of its answer, wire aside: read it by the
 * spec, choose its fault, let the bank execute it. Nothing here waits or writes.
 */
import { safeError } from '../../src/errors.ts';
import { decodeRequest, readAction } from '../../src/protocol/decode.ts';
import { readPacket } from '../../src/protocol/framing/packet.ts';
import type { Message } from '../../src/protocol/message.ts';
import type { BankSpec } from '../../src/protocol/spec.ts';
import type { Bank } from '../bank/bank.ts';
import { anyCode, CODES } from '../bank/codes.ts';
import { type Reply, refused } from '../bank/reply.ts';
import { treatmentOf } from '../bank/treatment.ts';
import type { Clock } from '../clock.ts';
import type { FaultPlan } from '../fault-plan.ts';
import { type Fault, unexecuted } from '../faults.ts';
import { fen } from '../ledger/money.ts';
import { answerPacket, headOnly } from './answer-packet.ts';
import type { Dialect, Head } from './dialect.ts';

/** One request as it was understood; without a message it is only to be refused. */
export interface Asked {
  readonly transaction: string;
  /** what the dialect calls it by, e.g. the serial (客户流水号) */
  readonly serial: string;
  readonly memo: string;
  readonly head: Head;
  readonly message?: Message;
  readonly refusal?: Reply;
}

export class Desk {
  readonly bank: Bank;
  readonly plan: FaultPlan;
  readonly spec: BankSpec;
  readonly dialect: Dialect;
  /** faults of this bank's own program: none of them may ever be seen */
  readonly defects: string[] = [];
  readonly #clock: Clock;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(parts: {
    bank: Bank;
    plan: FaultPlan;
    spec: BankSpec;
    dialect: Dialect;
    clock: Clock;
  }) {
    this.bank = parts.bank;
    this.plan = parts.plan;
    this.spec = parts.spec;
    this.dialect = parts.dialect;
    this.#clock = parts.clock;
  }

  /** Reads a request; `undefined` stands for bytes that are none. */
  read(packet: Uint8Array | undefined): Asked {
    const nothing = { transaction: '', serial: '', memo: '', head: this.#head(packet) };
    if (this.#tooFrequent()) return { ...nothing, refusal: refused(CODES.tooFrequent) };
    if (packet === undefined) return { ...nothing, refusal: refused(CODES.unreadable) };
    const { repertoire } = this.dialect;
    let transaction = '';
    try {
      // CITIC's manual prints a sample of the code with a blank behind it
      transaction = readAction(this.spec, packet).trim();
      if (!repertoire.isPlayed(transaction) || !this.spec.transactions.has(transaction)) {
        return { ...nothing, transaction, refusal: refused(CODES.notPlayed) };
      }
      const message = decodeRequest(this.spec, transaction, packet);
      const serial = this.dialect.serialOf(message, nothing.head);
      return { ...nothing, transaction, serial, memo: this.dialect.memoOf(message), message };
    } catch {
      return { ...nothing, transaction, refusal: refused(CODES.unreadable) };
    }
  }

  /** What the answer repeats, also of a request whose body nobody understands. */
  #head(packet: Uint8Array | undefined): Head {
    const { framing, charset } = this.spec.protocol;
    if (packet === undefined || framing.type === 'http') return {};
    try {
      return readPacket(framing, charset.answer, packet).head;
    } catch {
      return {};
    }
  }

  #tooFrequent(): boolean {
    const { throttleGapMs, throttleCounts } = this.bank.settings;
    const now = this.#clock.now();
    const sooner = throttleGapMs > 0 && now - this.#lastAt < throttleGapMs;
    if (!sooner || throttleCounts === 'all') this.#lastAt = now;
    return sooner;
  }

  /** The fault this request meets; one that is refused for itself meets none. */
  fault({ transaction, serial, memo, message }: Asked): Fault | undefined {
    if (message === undefined) return undefined;
    const { bank, framing } = this.spec.protocol;
    const { repertoire } = this.dialect;
    return this.plan.choose({
      bank,
      transaction,
      serial,
      memo,
      movement: repertoire.isMovement(transaction),
      statement: repertoire.statementOf(transaction, message) !== undefined,
      wire: framing.type,
    });
  }

  /** Executes the request, or not, and answers the packet that a caller may get to see. */
  answer(asked: Asked, fault: Fault | undefined): Uint8Array {
    const { declaration } = this.bank.settings;
    const writing = {
      spec: this.spec,
      dialect: this.dialect,
      now: this.#clock.now(),
      declaration,
    };
    try {
      return answerPacket(writing, asked, this.#reply(asked, fault));
    } catch (error) {
      const { code, path = '', detail = '' } = safeError(error);
      this.defects.push(`answer to ${asked.transaction}: ${code} ${path} ${detail}`.trim());
      return headOnly(writing, asked, CODES.unknown);
    }
  }

  #reply(asked: Asked, fault: Fault | undefined): Reply {
    const { transaction, message, refusal } = asked;
    if (message === undefined) return refusal ?? refused(CODES.unreadable);
    const { repertoire } = this.dialect;
    const now = this.#clock.now();
    const denied = this.dialect.refusal?.(this.bank, message);
    if (denied !== undefined) return refused(denied);
    const code = fault?.kind === 'code' ? refused(anyCode(fault.code)) : undefined;
    if (unexecuted(fault)) {
      if (code !== undefined) this.bank.remember(repertoire, transaction, message, now, code);
      return code ?? refused(CODES.unknown);
    }
    const reply = this.bank.receive(repertoire, transaction, message, now, treatmentOf(fault));
    return code ?? reply;
  }

  /** What the fault does behind the caller's back once its answer has left. */
  afterwards(asked: Asked, fault: Fault | undefined): void {
    if (fault?.kind !== 'rows-while-paging' || asked.message === undefined) return;
    const asks = this.dialect.repertoire.statementOf(asked.transaction, asked.message);
    const account = asks || this.bank.books.adjustment;
    const payer = { account: '6200000000000000009', name: '翻页时付款方' };
    const amount = fen(fault.amount);
    const order = { account, amount, kind: 'credit', payer, memo: '翻页时到账' } as const;
    this.bank.credit(order, this.#clock.now());
  }
}
