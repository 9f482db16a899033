/** What was done to the world, counted, and how long it took to be well again. */

export class Tally {
  readonly faults = new Map<string, number>();
  /** kind of fault → milliseconds until work was done again */
  readonly recoveries = new Map<string, number[]>();
  kills = 0;
  repeats = 0;
  conflicts = 0;

  fault(kind: string): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1);
  }

  recovered(kind: string, ms: number): void {
    const known = this.recoveries.get(kind);
    if (known === undefined) this.recoveries.set(kind, [ms]);
    else known.push(ms);
  }

  get faultsInAll(): number {
    return [...this.faults.values()].reduce((sum, one) => sum + one, 0);
  }
}

/** The one below which so many hundredths lie. */
export function quantile(values: readonly number[], hundredths: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * hundredths) / 100))] ?? 0;
}
