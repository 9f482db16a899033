/** `yinqi pending`, `contradictions` and `unclaimed`: what lies open, and how two people close it. */
import type { Command } from 'commander';
import { listChanges, listContradictions, listPending, listUnclaimed } from './daemon-client.ts';
import { byPerson } from './deciding.ts';
import { proposing, type Who } from './deciding-commands.ts';
import { guarded } from './failing.ts';
import { asJson, type Json, type Reach, socketFrom } from './operator-commands.ts';
import { placed, reachable } from './reaching.ts';
import { ageText, table } from './table.ts';
import type { Terminal } from './terminal.ts';

interface Listing<Line> {
  readonly ask: (socket: string) => Promise<Line[]>;
  readonly none: string;
  readonly head: readonly string[];
  readonly row: (line: Line) => string[];
}

const listing =
  <Line>(terminal: Terminal, { ask, head, none, row }: Listing<Line>) =>
  async (options: Reach & Json): Promise<void> => {
    const lines = await ask(socketFrom(options));
    if (options.json) return terminal.out(asJson(lines));
    terminal.out(lines.length === 0 ? none : table([...head], lines.map(row)));
  };

interface CloseOptions extends Reach, Who {
  readonly link?: string;
  readonly source?: string;
  readonly reason: string;
}

const closing = (terminal: Terminal) => (subject: string, options: CloseOptions) => {
  const { link, reason: evidence, source } = options;
  return proposing(terminal, options, { action: 'close', subject, link, source, evidence });
};

const REASON = '--reason <words>';
const REASON_HELP = 'what was found out and done; kept in the journal';

function addContradictions(program: Command, terminal: Terminal): void {
  const contradictions = program
    .command('contradictions')
    .description('finals that the bank contradicts 结果矛盾');
  const list = listing(terminal, {
    ask: listContradictions,
    none: 'nothing is contradicted',
    head: ['AGE', 'LINK', 'SOURCE', 'ID', 'TOLD', 'BANK SAYS', 'CODE', 'SERIAL 流水号', 'RECORD'],
    row: (line) => [
      ageText(line.age),
      line.link,
      line.source,
      line.id,
      line.final,
      line.evidence,
      line.code,
      line.serial,
      String(line.record),
    ],
  });
  reachable(contradictions.command('list', { isDefault: true }))
    .description('list the open ones, oldest first')
    .option('--json', 'for programs')
    .action(guarded(terminal, list));
  byPerson(placed(contradictions.command('close <id>')))
    .description('propose to close one; the final stays; another person approves')
    .requiredOption(REASON, REASON_HELP)
    .action(guarded(terminal, closing(terminal)));
}

function addUnclaimed(program: Command, terminal: Terminal): void {
  const unclaimed = program
    .command('unclaimed')
    .description('answers that belong to nothing we asked 无主应答');
  const list = listing(terminal, {
    ask: listUnclaimed,
    none: 'nothing is unclaimed',
    head: ['RECORD', 'AGE', 'LINK', 'WHAT', 'FROM', 'BYTES', 'DIGEST'],
    row: (line) => [
      String(line.record),
      ageText(line.age),
      line.link,
      line.event,
      line.peer,
      String(line.bytes),
      line.digest.slice(0, 16),
    ],
  });
  reachable(unclaimed.command('list', { isDefault: true }))
    .description('list the open ones, oldest first; their bytes are in the journal')
    .option('--json', 'for programs')
    .action(guarded(terminal, list));
  byPerson(reachable(unclaimed.command('close <record>')))
    .description('propose to close one; another person approves')
    .requiredOption(REASON, REASON_HELP)
    .action(guarded(terminal, closing(terminal)));
}

function addChanges(program: Command, terminal: Terminal): void {
  const changes = program
    .command('changes')
    .description('what is configured otherwise than before and waits for two people 配置变更复核');
  const list = listing(terminal, {
    ask: listChanges,
    none: 'no change waits',
    head: ['RECORD', 'AGE', 'LINK', 'WHAT', 'BEFORE', 'NOW', 'VALUES'],
    row: (line) => [
      String(line.record),
      ageText(line.age),
      line.link,
      line.what,
      line.before.slice(0, 16),
      line.digest.slice(0, 16),
      line.values === undefined ? '' : JSON.stringify(line.values),
    ],
  });
  reachable(changes.command('list', { isDefault: true }))
    .description('list them')
    .option('--json', 'for programs')
    .action(guarded(terminal, list));
  byPerson(reachable(changes.command('accept <record>')))
    .description('propose to accept one; another person approves; then the link talks to the bank')
    .requiredOption(REASON, 'who wanted it and why; kept in the journal')
    .action(
      guarded(terminal, (subject: string, options: CloseOptions) =>
        proposing(terminal, options, { action: 'accept', subject, evidence: options.reason }),
      ),
    );
}

export function addMatters(program: Command, terminal: Terminal): void {
  const pending = listing(terminal, {
    ask: listPending,
    none: 'nothing is pending',
    head: ['AGE', 'LINK', 'SOURCE', 'ID', 'OPERATION', 'REASON', 'CODE', 'SERIAL 流水号', 'ASKED'],
    row: (line) => [
      ageText(line.age),
      line.link,
      line.source,
      line.id,
      line.operation,
      line.reason ?? '',
      line.code ?? '',
      line.serial ?? '',
      String(line.asked),
    ],
  });
  reachable(program.command('pending'))
    .description('orders that the bank has and works on 银行处理中, oldest first')
    .option('--json', 'for programs')
    .action(guarded(terminal, pending));
  addContradictions(program, terminal);
  addUnclaimed(program, terminal);
  addChanges(program, terminal);
}
