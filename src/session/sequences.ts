/**
 * The sequence numbers of one link towards the bank: 1, 2, 3 … of each business day. A number belongs to
 * one attempt, is allotted in the synchronous turn that appends the attempt's journal record, and is never
 * allotted twice: blocks are reserved in the journal before a number of them can be written, so that a
 * kill -9 at any instant continues behind everything that may have left (R24).
 *
 *   allot ─▶ number ≤ reserved? ─ no ─▶ `reservation()` goes in front of the send records of this append
 *
 * The day is the one the bank says at sign-on and rollover, never the clock's, and only moves forward.
 */

/** One allotted number: the business day is part of it. */
export interface Numbered {
  /** yyyymmdd */
  readonly day: string;
  readonly number: number;
}

/** The highest number of a day that may have been used, as the journal has it. */
export interface Reserved {
  readonly day: string;
  readonly upTo: number;
}

const BLOCK = 100;

export class Sequences {
  #day: string;
  #next: number;
  #reserved: number;
  /** highest number of the day that the journal was asked to keep */
  #kept: number;

  /** `from`: what the journal holds; undefined for a link that never allotted one. */
  constructor(from?: Reserved) {
    this.#day = from?.day ?? '';
    this.#reserved = from?.upTo ?? 0;
    this.#kept = this.#reserved;
    this.#next = this.#reserved + 1;
  }

  /** The latest business day any number was allotted or opened for; '' before the first sign-on. */
  get day(): string {
    return this.#day;
  }

  /** The number that is allotted next. */
  get next(): number {
    return this.#next;
  }

  /** The bank's business day. False, and nothing changed, if it lies behind the one we have. */
  open(day: string): boolean {
    if (day < this.#day) return false;
    if (day > this.#day) {
      this.#day = day;
      this.#next = 1;
      this.#reserved = 0;
      this.#kept = 0;
    }
    return true;
  }

  /** The bank has seen numbers that our journal does not know: they are never used again. */
  raise(next: number): void {
    this.#next = Math.max(this.#next, next);
  }

  allot(): Numbered {
    const number = this.#next;
    this.#next += 1;
    if (number > this.#reserved) this.#reserved = number + BLOCK - 1;
    return { day: this.#day, number };
  }

  /** What must be appended in front of the records that carry numbers allotted in this turn. */
  reservation(): Reserved | undefined {
    if (this.#reserved <= this.#kept) return undefined;
    this.#kept = this.#reserved;
    return { day: this.#day, upTo: this.#reserved };
  }
}
