/**
 * One script at work on a link's data: it reads, it writes into copies, and the copies count only when it
 * comes to its end. What it refuses leaves nothing behind.
 */
import { type ErrorCode, YinqiError } from '../../../src/errors.ts';
import type { OutEntry } from '../../../src/store/shapes.ts';
import type { Entry, LinkData, MapPart, Meta } from './data.ts';

/** Who calls: what every script is given in front of its own arguments. */
export interface Caller {
  readonly seen: number;
  readonly epoch: number;
  readonly retentionMs: number;
  readonly now: number;
}

type Value<Part extends MapPart> =
  LinkData[Part] extends ReadonlyMap<string, infer Held> ? Held : never;

/** The parts whose values may expire. */
const MORTAL = ['entries', 'serials', 'seen', 'pushes'] as const;
type Mortal = (typeof MORTAL)[number];

export const refuse = (code: ErrorCode, path?: string): never => {
  throw new YinqiError(code, path === undefined ? {} : { path });
};

export class Script {
  readonly caller: Caller;
  #data: LinkData;
  readonly #own = new Map<MapPart, Map<string, unknown>>();
  /** made by this script: a Redis without it need not be told what it is not */
  readonly #fresh = new Set<string>();
  readonly #over: [Mortal, string][] = [];

  constructor(data: LinkData, caller: Caller) {
    this.caller = caller;
    this.#data = data;
    if (data.meta.expiry < caller.now) this.#expire();
  }

  get now(): number {
    return this.caller.now;
  }

  get meta(): Meta {
    return this.#data.meta;
  }

  get out(): LinkData['out'] {
    return this.#data.out;
  }

  // a part's values are of its own type; TypeScript cannot follow the name through the union
  part<Part extends MapPart>(part: Part): ReadonlyMap<string, Value<Part>> {
    return this.#data[part] as ReadonlyMap<string, unknown> as ReadonlyMap<string, Value<Part>>;
  }

  #writable<Part extends MapPart>(part: Part): Map<string, Value<Part>> {
    let own = this.#own.get(part);
    if (own === undefined) {
      own = new Map<string, unknown>(this.#data[part]);
      this.#own.set(part, own);
      this.#data = { ...this.#data, [part]: own };
    }
    return own as Map<string, Value<Part>>;
  }

  put<Part extends MapPart>(part: Part, name: string, value: Value<Part> | undefined): void {
    if (value !== undefined) this.#writable(part).set(name, value);
    else if (this.#data[part].has(name)) this.#writable(part).delete(name);
  }

  change(meta: Partial<Meta>): void {
    this.#data = { ...this.#data, meta: { ...this.#data.meta, ...meta } };
  }

  /** Every script but `take` begins with it. */
  open(onlyOwner: boolean): void {
    const { wm, epoch } = this.meta;
    if (wm < this.caller.seen) refuse('REDIS_ROLLED_BACK');
    if (onlyOwner && epoch !== this.caller.epoch) refuse('STALE_EPOCH');
  }

  raise(): number {
    const wm = this.meta.wm + 1;
    this.change({ wm });
    return wm;
  }

  // ------------------------------------------------------------ instructions

  entry(id: string): Entry | undefined {
    return this.#data.entries.get(id);
  }

  fresh(id: string): boolean {
    return this.#fresh.has(id);
  }

  create(entry: Entry): void {
    this.#fresh.add(entry.id);
    this.put('entries', entry.id, entry);
  }

  /** Changes an instruction and answers it as it is now. */
  set(id: string, more: Partial<Entry>): Entry {
    const old = this.entry(id) ?? refuse('DEFECT', 'i');
    const entry = { ...old, ...more };
    this.put('entries', id, entry);
    return entry;
  }

  // ------------------------------------------------------------ outbox

  /** Messages go out, each under a version of its own, the first under that of the change. Answers them. */
  emit(entries: readonly OutEntry[], version: number): { body: string; version: number }[] {
    let first: number | undefined = version;
    const made = entries.map(({ queue, source, stem, body, version: kept }) => {
      const one = kept ?? first ?? this.raise();
      if (kept === undefined) first = undefined;
      return { at: this.#streamId(), queue, source, stem, body, version: one };
    });
    if (made.length > 0) this.#data = { ...this.#data, out: [...this.#data.out, ...made] };
    return made;
  }

  #streamId(): string {
    const { ms, nth } = this.meta.outLast;
    const next = this.now > ms ? { ms: this.now, nth: 0 } : { ms, nth: nth + 1 };
    this.change({ outLast: next });
    return `${next.ms}-${next.nth}`;
  }

  /** Forgets the messages up to one. */
  trim(at: string): void {
    const out = this.#data.out.filter((entry) => later(entry.at, at));
    this.#data = { ...this.#data, out };
  }

  // ------------------------------------------------------------ expiry

  /** From when on something is gone; what should be gone by now goes at the end of the script. */
  expireAt(part: Mortal, name: string, expireAt: number): void {
    const found = this.part(part).get(name);
    if (found === undefined) return;
    this.put(part, name, { ...found, expireAt });
    if (expireAt <= this.now) this.#over.push([part, name]);
    else if (expireAt < this.meta.expiry) this.change({ expiry: expireAt });
  }

  /** The data as this script leaves it. */
  end(): LinkData {
    for (const [part, name] of this.#over) {
      const { expireAt = Number.POSITIVE_INFINITY } = this.part(part).get(name) ?? {};
      if (expireAt <= this.now) this.put(part, name, undefined);
    }
    return this.#data;
  }

  #expire(): void {
    let expiry = Number.POSITIVE_INFINITY;
    for (const part of MORTAL) {
      for (const [name, { expireAt = Number.POSITIVE_INFINITY }] of this.part(part)) {
        if (expireAt < this.now) this.put(part, name, undefined);
        else expiry = Math.min(expiry, expireAt);
      }
    }
    this.change({ expiry });
  }
}

function later(at: string, than: string): boolean {
  const [ms = 0, nth = 0] = at.split('-').map(Number);
  const [thanMs = 0, thanNth = 0] = than.split('-').map(Number);
  return ms > thanMs || (ms === thanMs && nth > thanNth);
}
