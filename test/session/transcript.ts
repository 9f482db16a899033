/**
 * A connection's life as a readable table: `time event -> state effects`, played on a fake clock.
 *
 *   0      connected     -> free    arm free-too-long 5000
 *   10     send          -> asking  write, arm deadline 60000
 *
 * Events: connected, bytes <name>, end, error, deadline, late-deadline, half-read, free-too-long, lend, send,
 * send-kept, keep, close, stop. What <name> stands for is said by the scene: HTTP in BYTES, if none is given.
 */
import { Buffer } from 'node:buffer';
import { httpFramer } from '../../src/protocol/framing/http.ts';
import { dial, stepConnection } from '../../src/session/connection.ts';
import type {
  ConnectionEffect,
  ConnectionEvent,
  ConnectionRules,
  ConnectionState,
} from '../../src/session/shapes.ts';

/** Rules, and what the pieces of a table stand for. */
export interface Scene {
  readonly rules: ConnectionRules;
  /** the packet of `send` */
  readonly request: Uint8Array;
  readonly bytes: Readonly<Record<string, string>>;
}

export const RULES: ConnectionRules = {
  framer: httpFramer(
    {
      type: 'http',
      method: 'POST',
      path: '/',
      contentType: 'text/xml',
      headBytesMax: 1000,
      bodyBytesMax: 1000,
    },
    'front-end:6789',
  ),
  policy: 'kept',
  halfReadMs: 30_000,
  answerWithinMs: 60_000,
  lateUntilMs: 600_000,
  freeMaxMs: 5_000,
  idleReuseMs: 10_000,
};

const OK = 'HTTP/1.1 200 OK\r\n';

export const BYTES: Record<string, string> = {
  answer: `${OK}Content-Length: 4\r\n\r\ndone`,
  'answer-closing': `${OK}Connection: close\r\nContent-Length: 4\r\n\r\ndone`,
  'answer-twice': `${OK}Content-Length: 4\r\n\r\ndone${OK}Content-Length: 4\r\n\r\ndone`,
  'answer-by-proxy': `${OK}Via: 1.1 squid\r\nContent-Length: 4\r\n\r\ndone`,
  'until-close': `${OK}\r\ndone`,
  'first-half': `${OK}Content-Le`,
  'other-half': 'ngth: 4\r\n\r\ndone',
  '502': 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 7\r\n\r\nAAAAAAA',
  '502-by-proxy': 'HTTP/1.1 502 Bad Gateway\r\nVia: 1.1 squid\r\n\r\n',
  garbage: 'what?\r\n',
};

export const HTTP: Scene = { rules: RULES, request: Buffer.from('ask'), bytes: BYTES };

function eventOf(text: string, scene: Scene): ConnectionEvent {
  const [type, name = ''] = text.split(' ');
  switch (type) {
    case 'bytes':
      return { type, bytes: Buffer.from(scene.bytes[name] ?? '', 'latin1') };
    case 'send':
    case 'send-kept':
      return { type: 'send', body: scene.request, keep: type === 'send-kept' };
    default:
      return { type } as ConnectionEvent;
  }
}

/** Packets end with their bodies, and those are short. */
const tailOf = (packet: Uint8Array): string => Buffer.from(packet).subarray(-4).toString();

function effectText(effect: ConnectionEffect): string {
  switch (effect.do) {
    case 'write':
      return 'write';
    case 'arm':
      return `arm ${effect.timer} ${effect.ms}`;
    case 'ended':
      return effect.ending.type === 'answer'
        ? `ended '${tailOf(effect.ending.body)}'`
        : `ended ${effect.ending.why}`;
    case 'late':
      return effect.body === undefined ? 'no late' : `late '${tailOf(effect.body)}'`;
    case 'destroy':
      return 'destroy';
    case 'warn':
      return `warn ${effect.warning.event}`;
  }
}

/** The rows with what really happened in the place of what they expect. */
export function play(table: string, scene: Scene = HTTP): { expected: string; happened: string } {
  const rows = table
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  let state: ConnectionState = dial(5_000).state;
  const tidy = (row: readonly string[]): string => row.join(' | ');
  const expected: string[] = [];
  const happened: string[] = [];
  for (const row of rows) {
    const [, at = '', event = '', wanted = '', effects = ''] =
      /^(\d+)\s+(.+?)\s+->\s+(\S+)\s*(.*)$/.exec(row) ?? [];
    expected.push(tidy([at, event, wanted, effects]));
    try {
      const step = stepConnection(state, eventOf(event, scene), Number(at), scene.rules);
      state = step.state;
      happened.push(tidy([at, event, state.is, step.effects.map(effectText).join(', ')]));
    } catch (error) {
      const name = error instanceof Error ? error.name : 'thrown';
      happened.push(tidy([at, event, state.is, name]));
    }
  }
  return { expected: expected.join('\n'), happened: happened.join('\n') };
}
