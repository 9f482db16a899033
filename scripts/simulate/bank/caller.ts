/**
 * One caller's connection as the front end serves it: one request after another, each with what its fault
 * does on the wire. As mock-bank/front/connection.ts, but what that waits for is put down here for later.
 */
import { Buffer } from 'node:buffer';
import type { Fault } from '../../../mock-bank/faults.ts';
import type { Asked, Desk } from '../../../mock-bank/front/desk.ts';
import type { RequestReader, Wire } from '../../../mock-bank/front/wire.ts';
import type { BankAct } from './shapes.ts';

const HELD_MS = 60_000;

/** What a caller's connection needs of the bank round it. */
export interface Front {
  readonly desk: Desk;
  readonly wire: Wire;
  readonly answerMs: number;
  now(): number;
  decide(connection: number, asked: Asked): Fault | undefined;
  /** Kept unread until then; a restart of the bank forgets it. */
  hold(asked: Asked, ms: number, run: () => readonly BankAct[]): void;
  later(ms: number, run: () => readonly BankAct[]): void;
}

export class Caller {
  readonly #id: number;
  readonly #front: Front;
  readonly #reader: RequestReader;
  /** a request is being served: the next one waits */
  #serving = false;
  /** the last answer leaves then, and not before is the next request read */
  #freeAt = 0;
  #unread = false;
  /** nothing more is served here */
  #over = false;
  #ended = false;
  #whenEnded: (() => readonly BankAct[]) | undefined;
  #previous: Uint8Array | undefined;

  constructor(id: number, front: Front) {
    this.#id = id;
    this.#front = front;
    this.#reader = front.wire.reader();
  }

  received(bytes: Uint8Array): readonly BankAct[] {
    if (this.#over) return [];
    this.#reader.push(bytes);
    return this.#whenFree();
  }

  #whenFree(): readonly BankAct[] {
    const ms = this.#freeAt - this.#front.now();
    this.#unread = this.#serving || ms > 0;
    if (!this.#unread) return this.#serveNext();
    if (!this.#serving) this.#front.later(ms, () => this.#serveNext());
    return [];
  }

  ended(): readonly BankAct[] {
    this.#ended = true;
    const waiting = this.#whenEnded;
    this.#whenEnded = undefined;
    if (waiting !== undefined) return waiting();
    const ms = Math.max(0, this.#freeAt - this.#front.now());
    return this.#serving ? [] : [this.#act(ms, 'close')];
  }

  #serveNext(): readonly BankAct[] {
    if (this.#serving || this.#over) return [];
    const read = this.#reader.next();
    if (read.is === 'request') return this.#serve(read.packet, read.close);
    if (read.is === 'bad') {
      return this.#front.wire.answersBroken ? this.#serve(undefined, true) : this.#hangUp('close');
    }
    return [];
  }

  #serve(packet: Uint8Array | undefined, closes: boolean): readonly BankAct[] {
    this.#serving = true;
    const asked = this.#front.desk.read(packet);
    const fault = this.#front.decide(this.#id, asked);
    if (fault?.kind !== 'hold') return this.#answer(asked, fault, closes);
    this.#front.hold(asked, fault.ms ?? HELD_MS, () => this.#answer(asked, fault, closes));
    return [];
  }

  #answer(asked: Asked, fault: Fault | undefined, closes: boolean): readonly BankAct[] {
    const { desk, answerMs } = this.#front;
    if (fault?.kind === 'drop-before') return this.#hangUp('close');
    const packet = desk.answer(asked, fault);
    const deliver = (ms: number): readonly BankAct[] =>
      this.#deliver(packet, closes || !desk.bank.settings.keepAlive, fault, ms, asked);
    switch (fault?.kind) {
      case 'drop-after':
        return this.#hangUp(fault.how);
      case 'reset-after-read':
        return this.#hangUp('reset');
      case 'no-answer':
        this.#over = true;
        return [];
      case 'answer-after-close':
        if (this.#ended) return deliver(answerMs);
        this.#whenEnded = () => deliver(answerMs);
        return [];
      case 'late':
        return deliver(answerMs + fault.ms);
      default:
        return deliver(answerMs);
    }
  }

  #deliver(
    packet: Uint8Array,
    closing: boolean,
    fault: Fault | undefined,
    ms: number,
    asked: Asked,
  ): readonly BankAct[] {
    const { desk, wire } = this.#front;
    const own = wire.bytes(packet, closing, fault);
    const repeats = fault?.kind === 'answer-previous-again' ? this.#previous : undefined;
    const bytes = repeats ?? own.bytes;
    this.#previous = bytes;
    const acts = this.#said(bytes, fault, ms);
    desk.afterwards(asked, fault);
    if (own.silent === true || own.close) this.#over = true;
    if (own.close) return [...acts, this.#act(ms, 'close')];
    if (own.silent === true) return acts;
    this.#serving = false;
    this.#freeAt = this.#front.now() + ms;
    const more = this.#unread ? this.#whenFree() : [];
    const end = this.#ended ? [this.#act(ms, 'close')] : [];
    return [...acts, ...more, ...end];
  }

  #said(bytes: Uint8Array, fault: Fault | undefined, ms: number): readonly BankAct[] {
    switch (fault?.kind) {
      case 'one-byte-segments':
        return [...bytes].map((_, at) => this.#bytes(ms, bytes.subarray(at, at + 1)));
      case 'answer-twice':
        return fault.gapMs === 0
          ? [this.#bytes(ms, Buffer.concat([bytes, bytes]))]
          : [this.#bytes(ms, bytes), this.#bytes(ms + fault.gapMs, bytes)];
      default:
        return [this.#bytes(ms, bytes)];
    }
  }

  #hangUp(how: 'close' | 'reset'): readonly BankAct[] {
    this.#over = true;
    return [this.#act(0, how)];
  }

  readonly #bytes = (afterMs: number, bytes: Uint8Array): BankAct => ({
    connection: this.#id,
    afterMs,
    is: 'bytes',
    bytes,
  });

  readonly #act = (afterMs: number, is: 'close' | 'reset'): BankAct => ({
    connection: this.#id,
    afterMs,
    is,
  });
}
