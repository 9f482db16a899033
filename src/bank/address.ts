/**
 * The one address of a front end, found once at start. A name with several addresses is refused: a
 * negative answer to an inquiry counts only if it was asked at the front end that got the order, and
 * behind two addresses stand two front ends (R1, R8).
 */
import { lookup } from 'node:dns/promises';
import { YinqiError } from '../errors.ts';

const find = async (host: string): Promise<string[]> =>
  (await lookup(host, { all: true })).map((one) => one.address);

/** A literal address is its own. */
export async function addressOf(host: string, addresses = find): Promise<string> {
  let found: string[];
  try {
    found = await addresses(host);
  } catch (cause) {
    throw new YinqiError('PEER_UNREACHABLE', { detail: 'name not resolved', cause });
  }
  const [only, ...others] = new Set(found);
  if (only === undefined) throw new YinqiError('PEER_UNREACHABLE', { detail: 'no address' });
  if (others.length > 0) {
    throw new YinqiError('CONFIG_INVALID', {
      path: 'host',
      detail: `the name has ${others.length + 1} addresses; give the address of the front end`,
    });
  }
  return only;
}
