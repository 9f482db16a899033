/**
 * The unix socket of the operators: where it is, whether somebody listens there, and how it gets its place
 * without ever being open to another user.
 */
import { chmod, lstat, mkdtemp, readdir, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { YinqiError } from '../errors.ts';
import { askSocket } from './unix-http.ts';

/** A longer path is cut without a word by some systems; the folder it is made in needs nine bytes. */
const PATH_BYTES_MAX = 98;
const PROBE_MS = 1_000;
/** Nobody takes so long between two lines; a younger folder may be the one of a daemon that is starting. */
const LEFT_AFTER_MS = 3_600_000;
/** What mkdtemp puts behind a name. */
const FOLDER = /^\.\w{6}$/;

interface SocketConfig {
  readonly admin: { readonly socket?: string | undefined };
  readonly journal: { readonly directory: string };
}

export const adminSocketOf = (config: SocketConfig): string =>
  config.admin.socket ?? join(config.journal.directory, 'admin.sock');

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown';

const refused = (detail: string): YinqiError =>
  new YinqiError('CONFIG_INVALID', { path: 'admin.socket', detail });

/** Nobody listens only if the socket refuses: one that is silent may belong to a stopped process. */
async function somebodyListens(path: string): Promise<boolean> {
  try {
    await askSocket({ socket: path, method: 'GET', path: '/healthz', withinMs: PROBE_MS });
    return true;
  } catch (error) {
    return !['ECONNREFUSED', 'ENOENT'].includes(codeOf(error));
  }
}

/** Throws when the place is taken by a living process, unless it `replaces` that, or by something that is no socket. */
export async function checkPlace(path: string, replaces = false): Promise<void> {
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
    throw refused(`longer than ${PATH_BYTES_MAX} bytes`);
  }
  const found = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw refused(codeOf(error));
  });
  if (found === undefined) return;
  if (!found.isSocket()) throw refused('a file that is no socket stands there');
  if (!replaces && (await somebodyListens(path))) {
    throw new YinqiError('JOURNAL_HELD', { path: 'admin.socket', detail: 'it does not refuse' });
  }
}

/** A later daemon's socket under the same path is not ours to remove. */
async function removeOwn(path: string, ino: number): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.ino === ino) await unlink(path).catch(() => undefined);
}

/** Folders of daemons that were killed before their socket came to its place. */
async function clearLeft(path: string, now: number): Promise<void> {
  const name = basename(path);
  const found = await readdir(dirname(path)).catch(() => []);
  const folders = found.filter(
    (one) => one.startsWith(name) && FOLDER.test(one.slice(name.length)),
  );
  for (const folder of folders) {
    const left = join(dirname(path), folder);
    const made = await lstat(left).catch(() => undefined);
    if (made?.isDirectory() !== true || now - made.mtimeMs < LEFT_AFTER_MS) continue;
    await rm(left, { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * Lets `listen` bind in a folder only we may enter and moves the socket to its place when its mode is
 * set: at no moment another user could connect, and a stale socket is replaced in one step. Gives back
 * how to take it away again.
 */
export async function placeSocket(
  path: string,
  listen: (path: string) => Promise<unknown>,
  replaces = false,
): Promise<() => Promise<void>> {
  await checkPlace(path, replaces);
  await clearLeft(path, Date.now());
  const folder = await mkdtemp(`${path}.`).catch((error: unknown) => {
    throw refused(codeOf(error));
  });
  const bound = join(folder, 's');
  try {
    await listen(bound);
    await chmod(bound, 0o600);
    const { ino } = await lstat(bound);
    await rename(bound, path);
    return () => removeOwn(path, ino);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
