/**
 * Connections to a faulty peer on a clock of their own: what a line does with its connections, without its
 * sockets. After every step the four invariants are looked at, and one more: who is answered by what.
 */
import { Buffer } from 'node:buffer';
import { YinqiError } from '../../src/errors.ts';
import { framerOf } from '../../src/protocol/framing/framer.ts';
import { packetBytes } from '../../src/protocol/framing/packet.ts';
import { dial, isUsable, stepConnection } from '../../src/session/connection.ts';
import { InFlight } from '../../src/session/in-flight.ts';
import type {
  ConnectionEffect,
  ConnectionEvent,
  ConnectionRules,
  ConnectionState,
} from '../../src/session/shapes.ts';
import { pingan222 } from '../framing/framings.ts';
import {
  answerTo,
  below,
  type Deed,
  FAULTS,
  HEAD,
  honest,
  keyIn,
  oneOf,
  type Random,
} from './faulty-peer.ts';
import { RULES } from './transcript.ts';

/** How a request ended: `not-sent` by whoever asked, anything else by its connection. */
export type Ended = 'answer' | 'deadline' | 'closed' | 'broken' | 'not-sent';

export interface Asked {
  readonly key: string;
  readonly query: boolean;
  readonly packet: Buffer;
  written: boolean;
  readonly ended: Ended[];
  readonly late: (Uint8Array | undefined)[];
}

interface Wire {
  state: ConnectionState;
  /** of the last `arm`; a later one replaces it */
  timer: number;
  asked: Asked | undefined;
  lent: boolean;
  /** what the peer has read and not answered yet */
  read: Buffer;
}

const CORRELATION = { request: 'reference', answer: 'reference' };
const names = Object.keys(FAULTS);

export class World {
  readonly requests: Asked[] = [];
  readonly faults = new Map<string, number>();
  readonly warned = new Map<string, number>();
  readonly wires = new Set<Wire>();
  #now = 0;
  #order = 0;
  #agenda: { at: number; order: number; run: () => void }[] = [];
  readonly #open = new Set<Asked>();
  readonly #inFlight = new InFlight();
  readonly #random: Random;
  readonly #rules: ConnectionRules;

  constructor(policy: ConnectionRules['policy'], random: Random) {
    const framer = framerOf({ framing: pingan222, correlation: CORRELATION }, 'host:1');
    this.#rules = { ...RULES, framer, policy };
    this.#random = random;
  }

  get faulted(): number {
    return [...this.faults.values()].reduce((sum, one) => sum + one, 0);
  }

  get waiting(): number {
    return [...this.#open].filter(({ ended }) => ended.length === 0).length;
  }

  #at(after: number, run: () => void): void {
    this.#order += 1;
    const one = { at: this.#now + after, order: this.#order, run };
    let place = this.#agenda.length;
    const before = (other: typeof one) =>
      other.at > one.at || (other.at === one.at && other.order > one.order);
    while (place > 0 && before(this.#agenda[place - 1] ?? one)) place -= 1;
    this.#agenda.splice(place, 0, one);
  }

  /** The next thing that happens; false when nothing is left to happen. */
  next(): boolean {
    const due = this.#agenda.shift();
    if (due === undefined) return false;
    this.#now = due.at;
    due.run();
    this.#check();
    return true;
  }

  /** The line closes: everything goes, retired ones too. */
  stop(): void {
    for (const wire of this.wires) this.#apply(wire, { type: 'stop' });
  }

  /** A request with a name of its own, or now and then with that of one on the way. */
  ask(): void {
    const n = this.requests.length;
    const random = this.#random;
    const pending = [...this.#open].filter(({ late, written }) => written && late.length === 0);
    const again = random() < 0.03 ? pending[below(random, pending.length)] : undefined;
    const key = again?.key ?? `20250311${String(n).padStart(12, '0')}`;
    const head = { code: '4004', service: '01', reference: key };
    const packet = Buffer.from(packetBytes(pingan222, 'GBK', head, Buffer.from('<Result/>')));
    const query = random() < 0.5;
    const asked: Asked = { key, query, packet, written: false, ended: [], late: [] };
    this.requests.push(asked);
    this.#open.add(asked);
    this.#connect(asked);
  }

  #connect(asked: Asked): void {
    const ready = [...this.wires].filter(({ lent, state }) => !lent && isUsable(state));
    const kept = asked.query ? ready.find(({ state }) => state.is === 'idle') : undefined;
    const known = kept ?? ready.find(({ state }) => state.is === 'free');
    if (known !== undefined) {
      this.#lend(known, asked);
      return;
    }
    const first = dial(5_000);
    const wire: Wire = {
      state: first.state,
      timer: 0,
      asked: undefined,
      lent: true,
      read: Buffer.alloc(0),
    };
    this.wires.add(wire);
    for (const effect of first.effects) this.#carryOut(wire, effect);
    const luck = this.#random();
    if (luck < 0.04) this.#at(10, () => this.#apply(wire, { type: 'error' }));
    else if (luck > 0.02) this.#at(10, () => this.#apply(wire, { type: 'connected' }));
    // a byte that nobody asked for
    if (luck > 0.97) this.#deliver(wire, [{ after: 11, bytes: Buffer.from('hello') }]);
    this.#at(12 + below(this.#random, 100), () => this.#lend(wire, asked));
  }

  /** Whoever has a connection looks into the journal first: that takes its time. */
  #lend(wire: Wire, asked: Asked): void {
    wire.lent = true;
    this.#apply(wire, { type: 'lend' });
    this.#at(below(this.#random, 40), () => this.#send(wire, asked));
  }

  #send(wire: Wire, asked: Asked): void {
    if (!isUsable(wire.state) || !this.#named(asked)) {
      asked.ended.push('not-sent');
      wire.lent = false;
      this.#apply(wire, { type: 'close' });
      return;
    }
    wire.asked = asked;
    this.#apply(wire, { type: 'send', body: asked.packet, keep: asked.query });
    // now and then whoever asked goes away
    if (this.#random() < 0.03) this.#at(below(this.#random, 500), () => this.#letGo(wire, asked));
  }

  /** False: the name is on the way already. */
  #named({ key }: Asked): boolean {
    try {
      this.#inFlight.begin(key);
      return true;
    } catch (error) {
      if (!(error instanceof YinqiError)) throw error;
      return false;
    }
  }

  #letGo(wire: Wire, asked: Asked): void {
    if (wire.asked !== asked || !wire.lent) return;
    wire.lent = false;
    this.#apply(wire, { type: 'close' });
  }

  #apply(wire: Wire, event: ConnectionEvent): void {
    const step = stepConnection(wire.state, event, this.#now, this.#rules);
    wire.state = step.state;
    for (const effect of step.effects) this.#carryOut(wire, effect);
  }

  #carryOut(wire: Wire, effect: ConnectionEffect): void {
    const { asked } = wire;
    switch (effect.do) {
      case 'write':
        if (asked !== undefined) asked.written = true;
        this.#peerReads(wire, Buffer.from(effect.bytes));
        return;
      case 'arm': {
        wire.timer += 1;
        const mine = wire.timer;
        this.#at(effect.ms, () => {
          if (wire.timer === mine) this.#apply(wire, { type: effect.timer });
        });
        return;
      }
      case 'ended':
        this.#ended(wire, effect.ending.type === 'answer' ? 'answer' : effect.ending.why);
        if (effect.ending.type === 'answer') this.#isItsOwn(asked, effect.ending.body);
        return;
      case 'late':
        asked?.late.push(effect.body);
        this.#inFlight.end(asked?.key);
        if (effect.body !== undefined) this.#isItsOwn(asked, effect.body);
        return;
      case 'destroy':
        wire.timer += 1;
        this.wires.delete(wire);
        return;
      case 'warn':
        this.warned.set(effect.warning.event, (this.warned.get(effect.warning.event) ?? 0) + 1);
        return;
    }
  }

  #ended(wire: Wire, how: Ended): void {
    const { asked } = wire;
    asked?.ended.push(how);
    this.#at(0, () => {
      if (wire.asked !== asked || !wire.lent) return;
      wire.lent = false;
      const keep = how === 'answer' && asked?.query === true && this.#random() < 0.8;
      this.#apply(wire, { type: keep ? 'keep' : 'close' });
    });
  }

  #peerReads(wire: Wire, bytes: Buffer): void {
    wire.read = Buffer.concat([wire.read, bytes]);
    const length = HEAD + Number(wire.read.subarray(30, 40).toString('latin1'));
    if (wire.read.length < length) throw new Error('the peer was sent half a request');
    const request = wire.read.subarray(0, length);
    wire.read = wire.read.subarray(length);
    const random = this.#random;
    const pending = [...this.#open].filter((one) => one.written && one.ended.length === 0);
    const others = pending.filter(({ key }) => key !== keyIn(request));
    const nobody = '20250311999999999999';
    const other = answerTo(request, others[below(random, others.length)]?.key ?? nobody);
    const asking = { answer: answerTo(request), other, random };
    if (random() < 0.15) {
      this.#deliver(wire, honest(asking));
      return;
    }
    const name = oneOf(random, ['silence', ...names]);
    this.faults.set(name, (this.faults.get(name) ?? 0) + 1);
    this.#deliver(wire, FAULTS[name]?.(asking) ?? []);
  }

  /** Also to connections that are gone: a socket may have it in its hands already. */
  #deliver(wire: Wire, deeds: readonly Deed[]): void {
    let after = 0;
    for (const deed of deeds) {
      after += deed.after;
      this.#at(after, () => {
        if ('bytes' in deed) this.#apply(wire, { type: 'bytes', bytes: deed.bytes });
        else this.#apply(wire, { type: deed.does === 'end' ? 'end' : 'error' });
      });
    }
  }

  #isItsOwn(asked: Asked | undefined, packet: Uint8Array): void {
    if (asked === undefined || keyIn(packet) !== asked.key) {
      throw new Error(`${asked?.key ?? 'nobody'} was answered by ${keyIn(packet)}`);
    }
  }

  /** What must hold after every step. Whoever is settled in both ways is looked at no more after that. */
  #check(): void {
    const onTheWay = new Set<string>();
    for (const asked of this.#open) {
      const { ended, key, late, written } = asked;
      if (ended.length > 1 || late.length > 1) throw new Error(`${key} was settled twice`);
      const [how] = ended;
      if (written && how === 'not-sent') throw new Error(`${key} was written and is not sent`);
      if (!written && how !== undefined && how !== 'not-sent') {
        throw new Error(`${key} was not written and is ${how}`);
      }
      if (written && late.length === 0) {
        if (onTheWay.has(key)) throw new Error(`${key} is twice on the way`);
        onTheWay.add(key);
      } else if (how !== undefined) this.#open.delete(asked);
    }
  }
}
