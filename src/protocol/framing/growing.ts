/** Bytes that come in pieces of any size, held once and never more than twice as large as what came. */
import { Buffer } from 'node:buffer';

const FIRST_BYTES = 64;

export class Growing {
  #held: Buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Copies: a piece of one byte must not hold on to the segment it came in. */
  add(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#held.length) {
      const larger = Buffer.alloc(Math.max(needed, this.#held.length * 2, FIRST_BYTES));
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    this.#held.set(bytes, this.#length);
    this.#length = needed;
  }

  /** Where `wanted` stands at `from` or behind it; -1 if nowhere. */
  indexOf(wanted: Uint8Array, from: number): number {
    return this.#held.subarray(0, this.#length).indexOf(wanted, from);
  }

  /** A look, good until the next `add`. */
  slice(from: number, to: number): Uint8Array {
    return this.#held.subarray(from, Math.min(to, this.#length));
  }

  /** Forgets what stands behind `length`. */
  cut(length: number): void {
    this.#length = Math.min(length, this.#length);
  }

  /** What came so far; begins anew. */
  take(): Buffer {
    const taken = this.#held.subarray(0, this.#length);
    this.#held = Buffer.alloc(0);
    this.#length = 0;
    return taken;
  }
}
