/**
 * The journal a command looks into, and the specs to read its packets by. Needs no daemon: it also looks into
 * one that runs, or into an exported copy.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { YinqiError } from '../errors.ts';
import { type JournalView, lookIntoJournal } from '../journal/journal.ts';
import type { KeyFiles } from '../journal/keys.ts';
import { groundOfLook } from '../journal/looking.ts';
import type { Ground } from '../journal/sealing/shelf.ts';
import type { BankSpec } from '../protocol/spec.ts';
import { readSpec } from '../spec-directory.ts';
import { readConfigFile } from './files.ts';

export interface PlaceOptions {
  readonly config?: string;
  readonly directory?: string;
  readonly keyFile?: string;
  readonly specs?: string;
}

export interface Place {
  readonly directory: string;
  /** business days of the journal are those of this zone */
  readonly zone: string;
  readonly encryption: KeyFiles | undefined;
  readonly specs: string;
}

const ZONE = 'Asia/Shanghai';

/** What is given beats what the config says: a copy of a journal may lie elsewhere, and its key too. */
export function placeOf({ config: file, directory, keyFile, specs }: PlaceOptions): Place {
  const config = file === undefined ? undefined : readConfigFile(file);
  const place = directory ?? config?.journal.directory;
  if (place === undefined) {
    throw new YinqiError('CONFIG_INVALID', { path: '--config', detail: 'or --directory' });
  }
  return {
    directory: place,
    zone: config?.journal.zone ?? ZONE,
    encryption: keyFile === undefined ? config?.journal.encryption : { keyFile },
    specs: specs ?? config?.specs ?? 'protocol-specs',
  };
}

export const look = ({ directory, encryption, zone }: Place): Promise<JournalView> =>
  lookIntoJournal(directory, { encryption, zone });

export const groundOf = ({ directory, encryption }: Place): Promise<Ground> =>
  groundOfLook(directory, { encryption });

/** yyyymmdd as it was given; another spelling would match nothing without a word. */
export function dayGiven(option: string, day: string | undefined): string | undefined {
  if (day === undefined || /^\d{8}$/.test(day)) return day;
  throw new YinqiError('CONFIG_INVALID', { path: option, detail: 'a day, yyyymmdd' });
}

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
