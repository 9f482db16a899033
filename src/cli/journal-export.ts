/** `yinqi journal export`: sealed days copied so that they can be kept and verified elsewhere. */
import { exportDays } from '../journal/exporting.ts';
import { dayGiven, groundOf, type PlaceOptions, placeOf } from './journal-place.ts';
import type { Terminal } from './terminal.ts';

export interface ExportOptions extends PlaceOptions {
  readonly from?: string;
  readonly to?: string;
  readonly out: string;
}

export async function exportJournal(terminal: Terminal, options: ExportOptions): Promise<void> {
  const { out } = options;
  const [from, to] = [dayGiven('--from', options.from), dayGiven('--to', options.to)];
  const exported = await exportDays(await groundOf(placeOf(options)), out, { from, to });
  terminal.out(`days ${exported.from} to ${exported.to} are in ${out}`);
  terminal.out(`last seal: ${exported.seal}`);
}
