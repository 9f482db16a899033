/**
 * The disk of one machine. A killed process leaves what it wrote (it is in the page cache); a loss of power
 * leaves what was synced and, of what was not, any beginning, the last write torn at any byte. Names count
 * like contents: durable once their directory was synced.
 */
import { dirname } from 'node:path';
import type { Disk, DiskFile } from '../../src/journal/disk.ts';
import type { Chance } from './chance.ts';
import type { Host } from './host.ts';
import type { Scheduler } from './scheduler.ts';

interface Write {
  readonly position: number;
  /** undefined: cut to `position` bytes */
  readonly bytes: Uint8Array | undefined;
}

interface Inode {
  cached: Buffer;
  synced: Buffer;
  unsynced: Write[];
}

interface Renaming {
  readonly path: string;
  /** undefined: it goes */
  readonly inode: Inode | undefined;
}

const READS = new Set(['open', 'read', 'list']);

export type DiskFault = 'EIO' | 'ENOSPC' | 'short';
/** Asked at every step that changes something. */
export type DiskFaults = (verb: string) => DiskFault | undefined;

class DiskError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

function written(content: Buffer, { position, bytes }: Write): Buffer {
  if (bytes === undefined) return content.subarray(0, position);
  const made = Buffer.alloc(Math.max(content.length, position + bytes.length));
  content.copy(made);
  made.set(bytes, position);
  return made;
}

export class SimulatedDisk {
  readonly #scheduler: Scheduler;
  readonly #names = new Map<string, Inode>();
  #durable = new Map<string, Inode>();
  #undurable: Renaming[] = [];
  /** how long one step takes */
  readonly #takesMs: () => number;
  faults: DiskFaults = () => undefined;
  /** no room for another byte */
  full = false;

  constructor(scheduler: Scheduler, takesMs: () => number) {
    this.#scheduler = scheduler;
    this.#takesMs = takesMs;
  }

  /** The bytes of every file, as whoever looks now sees them. */
  files(): ReadonlyMap<string, Buffer> {
    return new Map([...this.#names].map(([path, { cached }]) => [path, cached]));
  }

  /** The machine loses its power. */
  powerLoss(chance: Chance): void {
    const kept = chance.below(this.#undurable.length + 1);
    for (const change of this.#undurable.slice(0, kept)) apply(this.#durable, change);
    this.#undurable = [];
    this.#names.clear();
    for (const [path, inode] of this.#durable) {
      this.#names.set(path, inode);
      const last = chance.below(inode.unsynced.length + 1);
      let content = inode.synced;
      inode.unsynced.slice(0, last).forEach((write, i) => {
        const torn = i === last - 1 && write.bytes !== undefined && chance.yes(0.5);
        const bytes = torn
          ? write.bytes?.subarray(0, chance.below(write.bytes.length))
          : write.bytes;
        content = written(content, { position: write.position, bytes });
      });
      inode.cached = content;
      inode.synced = content;
      inode.unsynced = [];
    }
    this.#durable = new Map(this.#names);
  }

  /** The disk as `host` reaches it. */
  of(host: Host): Disk {
    const step = <T>(verb: string, act: () => T): Promise<T> => this.#step(host, verb, act);
    const file = (inode: Inode): DiskFile => ({
      write: (bytes, position) => step('write', () => this.#write(inode, bytes, position)),
      read: (length, position) =>
        step('read', () => Buffer.from(inode.cached.subarray(position, position + length))),
      datasync: () =>
        step('fdatasync', () => {
          this.#fail('fdatasync');
          inode.synced = inode.cached;
          inode.unsynced = [];
        }),
      truncate: (length) =>
        step('truncate', () => {
          this.#fail('truncate');
          this.#change(inode, { position: length, bytes: undefined });
        }),
      close: () => Promise.resolve(),
    });
    return {
      create: (path) =>
        step('create', () => {
          this.#fail('create');
          if (this.#names.has(path)) throw new DiskError('EEXIST');
          const inode = { cached: Buffer.alloc(0), synced: Buffer.alloc(0), unsynced: [] };
          this.#rename({ path, inode });
          return file(inode);
        }),
      open: (path) => step('open', () => file(this.#at(path))),
      read: (path) => step('read', () => Buffer.from(this.#at(path).cached)),
      list: (directory) =>
        step('list', () =>
          [...this.#names.keys()]
            .filter((path) => dirname(path) === directory)
            .map((path) => path.slice(directory.length + 1)),
        ),
      rename: (from, to) =>
        step('rename', () => {
          this.#fail('rename');
          const inode = this.#at(from);
          this.#rename({ path: to, inode });
          this.#rename({ path: from, inode: undefined });
        }),
      remove: (path) => step('remove', () => this.#rename({ path, inode: undefined })),
      makeDirectory: () => step('mkdir', () => undefined),
      syncDirectory: (directory) =>
        step('fsync', () => {
          this.#fail('fsync');
          const here = ({ path }: Renaming) => dirname(path) === directory;
          for (const change of this.#undurable.filter(here)) apply(this.#durable, change);
          this.#undurable = this.#undurable.filter((change) => !here(change));
        }),
    };
  }

  #write(inode: Inode, bytes: Uint8Array, position: number): number {
    const fault = this.full ? 'ENOSPC' : this.faults('write');
    if (fault === 'EIO') throw new DiskError(fault);
    const some = fault === undefined ? bytes : bytes.subarray(0, bytes.length >> 1);
    if (fault === 'ENOSPC' && some.length === 0) throw new DiskError(fault);
    this.#change(inode, { position, bytes: Uint8Array.from(some) });
    return some.length;
  }

  #change(inode: Inode, write: Write): void {
    inode.cached = written(inode.cached, write);
    inode.unsynced.push(write);
  }

  #rename(change: Renaming): void {
    apply(this.#names, change);
    this.#undurable.push(change);
  }

  #at(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw new DiskError('ENOENT');
    return inode;
  }

  #fail(verb: string): void {
    const fault = this.faults(verb);
    if (fault !== undefined) throw new DiskError(fault === 'short' ? 'EIO' : fault);
  }

  /** What changes something is done in one event and told of in another: a process may die between the two. */
  #step<T>(host: Host, verb: string, act: () => T): Promise<T> {
    const reads = READS.has(verb);
    return new Promise((resolve, reject) => {
      host.act(() => {
        this.#scheduler.after(host, this.#takesMs(), `disk ${verb}`, () => {
          let tell: () => void;
          try {
            const done = act();
            tell = () => resolve(done);
          } catch (error) {
            tell = () => reject(error);
          }
          if (reads) tell();
          else this.#scheduler.after(host, 0, `disk ${verb} done`, tell);
        });
      });
    });
  }
}

function apply(names: Map<string, Inode>, { path, inode }: Renaming): void {
  if (inode === undefined) names.delete(path);
  else names.set(path, inode);
}
