/** How a command fails: code, path, sentence, harmless detail, one fault a line; never a stack. */

import type { SafeError } from '../errors.ts';
import { Faults, safeError } from '../errors.ts';
import { printable } from './table.ts';
import type { Terminal } from './terminal.ts';

export const FAILED = 1;

/** What the daemon, or the way to it, said no with. */
export class Refused extends Error {
  readonly said: SafeError;

  constructor(said: SafeError) {
    super(said.code);
    this.name = said.code;
    this.said = said;
  }
}

export function faultLine({ code, detail, path, sentence }: SafeError): string {
  const at = path === undefined || path === '' ? '' : ` at ${path}`;
  const more = detail === undefined ? '' : ` (${detail})`;
  return printable(`${code}${at}: ${sentence}${more}`);
}

export function failureLines(error: unknown): string[] {
  if (error instanceof Refused) return [faultLine(error.said)];
  if (error instanceof Faults) return error.faults.map(faultLine);
  return [faultLine(safeError(error))];
}

/** An action of commander that ends in a line and an exit code whatever is thrown. */
export const guarded =
  <A extends unknown[]>(terminal: Terminal, action: (...given: A) => Promise<void> | void) =>
  async (...given: A): Promise<void> => {
    try {
      await action(...given);
    } catch (error) {
      for (const line of failureLines(error)) terminal.err(line);
      terminal.exit(FAILED);
    }
  };
