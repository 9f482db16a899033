/**
 * What stands between a packet and the bytes on the wire: one interface for every framing, so that lines and
 * sessions know of none in particular.
 *
 *   http    packet = body      wrap puts a request round it, the reader takes an answer's head off again
 *   heads   packet = the bytes themselves; which part names a request is said by `correlation`
 */
import type { ProtocolFile } from '../spec.ts';
import { httpFramer } from './http.ts';
import { keyOf } from './packet.ts';
import { PacketReader } from './reader.ts';

export type Reading =
  | { readonly is: 'more' }
  | {
      readonly is: 'packet';
      readonly packet: Uint8Array;
      /** bytes that came behind it */
      readonly rest: Uint8Array;
      /** as far as framing can say: the peer will read another request on this connection */
      readonly staysOpen: boolean;
    }
  | {
      readonly is: 'broken';
      readonly code: 'FRAME_INVALID' | 'FRAME_TOO_LARGE';
      /** harmless: which rule, never the bytes */
      readonly why: string;
    };

/** Bytes in pieces of any size → one packet; the pieces never change what is read. Never throws. */
export interface Reader {
  push(bytes: Uint8Array): Reading;
  /** The peer has ended its side. */
  end(): Reading;
  /** a byte has come */
  readonly started: boolean;
  /** something between us and the peer has touched it (HTTP only) */
  readonly proxied: boolean;
}

export interface Framer {
  /** packet → bytes on the wire; `keep`: the connection may carry another request */
  wrap(packet: Uint8Array, keep: boolean): Uint8Array;
  /** of one packet of the other side */
  reader(): Reader;
  /** What names this request; '' where its part is empty; undefined where answers name no request. */
  requestKey(packet: Uint8Array): string | undefined;
  answerKey(packet: Uint8Array): string | undefined;
}

/** `host`: of the Host header, host:port. SPEC_INVALID or CONFIG_INVALID where no request could be made. */
export function framerOf(
  protocol: Pick<ProtocolFile, 'framing' | 'correlation'>,
  host: string,
): Framer {
  const { framing, correlation } = protocol;
  if (framing.type === 'http') return httpFramer(framing, host);
  const key = (side: 'request' | 'answer') => (packet: Uint8Array) =>
    correlation === 'none' ? undefined : keyOf(framing, correlation[side], packet);
  return {
    wrap: (packet) => packet,
    reader: () => new PacketReader(framing),
    requestKey: key('request'),
    answerKey: key('answer'),
  };
}
