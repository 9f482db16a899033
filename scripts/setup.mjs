/**
 * Everything a fresh machine needs, and nothing twice: Node new enough, the packages of the lock file, a
 * Redis or Valkey server. `npm run demo` and `npm test` call it first. Plain JavaScript: it runs before
 * anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname, '..');
const NODE_LEAST = [20, 19];

const say = (text) => console.log(`setup: ${text}`);
const stop = (text) => {
  console.error(`setup: ${text}`);
  process.exit(1);
};
const works = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const run = (command, args, env = {}) =>
  spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
  }).status === 0;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < NODE_LEAST[0] || (major === NODE_LEAST[0] && minor < NODE_LEAST[1])) {
  stop(`Node ${NODE_LEAST.join('.')} or newer is needed; this is ${process.version}`);
}

/** npm keeps a lock file inside; one older than ours means that ours has changed since. */
function packagesAreThere() {
  const inside = join(root, 'node_modules', '.package-lock.json');
  const lock = join(root, 'package-lock.json');
  return existsSync(inside) && statSync(inside).mtimeMs >= statSync(lock).mtimeMs;
}

if (!packagesAreThere()) {
  say('installing the packages of package-lock.json');
  if (!run('npm', ['ci', '--no-audit', '--no-fund'])) stop('npm ci failed');
}

const servers = [process.env.REDIS_SERVER_BIN, 'valkey-server', 'redis-server'].filter(Boolean);
const server = () => servers.find((name) => works(name, ['--version']));

if (server() === undefined) {
  const root0 = process.getuid?.() === 0;
  if (!root0 || !works('apt-get', ['--version'])) {
    stop(
      'no Redis or Valkey server found. Install one (Debian, Ubuntu: apt-get install redis-server; ' +
        'macOS: brew install redis) or set REDIS_SERVER_BIN to its path, then run this again',
    );
  }
  say(
    'installing redis-server (Debian package; demo and tests start private servers of their own)',
  );
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], quiet);
  if (!run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'], quiet)) {
    stop('apt-get install redis-server failed');
  }
}
say(`ready: Node ${process.versions.node}, ${server()}`);
