/** Ping An's framing for the tables of transcript.ts: a request, its answer, and what may come in its place. */
import { Buffer } from 'node:buffer';
import { framerOf } from '../../src/protocol/framing/framer.ts';
import { packetBytes } from '../../src/protocol/framing/packet.ts';
import { pingan222 } from '../framing/framings.ts';
import { RULES, type Scene } from './transcript.ts';

const packet = (reference: string, service: string, body: string): string =>
  Buffer.from(
    packetBytes(pingan222, 'GBK', { code: '4004', service, reference }, Buffer.from(body)),
  ).toString('latin1');

const OURS = '20250311101600000004';
const OTHER = '20250311101600000005';
const answer = packet(OURS, '02', 'done');
const CUT = 100;

export function sceneOf(policy: 'per-request' | 'kept', reference = OURS): Scene {
  const correlation = { request: 'reference', answer: 'reference' };
  return {
    rules: { ...RULES, policy, framer: framerOf({ framing: pingan222, correlation }, 'host:1') },
    request: Buffer.from(packet(reference, '01', 'ask'), 'latin1'),
    bytes: {
      answer,
      'first-half': answer.slice(0, CUT),
      'other-half': answer.slice(CUT),
      'of-another': packet(OTHER, '02', 'done'),
      'of-nobody': packet('', '02', 'done'),
      'answer-twice': answer + answer,
      'answer-and-other': answer + packet(OTHER, '02', 'done'),
      'other-first': packet(OTHER, '02', 'done') + answer,
      'long-length': answer.replace('0000000004', '0000000005'),
      'short-length': answer.replace('0000000004', '0000000003'),
      'far-too-long': answer.replace('0000000004', '9999999999'),
      'no-head': 'HTTP/1.1 200 OK',
    },
  };
}
