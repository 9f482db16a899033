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

/** What stands behind the day: digits and capital letters, or digits where a bank takes no letters. */
export type SerialAlphabet = 'base36' | 'digits';

const RADIX: Readonly<Record<SerialAlphabet, number>> = { base36: 36, digits: 10 };

/**
 * yyyymmdd + digits of a hash, `bytes` long in all (CITIC clientID: 20; Ping An ThirdVoucher: 20, digits).
 * Twelve decimal digits hold 10¹² numbers a day: of 100,000 orders a day two meet on one day in 200, and the
 * second takes its next candidate.
 */
export function serialCandidates(
  seed: SerialSeed,
  bytes: number,
  alphabet: SerialAlphabet = 'base36',
): string[] {
  const digits = bytes - seed.day.length;
  const radix = RADIX[alphabet];
  return candidates((n) => {
    const number = hashNumber(seedText(seed, n)) % BigInt(radix) ** BigInt(digits);
    return seed.day + number.toString(radix).toUpperCase().padStart(digits, '0');
  });
}

/** A whole account number we choose: the branch's prefix + `tailDigits` digits of a hash. */
export function accountCandidates(seed: SerialSeed, prefix: string, tailDigits: number): string[] {
  return candidates((n) => {
    const tail = hashNumber(`account|${seedText(seed, n)}`) % 10n ** BigInt(tailDigits);
    return prefix + tail.toString().padStart(tailDigits, '0');
  });
}
