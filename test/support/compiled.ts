/**
 * The project as JavaScript, for tests that start real processes: Node 20 runs no TypeScript. Built once
 * for a given state of the sources and shared by all test files, also by those that run at the same time.
 *
 *   .test/dist/<fingerprint of the sources>/src/…
 *
 * A finished build never changes, so a process may go on loading from it while the sources are edited.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const BUILDS = join(ROOT, '.test', 'dist');
const LOCK = join(ROOT, '.test', 'dist.lock');
const SOURCES = ['src', 'mock-bank', 'scripts'];
const SETTINGS = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
/** what a build must hold to be one; tsc also emits when a type is wrong somewhere, and that is enough */
const PROOF = join('src', 'errors.js');
const LOCK_STALE_MS = 120_000;
const KEPT_MS = 3_600_000;
const POLL_MS = 100;

const wait = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

const age = (path: string): number => {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 0 : Date.now() - stat.mtimeMs;
};

function fingerprint(): string {
  const hash = createHash('sha256');
  const files = SOURCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(folder, name),
    ),
  ).filter((path) => /\.(ts|lua)$/.test(path));
  for (const path of [...files, ...SETTINGS].sort()) {
    const stat = statSync(join(ROOT, path), { throwIfNoEntry: false });
    hash.update(`${path} ${stat?.size ?? 0} ${stat?.mtimeMs ?? 0}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

function build(directory: string): void {
  const draft = `${directory}.draft`;
  rmSync(draft, { recursive: true, force: true });
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = spawnSync(
    process.execPath,
    [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', draft],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (!existsSync(join(draft, PROOF))) {
    throw new Error(`tsc made no ${PROOF}:\n${run.stdout}${run.stderr}`);
  }
  spawnSync(process.execPath, [join(ROOT, 'scripts', 'copy-assets.mjs'), draft]);
  // beside the compiled folders, where the sources have them too
  symlinkSync(join(ROOT, 'protocol-specs'), join(draft, 'protocol-specs'));
  symlinkSync(join(ROOT, 'package.json'), join(draft, 'package.json'));
  renameSync(draft, directory);
}

function removeOld(): void {
  for (const name of readdirSync(BUILDS)) {
    const path = join(BUILDS, name);
    if (age(path) > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}

/** True: we hold the lock. False: another did, and has let go. */
function locked(): boolean {
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    if (age(LOCK) > LOCK_STALE_MS) rmSync(LOCK, { recursive: true, force: true });
    wait(POLL_MS);
    return false;
  }
}

/** What a `beforeAll` that calls `compiled` needs at most. */
export const COMPILING_MS = 180_000;

/**
 * Directory of the compiled project: `join(compiled(), 'src', 'main.js')`. The first call takes seconds:
 * `beforeAll(() => { project = compiled(); }, COMPILING_MS)`.
 */
export function compiled(): string {
  const directory = join(BUILDS, fingerprint());
  mkdirSync(BUILDS, { recursive: true });
  while (!existsSync(directory)) {
    if (!locked()) continue;
    try {
      if (!existsSync(directory)) build(directory);
      removeOld();
    } finally {
      rmSync(LOCK, { recursive: true, force: true });
    }
  }
  const now = new Date();
  utimesSync(directory, now, now);
  return directory;
}
