/** How each hunter is let loose on a built tree, and the line that says it found something. */
import type { Mutant } from './planted.ts';

export interface Hunt {
  /** of node, in the tree */
  readonly args: readonly string[];
  /** a line of its output: only this counts as found, so that a gateway that does not start is not */
  readonly finds: RegExp;
  readonly withinMs: number;
}

const SIMULATE = 'dist/scripts/simulate/main.js';
const SOAK = 'dist/scripts/soak/main.js';

/** What hunts one mutant: `failpoint` only where it names one. */
export type Quarry = Pick<Mutant, 'hunter' | 'failpoint'>;

export function huntsOf({ failpoint, hunter }: Quarry): readonly Hunt[] {
  if (hunter === 'simulate') {
    return [
      // crash points first: they are few
      ['--seeds', 'none', '--no-pairs'],
      ['--seeds', '1..120', '--scenes', 'none'],
    ].map((args) => ({ args: [SIMULATE, ...args], finds: /violations=[1-9]/, withinMs: 600_000 }));
  }
  const at = failpoint === undefined ? [] : ['--failpoint', failpoint];
  return [1, 2].map((seed) => ({
    args: [SOAK, '--seconds', '60', '--seed', String(seed), ...at],
    finds: /(paidTwice|lost|unsettled|broken)=[1-9]/,
    withinMs: 400_000,
  }));
}
