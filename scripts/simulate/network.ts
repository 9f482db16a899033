/**
 * Sockets to the bank. What a process has written is in its kernel: it arrives whatever becomes of the
 * process, unless the connection itself fails. Each direction is a stream: in order, cut or late at any
 * byte. The bank knows nothing of any of this but what arrives.
 */
import type { Dial } from '../../src/bank/dial.ts';
import type { Stream } from '../../src/bank/stream.ts';
import type { BankAct, SimulatedBank } from './bank/shapes.ts';
import { Host } from './host.ts';
import type { Scheduler } from './scheduler.ts';

/** What becomes of one connection. */
export interface Fate {
  readonly connect: 'up' | 'refused' | 'silence';
  readonly latencyMs: number;
  /** after so many bytes in this direction … */
  readonly breaks?: {
    readonly to: 'bank' | 'us';
    readonly atByte: number;
    /** reset: both ends hear of it; silence: nobody ever does; late: the rest comes after `ms` */
    readonly how: 'reset' | 'silence' | 'late';
    readonly ms: number;
  };
  /** bytes for us come in pieces of so many; 0: as they were sent */
  readonly pieces: number;
}

type Item =
  | { readonly is: 'bytes'; readonly bytes: Uint8Array }
  | { readonly is: 'fin' }
  | { readonly is: 'reset' };

/** One direction. */
interface Pipe {
  readonly items: { readonly at: number; readonly item: Item }[];
  armed: boolean;
  lastAt: number;
  bytes: number;
  broken: boolean;
}

const pipe = (): Pipe => ({ items: [], armed: false, lastAt: 0, bytes: 0, broken: false });

class Connection {
  readonly id: number;
  readonly host: Host;
  readonly fate: Fate;
  readonly socket: Socket;
  readonly toBank = pipe();
  readonly toUs = pipe();
  /** the bank knows of it */
  open = false;
  over = false;

  constructor(id: number, host: Host, fate: Fate, socket: Socket) {
    this.id = id;
    this.host = host;
    this.fate = fate;
    this.socket = socket;
  }
}

export class Network {
  readonly host = new Host('network');
  readonly #scheduler: Scheduler;
  readonly #bank: SimulatedBank;
  /** from virtual ms to the bank's own clock */
  readonly #epoch: number;
  readonly #connections = new Map<number, Connection>();
  #ids = 0;
  #bankDueAt: number | undefined;
  #cancelDue: () => void = () => undefined;
  fateOf: () => Fate = () => ({ connect: 'up', latencyMs: 1, pieces: 0 });

  constructor(scheduler: Scheduler, bank: SimulatedBank, epoch: number) {
    this.#scheduler = scheduler;
    this.#bank = bank;
    this.#epoch = epoch;
  }

  /** Bytes that may still reach the bank, whoever wrote them. */
  get onTheWay(): boolean {
    return [...this.#connections.values()].some(({ toBank }) =>
      toBank.items.some(({ item }) => item.is === 'bytes'),
    );
  }

  get #now(): number {
    return this.#epoch + this.#scheduler.now;
  }

  dialOf(host: Host): Dial {
    return () => {
      this.#ids += 1;
      const id = this.#ids;
      const fate = this.fateOf();
      const socket: Socket = new Socket(
        (item) => this.#send(connection, item),
        (close) => this.#scheduler.soon(host, 'socket', close),
      );
      const connection = new Connection(id, host, fate, socket);
      host.act(() => this.#dial(connection));
      return socket;
    };
  }

  /** The bank's machine starts again. */
  restartBank(): void {
    this.#carryOut(this.#bank.restart(this.#now));
  }

  /** Whatever the bank has to do by itself is looked for again. */
  pokeBank(): void {
    const at = this.#bank.nextAt();
    if (at === this.#bankDueAt) return;
    this.#cancelDue();
    this.#bankDueAt = at;
    if (at === undefined) return;
    this.#cancelDue = this.#scheduler.after(this.host, Math.max(0, at - this.#now), 'bank', () => {
      this.#bankDueAt = undefined;
      this.#carryOut(this.#bank.due(this.#now));
    });
  }

  #dial(connection: Connection): void {
    const { fate, host, id, socket } = connection;
    if (fate.connect === 'silence') return;
    if (fate.connect === 'refused') {
      this.#scheduler.after(host, fate.latencyMs, `refused #${id}`, () =>
        socket.failed('ECONNREFUSED'),
      );
      return;
    }
    this.#connections.set(id, connection);
    host.atDeath.push(() => this.#send(connection, { is: 'reset' }));
    this.#scheduler.after(this.host, fate.latencyMs, `accept #${id}`, () => {
      connection.open = true;
      this.#bank.connected(id, this.#now);
      this.#scheduler.after(host, fate.latencyMs, `connect #${id}`, () => socket.connected());
    });
  }

  #send(connection: Connection, item: Item): void {
    connection.host.act(() => this.#push(connection, 'bank', item, connection.fate.latencyMs));
    // the kernel of a dead process ends its connections itself
    if (connection.host.dead) this.#push(connection, 'bank', item, connection.fate.latencyMs);
  }

  /** In order, whatever the times say; `breaks` is looked at here. */
  #push(connection: Connection, to: 'bank' | 'us', item: Item, inMs: number): void {
    const way = to === 'bank' ? connection.toBank : connection.toUs;
    if (way.broken || connection.over) return;
    const { breaks } = connection.fate;
    if (item.is !== 'bytes' || breaks?.to !== to || way.bytes + item.bytes.length < breaks.atByte) {
      if (item.is === 'bytes') way.bytes += item.bytes.length;
      this.#queue(connection, to, item, inMs);
      return;
    }
    const left = breaks.atByte - way.bytes;
    const [before, after] = [item.bytes.subarray(0, left), item.bytes.subarray(left)];
    way.bytes = Number.NEGATIVE_INFINITY;
    if (before.length > 0) this.#queue(connection, to, { is: 'bytes', bytes: before }, inMs);
    if (breaks.how === 'late') {
      if (after.length > 0)
        this.#queue(connection, to, { is: 'bytes', bytes: after }, inMs + breaks.ms);
      return;
    }
    way.broken = true;
    if (breaks.how === 'silence') return;
    this.#queue(connection, to, { is: 'reset' }, inMs);
    const other = to === 'bank' ? 'us' : 'bank';
    this.#queue(connection, other, { is: 'reset' }, inMs);
  }

  #queue(connection: Connection, to: 'bank' | 'us', item: Item, inMs: number): void {
    const way = to === 'bank' ? connection.toBank : connection.toUs;
    const at = Math.max(way.lastAt, this.#scheduler.now + inMs);
    way.lastAt = at;
    for (const part of to === 'us' ? pieces(item, connection.fate.pieces) : [item]) {
      way.items.push({ at, item: part });
    }
    this.#arm(connection, to);
  }

  /** One event for the head of a stream: events of the same time may be drawn in any order, bytes not. */
  #arm(connection: Connection, to: 'bank' | 'us'): void {
    const way = to === 'bank' ? connection.toBank : connection.toUs;
    const [head] = way.items;
    if (way.armed || head === undefined) return;
    way.armed = true;
    const host = to === 'bank' ? this.host : connection.host;
    const what = `${head.item.is} #${connection.id} → ${to}`;
    this.#scheduler.after(host, Math.max(0, head.at - this.#scheduler.now), what, () => {
      way.armed = false;
      way.items.shift();
      if (to === 'bank') this.#atBank(connection, head.item);
      else connection.socket.heard(head.item);
      this.#arm(connection, to);
    });
  }

  #atBank(connection: Connection, item: Item): void {
    if (!connection.open || connection.over) return;
    if (item.is === 'bytes') {
      this.#carryOut(this.#bank.received(connection.id, item.bytes, this.#now));
      return;
    }
    const how = item.is === 'fin' ? 'fin' : 'gone';
    if (how === 'gone') connection.over = true;
    this.#carryOut(this.#bank.ended(connection.id, this.#now, how));
  }

  #carryOut(acts: readonly BankAct[]): void {
    for (const act of acts) {
      const connection = this.#connections.get(act.connection);
      if (connection === undefined) continue;
      const item: Item = act.is === 'bytes' ? act : { is: act.is === 'close' ? 'fin' : 'reset' };
      this.#later(connection, item, act.afterMs);
    }
    this.pokeBank();
  }

  /** What the bank sends later stands in no stream yet: something it sends sooner may come before. */
  #later(connection: Connection, item: Item, afterMs: number): void {
    const { latencyMs } = connection.fate;
    if (afterMs === 0) this.#push(connection, 'us', item, latencyMs);
    else {
      this.#scheduler.after(this.host, afterMs, `bank sends ${item.is} #${connection.id}`, () =>
        this.#push(connection, 'us', item, latencyMs),
      );
    }
  }
}

const PIECES_MAX = 40;

function pieces(item: Item, size: number): Item[] {
  if (item.is !== 'bytes' || size === 0) return [item];
  const parts: Item[] = [];
  // a statement is not worth a thousand steps
  const each = Math.max(size, Math.ceil(item.bytes.length / PIECES_MAX));
  for (let at = 0; at < item.bytes.length; at += each) {
    parts.push({ is: 'bytes', bytes: item.bytes.subarray(at, at + each) });
  }
  return parts;
}

type Heard = (given?: never) => void;

/** The socket as src/bank knows one. */
class Socket implements Stream {
  destroyed = false;
  writable = true;
  readableEnded = false;
  readonly #send: (item: Item) => void;
  readonly #soon: (close: () => void) => void;
  readonly #heard = new Map<string, ((given: unknown) => void)[]>();

  constructor(send: (item: Item) => void, soon: (close: () => void) => void) {
    this.#send = send;
    this.#soon = soon;
  }

  on(event: string, heard: ((bytes: Uint8Array) => void) | ((error: Error) => void) | Heard): this {
    const known = this.#heard.get(event) ?? [];
    this.#heard.set(event, [...known, heard as (given: unknown) => void]);
    return this;
  }

  once(event: string, heard: () => void): this {
    let first = true;
    return this.on(event, () => {
      if (first) heard();
      first = false;
    });
  }

  write(bytes: Uint8Array): void {
    // the caller may use its buffer again
    if (this.writable) this.#send({ is: 'bytes', bytes: Uint8Array.from(bytes) });
  }

  end(bytes: Uint8Array): void {
    this.write(bytes);
    this.writable = false;
    this.#send({ is: 'fin' });
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.writable = false;
    this.#send({ is: 'reset' });
    this.#soon(() => this.#tell('close', undefined));
  }

  connected(): void {
    if (!this.destroyed) this.#tell('connect', undefined);
  }

  failed(code: string): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.writable = false;
    this.#tell('error', Object.assign(new Error(code), { code }));
    this.#soon(() => this.#tell('close', undefined));
  }

  heard(item: Item): void {
    if (this.destroyed) return;
    if (item.is === 'bytes') this.#tell('data', item.bytes);
    else if (item.is === 'reset') this.failed('ECONNRESET');
    else {
      this.readableEnded = true;
      this.#tell('end', undefined);
      // as a socket of Node that allows no half-open connection
      if (this.destroyed) return;
      this.writable = false;
      this.#send({ is: 'fin' });
      this.#soon(() => {
        this.destroyed = true;
        this.#tell('close', undefined);
      });
    }
  }

  #tell(event: string, given: unknown): void {
    for (const heard of this.#heard.get(event) ?? []) heard(given);
  }
}
