/** Looks at the processes from outside: memory of gateways that live long, bytes of the journal, a line now and then. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Gateways } from './gateways.ts';

const EVERY_MS = 5_000;
/** Before that it still reads its journal and its code is not warm. */
const WARM_MS = 30_000;

export interface Life {
  readonly pid: number;
  seconds: number;
  /** MB */
  first: number;
  last: number;
  most: number;
}

const MB = 1_048_576;
const KB = 1_024;

function residentMb(pid: number): number | undefined {
  try {
    const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? undefined : Math.round((Number(kb) * KB) / MB);
  } catch {
    return undefined;
  }
}

export function bytesOf(directory: string): number {
  let bytes = 0;
  for (const name of readdirSync(directory)) {
    const found = statSync(join(directory, name), { throwIfNoEntry: false });
    if (found?.isFile()) bytes += found.size;
  }
  return bytes;
}

export class Watch {
  readonly #lives = new Map<number, Life>();
  readonly #gateways: Gateways;
  readonly #timer: NodeJS.Timeout;

  constructor(gateways: Gateways) {
    this.#gateways = gateways;
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  /** The longest ones first. */
  get lives(): Life[] {
    return [...this.#lives.values()].sort((a, b) => b.seconds - a.seconds);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { owner } = this.#gateways;
    const pid = owner?.process?.pid;
    if (owner === undefined || pid === undefined) return;
    const age = performance.now() - owner.startedAt;
    const mb = residentMb(pid);
    if (age < WARM_MS || mb === undefined) return;
    const life = this.#lives.get(pid) ?? { pid, seconds: 0, first: mb, last: mb, most: mb };
    life.seconds = Math.round(age / 1_000);
    life.last = mb;
    life.most = Math.max(life.most, mb);
    this.#lives.set(pid, life);
  }
}
