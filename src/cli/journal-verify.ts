/**
 * `yinqi journal verify`: every fault of a journal or of an exported part, a line each, and the hash of its last
 * seal, to be held against the one that was told outside. Needs no daemon and no gateway.
 */
import { verifyJournal } from '../journal/verify.ts';
import { FAILED } from './failing.ts';
import { dayGiven, groundOf, type PlaceOptions, placeOf } from './journal-place.ts';
import { asJson, type Json } from './operator-commands.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface VerifyOptions extends PlaceOptions, Json {
  /** yyyymmdd: the records of days before it are not gone through */
  readonly from?: string;
  /** hash of a seal as it was told outside */
  readonly seal?: string;
}

const WHY: Readonly<Record<string, string>> = {
  checksum: 'torn or rotten bytes',
  content: 'no record, or not closed with this key',
  repeated: 'a number that was there before',
  missing: 'records in front of it are missing',
  chain: 'does not continue the line before it',
  digest: 'not as it was sealed',
  gone: 'is not there',
  seal: 'the day is not what its seal says',
  cut: 'whole lines that a start cut off',
};

export async function verify(terminal: Terminal, options: VerifyOptions): Promise<void> {
  const found = await verifyJournal(
    await groundOf(placeOf(options)),
    dayGiven('--from', options.from),
  );
  const { days, faults, identity, lastSeal, openRecords, part, sealedRecords, seals, unopened } =
    found;
  const wanted = options.seal?.toLowerCase();
  const known = wanted === undefined ? undefined : seals.find(({ hash }) => hash === wanted);
  const other = wanted !== undefined && known === undefined;
  const fine = faults.length === 0 && !other;
  if (!fine) terminal.exit(FAILED);
  if (options.json === true) {
    const last = lastSeal && { number: lastSeal.number, day: lastSeal.day, hash: lastSeal.hash };
    const seal = wanted === undefined ? undefined : (known?.day ?? 'no such seal');
    terminal.out(
      asJson({
        fine,
        journal: identity,
        part,
        days,
        sealedRecords,
        openRecords,
        unopened,
        last,
        seal,
        faults,
      }),
    );
    return;
  }
  if (faults.length > 0) {
    const rows = faults.map(({ file, line, record, why }) => [
      file,
      line === 0 ? '' : String(line),
      record === undefined ? '' : String(record),
      WHY[why] ?? why,
    ]);
    terminal.out(table(['FILE', 'LINE', 'RECORD', 'FAULT'], rows));
  }
  const sum = `${days.length} sealed days with ${sealedRecords} records, ${openRecords} records not sealed yet`;
  terminal.out(`journal ${identity}: ${sum}, ${faults.length} faults`);
  if (part !== undefined) {
    terminal.out(`an exported part: days ${part.from} to ${part.to}, none before is here`);
  }
  if (unopened > 0) {
    terminal.out(`${unopened} records are encrypted and were not opened: no key was given`);
  }
  if (lastSeal !== undefined) {
    terminal.out(`last seal: number ${lastSeal.number}, day ${lastSeal.day}, ${lastSeal.hash}`);
  }
  if (known !== undefined) terminal.out(`the seal given is that of day ${known.day}`);
  if (other)
    terminal.err(
      'no seal of this journal has the hash given: it is not the journal that was told of',
    );
}
