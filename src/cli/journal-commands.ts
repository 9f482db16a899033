/** The commands about a journal: their arguments; the work is in journal-show, -find, -verify, -export, -import. */
import { type Command, Option } from 'commander';
import { journalRecord } from '../journal/records.ts';
import { guarded } from './failing.ts';
import { type ExportOptions, exportJournal } from './journal-export.ts';
import { type FindOptions, findRecords } from './journal-find.ts';
import { type ImportOptions, journalImport } from './journal-import.ts';
import { type ShowOptions, showRecord } from './journal-show.ts';
import { type VerifyOptions, verify } from './journal-verify.ts';
import type { Terminal } from './terminal.ts';

const KINDS = journalRecord.options.map(({ shape }) => shape.kind.value);

const looking = (command: Command): Command =>
  command
    .option('--config <file>', 'the config that names the journal')
    .option('--directory <dir>', 'the journal, or an exported part of one, instead of --config')
    .option('--key-file <file>', 'either key file of an encrypted journal');
const reading = (command: Command): Command =>
  looking(command).option('--specs <dir>', 'folder of the specs that packets are read by');

export function addJournal(program: Command, terminal: Terminal): void {
  const journal = program
    .command('journal')
    .description('look into a journal 流水账; no daemon is needed');
  reading(journal.command('show <n>'))
    .description('one record, its packet field by field, masked')
    .option('--clear', 'values as they are')
    .option('--json', 'for programs')
    .action(
      guarded(terminal, (n: string, options: ShowOptions) => showRecord(terminal, n, options)),
    );
  looking(journal.command('find'))
    .description('the records about something, a line each')
    .option('--id <id>', 'of an instruction, as its ledger gave it')
    .option('--serial <serial>', 'the number the bank knows it by')
    .option('--business-ref <ref>', 'the ledger’s own reference')
    .option('--day <yyyymmdd>', 'written on this day')
    .addOption(new Option('--kind <kind>', 'kind of record').choices(KINDS))
    .option('--link <name>', 'only of this link')
    .option('--json', 'for programs')
    .action(guarded(terminal, (options: FindOptions) => findRecords(terminal, options)));
  journal
    .command('import <dir>')
    .description('take the journal of another machine into this one; no gateway runs meanwhile')
    .requiredOption('--config <file>', 'config of the gateway whose journal is to know all')
    .option('--key-file <file>', 'opens the other, where it has another key')
    .action(
      guarded(terminal, (dir: string, options: ImportOptions) =>
        journalImport(terminal, dir, options),
      ),
    );
  looking(journal.command('verify'))
    .description('find everything that is not as it was written, and tell the last seal 校验')
    .option(
      '--from <yyyymmdd>',
      'go through the records from this day on; seals are gone through all',
    )
    .option('--seal <hash>', 'a seal as it was told to the ledgers: is it one of this journal?')
    .option('--json', 'for programs')
    .action(guarded(terminal, (options: VerifyOptions) => verify(terminal, options)));
  looking(journal.command('export'))
    .description('copy sealed days, to be kept and verified elsewhere 导出')
    .requiredOption('--out <dir>', 'a directory that is empty or not there')
    .option('--from <yyyymmdd>', 'first day; by default the first that is sealed')
    .option('--to <yyyymmdd>', 'last day; by default the last that is sealed')
    .action(guarded(terminal, (options: ExportOptions) => exportJournal(terminal, options)));
}
