/**
 * `npm run mutants -- [--only NAME] [--hunter simulate|soak]`: builds each wrong gateway of planted.ts in a copy of
 * the sources and lets its hunter run on it, as it is run on the right one. A mutant that nothing finds is a hole in
 * the hunters. The copy without a change must pass first: a hunter that always cries proves nothing.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { type Hunt, huntsOf, type Quarry } from './hunts.ts';
import { type Change, MUTANTS, type Mutant } from './planted.ts';

const COPIED = [
  'src',
  'mock-bank',
  'scripts',
  'protocol-specs',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const tree = mkdtempSync(join(tmpdir(), 'yinqi-mutants-'));

function run(command: string, args: readonly string[], timeout?: number) {
  const { status, stderr, stdout } = spawnSync(command, args, {
    cwd: tree,
    encoding: 'utf8',
    maxBuffer: OUTPUT_BYTES_MAX,
    ...(timeout === undefined ? {} : { timeout }),
  });
  return { status, output: `${stdout}\n${stderr}` };
}

function build(): void {
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const info = join(tree, 'build.tsbuildinfo');
  // a wrong gateway may leave a name unused that the right one needs
  const made = run(tsc, [
    ...['-p', 'tsconfig.build.json', '--incremental', '--tsBuildInfoFile', info],
    ...['--noUnusedLocals', 'false', '--noUnusedParameters', 'false'],
  ]);
  if (made.status !== 0) throw new Error(`does not build:\n${made.output}`);
  const copied = run(process.execPath, ['scripts/copy-assets.mjs']);
  if (copied.status !== 0) throw new Error(copied.output);
}

/** Puts a change in; gives back how to take it out again. */
function plant({ file, find, put }: Change): () => void {
  const path = join(tree, file);
  const text = readFileSync(path, 'utf8');
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`${file} has this ${times} times, not once:\n${find}`);
  writeFileSync(
    path,
    text.replace(find, () => put),
  );
  return () => writeFileSync(path, text);
}

interface Hunted {
  readonly found: boolean;
  readonly by: string;
  readonly line: string;
}

const mountsIn = (directory: string): string[] =>
  readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${directory}/`));

/** The hunts one after the other, until one finds something. */
function hunt(hunts: readonly Hunt[]): Hunted {
  let last: Hunted = { found: false, by: '', line: 'no hunt' };
  for (const { args, finds, withinMs } of hunts) {
    const { output, status } = run(process.execPath, args, withinMs);
    const line =
      output
        .trim()
        .split('\n')
        .findLast((one) => finds.test(one)) ?? '';
    const by = args.join(' ').replace('dist/scripts/', '').replace('/main.js', '');
    last = { found: status !== 0 && line !== '', by, line: line || `exit ${status}` };
    if (last.found) return last;
  }
  return last;
}

function tryMutant(mutant: Mutant): Hunted {
  const undo = mutant.changes.map(plant);
  try {
    build();
    return hunt(huntsOf(mutant));
  } finally {
    for (const one of undo.reverse()) one();
  }
}

const { hunter: by, only } = new Command('mutants')
  .option('--only <name>', 'one mutant')
  .option('--hunter <name>', 'those of one hunter')
  .parse()
  .opts<{ hunter?: string; only?: string }>();
const chosen = MUTANTS.filter(
  ({ hunter, name }) => (only ?? name) === name && (by ?? hunter) === hunter,
);
const nameOf = ({ failpoint, hunter }: Quarry): string =>
  failpoint === undefined ? hunter : `${hunter} at ${failpoint}`;
if (chosen.length === 0) throw new Error('no such mutant');

for (const name of COPIED) cpSync(join(root, name), join(tree, name), { recursive: true });
symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
const survivors: string[] = [];
try {
  build();
  for (const [named, quarry] of new Map(chosen.map((one) => [nameOf(one), one]))) {
    const right = hunt(huntsOf(quarry));
    if (right.found) throw new Error(`${named} finds a fault in the right gateway: ${right.line}`);
    process.stdout.write(`right gateway: ${named} finds nothing\n`);
  }
  for (const mutant of chosen) {
    const { by, found, line } = tryMutant(mutant);
    if (!found) survivors.push(mutant.name);
    process.stdout.write(
      `${found ? 'found' : 'SURVIVED'} ${mutant.name}: ${mutant.wrong}\n  ${by}: ${line}\n`,
    );
  }
} finally {
  // a soak that ran out of time leaves its small disk
  for (const path of mountsIn(tree)) spawnSync('umount', ['-l', path]);
  rmSync(tree, { recursive: true, force: true });
}
const how = survivors.length === 0 ? 'ok' : 'FAILED';
process.stdout.write(
  `mutants ${how}: planted=${chosen.length} found=${chosen.length - survivors.length} survived=${survivors.join(',') || 0}\n`,
);
process.exitCode = survivors.length === 0 ? 0 : 1;
