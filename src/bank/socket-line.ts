/**
 * The line to one front end whose connections carry one request each: no agent, no proxy, no redirect, no
 * retry of anything but a connection that never came up.
 */
import { YinqiError } from '../errors.ts';
import { framerOf } from '../protocol/framing/framer.ts';
import type { ProtocolFile } from '../protocol/spec.ts';
import { type Backoff, failedAgain, NO_BACKOFF } from '../session/backoff.ts';
import { InFlight } from '../session/in-flight.ts';
import type { Report } from '../session/session-shapes.ts';
import type { ConnectionRules, Warning } from '../session/shapes.ts';
import type { Timers } from '../timers.ts';
import { addressOf } from './address.ts';
import { type Dial, dialSocket, type LineTls } from './dial.ts';
import { lease, type Use } from './lease.ts';
import type { Connection, Line } from './line.ts';
import type { Stream } from './stream.ts';
import { Wire } from './wire.ts';

/** Harmless facts only; they may be logged as they are. */
export interface WarnFields {
  readonly peer: string;
  readonly bytes?: number;
  readonly code?: string;
  readonly why?: string;
}

export interface UnclaimedAnswer {
  readonly event: LineWarning;
  readonly peer: string;
  readonly packet: Uint8Array;
}

export type LineWarning = Warning['event'] | Report['event'] | 'peer-unreachable' | 'locked-out';

export interface LineOptions {
  readonly host: string;
  readonly port: number;
  /** what the files of the link's `tls` hold; undefined: plain TCP */
  readonly tls?: LineTls | undefined;
  /** how packets stand in the stream, and what one connection carries */
  readonly protocol: Pick<ProtocolFile, 'framing' | 'correlation' | 'connection'>;
  readonly connectWithinMs: number;
  readonly answerWithinMs: number;
  readonly lateUntilMs: number;
  readonly halfReadMs: number;
  readonly freeMaxMs: number;
  readonly idleReuseMs: number;
  readonly backoffMaxMs: number;
  readonly timers: Timers;
  /** default: a socket of Node */
  readonly dial?: Dial | undefined;
  readonly onWarn?: ((event: LineWarning, fields: WarnFields) => void) | undefined;
  /** an answer to nothing we asked, with its bytes; `onWarn` gets it too, without them */
  readonly onUnclaimed?: ((one: UnclaimedAnswer) => void) | undefined;
}

const unreachable = (why: string): YinqiError =>
  new YinqiError('PEER_UNREACHABLE', { detail: why });

/** Resolves the host once, for good. CONFIG_INVALID if it stands for more than one front end. */
export async function openLine(options: LineOptions): Promise<Line> {
  const named = options.host.includes(':') ? `[${options.host}]` : options.host;
  const host = `${named}:${options.port}`;
  const framer = framerOf(options.protocol, host);
  const address = await addressOf(options.host);
  const policy = options.protocol.connection.policy === 'kept' ? 'kept' : 'per-request';
  return new SocketLine({ ...options, framer, policy }, host, address);
}

class SocketLine implements Line {
  readonly peer: string;
  readonly #options: LineOptions & ConnectionRules;
  readonly #address: string;
  readonly #rules: ConnectionRules;
  readonly #timers: Timers;
  readonly #inFlight = new InFlight();
  readonly #wires = new Set<Wire>();
  readonly #sockets = new Set<Stream>();
  /** callers that wait for a back-off or for the knock of another */
  readonly #sleepers = new Set<() => void>();
  #closing = false;
  #backoff: Backoff = NO_BACKOFF;
  /** the one try under way while the front end is not reached: many callers, one knock */
  #knock: Promise<unknown> | undefined;
  #lastFault = 'ETIMEDOUT';

  constructor(options: LineOptions & ConnectionRules, host: string, address: string) {
    this.#options = options;
    this.#address = address;
    this.#rules = options;
    this.#timers = options.timers;
    this.peer = address === options.host ? host : `${host}/${address}`;
  }

  get up(): boolean {
    return this.#backoff.failures === 0;
  }

  async connect(use: Use): Promise<Connection> {
    const giveUpAt = this.#timers.mono() + this.#options.connectWithinMs;
    for (;;) {
      if (this.#closing) throw unreachable('closing');
      const ready = this.#ready(use);
      if (ready !== undefined) return lease(ready, use);
      const now = this.#timers.mono();
      const left = giveUpAt - now;
      if (left <= 0) throw unreachable(this.#lastFault);
      const pause = this.#backoff.notBefore - now;
      if (this.#knock !== undefined) {
        await this.#sleep(left, this.#knock);
      } else if (pause > 0) {
        await this.#sleep(Math.min(pause, left));
      } else {
        const wire = await this.#try(left);
        if (wire !== undefined) return lease(wire, use);
      }
    }
  }

  /** Kept ones first, the freshest of them; then one that was let go unused. */
  #ready(use: Use): Wire | undefined {
    const ready = [...this.#wires].filter((wire) => !wire.lent && wire.usable);
    const kept = use === 'query' ? ready.findLast((wire) => wire.is === 'idle') : undefined;
    return kept ?? ready.findLast((wire) => wire.is === 'free');
  }

  async #try(withinMs: number): Promise<Wire | undefined> {
    const dialled = this.#dial(withinMs);
    if (!this.up) this.#knock = dialled;
    const wire = await dialled;
    if (this.#knock === dialled) this.#knock = undefined;
    if (wire.is !== 'closed') {
      this.#backoff = NO_BACKOFF;
      return wire;
    }
    this.#failed(wire.fault ?? 'ETIMEDOUT');
    return undefined;
  }

  #failed(why: string): void {
    const now = this.#timers.mono();
    // several tries that failed together are one failure
    if (this.#closing || now < this.#backoff.notBefore) return;
    this.#lastFault = why;
    if (this.up) this.#warn('peer-unreachable', { why });
    this.#backoff = failedAgain(
      this.#backoff,
      now,
      this.#options.backoffMaxMs,
      this.#timers.random(),
    );
  }

  /** Resolves with a wire that is up, or closed. */
  #dial(withinMs: number): Promise<Wire> {
    const { dial = dialSocket, host, port, tls } = this.#options;
    return new Promise((resolve) => {
      const socket = dial({ address: this.#address, host, port, tls });
      const wire = new Wire(socket, this.#rules, withinMs, {
        inFlight: this.#inFlight,
        timers: this.#timers,
        onWarning: (warning) => this.#warned(warning),
        onChange: (is) => {
          if (is === 'closed') this.#wires.delete(wire);
          if (is !== 'dialling') resolve(wire);
        },
      });
      this.#wires.add(wire);
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      const up = tls === undefined ? 'connect' : 'secureConnect';
      socket.once(up, () => wire.apply({ type: 'connected' }));
    });
  }

  /** Until `ms` are over, `other` is done, or the line closes. */
  #sleep(ms: number, other?: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        this.#sleepers.delete(wake);
        resolve();
      };
      const cancel = this.#timers.after(ms, wake);
      this.#sleepers.add(wake);
      other?.then(wake, wake);
    });
  }

  #warned(warning: Warning): void {
    if (!('packet' in warning)) {
      const { event, ...more } = warning;
      this.#warn(event, more);
      return;
    }
    const { event, packet } = warning;
    this.#options.onUnclaimed?.({ event, peer: this.peer, packet });
    this.#warn(event, event === 'unclaimed-bytes' ? { bytes: packet.length } : {});
  }

  #warn(event: LineWarning, more: Omit<WarnFields, 'peer'>): void {
    this.#options.onWarn?.(event, { peer: this.peer, ...more });
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const wake of this.#sleepers) wake();
    const gone = [...this.#sockets].map(
      (socket) => new Promise<void>((resolve) => socket.once('close', resolve)),
    );
    for (const wire of this.#wires) wire.apply({ type: 'stop' });
    await Promise.all(gone);
  }
}
