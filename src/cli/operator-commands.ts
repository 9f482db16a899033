/** `yinqi unknown list` and `show`: what people see while the daemon runs. */
import { stringify } from 'yaml';
import { YinqiError } from '../errors.ts';
import { adminSocketOf } from '../ops/admin-socket.ts';
import { type At, listUnknown, showInstruction } from './daemon-client.ts';
import { readConfigFile } from './files.ts';
import { ageText, printable, table } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface Reach {
  readonly config?: string;
  readonly socket?: string;
}

export interface Json {
  readonly json?: true;
}

export function socketFrom({ config, socket }: Reach): string {
  if (socket !== undefined) return socket;
  if (config !== undefined) return adminSocketOf(readConfigFile(config));
  throw new YinqiError('FIELD_MISSING', { path: '--config', detail: 'or --socket' });
}

export const asJson = (what: unknown): string => JSON.stringify(what, null, 2);

const HEAD = ['AGE', 'LINK', 'SOURCE', 'ID', 'OPERATION', 'PHASE', 'REASON', 'CODE'];
const MORE = ['SERIAL 流水号', 'BUSINESS REF', 'ASKED', ''];

export async function unknownList(terminal: Terminal, options: Reach & Json): Promise<void> {
  const lines = await listUnknown(socketFrom(options));
  if (options.json) return terminal.out(asJson(lines));
  if (lines.length === 0) return terminal.out('nothing is unknown');
  const rows = lines.map((line) => [
    ageText(line.age),
    line.link,
    line.source,
    line.id,
    line.operation,
    line.phase,
    line.reason ?? '',
    line.code ?? '',
    line.serial ?? '',
    line.businessRef ?? '',
    String(line.asked),
    line.contradicted ? 'CONTRADICTED' : '',
  ]);
  terminal.out(table([...HEAD, ...MORE], rows));
}

/** YAML keeps one fact a line; what would act on the terminal comes out escaped or replaced. */
const asLines = (what: Record<string, unknown>): string =>
  stringify(what, { lineWidth: 0 }).trimEnd().split('\n').map(printable).join('\n');

export async function show(
  terminal: Terminal,
  id: string,
  options: Reach & At & Json,
): Promise<void> {
  const { link, source } = options;
  const known = await showInstruction(socketFrom(options), id, { link, source });
  terminal.out(options.json ? asJson(known) : asLines(known));
}
