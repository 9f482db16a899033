/** One seeded walk of the session machine against a bank that mostly keeps the protocol. See session-walk.test.ts. */
import { Buffer } from 'node:buffer';
import { expect } from 'vitest';
import { YinqiError } from '../../src/errors.ts';
import { Sequences } from '../../src/session/sequences.ts';
import { dialSession, dueAt, mayLend, stepSession } from '../../src/session/session.ts';
import type {
  SessionEffect,
  SessionEvent,
  SessionState,
} from '../../src/session/session-shapes.ts';
import { packetOf, referenceOf } from './packet-words.ts';
import { RULES as USUAL } from './reference-rules.ts';

/** Shorter, so that deadlines are met on the way. */
const RULES = { ...USUAL, answerWithinMs: 4_000, lateUntilMs: 30_000 };

/** mulberry32 */
function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Request {
  readonly key: string;
  written: boolean;
  ended: string[];
  late: number;
}

/** What the bank remembers of a session. */
interface Peer {
  day: string;
  next: number;
  /** what it expects of ours */
  expects: number;
  unanswered: string[];
  probe: string | undefined;
}

const SIGNED = ['answer', 'silent', 'not-sent', 'late'] as const;

export class Walk {
  readonly #draw: () => number;
  readonly #numbers = new Sequences();
  readonly #requests = new Map<number, Request>();
  readonly #peer: Peer = { day: '20261124', next: 1, expects: 1, unanswered: [], probe: undefined };
  readonly seen = new Map<string, number>(SIGNED.map((one) => [one, 0]));
  sessions = 0;
  #state: SessionState;
  #now = 0;
  #ids = 0;
  #destroyed = false;

  constructor(seed: number) {
    this.#draw = random(seed);
    this.#state = dialSession(0, 5_000);
  }

  #pick<T>(some: readonly T[]): T | undefined {
    return some[Math.floor(this.#draw() * some.length)];
  }

  step(): void {
    this.#now += Math.floor(this.#draw() * 1_500);
    const due = dueAt(this.#state, RULES);
    if (due !== undefined && due <= this.#now) this.#apply({ type: 'tick' });
    else if (this.#state.is === 'closed') this.#redial();
    else this.#act();
    this.#check();
  }

  end(): void {
    this.#apply({ type: 'stop' });
    this.#check();
  }

  #redial(): void {
    this.#state = dialSession(this.#now, 5_000);
    this.#destroyed = false;
    this.sessions += 1;
  }

  #act(): void {
    const { is } = this.#state;
    const chance = this.#draw();
    if (is === 'dialling') {
      if (chance < 0.9) this.#connect();
      else this.#apply({ type: 'error' });
    } else if (is === 'signing-on') this.#signOnAnswer(chance);
    else if (chance < 0.55) this.#engine();
    else if (chance < 0.93) this.#bank();
    else this.#fault();
  }

  #connect(): void {
    this.#peer.unanswered = [];
    this.#peer.probe = undefined;
    const { day, next } = this.#numbers;
    this.#apply({ type: 'connected', ours: { day, next, expects: 0, missing: [] } });
  }

  #signOnAnswer(chance: number): void {
    const { day, next, expects } = this.#peer;
    const numbers = `day=${day} next=${next} expects=${expects}`;
    if (chance < 0.8) this.#says(`SA 000000 | ${numbers}`);
    else if (chance < 0.87) this.#says('SA 100001');
    else if (chance < 0.94) this.#says(`NT #${next} day=${day} @7 N301`);
    else this.#says(`SA 000000 | day=20200101 next=1 expects=1`);
  }

  #engine(): void {
    const lent = [...this.#requests].filter(([, one]) => !one.written && one.ended.length === 0);
    const [id, request] = this.#pick(lent) ?? [];
    const chance = this.#draw();
    if (id === undefined || request === undefined || chance < 0.35) {
      if (!mayLend(this.#state, RULES)) return;
      this.#ids += 1;
      // now and then two want the same key
      const twin = chance < 0.02 && this.#ids > 1 ? this.#ids - 1 : this.#ids;
      this.#requests.set(this.#ids, { key: `k${twin}`, written: false, ended: [], late: 0 });
      this.#apply({ type: 'lend', id: this.#ids });
    } else if (chance < 0.85) this.#write(id, request);
    else if (chance < 0.93) this.#apply({ type: 'release', id });
    else if (chance < 0.935) this.#apply({ type: 'sign-off' });
    else {
      const { day, number } = this.#numbers.allot();
      this.#apply({ type: 'unwritten', day, number });
    }
  }

  #write(id: number, request: Request): void {
    const order = this.#draw() < 0.6;
    const numbered = order ? this.#numbers.allot() : undefined;
    const number = numbered === undefined ? '' : `#${numbered.number}`;
    const packet = packetOf(`RQ ${number} @${request.key} T101`, numbered?.day ?? '');
    const before = this.#state;
    try {
      this.#apply({ type: 'send', id, packet });
      request.written = true;
      this.#peer.unanswered.push(request.key);
    } catch (error) {
      // refused before a byte: a twin of one in flight, and nothing has changed
      expect(error).toBeInstanceOf(YinqiError);
      expect(this.#state).toBe(before);
      if (numbered !== undefined) this.#apply({ type: 'unwritten', ...numbered });
      this.#apply({ type: 'release', id });
    }
  }

  /** What a bank does that keeps the protocol. */
  #bank(): void {
    const { unanswered, probe } = this.#peer;
    const chance = this.#draw();
    if (probe !== undefined && chance < 0.5) {
      this.#peer.probe = undefined;
      this.#says(`HA @${probe}`);
    } else if (unanswered.length > 0 && chance < 0.8) {
      const at = Math.floor(this.#draw() * unanswered.length);
      const [key] = unanswered.splice(at, 1);
      this.#says(`RS #${this.#next()} @${key} T101 000000`, chance < 0.1);
    } else if (chance < 0.9) this.#says(`NT #${this.#next()} @${this.#ids + 1} N301`);
    else if (chance < 0.95) this.#says('HB @5');
    else this.#newDay();
  }

  #newDay(): void {
    const day = String(Number(this.#peer.day) + 1);
    const { next } = this.#peer;
    this.#peer.day = day;
    this.#peer.next = 1;
    this.#peer.expects = 1;
    this.#says(`DC | day=${day} next=${next}`);
  }

  #fault(): void {
    const { day, unanswered } = this.#peer;
    const chance = Math.floor(this.#draw() * 10);
    const key = unanswered[0] ?? 'none';
    if (chance === 0) this.#apply({ type: 'error' });
    else if (chance === 1) this.#apply({ type: 'end' });
    else if (chance === 2) this.#says(`RS #${this.#next()} @wrong T101 000000`);
    else if (chance === 3) this.#says('KK 900002');
    else if (chance === 4) this.#bytes(packetOf(`NT #1 @1 N301`, day).subarray(0, 30));
    else if (chance === 5) this.#bytes(Buffer.from('garbage garbage'));
    else if (chance === 6) {
      // a gap, and nobody fills it
      this.#peer.next += 2;
      this.#says(`NT #${this.#next()} @3 N301`);
    } else if (chance === 7) {
      const answer = `RS #${this.#next()} @${key} T101 000000`;
      this.#says(answer);
      this.#says(answer);
    } else if (chance === 8) this.#says(`RS #${this.#next()} @${key} T999 000000`);
    // else: nothing, so that heartbeats and deadlines run out
    else this.#now += 45_000;
  }

  #next(): number {
    this.#peer.next += 1;
    return this.#peer.next - 1;
  }

  #says(words: string, apart = false): void {
    const bytes = packetOf(words, this.#peer.day);
    if (apart) for (const byte of bytes) this.#bytes(Uint8Array.of(byte));
    else this.#bytes(bytes);
  }

  #bytes(bytes: Uint8Array): void {
    this.#apply({ type: 'bytes', bytes });
  }

  #apply(event: SessionEvent): void {
    const { state, effects } = stepSession(this.#state, event, this.#now, RULES);
    this.#state = state;
    for (const effect of effects) this.#note(effect);
  }

  #note(effect: SessionEffect): void {
    // once destroyed, nothing is written any more
    if (effect.do === 'write') {
      expect(this.#destroyed).toBe(false);
      this.#wrote(effect.bytes);
    }
    if (effect.do === 'destroy') this.#destroyed = true;
    if (effect.do === 'open-day') {
      expect(this.#numbers.open(effect.day)).toBe(true);
      this.#numbers.raise(effect.next);
    }
    if (effect.do === 'settled') {
      const request = this.#requests.get(effect.id);
      request?.ended.push(effect.ending.type);
      if (effect.ending.type === 'not-sent') expect(request?.written).toBe(false);
      else expect(request?.written).toBe(true);
      this.#saw(effect.ending.type);
    }
    if (effect.do === 'late') {
      const request = this.#requests.get(effect.id);
      if (request !== undefined) request.late += 1;
      if (effect.packet !== undefined) this.#saw('late');
    }
  }

  #saw(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1);
  }

  /** Every packet of ours: numbers of orders and gap fills follow each other without a gap. */
  #wrote(bytes: Uint8Array): void {
    const packet = RULES.codec.read(bytes);
    if (packet.kind === 'heartbeat') this.#peer.probe = packet.reference;
    const range =
      packet.kind === 'gapFill'
        ? { from: Number(packet.element('from')), to: Number(packet.element('to')) }
        : { from: packet.number, to: packet.number };
    if (packet.kind === 'request') this.#onlyOnce(packet.reference);
    if (range.from === 0 || packet.day !== this.#peer.day) return;
    expect(range.from).toBe(this.#peer.expects);
    this.#peer.expects = range.to + 1;
  }

  /** Nobody else with this key is written and not yet told everything. */
  #onlyOnce(reference: string): void {
    const inFlight = [...this.#requests.values()].filter(
      (one) => one.written && one.late === 0 && referenceOf(one.key) === reference,
    );
    expect(inFlight).toEqual([]);
  }

  #check(): void {
    for (const [id, { ended, late, written }] of this.#requests) {
      const closed = this.#state.is === 'closed';
      const once = ended.length <= 1 && late <= 1 && (written || late === 0);
      // a closed session leaves nothing open
      const whole = !closed || (ended.length === 1 && late === (written ? 1 : 0));
      expect({ id, once, whole }).toEqual({ id, once: true, whole: true });
    }
    // what was told to its end is counted once more at the end of a session, and then forgotten
    if (this.#state.is === 'closed') this.#requests.clear();
  }
}
