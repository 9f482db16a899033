/**
 * `npm run fuzz -- [--seconds N] [--seed S] [--target T] [--keep]`: feeds everything that reads bytes of others with
 * changed inputs. Each target runs on a thread with little memory under a watch, so that a hang or a flood is
 * found like a throw. Findings are written to `fuzz-findings/`; `--keep` adds inputs with new ends to the corpus.
 */
import { Buffer } from 'node:buffer';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Command, InvalidArgumentError } from 'commander';
import type { Attempts, Found } from './attempts.ts';
import { keep } from './corpus.ts';
import { targets } from './targets.ts';
import type { Order } from './worker.ts';

const MEMORY_MB_MAX = 192;
const HANG_MS = 5_000;
const LOOK_MS = 250;
const INPUT_BYTES_MAX = 512 * 1024;

const whole = (text: string): number => {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('a whole number');
  return number;
};

function onThread(order: Omit<Order, 'head' | 'input'>): Promise<Attempts> {
  const head = new SharedArrayBuffer(8);
  const input = new SharedArrayBuffer(INPUT_BYTES_MAX);
  const counts = new Int32Array(head);
  const inHand = (): Uint8Array =>
    Buffer.from(new Uint8Array(input)).subarray(0, Atomics.load(counts, 0));
  return new Promise((done) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: { ...order, head, input },
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB_MAX },
    });
    let [seen, since] = [0, performance.now()];
    const end = (attempts: Attempts): void => {
      clearInterval(watch);
      done(attempts);
    };
    const broke = (what: string): void =>
      end({ inputs: Atomics.load(counts, 1), kept: [], found: [{ what, input: inHand() }] });
    const watch = setInterval(() => {
      const begun = Atomics.load(counts, 1);
      if (begun !== seen) [seen, since] = [begun, performance.now()];
      else if (begun > 0 && performance.now() - since > HANG_MS) {
        void worker.terminate();
        broke(`hangs for ${HANG_MS} ms`);
      }
    }, LOOK_MS);
    worker.once('message', end);
    worker.once('error', (error) => broke(error.stack ?? error.message));
  });
}

function write({ input, what }: Found, target: string, nth: number): string {
  mkdirSync('fuzz-findings', { recursive: true });
  const file = join('fuzz-findings', `${target}-${nth}.bin`);
  writeFileSync(file, input);
  return `${target}: ${what.split('\n').slice(0, 4).join('\n  ')}\n  input in ${file}`;
}

const command = new Command('fuzz')
  .option('--seconds <n>', 'for how long, over all targets', whole, 120)
  .option('--seed <s>', 'what decides which inputs are made', whole, 1)
  .option('--target <name>', 'one target only')
  .option('--keep', 'adds inputs with new ends to the corpus')
  .parse();
const {
  keep: keeping,
  seconds,
  seed,
  target,
} = command.opts<{
  keep?: boolean;
  seconds: number;
  seed: number;
  target?: string;
}>();

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const specs = join(root, 'protocol-specs');
const corpus = join(root, 'test', 'fuzz', 'corpus');
const all = targets(specs)
  .map(({ name }) => name)
  .filter((name) => target === undefined || name === target);
const ms = (seconds * 1000) / Math.max(1, all.length);
let [inputs, findings, kept] = [0, 0, 0];
for (const name of all) {
  const attempts = await onThread({ target: name, specs, corpus, seed, ms });
  inputs += attempts.inputs;
  for (const found of attempts.found.slice(0, 5)) {
    process.stderr.write(`${write(found, name, findings)}\n`);
    findings += 1;
  }
  if (keeping === true) kept += keep(corpus, name, attempts.kept);
  process.stdout.write(
    `${name}: ${attempts.inputs} inputs, ${attempts.kept.length} new ends, ${attempts.found.length} findings\n`,
  );
}
const how = findings === 0 ? 'ok' : 'FAILED';
process.stdout.write(
  `fuzz ${how}: seed=${seed} targets=${all.length} inputs=${inputs} kept=${kept} findings=${findings}\n`,
);
process.exitCode = findings === 0 && all.length > 0 ? 0 : 1;
