/** The session rules of the reference protocol, as a test or a transcript plays by them. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { protocolFile } from '../../src/protocol/spec.ts';
import { sessionCodec } from '../../src/session/session-packets.ts';
import type { SessionRules } from '../../src/session/session-shapes.ts';

export const PROTOCOL = protocolFile.parse(
  parse(readFileSync('protocol-specs/reference/protocol.yaml', 'utf8')),
);

const { connection, framing } = PROTOCOL;
if (connection.session === undefined || framing.type !== 'heads') throw new Error('no session');
export const SESSION = connection.session;
export const FRAMING = framing;

export const RULES: SessionRules = {
  spec: SESSION,
  codec: sessionCodec(PROTOCOL, 'GBK'),
  signOn: { version: '1', user: 'yinqi-demo', key: '' },
  window: 3,
  answerWithinMs: 60_000,
  lateUntilMs: 600_000,
};
