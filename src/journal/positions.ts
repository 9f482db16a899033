/**
 * Where each record of the segments that are not sealed lies: number → segment, offset, length. Twelve bytes
 * a record, in arrays that double. A number nobody can read (a damaged line) has length 0.
 */
import type { Segment } from './segments.ts';

const FIRST_CAPACITY = 1024;

export interface Position {
  readonly segment: Segment;
  readonly offset: number;
  readonly length: number;
}

type Column = Uint32Array<ArrayBuffer>;

/** The rest of `old` from `from` on, in a column of this capacity. */
const moved = (old: Column, from: number, capacity: number): Column => {
  const column = new Uint32Array(capacity);
  column.set(old.subarray(from, from + capacity));
  return column;
};

export class Positions {
  #segments: Column = new Uint32Array(FIRST_CAPACITY);
  #offsets: Column = new Uint32Array(FIRST_CAPACITY);
  #lengths: Column = new Uint32Array(FIRST_CAPACITY);
  readonly #named = new Map<number, Segment>();
  /** number of the record in front of the first one here */
  #before: number;
  #last: number;

  constructor(before = 0) {
    this.#before = before;
    this.#last = before;
  }

  /** Highest number that has a place. */
  get last(): number {
    return this.#last;
  }

  set(n: number, { segment, offset, length }: Position): void {
    const at = n - this.#before;
    let capacity = this.#segments.length;
    while (at >= capacity) capacity *= 2;
    if (capacity > this.#segments.length) this.#move(0, capacity);
    this.#named.set(segment.number, segment);
    this.#segments[at] = segment.number;
    this.#offsets[at] = offset;
    this.#lengths[at] = length;
    this.#last = Math.max(this.#last, n);
  }

  get(n: number): Position | undefined {
    const at = n - this.#before;
    const segment = this.#named.get(this.#segments[at] ?? 0);
    const [offset, length] = [this.#offsets[at], this.#lengths[at]];
    if (segment === undefined || offset === undefined || length === undefined) return undefined;
    return length === 0 ? undefined : { segment, offset, length };
  }

  /** Records up to this one lie elsewhere now. */
  forget(through: number): void {
    const from = Math.min(through, this.#last) - this.#before;
    if (from <= 0) return;
    const rest = this.#last - this.#before - from + 1;
    let capacity = FIRST_CAPACITY;
    while (rest >= capacity) capacity *= 2;
    this.#move(from, capacity);
    // what is at 0 stands for no record
    this.#lengths[0] = 0;
    this.#before += from;
  }

  #move(from: number, capacity: number): void {
    this.#segments = moved(this.#segments, from, capacity);
    this.#offsets = moved(this.#offsets, from, capacity);
    this.#lengths = moved(this.#lengths, from, capacity);
  }
}
