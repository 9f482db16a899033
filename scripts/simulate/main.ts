/**
 * The simulation: seeds, then every crash point and every pair of them in short scenes.
 *
 *   node dist/scripts/simulate/main.js [--seeds 1..500|none] [--scenes name,…|none] [--no-pairs]
 *                                      [--crash kill:71,kill:130] [--trace] [--jobs n]
 *
 * `--crash` replays one scene with its kills. Ends with `simulate ok: seeds=… crashes=… violations=0`, or 1.
 */
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { runSeed } from './run.ts';
import { crashPoint, runScene } from './scene-run.ts';
import { sceneOf } from './scenes.ts';
import { emptyTally, everyScene, type Found, type Tally, type Wanted, walk } from './walk.ts';

const TRACE_LINES = 120;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..500' },
    scenes: { type: 'string', default: everyScene.join(',') },
    pairs: { type: 'boolean', default: true },
    crash: { type: 'string' },
    trace: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(availableParallelism()) },
  },
  allowNegative: true,
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function wantedOf(): Wanted {
  const [from = Number.NaN, to = from] = values.seeds.split('..').map(Number);
  const scenes = values.scenes === 'none' ? [] : values.scenes.split(',');
  for (const name of scenes) sceneOf(name);
  if (values.seeds !== 'none' && !(from <= to)) throw new Error('--seeds 1..500');
  return { seeds: values.seeds === 'none' ? undefined : { from, to }, scenes, pairs: values.pairs };
}

/** Once more, with every event told. */
async function replay(
  seeds: Wanted['seeds'],
  scenes: readonly string[],
  crash: string | undefined,
) {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  const crashes = crash === undefined ? [] : crash.split(',').map(crashPoint);
  const violations: string[] = [];
  for (let seed = seeds?.from ?? 1; seed <= (seeds?.to ?? 0); seed += 1) {
    violations.push(...(await runSeed(seed, note)).violations);
  }
  for (const name of scenes) {
    violations.push(...(await runScene(sceneOf(name), crashes, note)).violations);
  }
  return { lines, violations };
}

async function tell({ replay: command, violations }: Found): Promise<void> {
  say(`\nviolated, replay with: npm run simulate -- ${command} --trace`);
  for (const one of violations) say(`  ${one}`);
  const args = command.split(' ');
  const of = (name: string): string | undefined => args[args.indexOf(name) + 1];
  const seed = Number(of('--seeds')?.split('..')[0]);
  const seeds = Number.isNaN(seed) ? undefined : { from: seed, to: seed };
  const scenes = of('--scenes') === 'none' ? [] : [of('--scenes') ?? ''];
  const crash = args.includes('--crash') ? of('--crash') : undefined;
  const { lines } = await replay(seeds, scenes, crash);
  for (const line of lines.filter((one) => !one.includes('· ')).slice(0, TRACE_LINES)) say(line);
}

const inWorker = (wanted: Wanted, part: number, parts: number): Promise<Tally> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { wanted, part, parts } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });

async function main(): Promise<void> {
  const wanted = wantedOf();
  if (values.trace || values.crash !== undefined) {
    const { lines, violations } = await replay(wanted.seeds, wanted.scenes, values.crash);
    if (values.trace) for (const line of lines) say(line);
    for (const one of violations) say(`VIOLATION ${one}`);
    process.exitCode = violations.length === 0 ? 0 : 1;
    return;
  }
  const began = performance.now();
  const parts = Math.max(1, Number(values.jobs));
  const tallies = await Promise.all(
    Array.from({ length: parts }, (_, part) => inWorker(wanted, part, parts)),
  );
  const all = emptyTally();
  for (const tally of tallies) {
    all.found.push(...tally.found);
    for (const what of ['seeds', 'single', 'within', 'pairs', 'crashes', 'steps'] as const) {
      all[what] += tally[what];
    }
  }
  for (const found of all.found.slice(0, 3)) await tell(found);
  const { crashes, found, pairs, seeds, single, steps, within } = all;
  const seconds = Math.round((performance.now() - began) / 1000);
  say(
    `${wanted.scenes.length} scenes: ${single} between steps, ${within} within one, ${pairs} pairs; ${steps} steps in ${seconds} s`,
  );
  const word = found.length === 0 ? 'ok' : 'failed';
  say(`simulate ${word}: seeds=${seeds} crashes=${crashes} violations=${found.length}`);
  process.exitCode = found.length === 0 ? 0 : 1;
}

if (isMainThread) await main();
else {
  const { wanted, part, parts } = workerData as { wanted: Wanted; part: number; parts: number };
  parentPort?.postMessage(await walk(wanted, part, parts));
}
