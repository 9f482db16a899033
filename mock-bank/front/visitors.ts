/** Every request as it came in, over all front ends: for oracles that count requests and not only executions. */
import type { Fault } from '../faults.ts';

export interface Noted {
  readonly at: number;
  /** as the spec names itself, e.g. citic */
  readonly bank: string;
  /** requests with the same number came over the same connection */
  readonly connection: number;
  readonly transaction: string;
  readonly serial: string;
  readonly fault?: Fault['kind'];
}

/** Older ones are forgotten. */
const notedMax = 100_000;

export class Visitors {
  #noted: Noted[] = [];
  #connections = 0;
  readonly #met = new Map<string, number>();

  /** The number of a new connection. */
  connected(): number {
    this.#connections += 1;
    return this.#connections;
  }

  note(one: Noted): void {
    if (one.fault !== undefined) this.#met.set(one.fault, (this.#met.get(one.fault) ?? 0) + 1);
    this.#noted.push(one);
    if (this.#noted.length > notedMax) this.#noted = this.#noted.slice(-notedMax / 2);
  }

  /** How many requests met each kind of fault. */
  met(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#met);
  }

  /** The requests that came in, oldest first. */
  all(): readonly Noted[] {
    return this.#noted;
  }
}
