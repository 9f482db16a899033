/** The command line. In: arguments. Out: text for people and an exit code; the work is in the commands. */
import { Command, CommanderError } from 'commander';
import { checkConfig } from './config-check.ts';
import type { At } from './daemon-client.ts';
import { addDeciding, byPerson } from './deciding.ts';
import { guarded } from './failing.ts';
import { addJournal } from './journal-commands.ts';
import { addMatters } from './matters.ts';
import { type Json, type Reach, show, unknownList } from './operator-commands.ts';
import { type FenceOptions, fenceOwner, type OwnerOptions, showOwner } from './owner-commands.ts';
import { placed, reachable } from './reaching.ts';
import { type DescribeOptions, describePacket, lintSpecs } from './spec-commands.ts';
import { showSpec } from './spec-show.ts';
import { addSwitch } from './switch-commands.ts';
import { realTerminal, type Terminal } from './terminal.ts';

/** Runs the daemon of a config file; resolves when it has started. */
export type Start = (configPath: string) => Promise<void>;

function addConfig(program: Command, terminal: Terminal): void {
  program
    .command('config')
    .description('look at a config')
    .command('check')
    .description('find every fault of a config, its specs and its link settings')
    .requiredOption('--config <file>', 'the config')
    .action(guarded(terminal, ({ config }: { config: string }) => checkConfig(terminal, config)));
}

function addSpec(program: Command, terminal: Terminal): void {
  const spec = program.command('spec').description('write and read protocol specs');
  spec
    .command('lint')
    .description('find every fault of specs')
    .argument('[dir...]', 'folders of specs; all under protocol-specs if none')
    .action(guarded(terminal, (dirs: string[]) => lintSpecs(terminal, dirs)));
  spec
    .command('show')
    .description(
      'every transaction and operation; of one its fields; of a field what it means and who says so',
    )
    .requiredOption('--spec <dir>', 'folder of the spec')
    .argument('[code]', 'the bank’s code of a transaction, or the name of an operation')
    .argument('[field]', 'the bank’s name of a field')
    .action(
      (code: string | undefined, field: string | undefined, { spec: folder }: { spec: string }) =>
        guarded(terminal, () => showSpec(terminal, folder, code, field))(),
    );
  spec
    .command('describe')
    .description('lay one packet open, masked: the body of a request or of an answer')
    .requiredOption('--spec <dir>', 'folder of the spec')
    .option('--answer <code>', 'it is the answer to this transaction')
    .option('--hex', 'the input is hexadecimal text')
    .option('--base64', 'the input is base64 text')
    .argument('[file]', 'the packet; - for standard input', '-')
    .action(
      guarded(terminal, (file: string, options: DescribeOptions) =>
        describePacket(terminal, file, options),
      ),
    );
}

function addOperators(program: Command, terminal: Terminal): void {
  const unknown = program
    .command('unknown')
    .description('instructions whose outcome is not known 结果不明');
  reachable(unknown.command('list', { isDefault: true }))
    .description('list them, oldest first')
    .option('--json', 'for programs')
    .action(guarded(terminal, (options: Reach & Json) => unknownList(terminal, options)));
  placed(program.command('show <id>'))
    .description('all that is known of an instruction, masked')
    .option('--json', 'for programs')
    .action(
      guarded(terminal, (id: string, options: Reach & At & Json) => show(terminal, id, options)),
    );
}

function addOwner(program: Command, terminal: Terminal): void {
  const owner = program
    .command('owner')
    .description('the process that holds the journal directory 主进程');
  owner
    .command('show', { isDefault: true })
    .description('who is seen in the directory, and whether it answers')
    .requiredOption('--config <file>', 'the config of the gateway')
    .action(guarded(terminal, (options: OwnerOptions) => showOwner(terminal, options)));
  byPerson(owner.command('fence'))
    .description('declare one dead that gives no answer and can never write again; two people must')
    .requiredOption('--config <file>', 'the config of the gateway')
    .requiredOption('--why <words>', 'how you made sure')
    .option('--name <name>', 'which one, where several give no answer')
    .action(guarded(terminal, (options: FenceOptions) => fenceOwner(terminal, options)));
}

export function buildCli(start: Start, terminal: Terminal = realTerminal): Command {
  const program = new Command('yinqi')
    .description('银企: a gateway between ledgers and bank front ends that never pays twice')
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
    .showHelpAfterError('(yinqi --help lists the commands)');
  program
    .command('start')
    .description('run the gateway')
    .requiredOption('--config <file>', 'its config')
    .action(guarded(terminal, ({ config }: { config: string }) => start(config)));
  addConfig(program, terminal);
  addSpec(program, terminal);
  addOperators(program, terminal);
  addDeciding(program, terminal);
  addOwner(program, terminal);
  addMatters(program, terminal);
  addJournal(program, terminal);
  addSwitch(program, terminal);
  return program;
}

/** commander ends the process on `--help` and on a wrong argument; here it throws instead. */
function throwing(command: Command): void {
  command.exitOverride();
  for (const inner of command.commands) throwing(inner);
}

/** Runs one command line (with node and script in front) and gives the exit code. */
export async function runCli(
  argv: readonly string[],
  { start, terminal = realTerminal }: { start: Start; terminal?: Terminal },
): Promise<number> {
  let exitCode = 0;
  const program = buildCli(start, {
    ...terminal,
    exit: (code) => {
      exitCode = code;
    },
  });
  throwing(program);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    exitCode = error.exitCode;
  }
  return exitCode;
}
