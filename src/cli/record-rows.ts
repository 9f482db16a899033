/**
 * One record of the journal as rows for people: path, value. Masked unless `clear`: what is not known to be
 * harmless by its name is shown as its field of the operation says, or not at all.
 */
import type { JournalRecord } from '../journal/records.ts';
import { shown } from '../protocol/mask.ts';
import type { BankSpec, Mask } from '../protocol/spec.ts';

export type Row = readonly [path: string, value: string];

/** Names under which no record has a number of an account, a name, an amount or words of a person. */
const HARMLESS =
  /^(n|at|v|kind|link|source|id|watermark|epoch|attempt|serial|transaction|operation|peer|spec|config|digest|version|outcome|about|day|upTo|number|why|redisRun|durability|run|final|sent|reason|code|type|proof|record|says|by|openedBy|madeBy|since|sameBank|acceptedAt|createdAt|expiresAt|notBefore|after|orderKey|businessRef|key|role|currency|direction|identity|confirmedBy|journal|seal|hash|records|first|last|previous|head|proposal|subject)$/;
const MASKS: readonly (readonly [RegExp, Mask])[] = [
  [/(account|holder|returnTo|from|to)$/i, 'account'],
  [/name$/i, 'name'],
  [/(amount|balance)$/i, 'amount'],
];
/** shown by their spec, or too long to be read here */
const PACKETS = new Set(['request', 'body', 'packet']);

function maskOf(name: string): Mask {
  if (HARMLESS.test(name)) return 'none';
  return MASKS.find(([pattern]) => pattern.test(name))?.[1] ?? 'text';
}

/** What the operation says of a field of the body, by `x` or `bank.x`. */
function bodyMask(
  record: JournalRecord,
  spec: BankSpec | undefined,
  path: string,
): Mask | undefined {
  if (record.kind !== 'send') return undefined;
  const operation = spec?.operations.get(record.intent.operation);
  const inside = /^intent\.envelope\.body\.(?:bank\.)?(\w+)/.exec(path)?.[1];
  if (operation === undefined || inside === undefined) return undefined;
  const ofBank = path.startsWith('intent.envelope.body.bank.');
  const fields = ofBank ? (operation.bank ?? {}) : operation.body;
  const mask = Object.hasOwn(fields, inside) ? fields[inside]?.mask : undefined;
  return mask === 'none' ? undefined : mask;
}

function rowsIn(value: unknown, path: string, show: (path: string, text: string) => string): Row[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) return [[path, show(path, String(value))]];
  return Object.entries(value).flatMap(([name, inside]) =>
    rowsIn(inside, path === '' ? name : `${path}.${name}`, show),
  );
}

export function rowsOf(
  record: JournalRecord,
  spec: BankSpec | undefined,
  clear: boolean,
): readonly Row[] {
  const show = (path: string, text: string): string => {
    if (clear || path.startsWith('secrets.')) return text;
    const name =
      path
        .split('.')
        .filter((part) => !/^\d+$/.test(part))
        .at(-1) ?? '';
    // a native body has the bank's names, of which nothing is known here
    const inBody = path.startsWith('intent.envelope.body.');
    const mask =
      bodyMask(record, spec, path) ?? (inBody && maskOf(name) === 'none' ? 'text' : maskOf(name));
    return shown(text, mask);
  };
  return rowsIn(record, '', show).filter(([path]) => !PACKETS.has(path));
}
