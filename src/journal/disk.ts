/**
 * The few verbs of the disk the journal depends on, so that a test can make each of them fail. Nothing
 * is retried here and nothing is hidden: a short write is reported as the number of bytes written.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

export interface Disk {
  /** Creates a file that must not exist yet. */
  create(path: string): Promise<FileHandle>;
  /** One write; the answer is how many bytes it took, which may be fewer than given. */
  write(file: FileHandle, bytes: Uint8Array, position: number): Promise<number>;
  datasync(file: FileHandle): Promise<void>;
  truncate(file: FileHandle, length: number): Promise<void>;
  /** A new name in a directory counts only after this. */
  syncDirectory(path: string): Promise<void>;
}

export const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

export const realDisk: Disk = {
  create: (path) => open(path, 'wx+', FILE_MODE),
  write: async (file, bytes, position) =>
    (await file.write(bytes, 0, bytes.length, position)).bytesWritten,
  datasync: (file) => file.datasync(),
  truncate: (file, length) => file.truncate(length),
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
  const first = await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
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
