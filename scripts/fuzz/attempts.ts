/**
 * One target fed for a while: seeds and kept inputs first, then changes of them. An input whose end nobody has
 * seen is kept and changed further. Chance is one seed, so a run can be repeated; how far it gets is up to the clock.
 */
import { performance } from 'node:perf_hooks';
import { draw } from '../../mock-bank/random.ts';
import { mutate } from './mutate.ts';
import { ending, type Target } from './target.ts';

/** One input may take so long: a statement of thousands of rows takes a hundredth of it. */
export const INPUT_MS_MAX = 1_000;
/** What may be held outside the heap behind one input; inside it the worker's limit counts. */
const HELD_BYTES_MAX = 128 * 1024 * 1024;

export interface Found {
  readonly what: string;
  readonly input: Uint8Array;
}

export interface Attempts {
  readonly inputs: number;
  readonly kept: readonly Uint8Array[];
  readonly found: readonly Found[];
}

export interface Feeding {
  readonly corpus: readonly Uint8Array[];
  readonly seed: number;
  /** until so many ms have passed, or so many inputs */
  readonly ms: number;
  readonly inputsMax: number;
  /** called before each input is read */
  readonly before?: (input: Uint8Array) => void;
}

async function ran(target: Target, input: Uint8Array): Promise<string> {
  try {
    return await target.run(input);
  } catch (error) {
    return ending(error);
  }
}

async function attempt(target: Target, input: Uint8Array): Promise<string | Found> {
  const began = performance.now();
  try {
    const end = await ran(target, input);
    const ms = Math.round(performance.now() - began);
    if (ms > INPUT_MS_MAX) return { what: `took ${ms} ms`, input };
    const { arrayBuffers } = process.memoryUsage();
    if (arrayBuffers > HELD_BYTES_MAX) return { what: `holds ${arrayBuffers} bytes`, input };
    return end;
  } catch (error) {
    return { what: error instanceof Error ? (error.stack ?? error.message) : 'threw', input };
  }
}

export async function feed(target: Target, feeding: Feeding): Promise<Attempts> {
  const random = draw(feeding.seed, target.name);
  const pool: Uint8Array[] = [...target.seeds, ...feeding.corpus];
  const ends = new Set<string>();
  const kept: Uint8Array[] = [];
  const found: Found[] = [];
  const until = performance.now() + feeding.ms;
  const first = pool.length;
  let inputs = 0;
  while (inputs < first || (performance.now() < until && inputs < feeding.inputsMax)) {
    const from = pool[inputs < first ? inputs : Math.floor(random() * pool.length)];
    if (from === undefined) break;
    const input = inputs < first ? from : mutate(random, from, pool, target.bytesMax);
    inputs += 1;
    feeding.before?.(input);
    const end = await attempt(target, input);
    if (typeof end !== 'string') {
      found.push(end);
      continue;
    }
    if (ends.has(end)) continue;
    ends.add(end);
    if (inputs <= first) continue;
    kept.push(input);
    pool.push(input);
  }
  await target.close?.();
  return { inputs, kept, found };
}
