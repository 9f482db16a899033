/**
 * Inputs that are kept for ever, one file each: those that once broke something, and those that came to an end
 * of their own. Their name is their hash; nothing else is said of them.
 *
 *   test/fuzz/corpus/<target>/<12 hex>.bin
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Longer ones are changed to something shorter of the same end, or not kept. */
const KEPT_BYTES_MAX = 4_096;
const KEPT_MAX = 40;

export function readCorpus(directory: string, target: string): Uint8Array[] {
  const folder = join(directory, target);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name)));
}

export function keep(directory: string, target: string, inputs: readonly Uint8Array[]): number {
  const folder = join(directory, target);
  mkdirSync(folder, { recursive: true });
  let room = KEPT_MAX - readdirSync(folder).length;
  let kept = 0;
  for (const input of inputs) {
    if (input.length > KEPT_BYTES_MAX || room <= 0) continue;
    const name = `${createHash('sha256').update(input).digest('hex').slice(0, 12)}.bin`;
    if (existsSync(join(folder, name))) continue;
    writeFileSync(join(folder, name), input);
    room -= 1;
    kept += 1;
  }
  return kept;
}
