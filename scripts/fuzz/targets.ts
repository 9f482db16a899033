import { codecTargets } from './codec-targets.ts';
import { intakeTarget } from './intake-target.ts';
import { listenerTarget } from './listener-target.ts';
import type { Target } from './target.ts';
import { wireTargets } from './wire-targets.ts';

/** All of them; `specs`: the directory of protocol specs. */
export const targets = (specs: string): Target[] => [
  ...codecTargets(specs),
  ...wireTargets(specs),
  intakeTarget(specs),
  listenerTarget(specs),
];
