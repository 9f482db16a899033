/**
 * A wire between the gateway and one front end that can be cut, stalled, garbled and taken away. Bytes that were
 * taken from one side are delivered to the other also when the first is long dead, as a network does it.
 */
import { once } from 'node:events';
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { portOf } from '../../mock-bank/front/front-end.ts';

export type Direction = 'to-bank' | 'from-bank';

interface Pair {
  readonly gateway: Socket;
  readonly bank: Socket;
}

const HOST = '127.0.0.1';
const AGAIN_MS = 50;
/** No XML, no number and no text of any charset begins so. */
const NOISE = Buffer.from([0x3c, 0x26, 0x00, 0xff, 0x80]);

/** As many bytes that nobody can take for a packet. */
function noise(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => NOISE[at % NOISE.length] ?? 0));
}

export class LinkProxy {
  readonly #target: number;
  readonly #pairs = new Set<Pair>();
  #server: Server | undefined;
  #port = 0;
  #stalled = false;
  #closed = false;
  #garbled: Direction | undefined;

  private constructor(target: number) {
    this.#target = target;
  }

  static async start(target: number): Promise<LinkProxy> {
    const proxy = new LinkProxy(target);
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** Every connection ends at once, in the middle of whatever it carries. */
  cut(how: 'close' | 'reset'): void {
    for (const { gateway, bank } of this.#pairs) {
      for (const socket of [gateway, bank]) {
        if (how === 'reset') socket.resetAndDestroy();
        else socket.destroy();
      }
    }
  }

  /** Nothing moves in either direction; what was written meanwhile arrives afterwards. */
  stall(): void {
    this.#stalled = true;
    for (const { gateway, bank } of this.#pairs) {
      gateway.pause();
      bank.pause();
    }
  }

  resume(): void {
    this.#stalled = false;
    for (const { gateway, bank } of this.#pairs) {
      gateway.resume();
      bank.resume();
    }
  }

  /** What comes next that way is noise. */
  garble(direction: Direction): void {
    this.#garbled = direction;
  }

  /** Nobody listens until `restore`. */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.cut('close');
    if (server?.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async restore(): Promise<void> {
    if (this.#server === undefined && !this.#closed) await this.#listen();
  }

  /** As if nothing had been. */
  async heal(): Promise<void> {
    this.#garbled = undefined;
    this.resume();
    await this.restore();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.refuse();
  }

  async #listen(): Promise<void> {
    for (;;) {
      const server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
      server.listen(this.#port, HOST);
      const up = await once(server, 'listening').then(
        () => true,
        () => false,
      );
      if (up) {
        this.#server = server;
        this.#port = portOf(server.address());
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  #accept(gateway: Socket): void {
    const bank = dial({ host: HOST, port: this.#target, allowHalfOpen: true });
    const pair = { gateway, bank };
    this.#pairs.add(pair);
    this.#carry(pair, 'to-bank');
    this.#carry(pair, 'from-bank');
    if (this.#stalled) {
      gateway.pause();
      bank.pause();
    }
  }

  #carry(pair: Pair, direction: Direction): void {
    const [from, to] =
      direction === 'to-bank' ? [pair.gateway, pair.bank] : [pair.bank, pair.gateway];
    from.setNoDelay(true);
    from.on('data', (bytes) => {
      const spoilt = this.#garbled === direction;
      if (spoilt) this.#garbled = undefined;
      if (!to.writable) return;
      const more = to.write(spoilt ? noise(bytes.length) : bytes);
      if (more) return;
      from.pause();
      to.once('drain', () => {
        if (!this.#stalled) from.resume();
      });
    });
    from.on('end', () => to.end());
    // a reset of one side is a reset of the other
    from.on('error', () => to.resetAndDestroy());
    from.on('close', () => {
      if (!to.destroyed && !to.writableEnded) to.destroySoon();
      this.#pairs.delete(pair);
    });
  }
}
