/** How much room the journal still has. */
import { statfs } from 'node:fs/promises';

/** Bytes that this user may still write on the file system of `directory`. Rejects with the system's error. */
export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
