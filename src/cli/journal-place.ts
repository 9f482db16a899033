/**
 * The journal a command looks into, and the specs to read its packets by. Needs no daemon: it also looks into
 * one that runs, or into an exported copy.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { YinqiError } from '../errors.ts';
import { type JournalView, lookIntoJournal } from '../journal/journal.ts';
import type { KeyFiles } from '../journal/keys.ts';
import type { BankSpec } from '../protocol/spec.ts';
import { readSpec } from '../spec-directory.ts';
import { readConfigFile } from './files.ts';

export interface PlaceOptions {
  readonly config?: string;
  readonly directory?: string;
  readonly keyFile?: string;
  readonly specs?: string;
}

const ZONE = 'Asia/Shanghai';

export interface Place {
  readonly directory: string;
  readonly zone: string;
  /** files of 32 bytes, each of which opens an encrypted journal */
  readonly encryption: KeyFiles | undefined;
  readonly specs: string;
}

export function placeOf(options: PlaceOptions): Place {
  const config: Config | undefined =
    options.config === undefined ? undefined : readConfigFile(options.config);
  const directory = options.directory ?? config?.journal.directory;
  if (directory === undefined) {
    throw new YinqiError('CONFIG_INVALID', { path: '--config', detail: 'or --directory' });
  }
  return {
    directory,
    zone: config?.journal.zone ?? ZONE,
    encryption:
      options.keyFile === undefined ? config?.journal.encryption : { keyFile: options.keyFile },
    specs: options.specs ?? config?.specs ?? 'protocol-specs',
  };
}

export const look = ({ directory, encryption, zone }: Place): Promise<JournalView> =>
  lookIntoJournal(directory, { encryption, zone });

/**
 * The spec of this digest among those there are; undefined if it has been changed since. A folder that does not load
 * is not among them.
 */
export function specWith(place: Place, digest: string, code?: string): BankSpec | undefined {
  if (!existsSync(place.specs)) return undefined;
  const telling = code === undefined ? 'protocol.yaml' : join('transactions', `${code}.yaml`);
  for (const name of readdirSync(place.specs)) {
    // loading one takes a while: only those that have the transaction
    if (!existsSync(join(place.specs, name, telling))) continue;
    try {
      const spec = readSpec(join(place.specs, name));
      if (spec.digest === digest) return spec;
    } catch (error) {
      if (!(error instanceof YinqiError) && !(error instanceof Error)) throw error;
    }
  }
  return undefined;
}
