/**
 * Every bank's golden samples: exact bytes on disk and beside them, in a sidecar for each transaction, what
 * they mean. `.xml` where HTTP carries the body alone, `.bin` for packets with heads.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Side } from '../../src/protocol/layout.ts';
import { type BankSpec, says } from '../../src/protocol/spec.ts';
import { readSpec } from '../../src/spec-directory.ts';

const SPECS = 'protocol-specs';

const row = z.record(z.string(), z.string().min(1));
const sample = z.strictObject({
  source: z.string().min(1),
  attested: z.array(z.string().min(1)).optional(),
  note: z.string().optional(),
  /** read only: our encoder does not write it this way; `corrections` or `note` says what it writes */
  canonical: z.literal(false).optional(),
  /** parts of the heads as decoded */
  head: row.optional(),
  /** '' only where a delimited body has nothing but empty fields: that of its first */
  values: z.record(z.string(), z.union([z.string(), z.array(row)])),
  extra: z.record(z.string(), z.string()).optional(),
  says: says.optional(),
  asked: says.optional(),
  sent: z.number().int().positive().optional(),
  corrections: z.array(z.string().min(1)),
});
export type Sample = z.infer<typeof sample>;

/** `refusal` in the place of a sample: why this transaction has none that refuses. */
const sidecar = z.record(z.string(), z.union([sample, z.string().min(20)]));

export interface Golden {
  readonly spec: BankSpec;
  readonly folder: string;
  /** names of the files with bytes */
  readonly files: readonly string[];
  readonly sidecars: readonly string[];
  /** file → what it means */
  readonly samples: readonly (readonly [string, Sample])[];
  /** transaction → why it has no refusal */
  readonly unrefused: ReadonlyMap<string, string>;
}

export interface Named {
  readonly code: string;
  readonly side: Side;
  readonly variant: string;
  readonly type: string;
}

const NAME = /^([A-Za-z0-9]+)\.(request|answer)(?:\.([a-z0-9-]+))?\.(xml|bin)$/;

export function nameParts(file: string): Named {
  const [, code = '', side = '', variant = '', type = ''] = NAME.exec(file) ?? [];
  return { code, side: side === 'request' ? 'request' : 'answer', variant, type };
}

export const codeOf = (sidecarName: string): string => sidecarName.replace(/\.yaml$/, '');

export const readSidecar = (folder: string, name: string) =>
  sidecar.parse(parse(readFileSync(join(folder, name), 'utf8')));

function goldenOf(bank: string): Golden {
  const spec = readSpec(join(SPECS, bank));
  const folder = join(SPECS, bank, 'golden');
  const names = readdirSync(folder);
  const sidecars = names.filter((name) => name.endsWith('.yaml'));
  const entries = sidecars.flatMap((name) =>
    Object.entries(readSidecar(folder, name)).map(([key, one]) => ({ name, key, one })),
  );
  return {
    spec,
    folder,
    files: names.filter((name) => /\.(xml|bin)$/.test(name)),
    sidecars,
    samples: entries.flatMap(({ key, one }) => (typeof one === 'string' ? [] : [[key, one]])),
    unrefused: new Map(
      entries.flatMap(({ name, key, one }): [string, string][] =>
        key === 'refusal' && typeof one === 'string' ? [[codeOf(name), one]] : [],
      ),
    ),
  };
}

export const goldens: ReadonlyMap<string, Golden> = new Map(
  readdirSync(SPECS)
    .filter((bank) => existsSync(join(SPECS, bank, 'golden')))
    .map((bank) => [bank, goldenOf(bank)]),
);

export const bytesOf = (golden: Golden, file: string): Uint8Array =>
  new Uint8Array(readFileSync(join(golden.folder, file)));
