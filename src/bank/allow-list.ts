/** Who may connect to us: addresses and networks, as `net.BlockList` keeps them. */
import { BlockList, isIP, isIPv6 } from 'node:net';

const kindOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** An address, or address/bits. Undefined where it is neither. */
export function readNetwork(text: string): { address: string; bits: number } | undefined {
  const [address = '', bits, ...more] = text.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  if (isIP(address) === 0 || more.length > 0) return undefined;
  if (bits === undefined) return { address, bits: most };
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > most) return undefined;
  return { address, bits: Number(bits) };
}

/** ::ffff:10.0.0.1 is 10.0.0.1: what a socket that takes both kinds shows of an IPv4 peer. */
export const plainAddress = (address: string): string =>
  /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;

export class AllowList {
  readonly #list = new BlockList();

  constructor(networks: readonly string[]) {
    for (const text of networks) {
      const network = readNetwork(text);
      if (network === undefined) continue;
      this.#list.addSubnet(network.address, network.bits, kindOf(network.address));
    }
  }

  allows(address: string): boolean {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && this.#list.check(plain, kindOf(plain));
  }
}
