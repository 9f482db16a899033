/** `yinqi resolve …` and `yinqi person new`: what one person proposes and another approves 双人复核. */
import { type Command, Option } from 'commander';
import {
  type ApproveOptions,
  approveProposal,
  newPerson,
  type ProposeOptions,
  proposalList,
  proposeOutcome,
  proposeRelease,
  type ReleaseOptions,
  type WithdrawOptions,
  withdrawProposal,
} from './deciding-commands.ts';
import { guarded } from './failing.ts';
import type { Json, Reach } from './operator-commands.ts';
import { placed, reachable } from './reaching.ts';
import type { Terminal } from './terminal.ts';

/** Who it is. The token is no argument: other users of the machine see those. */
export const byPerson = (command: Command): Command =>
  command
    .option('--who <person>', 'your name in the config; default: the user of the system')
    .option('--token-file <file>', 'holds your token; else YINQI_TOKEN, else it is asked for');

export function addDeciding(program: Command, terminal: Terminal): void {
  const resolve = program
    .command('resolve')
    .description('decide by two people, above all about what stays unknown 人工核实，双人复核');
  byPerson(placed(resolve.command('propose <id>')))
    .description(
      'say what became of an instruction that stays unknown; counts once another approves',
    )
    .addOption(
      new Option('--outcome <outcome>', 'what the bank says happened')
        .choices(['succeeded', 'failed'])
        .makeOptionMandatory(),
    )
    .requiredOption('--evidence <words>', 'what was seen, where and when; kept in the journal')
    .action(
      guarded(terminal, (id: string, options: ProposeOptions) =>
        proposeOutcome(terminal, id, options),
      ),
    );
  byPerson(reachable(resolve.command('approve <proposal>')))
    .description('agree to what another person proposed, whatever it is about: now it counts')
    .option('--evidence <words>', 'what you saw yourself; default: the words of the proposal')
    .action(
      guarded(terminal, (number: string, options: ApproveOptions) =>
        approveProposal(terminal, number, options),
      ),
    );
  byPerson(reachable(resolve.command('withdraw <proposal>')))
    .description('take a proposal back, your own or another’s')
    .action(
      guarded(terminal, (number: string, options: WithdrawOptions) =>
        withdrawProposal(terminal, number, options),
      ),
    );
  reachable(resolve.command('list', { isDefault: true }))
    .description('what is proposed and waits for another person')
    .option('--json', 'for programs')
    .action(guarded(terminal, (options: Reach & Json) => proposalList(terminal, options)));
  byPerson(
    reachable(
      program
        .command('release')
        .description('let a link send again that only asks 恢复发送')
        .command('propose <link>'),
    ),
  )
    .description(
      'say that the journal which is missing is lost for good; counts once another approves',
    )
    .requiredOption('--evidence <words>', 'who had it, and why it can send nothing any more')
    .action(
      guarded(terminal, (link: string, options: ReleaseOptions) =>
        proposeRelease(terminal, link, options),
      ),
    );
  program
    .command('person')
    .description('people who may decide')
    .command('new <name>')
    .description('make a token for a person, and what the config must say of them')
    .action(guarded(terminal, (name: string) => newPerson(terminal, name)));
}
