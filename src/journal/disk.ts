/**
 * Every verb of the disk the journal uses, so that a test can make each of them fail and a simulation can
 * stand in for all of it. Nothing is retried here and nothing is hidden: a short write is reported as the
 * number of bytes written. What fails rejects with the system's error (its `code` is the errno).
 */
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** An open file; whoever opened it closes it. */
export interface DiskFile {
  /** One write; the answer is how many bytes it took, which may be fewer than given. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  /** Fewer bytes than asked for where the file ends. */
  read(length: number, position: number): Promise<Buffer>;
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export interface Disk {
  /** Creates a file that must not exist yet (EEXIST), for its owner alone. */
  create(path: string): Promise<DiskFile>;
  /** A file that exists (ENOENT): to be read, or also to be written in place. */
  open(path: string, how: 'read' | 'change'): Promise<DiskFile>;
  /** The whole of a file that exists (ENOENT). */
  read(path: string): Promise<Buffer>;
  /** Names in a directory, in no order. */
  list(directory: string): Promise<string[]>;
  /** In place of whatever has the new name. */
  rename(from: string, to: string): Promise<void>;
  /** Also one that is not there. */
  remove(path: string): Promise<void>;
  /** With its parents, for its owner alone; the answer is the topmost one that was missing, if any. */
  makeDirectory(path: string): Promise<string | undefined>;
  /** A new name in a directory counts only after this. */
  syncDirectory(path: string): Promise<void>;
}

export const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

const opened = (file: FileHandle): DiskFile => ({
  write: async (bytes, position) =>
    (await file.write(bytes, 0, bytes.length, position)).bytesWritten,
  read: async (length, position) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  },
  datasync: () => file.datasync(),
  truncate: (length) => file.truncate(length),
  close: () => file.close(),
});

export const realDisk: Disk = {
  create: async (path) => opened(await open(path, 'wx+', FILE_MODE)),
  open: async (path, how) => opened(await open(path, how === 'read' ? 'r' : 'r+')),
  read: (path) => readFile(path),
  list: (directory) => readdir(directory),
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path, { force: true }),
  makeDirectory: (path) => mkdir(path, { recursive: true, mode: DIRECTORY_MODE }),
  syncDirectory: async (path) => {
    const directory = await open(path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
};

/** The errno name alone: a message of the system could carry more than may be shown. */
export const errno = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'failed';

/** Makes the directory for its owner alone, and makes every new name on the way to it durable. */
export async function makeDirectory(disk: Disk, directory: string): Promise<void> {
  const first = await disk.makeDirectory(directory);
  if (first === undefined) {
    // who made it may have been killed before its name was durable; a parent that is another's is theirs
    await disk.syncDirectory(dirname(resolve(directory))).catch((error: unknown) => {
      if (!['EACCES', 'EPERM', 'EINVAL'].includes(errno(error))) throw error;
    });
    return;
  }
  const top = dirname(resolve(first));
  for (let path = dirname(resolve(directory)); ; path = dirname(path)) {
    await disk.syncDirectory(path);
    if (path === top) return;
  }
}

/**
 * A whole new file under a name that counts only once all of it is durable. Of two processes that may do so at
 * once each gives a `mark` of its own.
 */
export async function writeWhole(
  disk: Disk,
  directory: string,
  path: string,
  bytes: Uint8Array,
  mark = '',
): Promise<void> {
  const draft = `${path}${mark}.new`;
  await disk.remove(draft);
  const file = await disk.create(draft);
  try {
    const written = await file.write(bytes, 0);
    if (written !== bytes.length) throw new Error('short write');
    await file.datasync();
  } finally {
    await file.close();
  }
  await disk.rename(draft, path);
  await disk.syncDirectory(directory);
}
