/** Bytes as they come from a socket: every framing, in one piece and in many, which must never change what is read. */
import { Buffer } from 'node:buffer';
import { framerOf, type Reader, type Reading } from '../../src/protocol/framing/framer.ts';
import type { BankSpec } from '../../src/protocol/spec.ts';
import { banksIn, bank as goldenOf } from './golden.ts';
import { must, type Target } from './target.ts';

const STREAM_BYTES_MAX = 256 * 1024;

/** Everything one reader is given, its end too. */
function read(reader: Reader, pieces: readonly Uint8Array[]): Reading {
  for (const piece of pieces) {
    const reading = reader.push(piece);
    if (reading.is !== 'more') return reading;
  }
  return reader.end();
}

function inPieces(input: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  // the sizes are made of the bytes, so that an input is read the same way each time
  for (let at = 0, size = 1; at < input.length; at += size, size = 1 + ((input[at] ?? 0) % 7)) {
    pieces.push(input.subarray(at, at + size));
  }
  return pieces;
}

const shown = (reading: Reading): string =>
  reading.is === 'broken' ? `${reading.code} ${reading.why}` : reading.is;

function stream(spec: BankSpec, input: Uint8Array): string {
  const framer = framerOf(spec.protocol, 'fep.invalid:7001');
  const whole = read(framer.reader(), [input]);
  const pieces = read(framer.reader(), inPieces(input));
  must(shown(whole) === shown(pieces), `one piece: ${shown(whole)}; many: ${shown(pieces)}`);
  if (whole.is !== 'packet' || pieces.is !== 'packet') return shown(whole).replace(/\d+/g, 'n');
  must(Buffer.compare(whole.packet, pieces.packet) === 0, 'pieces change the packet');
  must(whole.packet.length <= input.length, 'a packet of more bytes than came');
  const key = framer.answerKey(whole.packet);
  return `packet ${key === undefined ? '' : 'with a key'} ${whole.staysOpen ? 'open' : ''}`;
}

const http = (body: Uint8Array): Uint8Array[] => {
  const head = (more: string) => Buffer.from(`HTTP/1.1 200 OK\r\n${more}\r\n`, 'latin1');
  const size = Buffer.from(`${body.length.toString(16)}\r\n`, 'latin1');
  return [
    Buffer.concat([head(`Content-Length: ${body.length}\r\n`), body]),
    Buffer.concat([head('Connection: close\r\n'), body]),
    Buffer.concat([
      head('Transfer-Encoding: chunked\r\nVia: 1.1 proxy\r\n'),
      size,
      body,
      Buffer.from('\r\n0\r\n\r\n'),
    ]),
  ];
};

export function wireTargets(specs: string): Target[] {
  return banksIn(specs).map((name) => {
    const { samples, spec } = goldenOf(specs, name);
    const answers = samples.filter(({ side }) => side === 'answer').map(({ bytes }) => bytes);
    const framed = spec.protocol.framing.type === 'http' ? answers.flatMap(http) : answers;
    return {
      name: `wire-${name}`,
      seeds: framed,
      bytesMax: STREAM_BYTES_MAX,
      run: (input) => stream(spec, input),
    };
  });
}
