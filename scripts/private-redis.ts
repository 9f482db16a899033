/**
 * A Redis of our own for the demo and the tests: unix socket, append-only, fsync always, no eviction.
 * Real process, so that it can be killed, frozen and restarted on the same directory.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

export interface PrivateRedis {
  readonly socket: string;
  readonly directory: string;
  readonly process: ChildProcess;
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>;
}

/** A long append-only file on a busy machine takes its time. */
const UP_WITHIN_MS = 60_000;

const candidates = ['valkey-server', 'redis-server'];

/** The server binary, or undefined: `$REDIS_SERVER_BIN`, then valkey-server or redis-server on the PATH. */
export function redisBinary(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const wanted = env.REDIS_SERVER_BIN;
  if (wanted !== undefined && wanted !== '') return wanted;
  return candidates.find((name) => spawnSync(name, ['--version']).status === 0);
}

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (bytes) => {
      socket.destroy();
      resolve(bytes.toString().startsWith('+PONG'));
    });
  });

/** Starts (or restarts) a private Redis on `directory`; the append-only files there are loaded. */
export async function startRedis(directory: string, extra: string[] = []): Promise<PrivateRedis> {
  const binary = redisBinary();
  if (binary === undefined) {
    throw new Error(
      'no redis-server or valkey-server found: run `npm run setup`, or set REDIS_SERVER_BIN',
    );
  }
  if (!existsSync(directory)) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const socket = join(directory, 'redis.sock');
  const args = [
    '--port',
    '0',
    '--unixsocket',
    socket,
    '--unixsocketperm',
    '700',
    '--dir',
    directory,
  ];
  args.push('--appendonly', 'yes', '--appendfsync', 'always', '--no-appendfsync-on-rewrite', 'no');
  args.push('--save', '', '--maxmemory-policy', 'noeviction', '--daemonize', 'no', ...extra);
  const child = spawn(binary, args, { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const deadline = Date.now() + UP_WITHIN_MS;
  while (!(await answers(socket))) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error('the private Redis did not start');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    socket,
    directory,
    process: child,
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
