/**
 * `yinqi owner show` and `owner fence`: who is seen in the journal directory, and two people's word that a
 * process that gives no answer can never write again. Both need the directory and no daemon: none may run.
 */
import { resolve } from 'node:path';
import { YinqiError } from '../errors.ts';
import { say, sayings } from '../journal/fence.ts';
import { whoIs } from '../journal/owner-socket.ts';
import { type Living, whoHolds } from '../journal/ownership.ts';
import { whyNotThisOne } from '../journal/process-identity.ts';
import { personOf } from '../people/persons.ts';
import { speaker, type Who } from './deciding-commands.ts';
import { readConfigFile } from './files.ts';
import { printable, table } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface OwnerOptions {
  readonly config: string;
}

export interface FenceOptions extends OwnerOptions, Who {
  readonly why: string;
  readonly name?: string;
}

/** One answer, and it is not dead. */
const ASKED_TIMES = 3;

const directoryOf = ({ config }: OwnerOptions): string =>
  resolve(readConfigFile(config).journal.directory);

const lifeText = ({ life }: Living): string => (typeof life === 'object' ? life.role : life);

export async function showOwner(terminal: Terminal, options: OwnerOptions): Promise<void> {
  const directory = directoryOf(options);
  const living = await whoHolds(directory);
  if (living.length === 0) return terminal.out('nobody holds the journal directory');
  const rows = living.map((one) => {
    const { life, name } = one;
    const who = whoIs(directory, name);
    const pid = typeof life === 'object' ? life.pid : who?.pid;
    const checked = who === undefined ? 'it left no record of who it is' : whyNotThisOne(who);
    const said = sayings(directory, name).map((word) => word.who);
    return [
      name,
      lifeText(one),
      String(pid ?? ''),
      typeof life === 'object' ? life.since : '',
      checked ?? 'pid and start agree',
      said.length === 0 ? '' : `declared dead by ${said.join(', ')}`,
    ];
  });
  terminal.out(table(['NAME', 'STATE', 'PID', 'SINCE', 'CHECKED', ''], rows));
}

/** The one that is meant, which must not have answered once. */
async function silentOne(directory: string, wanted: string | undefined): Promise<string> {
  let silent: string[] = [];
  for (let asked = 0; asked < ASKED_TIMES; asked += 1) {
    const living = await whoHolds(directory);
    const answered = living.filter(({ life }) => typeof life === 'object');
    if (answered.some(({ name }) => wanted === undefined || name === wanted)) {
      throw new YinqiError('NOT_ALLOWED', { path: '--name', detail: 'it answers: it is alive' });
    }
    const found = living.filter(({ life }) => life === 'silent').map(({ name }) => name);
    silent = asked === 0 ? found : silent.filter((name) => found.includes(name));
  }
  const meant = wanted === undefined ? silent : silent.filter((name) => name === wanted);
  const [only, other] = meant;
  if (only === undefined) {
    const detail = 'nobody holds the directory and gives no answer';
    throw new YinqiError('NOT_ALLOWED', { path: '--name', detail });
  }
  if (other !== undefined) {
    throw new YinqiError('FIELD_MISSING', { path: '--name', detail: 'several do not answer' });
  }
  return only;
}

export async function fenceOwner(terminal: Terminal, options: FenceOptions): Promise<void> {
  const directory = directoryOf(options);
  const { token, who: given } = await speaker(terminal, options);
  const who = personOf(readConfigFile(options.config).people, given, token);
  const name = await silentOne(directory, options.name);
  const why = options.why.trim();
  if (why === '') throw new YinqiError('FIELD_MISSING', { path: '--why' });
  const said = await say(directory, name, { who, why, at: new Date().toISOString() });
  const names = said.map((word) => word.who).join(' and ');
  terminal.out(
    printable(
      said.length < 2
        ? `${name} is declared dead by ${names}; it counts when a second person says so`
        : `${name} is declared dead by ${names}: a standby, or the next start, takes over now`,
    ),
  );
}
