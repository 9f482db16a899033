/**
 * The bank's front-end machine (前置机) as callers meet it: a port, on which one wire carries one dialect.
 * Several of them stand before the same bank.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { draw } from '../random.ts';
import { Connection, type Shared } from './connection.ts';
import type { Desk } from './desk.ts';
import type { Held } from './held.ts';
import type { Visitors } from './visitors.ts';
import type { Wire } from './wire.ts';

const AGAIN_MS = 100;

/** Serves one caller; a wire that is more than requests and answers brings its own. */
export type Serve = (socket: Socket, shared: Shared) => void;

export interface FrontEndParts {
  readonly desk: Desk;
  readonly wire: Wire;
  readonly held: Held;
  readonly visitors: Visitors;
  readonly clock: Clock;
  readonly seed: number;
  readonly serve?: Serve | undefined;
}

export class FrontEnd {
  readonly desk: Desk;
  readonly #parts: FrontEndParts;
  readonly #server: Server;
  #where = { port: 0, host: '' };
  #closed = false;
  readonly #sockets = new Set<Socket>();
  #answers = 0;

  constructor(parts: FrontEndParts) {
    this.desk = parts.desk;
    this.#parts = parts;
    // a caller that ends its half early still gets its answer
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.removeListener('error', reject);
        this.#where = { port: portOf(this.#server.address()), host };
        resolve(this.#where.port);
      });
    });
  }

  get listening(): boolean {
    return this.#server.listening;
  }

  /** Down for so long, then on the same port again; false if it is down already. */
  restart(ms: number, clock: Clock): boolean {
    if (!this.#server.listening) return false;
    const { port, host } = this.#where;
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    clock.after(ms, () => void this.#again(port, host));
    return true;
  }

  async #again(port: number, host: string): Promise<void> {
    if (this.#closed) return;
    await this.listen(port, host).catch(() => {
      // somebody took the port meanwhile: it may be free again soon
      setTimeout(() => void this.#again(port, host), AGAIN_MS).unref();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    const { desk, wire, held, visitors, clock, serve } = this.#parts;
    const { bank } = desk.spec.protocol;
    const connection = visitors.connected();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const shared: Shared = {
      desk,
      wire,
      held,
      clock,
      cadence: () => this.#cadence(),
      noted: ({ transaction, serial }, fault) => {
        const met = fault === undefined ? {} : { fault: fault.kind };
        visitors.note({ at: clock.now(), bank, connection, transaction, serial, ...met });
      },
    };
    if (serve === undefined) new Connection(socket, shared);
    else serve(socket, shared);
  }

  /** Drawn from the seed and the count of answers, so that a run repeats. */
  #cadence(): number {
    const { answerMinMs, answerMaxMs } = this.desk.bank.settings;
    this.#answers += 1;
    const span = Math.max(0, answerMaxMs - answerMinMs);
    if (span === 0) return answerMinMs;
    const random = draw(this.#parts.seed, `answer ${this.#answers}`);
    return answerMinMs + Math.floor(random() * (span + 1));
  }
}

/** The port a server got; 0 stands for none. */
export function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
