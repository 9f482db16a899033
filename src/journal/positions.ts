/**
 * Where each record lies: number → segment, offset, length. Twelve bytes a record, in arrays that
 * double. A number nobody can read (a damaged line) has length 0.
 */
const FIRST_CAPACITY = 1024;

export interface Position {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

const grown = (old: Uint32Array<ArrayBuffer>, capacity: number): Uint32Array<ArrayBuffer> => {
  const bigger = new Uint32Array(capacity);
  bigger.set(old);
  return bigger;
};

export class Positions {
  #segments = new Uint32Array(FIRST_CAPACITY);
  #offsets = new Uint32Array(FIRST_CAPACITY);
  #lengths = new Uint32Array(FIRST_CAPACITY);
  #last = 0;

  /** Highest number that has a place. */
  get last(): number {
    return this.#last;
  }

  set(n: number, { segment, offset, length }: Position): void {
    let capacity = this.#segments.length;
    while (n >= capacity) capacity *= 2;
    if (capacity > this.#segments.length) {
      this.#segments = grown(this.#segments, capacity);
      this.#offsets = grown(this.#offsets, capacity);
      this.#lengths = grown(this.#lengths, capacity);
    }
    this.#segments[n] = segment;
    this.#offsets[n] = offset;
    this.#lengths[n] = length;
    this.#last = Math.max(this.#last, n);
  }

  get(n: number): Position | undefined {
    const [segment, offset, length] = [this.#segments[n], this.#offsets[n], this.#lengths[n]];
    if (segment === undefined || offset === undefined || length === undefined) return undefined;
    return length === 0 ? undefined : { segment, offset, length };
  }
}
