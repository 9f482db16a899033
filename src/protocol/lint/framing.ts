/**
 * Rules for heads framing: parts that can be written and read again, lengths that say where a packet ends,
 * one meaning for every name, and a correlation that exists.
 */
import { YinqiError } from '../../errors.ts';
import { encodeText } from '../charset.ts';
import { headParts, layoutOf } from '../layout.ts';
import type { BankSpec, HeadPart, HeadsFraming, Transaction } from '../spec.ts';
import { lintExpr, literalsOf } from './mapping.ts';
import { lintMask } from './masks.ts';
import type { Place } from './place.ts';
import { forHead } from './vocabulary.ts';

type Side = 'request' | 'answer';

const SIDES: readonly Side[] = ['request', 'answer'];
const PLAIN = /^[\x20-\x7e]*$/;

/** What keeps a text out of a part; undefined if nothing. */
function misfit(part: HeadPart, text: string): string | undefined {
  try {
    const { length } = encodeText(text, 'GB18030', part.name);
    return length > part.bytes ? `${length} bytes, at most ${part.bytes}` : undefined;
  } catch (error) {
    if (!(error instanceof YinqiError)) throw error;
    return `${error.code} for ${part.name}`;
  }
}

/** A part holds one thing: a constant, a length, or what an expression gives. */
function lintContent(spec: BankSpec, part: HeadPart, at: Place): void {
  const { fixed, length } = part;
  if (fixed !== undefined && length !== undefined) at.fault('is fixed and a length');
  if (fixed !== undefined && !PLAIN.test(fixed)) at.in('fixed').fault('has more than plain ASCII');
  for (const text of [...(fixed === undefined ? [] : [fixed]), ...Object.keys(part.values ?? {})]) {
    const fault = misfit(part, text);
    if (fault !== undefined) at.in(text === fixed ? 'fixed' : 'values').fault(fault);
  }
  for (const side of SIDES) {
    const expr = part[side];
    if (expr === undefined) continue;
    const place = at.in(side);
    if (fixed !== undefined) place.fault('is fixed and has an expression');
    if (length !== undefined) place.fault('is a length and has an expression');
    lintExpr(expr, forHead(spec, side), place);
    for (const literal of literalsOf(expr)) {
      const fault = misfit(part, literal);
      if (fault !== undefined) place.fault(fault);
    }
  }
}

function lintPad({ align, length, pad }: HeadPart, at: Place): void {
  if (!/^[\x20-\x7e]$/.test(pad)) at.in('pad').fault('is not one plain ASCII character');
  if (length === undefined) return;
  if (pad !== ' ' && pad !== '0') at.in('pad').fault('a length is padded with spaces or zeros');
  if (pad === '0' && align === 'left') at.in('pad').fault('zeros behind a number are digits');
}

function lintEnd({ end, heads }: HeadsFraming, at: Place): void {
  const counted = heads.some((head) => head.parts.some((part) => part.length !== undefined));
  if (end === 'length' && !counted) at.in('end').fault('no part says how long a packet is');
  if (end !== 'length' && counted) at.in('end').fault('a part says how long a packet is');
}

/** Verdict rules and expressions name fields and parts alike: a name must mean one of them. */
function fieldNames(spec: BankSpec): Set<string> {
  const both = [...spec.transactions.values()].flatMap((transaction) =>
    SIDES.flatMap((side) => {
      const { fields, lists } = layoutOf(transaction, side);
      return [...fields.keys(), ...lists.keys()];
    }),
  );
  return new Set(both);
}

function lintHeads(spec: BankSpec, framing: HeadsFraming, at: Place): void {
  const fields = fieldNames(spec);
  const heads = new Set<string>();
  const parts = new Set<string>();
  for (const [index, head] of framing.heads.entries()) {
    const place = at.in('heads', index);
    if (heads.has(head.name)) place.in('name').fault(`${head.name} stands here twice`);
    heads.add(head.name);
    for (const [inside, part] of head.parts.entries()) {
      const own = place.in('parts', inside);
      if (parts.has(part.name)) own.in('name').fault(`${part.name} stands here twice`);
      if (fields.has(part.name)) own.in('name').fault(`${part.name} is also a field`);
      parts.add(part.name);
      lintContent(spec, part, own);
      lintPad(part, own);
      lintMask(part, own);
    }
  }
  lintEnd(framing, at);
}

function lintCorrelation(spec: BankSpec, at: Place): void {
  const { connection, correlation, framing } = spec.protocol;
  if (framing.type === 'heads' && framing.end === 'stream' && connection.policy !== 'per-request') {
    at.in('connection', 'policy').fault('an answer that ends with the stream ends its connection');
  }
  if (correlation === 'none') return;
  const place = at.in('correlation');
  if (framing.type === 'http') place.fault('HTTP has no head of ours that could name a request');
  for (const side of SIDES) {
    const part = headParts(spec).find(({ name }) => name === correlation[side]);
    if (part === undefined) place.in(side).fault(`no part ${correlation[side]}`);
    else if (part.fixed !== undefined || part.length !== undefined) {
      place.in(side).fault(`${part.name} is the same in many packets`);
    } else if (side === 'request' && part.request === undefined) {
      place.in(side).fault(`nothing goes into ${part.name}`);
    }
  }
}

export function lintFraming(spec: BankSpec, at: Place): void {
  const { framing } = spec.protocol;
  if (framing.type === 'heads') lintHeads(spec, framing, at.in('framing'));
  lintCorrelation(spec, at);
}

/** action, status and text of the envelope: a part of a head, or a field of every message. */
export function lintCarriers(spec: BankSpec, transaction: Transaction, at: Place): void {
  const { action, status, text } = spec.protocol.envelope;
  const parts = new Map(headParts(spec).map((part) => [part.name, part]));
  const carrier = parts.get(action);
  const named = layoutOf(transaction, 'request').fields.get(action);
  if (carrier !== undefined && carrier.request !== '$transaction') {
    at.at('protocol.yaml', 'envelope', 'action').fault(`${action} does not take $transaction`);
  }
  if (carrier === undefined && named?.fixed !== transaction.code) {
    at.in('request').fault(`${action} is not fixed to the transaction code`);
  }
  for (const name of [status, text]) {
    const found = parts.has(name) || layoutOf(transaction, 'answer').fields.has(name);
    if (!found) at.in('answer').fault(`${name} of the envelope is missing`);
  }
}
