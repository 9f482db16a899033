/** The work of one call: seeds, and every crash point and pair of every scene; any part of it, in any order. */
import { runScene, runSeed, sceneOf } from './run.ts';
import { SCENES } from './scenes.ts';

export interface Wanted {
  readonly seeds: { readonly from: number; readonly to: number } | undefined;
  readonly scenes: readonly string[];
  /** every pair of crash points too, not only every one */
  readonly pairs: boolean;
}

/** One run that went wrong. */
export interface Found {
  readonly replay: string;
  readonly violations: readonly string[];
}

export interface Tally {
  seeds: number;
  /** runs of scenes with one crash, and with two */
  single: number;
  pairs: number;
  crashes: number;
  steps: number;
  readonly found: Found[];
}

export const emptyTally = (): Tally => ({
  seeds: 0,
  single: 0,
  pairs: 0,
  crashes: 0,
  steps: 0,
  found: [],
});

const FOUND_MAX = 5;

export const everyScene = SCENES.map(({ name }) => name);

/** Every `parts`-th piece of the work, beginning at `part`. */
export async function walk(wanted: Wanted, part = 0, parts = 1): Promise<Tally> {
  const tally = emptyTally();
  let piece = 0;
  const mine = (): boolean => {
    piece += 1;
    return piece % parts === part && tally.found.length < FOUND_MAX;
  };
  const { from, to } = wanted.seeds ?? { from: 1, to: 0 };
  for (let seed = from; seed <= to; seed += 1) {
    if (!mine()) continue;
    const outcome = await runSeed(seed, undefined);
    tally.seeds += 1;
    tally.crashes += outcome.crashes;
    count(tally, outcome, `--seeds ${seed}..${seed} --scenes none`);
  }
  for (const name of wanted.scenes) {
    const { points } = await scene(tally, name, []);
    for (const first of points) if (mine()) await after(tally, name, first, wanted.pairs);
  }
  return tally;
}

async function after(tally: Tally, name: string, first: number, pairs: boolean): Promise<void> {
  const { points } = await scene(tally, name, [first]);
  tally.single += 1;
  if (!pairs) return;
  for (const second of points) {
    await scene(tally, name, [first, second]);
    tally.pairs += 1;
    if (tally.found.length >= FOUND_MAX) return;
  }
}

async function scene(tally: Tally, name: string, crashes: readonly number[]) {
  const outcome = await runScene(sceneOf(name), crashes, undefined);
  tally.crashes += crashes.length;
  const at = crashes.length === 0 ? '' : ` --crash ${crashes.join(',')}`;
  count(tally, outcome, `--seeds none --scenes ${name}${at}`);
  return outcome;
}

function count(
  tally: Tally,
  outcome: { steps: number; violations: readonly string[] },
  replay: string,
): void {
  tally.steps += outcome.steps;
  if (outcome.violations.length > 0) tally.found.push({ replay, violations: outcome.violations });
}
