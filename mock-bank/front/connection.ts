/**
 * One caller's connection: requests are served one after another in the order of their bytes, and what a
 * fault does on the wire is done here. The caller may go at any moment; what was begun goes on without it.
 */
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Fault } from '../faults.ts';
import type { Asked, Desk } from './desk.ts';
import type { Held } from './held.ts';
import type { RequestReader, Wire } from './wire.ts';

export interface Shared {
  readonly desk: Desk;
  readonly wire: Wire;
  readonly held: Held;
  readonly clock: Clock;
  /** how long the next answer takes, faults aside */
  readonly cadence: () => number;
  readonly noted: (asked: Asked, fault: Fault | undefined) => void;
}

export class Connection {
  readonly #socket: Socket;
  readonly #shared: Shared;
  readonly #reader: RequestReader;
  #serving = false;
  /** no further request is served on this connection */
  #over = false;
  #callerEnded = false;
  #whenEnded: () => void = () => undefined;
  #previous: Uint8Array | undefined;

  constructor(socket: Socket, shared: Shared) {
    this.#socket = socket;
    this.#shared = shared;
    this.#reader = shared.wire.reader();
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      if (this.#over) return;
      this.#reader.push(bytes);
      void this.#serveAll();
    });
    socket.on('end', () => {
      this.#callerEnded = true;
      this.#whenEnded();
      if (!this.#serving) socket.end();
    });
    // a reset tells nothing that `close` does not tell as well
    socket.on('error', () => undefined);
    socket.on('close', () => this.#whenEnded());
  }

  async #serveAll(): Promise<void> {
    if (this.#serving) return;
    this.#serving = true;
    while (!this.#over) {
      const read = this.#reader.next();
      if (read.is === 'more') break;
      if (read.is === 'request') await this.#serve(read.packet, read.close);
      else if (this.#shared.wire.answersBroken) await this.#serve(undefined, true);
      else this.#hangUp('close');
    }
    this.#serving = false;
    if (this.#callerEnded) this.#socket.end();
  }

  async #serve(packet: Uint8Array | undefined, callerCloses: boolean): Promise<void> {
    const { desk, held, noted } = this.#shared;
    const asked = desk.read(packet);
    const fault = desk.fault(asked);
    noted(asked, fault);
    if (fault?.kind === 'hold') {
      const { transaction, serial, memo } = asked;
      const callerThere = (): boolean => !this.#socket.destroyed && !this.#callerEnded;
      await held.wait({ transaction, serial, memo, callerThere }, fault.ms);
    }
    if (fault?.kind === 'drop-before') return this.#hangUp('close');
    const answer = desk.answer(asked, fault);
    if (fault?.kind === 'drop-after') return this.#hangUp(fault.how);
    if (fault?.kind === 'reset-after-read') return this.#hangUp('reset');
    if (fault?.kind === 'answer-after-close') await this.#callerEnds();
    if (fault?.kind === 'no-answer') {
      this.#over = true;
      return;
    }
    await this.#pause(this.#shared.cadence() + (fault?.kind === 'late' ? fault.ms : 0));
    await this.#deliver(answer, callerCloses || !desk.bank.settings.keepAlive, fault);
    desk.afterwards(asked, fault);
  }

  /** Resolves when the caller has ended its side, or is gone. */
  #callerEnds(): Promise<void> {
    if (this.#callerEnded || this.#socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenEnded = resolve;
    });
  }

  async #deliver(packet: Uint8Array, closing: boolean, fault: Fault | undefined): Promise<void> {
    const own = this.#shared.wire.bytes(packet, closing, fault);
    const repeats = fault?.kind === 'answer-previous-again' ? this.#previous : undefined;
    const bytes = repeats ?? own.bytes;
    this.#previous = bytes;
    if (fault?.kind === 'one-byte-segments') await this.#oneByOne(bytes);
    else if (fault?.kind === 'answer-twice') await this.#twice(bytes, fault.gapMs);
    else await this.#write(bytes);
    if (own.silent === true) this.#over = true;
    if (!own.close) return;
    this.#over = true;
    this.#socket.end();
  }

  /** A turn of the event loop after each byte, so that a reader in this process sees them apart too. */
  async #oneByOne(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#socket.destroyed; at += 1) {
      await this.#write(bytes.subarray(at, at + 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #twice(bytes: Uint8Array, gapMs: number): Promise<void> {
    if (gapMs === 0) return this.#write(Buffer.concat([bytes, bytes]));
    await this.#write(bytes);
    await this.#pause(gapMs);
    await this.#write(bytes);
  }

  /** Resolves when the bytes were handed to the system, or the caller is gone. */
  #write(bytes: Uint8Array): Promise<void> {
    if (!this.#socket.writable) return Promise.resolve();
    return new Promise((resolve) => this.#socket.write(bytes, () => resolve()));
  }

  #pause(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => this.#shared.clock.after(ms, resolve));
  }

  #hangUp(how: 'close' | 'reset'): void {
    this.#over = true;
    if (how === 'reset') this.#socket.resetAndDestroy();
    else this.#socket.destroySoon();
  }
}
