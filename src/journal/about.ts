/** What the journal knows of one instruction, kept by every entry about it. */
import type { Entry } from './entry.ts';
import type { Known } from './known.ts';

export class About implements Known {
  readonly id: string;
  serial: string | undefined;
  transaction: string | undefined;
  digest: string | undefined;
  attempt = 0;
  sends: number[] = [];
  answers: number[] = [];
  others: number[] = [];
  final: number | undefined;
  version: number | undefined;
  decision: number | undefined;
  watermark = 0;
  /**
   * Attempts sent and not taken back, one element per send record. A list and not "the highest": an
   * attempt number can come twice when Redis was rolled back, and then one not-written clears one.
   */
  #open: number[] = [];

  constructor(id: string) {
    this.id = id;
  }

  /** Number of the first of its records. */
  get first(): number {
    return Math.min(...[this.sends, this.answers, this.others].map(([n = Infinity]) => n));
  }

  /** Likewise, of the last. */
  get last(): number {
    return Math.max(...[this.sends, this.answers, this.others].map((all) => all.at(-1) ?? 0));
  }

  get written(): 'maybe' | 'no' {
    return this.#open.length > 0 ? 'maybe' : 'no';
  }

  send(entry: Extract<Entry, { kind: 'send' }>): void {
    this.serial = entry.serial ?? this.serial;
    this.transaction = entry.transaction;
    this.digest = entry.intent.digest;
    this.attempt = Math.max(this.attempt, entry.attempt);
    this.sends.push(entry.n);
    this.#open.push(entry.attempt);
  }

  notWritten(attempt: number, n: number): void {
    const at = this.#open.lastIndexOf(attempt);
    if (at !== -1) this.#open.splice(at, 1);
    this.others.push(n);
  }

  outcome(entry: Extract<Entry, { kind: 'outcome' }>): void {
    this.others.push(entry.n);
    if (this.final !== undefined) return;
    this.digest = entry.digest;
    this.final = entry.n;
    this.version = entry.version;
  }

  decide(n: number): void {
    this.decision = n;
    this.others.push(n);
  }
}
