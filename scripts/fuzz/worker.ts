/** Feeds one target on a thread of its own, which may run out of memory or hang without harm. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Attempts, feed } from './attempts.ts';
import { readCorpus } from './corpus.ts';
import { targets } from './targets.ts';

export interface Order {
  readonly target: string;
  readonly specs: string;
  readonly corpus: string;
  readonly seed: number;
  readonly ms: number;
  /** how many bytes the input in hand has, and how many inputs were begun */
  readonly head: SharedArrayBuffer;
  readonly input: SharedArrayBuffer;
}

const order = workerData as Order;
const head = new Int32Array(order.head);
const shared = new Uint8Array(order.input);
const target = targets(order.specs).find(({ name }) => name === order.target);
if (target === undefined) throw new Error(`no target ${order.target}`);
const attempts: Attempts = await feed(target, {
  corpus: readCorpus(order.corpus, order.target),
  seed: order.seed,
  ms: order.ms,
  inputsMax: Number.MAX_SAFE_INTEGER,
  before: (input) => {
    shared.set(input.subarray(0, shared.length));
    Atomics.store(head, 0, Math.min(input.length, shared.length));
    Atomics.add(head, 1, 1);
  },
});
parentPort?.postMessage(attempts);
