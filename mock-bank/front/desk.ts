/**
 * What happens to one request between its bytes and the bytes of its answer, wire aside: read it by the
 * spec, choose its fault, let the bank execute it. Nothing here waits or writes.
 */
import { safeError } from '../../src/errors.ts';
import { decodeRequest, readAction } from '../../src/protocol/decode.ts';
import type { Message } from '../../src/protocol/message.ts';
import type { BankSpec } from '../../src/protocol/spec.ts';
import { type Bank, isMovement, isPlayed, statementOf } from '../bank/bank.ts';
import { anyCode, CODES } from '../bank/codes.ts';
import { memoOf, type Reply, refused, text } from '../bank/reply.ts';
import { treatmentOf } from '../bank/treatment.ts';
import type { Clock } from '../clock.ts';
import type { FaultPlan } from '../fault-plan.ts';
import { type Fault, unexecuted } from '../faults.ts';
import { fen } from '../ledger/money.ts';
import { answerBody, headOnly } from './answer-packet.ts';

/** One request as it was understood; without a message it is only to be refused. */
export interface Asked {
  readonly transaction: string;
  /** the serial (客户流水号); where there is none, the account or the tail that is asked for */
  readonly serial: string;
  readonly memo: string;
  readonly message?: Message;
  readonly refusal?: Reply;
}

export class Desk {
  readonly bank: Bank;
  readonly plan: FaultPlan;
  /** faults of this bank's own program: none of them may ever be seen */
  readonly defects: string[] = [];
  readonly #spec: BankSpec;
  readonly #clock: Clock;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(parts: { bank: Bank; plan: FaultPlan; spec: BankSpec; clock: Clock }) {
    this.bank = parts.bank;
    this.plan = parts.plan;
    this.#spec = parts.spec;
    this.#clock = parts.clock;
  }

  /** Reads a request; `undefined` stands for bytes that are no HTTP. */
  read(body: Uint8Array | undefined): Asked {
    const nothing = { transaction: '', serial: '', memo: '' };
    if (this.#tooFrequent()) return { ...nothing, refusal: refused(CODES.tooFrequent) };
    if (body === undefined) return { ...nothing, refusal: refused(CODES.unreadable) };
    let transaction = '';
    try {
      // the manual's own sample prints the code with a blank behind it
      transaction = readAction(this.#spec, body).trim();
      if (!isPlayed(transaction) || !this.#spec.transactions.has(transaction)) {
        return { ...nothing, transaction, refusal: refused(CODES.notPlayed) };
      }
      const message = decodeRequest(this.#spec, transaction, body);
      const serial = ['clientID', 'subAccNo', 'accountNo', 'accNo']
        .map((name) => text(message, name))
        .find((value) => value !== '');
      return { transaction, serial: serial ?? '', memo: memoOf(message), message };
    } catch {
      return { ...nothing, transaction, refusal: refused(CODES.unreadable) };
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
    const movement = isMovement(transaction);
    const statement = statementOf(transaction, message) !== undefined;
    return this.plan.choose({ transaction, serial, memo, movement, statement });
  }

  /** Executes the request, or not, and answers the body that a caller may get to see. */
  answer(asked: Asked, fault: Fault | undefined): Uint8Array {
    const { declaration } = this.bank.settings;
    try {
      const reply = this.#reply(asked, fault);
      return answerBody(this.#spec, asked.transaction, reply, declaration);
    } catch (error) {
      const { code, path = '', detail = '' } = safeError(error);
      this.defects.push(`answer to ${asked.transaction}: ${code} ${path} ${detail}`.trim());
      return headOnly(this.#spec, CODES.unknown, declaration);
    }
  }

  #reply(asked: Asked, fault: Fault | undefined): Reply {
    const { transaction, message, refusal } = asked;
    if (message === undefined) return refusal ?? refused(CODES.unreadable);
    const now = this.#clock.now();
    const code = fault?.kind === 'code' ? refused(anyCode(fault.code)) : undefined;
    if (unexecuted(fault)) {
      if (code !== undefined) this.bank.remember(transaction, message, now, code);
      return code ?? refused(CODES.unknown);
    }
    const reply = this.bank.receive(transaction, message, now, treatmentOf(fault));
    return code ?? reply;
  }

  /** What the fault does behind the caller's back once its answer has left. */
  afterwards(asked: Asked, fault: Fault | undefined): void {
    if (fault?.kind !== 'rows-while-paging' || asked.message === undefined) return;
    const asks = statementOf(asked.transaction, asked.message);
    const account = asks || this.bank.books.adjustment;
    const payer = { account: '6200000000000000009', name: '翻页时付款方' };
    const amount = fen(fault.amount);
    const order = { account, amount, kind: 'credit', payer, memo: '翻页时到账' } as const;
    this.bank.credit(order, this.#clock.now());
  }
}
