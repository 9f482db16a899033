/**
 * A packet the bank sent by itself → what it says. In: its bytes, the spec. Out: a Push, or MESSAGE_INVALID:
 * what we do not understand is not acknowledged. Pure.
 *
 *   key     code + the bank's day + the bank's serial    1310/20250311/25031100000000000077
 *   digest  of the body: the same key with another body is another push, and somebody's fault (R15)
 *   number  ours for it, the same for a repeat: yyyymmdd + 12 digits of a hash
 */
import { createHash } from 'node:crypto';
import { YinqiError } from '../errors.ts';
import { decodeRequest, openPacket, readAction } from '../protocol/decode.ts';
import { matches } from '../protocol/judge.ts';
import { requestFields } from '../protocol/operation.ts';
import type { BankSpec, PushSpec } from '../protocol/spec.ts';
import type { ToldSpec } from '../protocol/spec-push.ts';

export interface Push {
  readonly code: string;
  readonly day: string;
  readonly serial: string;
  readonly key: string;
  readonly digest: string;
  /** what our acknowledgement calls it */
  readonly number: string;
  readonly spec: PushSpec;
  /** every field and every part of the head that says something, by the bank's names */
  readonly request: Readonly<Record<string, string>>;
}

const sha256 = (what: string | Uint8Array): string =>
  createHash('sha256').update(what).digest('hex');

const NUMBER_DIGITS = 12n;

/** Day and hash: two pushes of one day share a number once in 10¹² pairs. */
function numberOf(link: string, key: string, day: string): string {
  const hash = BigInt(`0x${sha256(`${link}\0${key}`).slice(0, 24)}`);
  return `${day}${String(hash % 10n ** NUMBER_DIGITS).padStart(Number(NUMBER_DIGITS), '0')}`;
}

export const keyOf = (code: string, day: string, serial: string): string =>
  `${code}/${day}/${serial}`;

export function readPush(spec: BankSpec, link: string, bytes: Uint8Array): Push {
  const code = readAction(spec, bytes);
  const push = spec.transactions.get(code)?.push;
  if (push === undefined)
    throw new YinqiError('MESSAGE_INVALID', { detail: 'no push of the spec' });
  const request = requestFields(spec, code, decodeRequest(spec, code, bytes));
  const day = request[push.identity.day] ?? '';
  const serial = request[push.identity.serial] ?? '';
  if (!/^\d{8}$/.test(day) || serial === '' || serial.includes('/')) {
    const path = /^\d{8}$/.test(day) ? push.identity.serial : push.identity.day;
    throw new YinqiError('MESSAGE_INVALID', { path, detail: 'does not name the push' });
  }
  const key = keyOf(code, day, serial);
  const digest = sha256(openPacket(spec, bytes).body).slice(0, 32);
  return { code, day, serial, key, digest, number: numberOf(link, key, day), spec: push, request };
}

/** What an event is told as, or undefined: nothing the spec lists. */
export function tellOf(spec: BankSpec, push: Push): ToldSpec | undefined {
  if (push.spec.role !== 'event') return undefined;
  return push.spec.tells.find(({ when = {} }) =>
    Object.entries(when).every(([field, patterns]) =>
      patterns.some((pattern) => matches(spec, pattern, push.request[field] ?? '')),
    ),
  );
}
