/**
 * Heads framing as a wire: packets stand in the stream as they are, and end where their lengths say. Who
 * sends what is no packet is hung up on. Here are the ways in which an answer's bytes can be wrong.
 */
import { Buffer } from 'node:buffer';
import { framerOf, type Reader } from '../../src/protocol/framing/framer.ts';
import type { BankSpec, HeadPart, HeadsFraming } from '../../src/protocol/spec.ts';
import type { Fault } from '../faults.ts';
import { page } from './http-answer.ts';
import type { AnswerBytes, Read, RequestReader, Wire } from './wire.ts';

interface Placed {
  readonly part: HeadPart;
  readonly from: number;
}

function placed(framing: HeadsFraming): Placed[] {
  let from = 0;
  return framing.heads
    .flatMap(({ parts }) => parts)
    .map((part) => {
      const at = from;
      from += part.bytes;
      return { part, from: at };
    });
}

const headBytes = (framing: HeadsFraming): number =>
  placed(framing).reduce((sum, { part }) => sum + part.bytes, 0);

/** Writes a part over, padded as the spec says; what is too long loses its front. */
function over(packet: Uint8Array, { part, from }: Placed, value: string): Buffer {
  const kept = value.slice(-part.bytes);
  const text =
    part.align === 'left' ? kept.padEnd(part.bytes, part.pad) : kept.padStart(part.bytes, part.pad);
  const made = Buffer.from(packet);
  made.write(text, from, 'latin1');
  return made;
}

/** Every length part says so many bytes too many, or too few. */
function wrongLength(framing: HeadsFraming, packet: Uint8Array, by: number): Buffer {
  return placed(framing)
    .filter(({ part }) => part.length !== undefined)
    .reduce<Buffer>((made, one) => {
      const said = Buffer.from(made).toString('latin1', one.from, one.from + one.part.bytes);
      const bytes = Number.parseInt(said.trim(), one.part.radix);
      return over(made, one, Math.max(0, bytes + by).toString(one.part.radix));
    }, Buffer.from(packet));
}

/** The same packet under a name nobody asked by; as it was where answers do not name their request. */
function misnamed(spec: BankSpec, framing: HeadsFraming, packet: Uint8Array, as: string): Buffer {
  const { correlation } = spec.protocol;
  const name = correlation === 'none' ? undefined : correlation.answer;
  const part = placed(framing).find((one) => one.part.name === name);
  return part === undefined ? Buffer.from(packet) : over(packet, part, as);
}

const half = (packet: Uint8Array, at: number | undefined): Buffer =>
  Buffer.from(packet.subarray(0, at ?? Math.floor(packet.length / 2)));

function faulty(
  spec: BankSpec,
  framing: HeadsFraming,
  packet: Uint8Array,
  close: boolean,
  fault: Fault | undefined,
): AnswerBytes {
  switch (fault?.kind) {
    case 'html':
      return { bytes: Buffer.from(page), close: true };
    case 'empty-body': {
      const bytes = packet.length - headBytes(framing);
      return { bytes: half(wrongLength(framing, packet, -bytes), headBytes(framing)), close };
    }
    case 'cut-body':
      return { bytes: half(packet, fault.at), close: true };
    case 'half-then-silence':
      return { bytes: half(packet, fault.at), close: false, silent: true };
    case 'wrong-length':
      // too long: the caller waits for bytes that never come, until the connection ends
      return {
        bytes: wrongLength(framing, packet, fault.by),
        close: close || fault.by > 0,
      };
    case 'wrong-serial':
      return { bytes: misnamed(spec, framing, packet, fault.serial), close };
    case 'two-frames':
      return {
        bytes: Buffer.concat([packet, misnamed(spec, framing, packet, fault.serial)]),
        close,
      };
    default:
      return { bytes: Buffer.from(packet), close };
  }
}

function packetReader(begin: () => Reader, keeps: () => boolean): RequestReader {
  let reader = begin();
  let waiting: Uint8Array = new Uint8Array(0);
  return {
    push: (bytes) => {
      waiting = Buffer.concat([waiting, bytes]);
    },
    next: (): Read => {
      if (waiting.length === 0) return { is: 'more' };
      const reading = reader.push(waiting);
      waiting = new Uint8Array(0);
      if (reading.is === 'more') return reading;
      if (reading.is === 'broken') return { is: 'bad' };
      waiting = reading.rest;
      reader = begin();
      return { is: 'request', packet: reading.packet, close: !keeps() };
    },
  };
}

/** `keeps`: may a connection carry another request? Asked each time. */
export function headsWire(spec: BankSpec, framing: HeadsFraming, keeps: () => boolean): Wire {
  const framer = framerOf(spec.protocol, '');
  return {
    name: 'heads',
    answersBroken: false,
    reader: () => packetReader(() => framer.reader(), keeps),
    bytes: (packet, close, fault) => faulty(spec, framing, packet, close, fault),
  };
}
