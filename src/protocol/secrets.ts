/**
 * Passwords, codes and signatures taken out of what is written down for decades. In: a packet of ours, or the
 * body a ledger sent, and a keyed hash. Out: the same with `*` where a value is marked `mask: secret`, and
 * path → hash of each value that stood there.
 *
 *   <PASSWORD>s3cret</PASSWORD>   →   <PASSWORD>*</PASSWORD>   { "PASSWORD": "hmac-sha256:9f…" }
 *
 * Whoever has the values gets the very bytes back by putting them in again (`withSecrets`), because a request
 * of ours is what the encoder makes of its values. What the bank sends is evidence and is never made anew: of
 * it only parts of heads can be taken out, which stand at fixed bytes; lint/secrets.ts lets no body have any.
 */
import { Buffer } from 'node:buffer';
import type { Charset } from './charset.ts';
import { decodeRequest } from './decode.ts';
import { encodeRequest } from './encode.ts';
import { layoutOf as headLayoutOf, padded, withoutPad } from './framing/layout.ts';
import { isList, layoutOf, transactionOf } from './layout.ts';
import { type Row, type Scalar, type Values, valuesOf } from './message.ts';
import type { BankSpec, BodyField, Operation } from './spec.ts';

/** What stands in the place of a secret: the rest can be read as before. */
export const WITHHELD = '*';

/** Keyed, so that who has only the hash cannot try values; equal for equal values. */
export type KeyedHash = (value: string) => string;
/** Path (`PIN`, `rows.0.PIN`, `head.key`, `body.bank.code`) → keyed hash of the value that stood there. */
export type Secrets = Readonly<Record<string, string>>;

export interface Withheld<T> {
  readonly kept: T;
  readonly secrets: Secrets;
}

type Seen = (value: Scalar, path: string) => Scalar;
type Names = ReadonlySet<string>;

const secretNames = (fields: Iterable<{ readonly name: string; readonly mask: string }>): Names =>
  new Set([...fields].filter(({ mask }) => mask === 'secret').map(({ name }) => name));

function ofRow<T>(row: Record<string, T>, names: Names, prefix: string, seen: Seen) {
  const entries = Object.entries(row).map(([name, value]): [string, T | Scalar] => {
    const plain = typeof value === 'string' || typeof value === 'bigint';
    const secret = names.has(name) && plain && value !== '';
    return [name, secret ? seen(value, `${prefix}${name}`) : value];
  });
  return Object.fromEntries(entries);
}

/** `values` of a request, by the bank's own names, with what `seen` gives for each secret. */
function ofRequest(spec: BankSpec, code: string, values: Values, seen: Seen): Values {
  const { fields, lists } = layoutOf(transactionOf(spec, code), 'request');
  const own = ofRow(values, secretNames(fields.values()), '', seen) as Values;
  const rows = Object.entries(own).map(([name, value]): [string, Scalar | Row[]] => {
    const inside = lists.get(name);
    if (inside === undefined || !Array.isArray(value)) return [name, value];
    const names = secretNames(inside.fields.values());
    return [name, value.map((row, i) => ofRow(row, names, `${name}.${i}.`, seen) as Row)];
  });
  return Object.fromEntries(rows);
}

const hasSecrets = (spec: BankSpec, code: string): boolean =>
  transactionOf(spec, code).request.some((part) =>
    (isList(part) ? part.fields : [part]).some(({ mask }) => mask === 'secret'),
  );

/** Puts `*`, or what `put` says, into the secret parts of the heads; the same packet where there are none. */
function ofHeads(
  spec: BankSpec,
  packet: Uint8Array,
  put: (value: string, path: string) => string,
): Uint8Array {
  const { framing } = spec.protocol;
  if (framing.type === 'http') return packet;
  const secret = headLayoutOf(framing).parts.filter(({ part }) => part.mask === 'secret');
  if (secret.length === 0) return packet;
  const copy = Buffer.from(packet);
  for (const { part, from, to } of secret) {
    if (to > copy.length) break;
    const value = withoutPad(part, copy.toString('latin1', from, to));
    if (value === '') continue;
    copy.set(padded(part, Buffer.from(put(value, `head.${part.name}`), 'latin1')), from);
  }
  return copy;
}

function remade(
  spec: BankSpec,
  code: string,
  charset: Charset,
  packet: Uint8Array,
  seen: (value: string, path: string) => string,
): Uint8Array {
  const heads = ofHeads(spec, packet, seen);
  if (!hasSecrets(spec, code)) return heads;
  const message = decodeRequest(spec, code, heads);
  const values = ofRequest(spec, code, valuesOf(message), (value, path) =>
    seen(String(value), path),
  );
  return encodeRequest(spec, code, values, charset, message.head);
}

/** A request of ours. Throws what decoding or encoding it throws, which a spec without faults keeps from happening. */
export function withholdRequest(
  spec: BankSpec,
  code: string,
  charset: Charset,
  packet: Uint8Array,
  hash: KeyedHash,
): Withheld<Uint8Array> {
  const secrets: Record<string, string> = {};
  const kept = remade(spec, code, charset, packet, (value, path) => {
    secrets[path] = hash(value);
    return WITHHELD;
  });
  return { kept, secrets };
}

/** The bytes as they were sent, for who has the values by their paths. */
export const withSecrets = (
  spec: BankSpec,
  code: string,
  charset: Charset,
  kept: Uint8Array,
  values: Readonly<Record<string, string>>,
): Uint8Array => remade(spec, code, charset, kept, (value, path) => values[path] ?? value);

/** A packet of the bank's, also one that is cut off. Never throws. */
export function withholdHeads(
  spec: BankSpec,
  packet: Uint8Array,
  hash: KeyedHash,
): Withheld<Uint8Array> {
  const secrets: Record<string, string> = {};
  const kept = ofHeads(spec, packet, (value, path) => {
    secrets[path] = hash(value);
    return WITHHELD;
  });
  return { kept, secrets };
}

type Body = Record<string, unknown>;

/** The body of an instruction: by the fields its operation declares, or a native one by the bank's names. */
export function withholdBody(
  spec: BankSpec,
  operation: Operation | undefined,
  code: string,
  body: Body,
  hash: KeyedHash,
): Withheld<Body> {
  const secrets: Record<string, string> = {};
  const seen: Seen = (value, path) => {
    secrets[path] = hash(String(value));
    return WITHHELD;
  };
  if (operation === undefined) {
    const kept = ofRequest(spec, code, body as Values, (value, path) =>
      seen(value, `body.${path}`),
    );
    return { kept, secrets };
  }
  const named = (fields: Readonly<Record<string, BodyField>> = {}): Names =>
    secretNames(Object.entries(fields).map(([name, { mask }]) => ({ name, mask })));
  const own = ofRow(body, named(operation.body), 'body.', seen);
  const { bank } = body;
  if (typeof bank !== 'object' || bank === null) return { kept: own, secrets };
  const ofBank = ofRow(bank as Body, named(operation.bank), 'body.bank.', seen);
  return { kept: { ...own, bank: ofBank }, secrets };
}
