/**
 * The server that a bank connects to with what it says by itself, the only file that opens one to a bank.
 * What happens on a connection is decided by the pure machine in src/session/inbound.ts; who may connect is
 * checked before a byte is read. Logs no content, only what happened.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { YinqiError } from '../errors.ts';
import type { Framer } from '../protocol/framing/framer.ts';
import {
  accepted,
  type InboundEffect,
  type InboundEvent,
  type InboundRules,
  type InboundState,
  mayAnswer,
  stepInbound,
  type Unanswered,
} from '../session/inbound.ts';
import type { Timers } from '../timers.ts';
import { AllowList, plainAddress, readNetwork } from './allow-list.ts';
import type { OnBankPacket } from './bank-packet.ts';
import { BelievedTimer } from './believed-timer.ts';
import { heed, writeTo } from './stream.ts';

export interface ListenerTls {
  readonly cert: Uint8Array;
  readonly key: Uint8Array;
  /** who may sign for the bank's side; undefined: it shows no certificate */
  readonly ca?: Uint8Array | undefined;
}

/** `stranger`: an address that is not on the list · `too-many`: connectionsMax are open. */
export type Turned = 'stranger' | 'too-many' | Unanswered;

export interface ListenerOptions extends InboundRules {
  readonly host: string;
  readonly port: number;
  /** addresses and networks that may connect; nobody else */
  readonly allow: readonly string[];
  readonly connectionsMax: number;
  readonly tls?: ListenerTls | undefined;
  readonly framer: Framer;
  readonly timers: Timers;
  readonly onPacket: OnBankPacket;
  /** A connection that ended without an answer. Harmless facts only; they may be logged as they are. */
  readonly onTurned?: ((why: Turned, fields: { peer: string; why?: string }) => void) | undefined;
}

export interface Listener {
  readonly port: number;
  /** Nobody is let in any more; what is open is closed without an answer. */
  close(): Promise<void>;
}

/** Rejects with CONFIG_INVALID where the address cannot be listened on. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const none = options.allow.findIndex((one) => readNetwork(one) === undefined);
  if (none !== -1) {
    throw new YinqiError('CONFIG_INVALID', { path: `listen.allow.${none}`, detail: 'no address' });
  }
  const listener = new SocketListener(options);
  await listener.listen();
  return listener;
}

class SocketListener implements Listener {
  readonly #options: ListenerOptions;
  readonly #allow: AllowList;
  readonly #server: Server;
  readonly #open = new Set<Inbound>();

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#allow = new AllowList(options.allow);
    // the bank may end its side behind its packet and still read our answer
    const half = { allowHalfOpen: true, noDelay: true };
    const { tls } = options;
    if (tls === undefined) {
      this.#server = createServer(half, (socket) => this.#take(socket));
    } else {
      const { ca, cert, key } = tls;
      const asks = ca === undefined ? {} : { ca: ca as Buffer, requestCert: true };
      const secure = { ...half, ...asks, cert: cert as Buffer, key: key as Buffer };
      this.#server = createTlsServer(
        { ...secure, handshakeTimeout: options.packetWithinMs },
        (socket) => this.#take(socket),
      );
      // a stranger does not even get a handshake
      this.#server.on('connection', (socket) => {
        if (!this.#allow.allows(socket.remoteAddress ?? '')) this.#turn('stranger', socket);
      });
      // one who left, or was turned away above, made no error of his own
      this.#server.on('tlsClientError', (error, socket: TLSSocket) => {
        if (!('code' in error && error.code === 'ECONNRESET')) this.#turn('broken', socket);
      });
    }
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  listen(): Promise<void> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', (cause) => {
        const detail = 'code' in cause ? String(cause.code) : 'cannot be listened on';
        reject(new YinqiError('CONFIG_INVALID', { path: 'listen', detail, cause }));
      });
      this.#server.listen(port, host, () => {
        // behind the start an error of the server is one of a connection that was not made
        this.#server.removeAllListeners('error').on('error', () => undefined);
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const one of [...this.#open]) one.apply({ type: 'stop' });
    await closed;
  }

  #take(socket: Socket): void {
    const stranger = !this.#allow.allows(socket.remoteAddress ?? '');
    if (stranger || this.#open.size >= this.#options.connectionsMax) {
      this.#turn(stranger ? 'stranger' : 'too-many', socket);
      return;
    }
    const one = new Inbound(socket, this.#options);
    this.#open.add(one);
    socket.once('close', () => this.#open.delete(one));
  }

  #turn(why: Turned, socket: Socket): void {
    const peer = plainAddress(socket.remoteAddress ?? '');
    socket.on('error', () => undefined);
    this.#options.onTurned?.(why, { peer });
    socket.destroy();
  }
}

/** One connection and the machine that decides about it. */
class Inbound {
  readonly #socket: Socket;
  readonly #options: ListenerOptions;
  readonly #peer: string;
  readonly #timer: BelievedTimer;
  #state: InboundState;

  constructor(socket: Socket, options: ListenerOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#timer = new BelievedTimer(options.timers);
    this.#peer = plainAddress(socket.remoteAddress ?? '');
    const first = accepted(options.framer.reader(), options);
    this.#state = first.state;
    for (const effect of first.effects) this.#carryOut(effect);
    heed(socket, (event) => this.apply(event));
  }

  apply(event: InboundEvent): void {
    const step = stepInbound(this.#state, event, this.#options.timers.mono(), this.#options);
    this.#state = step.state;
    for (const effect of step.effects) this.#carryOut(effect);
  }

  /** True: the write was called. The socket may know of its end before its event is out. */
  #answer(packet: Uint8Array): boolean {
    const { destroyed, writable } = this.#socket;
    if (destroyed || !writable || !mayAnswer(this.#state, this.#options.timers.mono())) {
      this.apply({ type: 'refuse' });
      return false;
    }
    this.apply({ type: 'answer', bytes: this.#options.framer.wrap(packet, false) });
    return true;
  }

  #carryOut(effect: InboundEffect): void {
    switch (effect.do) {
      case 'arm':
        this.#timer.arm(effect.ms, () => this.apply({ type: 'deadline' }));
        return;
      case 'packet':
        this.#options.onPacket({
          bytes: effect.packet,
          from: this.#peer,
          answerBy: effect.answerBy,
          answer: (packet) => this.#answer(packet),
          refuse: () => this.apply({ type: 'refuse' }),
        });
        return;
      case 'write':
        writeTo(this.#socket, effect.bytes, true);
        return;
      case 'unanswered': {
        const { detail } = effect;
        const more = detail === undefined ? {} : { why: detail };
        this.#options.onTurned?.(effect.why, { peer: this.#peer, ...more });
        return;
      }
      case 'destroy':
        this.#timer.disarm();
        this.#socket.destroy();
        return;
    }
  }
}
