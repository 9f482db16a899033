/**
 * Bank-visible numbers: a pure function of link, business day of acceptance, source and id. No counter
 * that Redis could forget is ever part of one. The store takes the first candidate nobody owns.
 */
import { createHash } from 'node:crypto';

/** Collisions are refused by the store; this many next hashes are offered before it gives up. */
export const SERIAL_CANDIDATES_MAX = 8;

const hashNumber = (text: string): bigint =>
  BigInt(`0x${createHash('sha256').update(text).digest('hex')}`);

export interface SerialSeed {
  link: string;
  day: string;
  source: string;
  id: string;
}

const seedText = (seed: SerialSeed, n: number): string =>
  [seed.link, seed.day, seed.source, seed.id, n].join('|');

const candidates = (make: (n: number) => string): string[] =>
  Array.from({ length: SERIAL_CANDIDATES_MAX }, (_, n) => make(n));

/** yyyymmdd + base-36 digits of a hash, `bytes` long in all (CITIC clientID: 20). */
export function serialCandidates(seed: SerialSeed, bytes: number): string[] {
  const digits = bytes - seed.day.length;
  return candidates((n) => {
    const number = hashNumber(seedText(seed, n)) % 36n ** BigInt(digits);
    return seed.day + number.toString(36).toUpperCase().padStart(digits, '0');
  });
}

/** A whole account number we choose: the branch's prefix + `tailDigits` digits of a hash. */
export function accountCandidates(seed: SerialSeed, prefix: string, tailDigits: number): string[] {
  return candidates((n) => {
    const tail = hashNumber(`account|${seedText(seed, n)}`) % 10n ** BigInt(tailDigits);
    return prefix + tail.toString().padStart(tailDigits, '0');
  });
}
