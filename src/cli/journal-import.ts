/**
 * `yinqi journal import`: takes the journal of another machine into the one of the config. No gateway runs
 * meanwhile on either: both directories are held.
 */
import { resolve } from 'node:path';
import type { Config } from '../config.ts';
import { YinqiError } from '../errors.ts';
import { type Imported, importJournal } from '../journal/importing.ts';
import { lookIntoJournal, openJournal } from '../journal/journal.ts';
import { holdDirectory } from '../journal/ownership.ts';
import { readConfigFile } from './files.ts';
import { printable } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface ImportOptions {
  readonly config: string;
  /** opens the other, where it is encrypted under another key */
  readonly keyFile?: string;
}

async function take(
  terminal: Terminal,
  config: Config,
  other: string,
  keyFile: string | undefined,
): Promise<Imported> {
  const { directory, encryption, zone } = config.journal;
  const key = keyFile === undefined ? encryption : { keyFile };
  const theirs = await lookIntoJournal(other, { encryption: key, zone });
  let failed: YinqiError | undefined;
  const mine = await openJournal(directory, {
    encryption,
    zone,
    now: () => new Date(),
    onFatal: (error) => {
      failed = error;
    },
  });
  try {
    return await importJournal(mine, theirs);
  } finally {
    await mine.close();
    if (failed !== undefined) terminal.err(printable(failed.message));
  }
}

export async function journalImport(
  terminal: Terminal,
  from: string,
  options: ImportOptions,
): Promise<void> {
  const config = readConfigFile(options.config);
  const directory = resolve(config.journal.directory);
  const other = resolve(from);
  if (other === directory) {
    throw new YinqiError('CONFIG_INVALID', {
      path: 'dir',
      detail: 'it is the journal of the config',
    });
  }
  const holding = await holdDirectory(directory);
  try {
    const theirHolding = await holdDirectory(other);
    try {
      const { links, records, whole } = await take(terminal, config, other, options.keyFile);
      terminal.out(printable(`${records} records taken over, of ${links.join(', ') || 'no link'}`));
      if (whole) return;
      terminal.err(
        'lines of it cannot be read: the links go on asking only, until two people release them',
      );
      terminal.exit(1);
    } finally {
      await theirHolding.release();
    }
  } finally {
    await holding.release();
  }
}
