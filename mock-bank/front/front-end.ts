/**
 * The bank's front-end machine (前置机) as callers meet it: a port that takes one HTTP request per answer.
 * Any method, path and content type will do.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Fault } from '../faults.ts';
import { draw } from '../random.ts';
import { Connection } from './connection.ts';
import type { Asked, Desk } from './desk.ts';
import { Held } from './held.ts';

/** One request as it came in, for oracles that count requests and not only executions. */
export interface Noted {
  readonly at: number;
  /** requests with the same number came over the same connection */
  readonly connection: number;
  readonly transaction: string;
  readonly serial: string;
  readonly fault?: Fault['kind'];
}

/** Older ones are forgotten. */
const notedMax = 100_000;

export class FrontEnd {
  readonly desk: Desk;
  readonly held: Held;
  readonly #clock: Clock;
  readonly #seed: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #noted: Noted[] = [];
  #connections = 0;
  #answers = 0;

  constructor(parts: { desk: Desk; clock: Clock; seed: number }) {
    this.desk = parts.desk;
    this.#clock = parts.clock;
    this.#seed = parts.seed;
    this.held = new Held(parts.clock);
    // a caller that ends its half early still gets its answer
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  /** The requests that came in, oldest first. */
  noted(): readonly Noted[] {
    return this.#noted;
  }

  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.removeListener('error', reject);
        resolve(portOf(this.#server.address()));
      });
    });
  }

  async close(): Promise<void> {
    this.held.forget();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    this.#connections += 1;
    const connection = this.#connections;
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    new Connection(socket, {
      desk: this.desk,
      held: this.held,
      clock: this.#clock,
      cadence: () => this.#cadence(),
      noted: (asked, fault) => this.#note(connection, asked, fault),
    });
  }

  #note(connection: number, asked: Asked, fault: Fault | undefined): void {
    const { transaction, serial } = asked;
    const at = this.#clock.now();
    const met = fault === undefined ? {} : { fault: fault.kind };
    this.#noted.push({ at, connection, transaction, serial, ...met });
    if (this.#noted.length > notedMax) this.#noted = this.#noted.slice(-notedMax / 2);
  }

  /** Drawn from the seed and the count of answers, so that a run repeats. */
  #cadence(): number {
    const { answerMinMs, answerMaxMs } = this.desk.bank.settings;
    this.#answers += 1;
    const span = Math.max(0, answerMaxMs - answerMinMs);
    if (span === 0) return answerMinMs;
    return answerMinMs + Math.floor(draw(this.#seed, `answer ${this.#answers}`)() * (span + 1));
  }
}

/** The port a server got; 0 stands for none. */
export function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
