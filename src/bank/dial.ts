/** The only file that opens a socket to a bank, on node:net and node:tls. */
import { Buffer } from 'node:buffer';
import { connect, isIP } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Stream } from './stream.ts';

export interface LineTls {
  readonly ca?: Uint8Array | undefined;
  readonly cert?: Uint8Array | undefined;
  readonly key?: Uint8Array | undefined;
  /** name in the front end's certificate; default: the host */
  readonly serverName?: string | undefined;
}

export interface FrontEnd {
  /** the one address the host stands for */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  /** undefined: plain TCP */
  readonly tls: LineTls | undefined;
}

export type Dial = (to: FrontEnd) => Stream;

/** A socket on its way up: `connect` or, where the link has TLS, `secureConnect` says that it is. */
export const dialSocket: Dial = ({ address, host, port, tls }) => {
  const to = { host: address, port };
  const socket = tls === undefined ? connect(to) : connectTls({ ...to, ...tlsOptions(tls, host) });
  return socket.setNoDelay(true);
};

/** The name is checked against the certificate; an address against the addresses in it. */
function tlsOptions(tls: LineTls, host: string): ConnectionOptions {
  const name = tls.serverName ?? (isIP(host) === 0 ? host : undefined);
  return {
    ...(tls.ca === undefined ? {} : { ca: Buffer.from(tls.ca) }),
    ...(tls.cert === undefined ? {} : { cert: Buffer.from(tls.cert) }),
    ...(tls.key === undefined ? {} : { key: Buffer.from(tls.key) }),
    ...(name === undefined ? {} : { servername: name }),
    rejectUnauthorized: true,
  };
}
