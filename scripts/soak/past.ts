/** Older states of a Redis: copies of its append-only files, made while it runs, and put back when it is dead. */
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const FILES = 'appendonlydir';
const KEPT = 3;
const TRIES = 5;

export class Past {
  readonly #redis: string;
  readonly #kept: string;
  readonly #copies: string[] = [];
  #made = 0;

  constructor(redis: string, kept: string) {
    this.#redis = redis;
    this.#kept = kept;
  }

  get known(): number {
    return this.#copies.length;
  }

  /** The last record may be torn, as after a crash; what belongs together is together. */
  remember(): void {
    const to = join(this.#kept, `older-${this.#made}`);
    for (let tries = 0; tries < TRIES; tries += 1) {
      try {
        const before = this.#manifest();
        rmSync(to, { recursive: true, force: true });
        cpSync(join(this.#redis, FILES), to, { recursive: true });
        if (this.#manifest() !== before) continue;
        this.#made += 1;
        this.#copies.push(to);
        for (const old of this.#copies.splice(0, this.#copies.length - KEPT)) {
          rmSync(old, { recursive: true });
        }
        return;
      } catch {
        // it was rewriting its files just now
      }
    }
  }

  /** Of the copies that are kept, the one at `where` (0 to 1 of their number). Redis must be dead. */
  putBack(where: number): void {
    const copy = this.#copies[Math.floor(where * this.#copies.length)];
    if (copy === undefined) return;
    this.lose();
    cpSync(copy, join(this.#redis, FILES), { recursive: true });
  }

  /** Nothing is left. Redis must be dead. */
  lose(): void {
    rmSync(join(this.#redis, FILES), { recursive: true, force: true });
  }

  #manifest(): string {
    const name = readdirSync(join(this.#redis, FILES)).find((one) => one.endsWith('.manifest'));
    return name === undefined ? '' : readFileSync(join(this.#redis, FILES, name), 'utf8');
  }
}
