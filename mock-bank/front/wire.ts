/** What a front end asks of its wire: packets out of a caller's bytes, and bytes for an answer's packet. */
import type { Buffer } from 'node:buffer';
import type { Fault } from '../faults.ts';

export type Read =
  | {
      readonly is: 'request';
      readonly packet: Uint8Array;
      /** the connection ends after the answer */
      readonly close: boolean;
    }
  | { readonly is: 'more' }
  /** nothing can be read any more: the connection ends */
  | { readonly is: 'bad' };

export interface RequestReader {
  push(bytes: Uint8Array): void;
  /** The next whole request; call again until it says `more`. */
  next(): Read;
}

export interface AnswerBytes {
  readonly bytes: Buffer;
  /** the connection ends after these bytes whatever was agreed */
  readonly close: boolean;
  /** nothing more is said on this connection, and it stays open */
  readonly silent?: true;
}

export interface Wire {
  readonly name: 'http' | 'heads';
  /** does somebody who sent what cannot be read get an answer? */
  readonly answersBroken: boolean;
  reader(): RequestReader;
  /** The bytes of an answer, or what the fault makes of them. */
  bytes(packet: Uint8Array, close: boolean, fault: Fault | undefined): AnswerBytes;
}
