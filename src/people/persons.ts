/** Who somebody is: a name of the config and the secret only that person has. Pure. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { YinqiError } from '../errors.ts';

export interface Person {
  readonly name: string;
  /** of the person's token, hexadecimal; the token itself is nowhere in the gateway */
  readonly tokenSha256: string;
}

/** Full width, case and blanks make no second person. */
export const personKey = (name: string): string =>
  name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();

export const samePerson = (a: string, b: string): boolean => personKey(a) === personKey(b);

export const tokenDigest = (token: string): string =>
  createHash('sha256').update(token, 'utf8').digest('hex');

/** The name as the config writes it. Throws PERSON_UNKNOWN, the same whether name or token is wrong. */
export function personOf(persons: readonly Person[], name: string, token: string): string {
  const given = Buffer.from(tokenDigest(token), 'hex');
  const found = persons.find((one) => samePerson(one.name, name));
  const expected = Buffer.from(found?.tokenSha256 ?? '00'.repeat(given.length), 'hex');
  // compared as digests of one length, in a time that says nothing of where they differ
  const fits = timingSafeEqual(given, expected);
  if (found === undefined || !fits) throw new YinqiError('PERSON_UNKNOWN', { path: 'who' });
  return found.name;
}
