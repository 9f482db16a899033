/** `yinqi spec lint` and `yinqi spec describe`: for those who write specs and read packets. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Faults, YinqiError } from '../errors.ts';
import { describe, render } from '../protocol/describe.ts';
import { readSpec } from '../spec-directory.ts';
import { FAILED, faultLine } from './failing.ts';
import { readBytes } from './files.ts';
import type { Terminal } from './terminal.ts';

const SPECS = 'protocol-specs';

function allSpecs(): string[] {
  try {
    const entries = readdirSync(SPECS, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(SPECS, name));
  } catch {
    throw new YinqiError('SPEC_INVALID', { path: SPECS, detail: 'no such folder here' });
  }
}

export function lintSpecs(terminal: Terminal, given: readonly string[]): void {
  const directories = given.length > 0 ? given : allSpecs();
  if (directories.length === 0) {
    throw new YinqiError('SPEC_INVALID', { path: SPECS, detail: 'no spec in it' });
  }
  let found = 0;
  for (const directory of directories) {
    try {
      const { digest, operations, transactions } = readSpec(directory);
      const size = `${transactions.size} transactions, ${operations.size} operations`;
      terminal.out(`${directory} is fine: ${size}, digest ${digest}`);
    } catch (error) {
      if (!(error instanceof Faults)) throw error;
      found += error.faults.length;
      for (const { path = '', ...rest } of error.faults) {
        const at = path.startsWith(directory) ? path : join(directory, path);
        terminal.err(faultLine({ ...rest, path: at }));
      }
    }
  }
  if (found === 0) return;
  terminal.err(`${found} fault${found === 1 ? '' : 's'}`);
  terminal.exit(FAILED);
}

export interface DescribeOptions {
  readonly spec: string;
  readonly answer?: string;
  readonly hex?: true;
  readonly base64?: true;
}

/** White space is for people; anything else that is no digit of the coding is a fault, not skipped. */
function decodeText(raw: Buffer, coding: 'hex' | 'base64'): Buffer {
  const text = raw.toString('latin1').replace(/\s/g, '');
  const bytes = Buffer.from(text, coding);
  const whole =
    coding === 'hex'
      ? bytes.length * 2 === text.length
      : bytes.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '');
  if (!whole) throw new YinqiError('MESSAGE_INVALID', { path: 'input', detail: `not ${coding}` });
  return bytes;
}

export function describePacket(terminal: Terminal, file: string, options: DescribeOptions): void {
  if (options.hex && options.base64) {
    throw new YinqiError('FIELD_CHOICE', { path: '--base64', detail: 'not together with --hex' });
  }
  const raw = file === '-' ? terminal.stdin() : readBytes(file);
  const coding = options.hex ? 'hex' : options.base64 ? 'base64' : undefined;
  const bytes = coding === undefined ? raw : decodeText(raw, coding);
  terminal.out(render(describe(readSpec(options.spec), bytes, options.answer)));
}
