/**
 * A disk that can be full. Where we may mount: a file system in memory whose size is taken down to what is used.
 * Elsewhere: the kernel's limit on the size of a file, set on the running gateway. Where neither works there is
 * no such fault, and the report says so.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOMY = '4g';
const BLOCK = 1_024;

const ran = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

export type DiskKind = 'mounted' | 'limited' | 'none';

export class SmallDisk {
  readonly directory: string;
  readonly kind: DiskKind;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.directory = directory;
    // what an interrupted run left there
    ran('umount', ['-l', directory]);
    const mounted = ran('mount', [
      '-t',
      'tmpfs',
      '-o',
      `size=${ROOMY},mode=0700`,
      'soak',
      directory,
    ]);
    // also when the run ends by an error: a mount outlives its process
    process.once('exit', () => this.close());
    this.kind = mounted ? 'mounted' : ran('prlimit', ['--version']) ? 'limited' : 'none';
  }

  /** From now on there is room for so many bytes more, for the process where there is no disk of our own. */
  fill(room: number, pid: number): boolean {
    if (this.kind === 'mounted') {
      const { blocks, bfree, bsize } = statfsSync(this.directory);
      const used = Math.ceil(((blocks - bfree) * bsize + room) / BLOCK);
      return this.#resize(`${used}k`);
    }
    if (this.kind === 'none' || pid === 0) return false;
    return limitFiles(pid, largest(this.directory) + room);
  }

  /** A limited process has to die of it; the next one has none. */
  free(): void {
    if (this.kind === 'mounted') this.#resize(ROOMY);
  }

  close(): void {
    if (this.kind === 'mounted') ran('umount', ['-l', this.directory]);
  }

  #resize(size: string): boolean {
    return ran('mount', ['-o', `remount,size=${size}`, this.directory]);
  }
}

/** The files of that process may not grow past so many bytes; false where the system has no such command. */
export const limitFiles = (pid: number, bytes: number): boolean =>
  ran('prlimit', ['--pid', String(pid), `--fsize=${bytes}`]);

/** Of all files below it: the one that is appended to, as a rule. */
export function largest(directory: string): number {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return Math.max(0, ...names.map((name) => statSync(join(directory, name)).size));
}
