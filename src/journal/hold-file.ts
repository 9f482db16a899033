/**
 * The switch that needs no Redis and no network: a file named `hold` in the journal directory stops all
 * sending. `touch hold` stops, `rm hold` goes on; what is in it does not matter.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';

/** One stat; the caller polls. Whatever keeps us from knowing counts as held. */
export function held(directory: string): boolean {
  try {
    return statSync(join(directory, 'hold'), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}
