/**
 * The bank as the one that calls: it packs what it has to say, sends it to the merchant's listener, waits for
 * the answer and sends again as often as the settings say. The same serial each time.
 */
import { decodeAnswer } from '../../src/protocol/decode.ts';
import { encodeRequest } from '../../src/protocol/encode.ts';
import { type Framer, framerOf } from '../../src/protocol/framing/framer.ts';
import { headValues } from '../../src/protocol/framing/head-values.ts';
import type { Values } from '../../src/protocol/message.ts';
import type { BankSpec } from '../../src/protocol/spec.ts';
import type { Bank } from '../bank/bank.ts';
import type { Clock } from '../clock.ts';
import { dayOf, timeOf } from '../ledger/calendar.ts';
import { tell } from './line.ts';
import type { Attempt, Push, Target } from './push.ts';

/** More wait for their turn: a storm is not to be stopped by the number of files a process may open. */
const parallelMax = 50;

export interface Sending {
  readonly transaction: string;
  readonly values: Values;
  /** that of an earlier packet, to say the same or something else under it */
  readonly serial?: string | undefined;
  /** the bank's own words: packed when their turn comes, so that a storm of them holds nobody up */
  readonly later?: boolean | undefined;
  /** called once, when there is nothing more to wait for */
  readonly over?: ((push: Push) => void) | undefined;
}

export class Pusher {
  target: Target | undefined;
  readonly #spec: BankSpec;
  readonly #bank: Bank;
  readonly #clock: Clock;
  readonly #framer: Framer;
  readonly #pushes: Push[] = [];
  readonly #sent = new Map<number, Sending>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #serials = 0;
  #closed = false;

  constructor(parts: { spec: BankSpec; bank: Bank; clock: Clock; target: Target | undefined }) {
    this.#spec = parts.spec;
    this.#bank = parts.bank;
    this.#clock = parts.clock;
    this.#framer = framerOf(parts.spec.protocol, '');
    this.target = parts.target;
  }

  all(): readonly Push[] {
    return this.#pushes;
  }

  /** What was said in an earlier packet. */
  sent(id: number): Sending | undefined {
    return this.#sent.get(id);
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#closed = true;
  }

  /** yymmdd and fourteen digits */
  serial(): string {
    this.#serials += 1;
    return `${dayOf(this.#clock.now()).slice(2)}${String(this.#serials).padStart(14, '0')}`;
  }

  /** Throws what the codec says of values that the spec does not allow. */
  send(given: Sending): Push {
    const serial = given.serial ?? this.serial();
    const now = this.#clock.now();
    const made = given.later === true ? undefined : this.#packet(given, serial, now);
    const packet = () => made ?? this.#packet(given, serial, now);
    const id = this.#pushes.length + 1;
    const { transaction } = given;
    const push: Push = { id, transaction, serial, at: now, attempts: [], state: 'sending' };
    this.#pushes.push(push);
    this.#sent.set(id, { ...given, serial });
    void this.#deliver(push, packet, given);
    return push;
  }

  #packet({ transaction, values }: Sending, serial: string, now: number): Uint8Array {
    const { site } = this.#bank.books.pingan;
    const date = dayOf(now);
    const time = timeOf(now);
    const head = headValues(this.#spec, 'request', {
      ...{ transaction, serial },
      link: { qydm: site, operator: 'PA001' },
      packet: { reference: serial, date, time, moment: date + time },
    });
    return encodeRequest(this.#spec, transaction, values, 'GBK', head);
  }

  async #deliver(push: Push, packet: () => Uint8Array, { over }: Sending): Promise<void> {
    for (let time = 0; !this.#closed; time += 1) {
      const attempt = await this.#attempt(push, packet);
      push.attempts.push(attempt);
      const { pushAfterRefusal, pushRepeats, pushRepeatMs } = this.#bank.settings;
      const refused = attempt.end === 'answered' && attempt.code !== '000000';
      const again = attempt.end !== 'answered' || (refused && pushAfterRefusal === 'yes');
      if (!again || time >= pushRepeats) {
        push.state = attempt.end !== 'answered' ? 'unanswered' : refused ? 'refused' : 'accepted';
        over?.(push);
        return;
      }
      await new Promise<void>((resolve) => this.#clock.after(pushRepeatMs, resolve));
    }
  }

  async #attempt(push: Push, packet: () => Uint8Array): Promise<Attempt> {
    await this.#turn();
    const at = this.#clock.now();
    try {
      if (this.target === undefined) return { at, end: 'unreachable' };
      const { pushAnswerMs: waitMs } = this.#bank.settings;
      const parts = { target: this.target, framer: this.#framer, clock: this.#clock, waitMs };
      const heard = await tell(packet(), parts);
      return heard.end === 'answered' ? this.#understood(push, at, heard.packet) : { at, ...heard };
    } finally {
      this.#next();
    }
  }

  /** An answer names the packet it answers, and says the same in both heads. */
  #understood({ transaction, serial }: Push, at: number, packet: Uint8Array): Attempt {
    try {
      const { head, fields } = decodeAnswer(this.#spec, transaction, packet);
      const { rspCode: code = '', rspMsg: text = '' } = head;
      if (this.#framer.answerKey(packet) !== serial || code !== head.returnCode) {
        return { at, end: 'broken' };
      }
      return { at, end: 'answered', code, text, answer: fields };
    } catch {
      return { at, end: 'broken' };
    }
  }

  #turn(): Promise<void> {
    this.#busy += 1;
    if (this.#busy <= parallelMax) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #next(): void {
    this.#busy -= 1;
    this.#waiting.shift()?.();
  }
}
