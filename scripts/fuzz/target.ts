/** What is fuzzed: everything that reads bytes or texts of somebody else. */
import { Faults, YinqiError } from '../../src/errors.ts';

export interface Target {
  readonly name: string;
  /** good inputs to begin with */
  readonly seeds: readonly Uint8Array[];
  readonly bytesMax: number;
  /**
   * Reads one input. Says in a word what came of it, so that inputs with new ends are kept. Throws only what is
   * a finding: what is refused as it should be is an end like any other.
   */
  run(input: Uint8Array): string | Promise<string>;
  close?(): Promise<void>;
}

/** How a refusal looks: the code and where, without the numbers in it. */
export function ending(error: unknown): string {
  if (error instanceof Faults) return error.faults[0]?.code ?? 'FAULTS';
  if (!(error instanceof YinqiError)) throw error;
  const path = (error.path ?? '').replace(/\d+/g, 'n').slice(0, 60);
  return `${error.code} ${path} ${(error.detail ?? '').replace(/\d+/g, 'n').slice(0, 60)}`.trim();
}

export class Finding extends Error {}

/** A finding unless it holds. */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Finding(what);
}

/** `read` to its end, whatever that is. */
export function ended(read: () => string): string {
  try {
    return read();
  } catch (error) {
    return ending(error);
  }
}
