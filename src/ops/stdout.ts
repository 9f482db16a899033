/**
 * Where log lines go: a file descriptor, written synchronously, so that the last lines before a crash are
 * there. Never throws and never waits long: a full disk or a reader that stopped reading costs lines, not
 * orders. How many were lost is told by the next line that gets through.
 */
import { writeSync } from 'node:fs';

export interface Destination {
  write(line: string): void;
}

const WAIT_MS = 2;
const WAITS_MAX = 10;

const sleep = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EAGAIN';

const lostNote = (count: number): string =>
  `${JSON.stringify({ level: 'warn', event: 'log-lines-lost', count })}\n`;

class Descriptor implements Destination {
  readonly #fd: number;
  /** what is left of a line that was begun: it must be ended before another begins */
  #rest: Buffer = Buffer.alloc(0);
  #lost = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(line: string): void {
    // a reader that was not there a moment ago is not waited for again
    const waits = this.#lost > 0 ? 0 : WAITS_MAX;
    if (!this.#flush(waits)) {
      this.#lost += 1;
      return;
    }
    const lost = this.#lost;
    this.#rest = Buffer.from(lost > 0 ? `${lostNote(lost)}${line}` : line);
    this.#lost = 0;
    if (!this.#flush(waits) && this.#rest.length === 0) this.#lost = lost + 1;
  }

  /** True when all is written. False with nothing left: it could not be and is given up. */
  #flush(waits: number): boolean {
    for (let waited = 0; this.#rest.length > 0; ) {
      try {
        this.#rest = this.#rest.subarray(writeSync(this.#fd, this.#rest));
      } catch (error) {
        if (isFull(error)) {
          if (waited >= waits) return false;
          waited += 1;
          sleep(WAIT_MS);
        } else {
          this.#rest = Buffer.alloc(0);
          return false;
        }
      }
    }
    return true;
  }
}

export const descriptor = (fd: number): Destination => new Descriptor(fd);
