/**
 * `yinqi status`, `run`, `hold` and `drain`: the switch of the links. Through the daemon, so that it is in force and
 * journaled when the command ends; where none answers, as a file that the next one journals.
 */
import type { Command } from 'commander';
import { z } from 'zod';
import { type SwitchState, turnSwitch } from '../journal/hold-file.ts';
import type { Turn } from '../ops/switches.ts';
import { ask } from './daemon-client.ts';
import { guarded, Refused } from './failing.ts';
import { readConfigFile } from './files.ts';
import { asJson, type Json, type Reach, socketFrom } from './operator-commands.ts';
import { reachable } from './reaching.ts';
import { printable, table } from './table.ts';
import type { Terminal } from './terminal.ts';

/** A switch must not wait for a daemon that is stopped. */
const TURNED_WITHIN_MS = 3_000;

const linkStatus = z.object({
  links: z.array(
    z.looseObject({
      link: z.string(),
      state: z.enum(['run', 'hold', 'drain']),
      who: z.string().optional(),
      why: z.string().optional(),
      up: z.boolean(),
      onTheirWay: z.number(),
      whyNotSend: z.array(z.string()),
      whyNotTake: z.array(z.string()),
    }),
  ),
});
type Links = z.infer<typeof linkStatus>['links'];

interface TurnOptions extends Reach {
  readonly link?: string;
  readonly who?: string;
  readonly why: string;
}

const HEAD = [
  'LINK',
  'STATE',
  'BY',
  'WHY',
  'FRONT END',
  'ON THEIR WAY',
  'NOT SENDING',
  'NOT TAKING',
];

const shown = (links: Links): string =>
  table(
    HEAD,
    links.map((one) => [
      one.link,
      one.state,
      one.who ?? '',
      one.why ?? '',
      one.up ? 'up' : 'down',
      String(one.onTheirWay),
      one.whyNotSend.join('; '),
      one.whyNotTake.join('; '),
    ]),
  );

async function status(terminal: Terminal, options: Reach & Json): Promise<void> {
  const { links } = await ask(linkStatus, socketFrom(options), 'GET', '/status');
  terminal.out(options.json ? asJson(links) : shown(links));
}

const isAway = (error: unknown): error is Refused =>
  error instanceof Refused && ['DAEMON_UNREACHABLE', 'DAEMON_SILENT'].includes(error.said.code);

async function turn(terminal: Terminal, state: SwitchState, options: TurnOptions): Promise<void> {
  const { config, link, why } = options;
  const who = options.who ?? terminal.user();
  const wanted: Turn = { state, who, why, ...(link === undefined ? {} : { link }) };
  const within = { withinMs: TURNED_WITHIN_MS, body: wanted };
  try {
    const socket = socketFrom(options);
    const { links } = await ask(linkStatus, socket, 'POST', '/switch', within);
    terminal.out(shown(links));
  } catch (error) {
    // without the config nobody knows where the file belongs
    if (!isAway(error) || config === undefined) throw error;
    const { journal, links } = readConfigFile(config);
    if (link !== undefined && !links.some(({ name }) => name === link)) throw error;
    turnSwitch(journal.directory, state, { who, why }, link);
    const file = link === undefined ? state : `${state}.${link}`;
    const when = 'it holds for any that runs or starts, and is journaled by it';
    terminal.out(
      printable(`no gateway answers (${error.said.code}); the file ${file} is written: ${when}`),
    );
  }
}

export function addSwitch(program: Command, terminal: Terminal): void {
  reachable(program.command('status'))
    .description('each link: run, hold or drain, by whom and why, and what else keeps it from work')
    .option('--json', 'for programs')
    .action(guarded(terminal, (options: Reach & Json) => status(terminal, options)));
  const says: Readonly<Record<SwitchState, string>> = {
    run: 'lift hold and drain: orders are sent again',
    hold: 'send nothing new 停发; orders are taken in and wait, inquiries go on',
    drain: 'hold, take nothing in 停收停发, and end the process when all links are drained',
  };
  for (const state of ['run', 'hold', 'drain'] as const) {
    reachable(program.command(state))
      .description(says[state])
      .requiredOption('--why <words>', 'kept in the journal')
      .option('--who <person>', 'who turns it; default: the user of the system')
      .option('--link <name>', 'this link alone; default: all')
      .action(guarded(terminal, (options: TurnOptions) => turn(terminal, state, options)));
  }
}
