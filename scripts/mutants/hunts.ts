/** How each hunter is let loose on a built tree, and the line that says it found something. */
import type { Hunter } from './planted.ts';

export interface Hunt {
  /** of node, in the tree */
  readonly args: readonly string[];
  /** a line of its output: only this counts as found, so that a gateway that does not start is not */
  readonly finds: RegExp;
  readonly withinMs: number;
}

const SIMULATE = 'dist/scripts/simulate/main.js';
const SOAK = 'dist/scripts/soak/main.js';

export const HUNTS: Readonly<Record<Hunter, readonly Hunt[]>> = {
  simulate: [
    // crash points first: they are few
    ['--seeds', 'none', '--no-pairs'],
    ['--seeds', '1..120', '--scenes', 'none'],
  ].map((args) => ({ args: [SIMULATE, ...args], finds: /violations=[1-9]/, withinMs: 600_000 })),
  soak: [1, 2].map((seed) => ({
    args: [SOAK, '--seconds', '60', '--seed', String(seed)],
    finds: /(paidTwice|lost|unsettled)=[1-9]/,
    withinMs: 400_000,
  })),
};
