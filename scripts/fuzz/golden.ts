/** The golden packets of one bank, as inputs: one line that names what they are, then their bytes. */
import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSpec } from '../../src/spec-directory.ts';

const NAME = /^([A-Za-z0-9]+)\.(request|answer)(?:\.[a-z0-9-]+)?\.(?:xml|bin)$/;

export interface Sample {
  readonly code: string;
  readonly side: 'request' | 'answer';
  readonly bytes: Uint8Array;
}

export const banksIn = (specs: string): string[] => readdirSync(specs).sort();

export function bank(specs: string, name: string) {
  const folder = join(specs, name);
  const golden = join(folder, 'golden');
  const samples = readdirSync(golden).flatMap((file): Sample[] => {
    const [, code, side] = NAME.exec(file) ?? [];
    if (code === undefined || side === undefined) return [];
    const bytes = readFileSync(join(golden, file));
    return [{ code, side: side === 'request' ? 'request' : 'answer', bytes }];
  });
  return { spec: readSpec(folder), samples };
}

export const named = ({ code, bytes }: Sample): Uint8Array =>
  Buffer.concat([Buffer.from(`${code}\n`), bytes]);

/** The code an input names, and what is left of it. */
export function unnamed(input: Uint8Array): { code: string; bytes: Uint8Array } {
  const at = input.indexOf(0x0a);
  const end = at === -1 ? input.length : at;
  return {
    code: Buffer.from(input.subarray(0, end)).toString('latin1'),
    bytes: input.subarray(Math.min(input.length, end + 1)),
  };
}
