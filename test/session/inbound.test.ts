/**
 * A connection the bank made to us as a readable table: `time event -> state effects`, on a fake clock.
 * The packet is eight bytes; ten seconds for it, thirty for the answer, five to let go.
 */
import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import type { Reader, Reading } from '../../src/protocol/framing/framer.ts';
import {
  accepted,
  type InboundEffect,
  type InboundEvent,
  type InboundState,
  mayAnswer,
  stepInbound,
} from '../../src/session/inbound.ts';

const RULES = { packetWithinMs: 10_000, answerWithinMs: 30_000, lingerMs: 5_000 };

/** Eight bytes are a packet; an `X` anywhere breaks it. */
class Eight implements Reader {
  readonly proxied = false;
  #held = Buffer.alloc(0);

  get started(): boolean {
    return this.#held.length > 0;
  }

  push(bytes: Uint8Array): Reading {
    this.#held = Buffer.concat([this.#held, bytes]);
    if (this.#held.includes('X')) return { is: 'broken', code: 'FRAME_INVALID', why: 'an X' };
    if (this.#held.length < 8) return { is: 'more' };
    const [packet, rest] = [this.#held.subarray(0, 8), this.#held.subarray(8)];
    return { is: 'packet', packet, rest, staysOpen: true };
  }

  end(): Reading {
    return { is: 'broken', code: 'FRAME_INVALID', why: 'half' };
  }
}

const bytes = (text: string): InboundEvent => ({ type: 'bytes', bytes: Buffer.from(text) });

function eventOf(text: string): InboundEvent {
  const [type = '', what = ''] = text.split(' ');
  if (type === 'bytes') return bytes(what.replaceAll('\\n', '\r\n'));
  if (type === 'answer') return { type, bytes: Buffer.from('answer') };
  return { type: type as 'end' };
}

function shown(effect: InboundEffect): string {
  switch (effect.do) {
    case 'arm':
      return `arm ${effect.ms}`;
    case 'packet':
      return `packet '${Buffer.from(effect.packet)}' by ${effect.answerBy}`;
    case 'unanswered':
      return `unanswered ${effect.why}`;
    default:
      return effect.do;
  }
}

function play(table: string): void {
  let state: InboundState = accepted(new Eight(), RULES).state;
  const lines = table.split('\n').map((line) => line.trim());
  for (const line of lines.filter((one) => one !== '')) {
    const [, at = '', event = '', is = '', effects = ''] =
      /^(\d+)\s+(.+?)\s+-> (\w+)\s*(.*)$/.exec(line) ?? [];
    const step = stepInbound(state, eventOf(event), Number(at), RULES);
    state = step.state;
    expect(`${at} ${event} -> ${state.is} ${step.effects.map(shown).join(', ')}`.trim()).toBe(
      `${at} ${event} -> ${is} ${effects}`.trim(),
    );
  }
}

describe('a connection from the bank', () => {
  it.each([
    [
      'one packet, one answer, and the bank closes',
      `
      5      bytes 12345678  -> asked     arm 30000, packet '12345678' by 30005
      40     answer          -> answered  arm 5000, write
      60     end             -> closed    destroy
      61     error           -> closed
      `,
    ],
    [
      'a packet in pieces, and the bank ends its side before our answer',
      `
      5      bytes 123       -> reading
      6      bytes 45678     -> asked     arm 30000, packet '12345678' by 30006
      7      end             -> asked
      40     answer          -> answered  arm 5000, write
      5040   deadline        -> closed    destroy
      `,
    ],
    [
      'a line break behind the packet is no second one',
      `
      5      bytes 12345678\\n -> asked   arm 30000, packet '12345678' by 30005
      6      bytes \\n        -> asked
      `,
    ],
    [
      'half a packet and silence',
      `
      5      bytes 123       -> reading
      10000  deadline        -> closed    unanswered half, destroy
      `,
    ],
    [
      'half a packet and the end',
      '5 bytes 123 -> reading\n 6 end -> closed unanswered broken, destroy',
    ],
    ['nothing at all', '10000 deadline -> closed unanswered silent, destroy'],
    ['somebody who only looks', '7 end -> closed unanswered silent, destroy'],
    ['garbage', '5 bytes X -> closed unanswered broken, destroy'],
    ['two packets at once', '5 bytes 1234567812345678 -> closed unanswered trailing, destroy'],
    [
      'a second packet before the first is answered',
      `
      5      bytes 12345678  -> asked     arm 30000, packet '12345678' by 30005
      6      bytes 1         -> closed    unanswered trailing, destroy
      7      answer          -> closed
      `,
    ],
    [
      'what cannot be stored is not answered',
      `
      5      bytes 12345678  -> asked     arm 30000, packet '12345678' by 30005
      9      refuse          -> closed    unanswered refused, destroy
      10     answer          -> closed
      `,
    ],
    [
      'the bank is gone before the answer',
      `
      5      bytes 12345678  -> asked     arm 30000, packet '12345678' by 30005
      9      error           -> closed    unanswered gone, destroy
      10     answer          -> closed
      `,
    ],
    [
      'an answer one millisecond before its deadline is written',
      `
      0      bytes 12345678  -> asked     arm 30000, packet '12345678' by 30000
      29999  answer          -> answered  arm 5000, write
      `,
    ],
    [
      'an answer at its deadline is not, whichever of the two came first',
      `
      0      bytes 12345678  -> asked     arm 30000, packet '12345678' by 30000
      30000  answer          -> closed    unanswered late, destroy
      30000  deadline        -> closed
      `,
    ],
    [
      'nor one behind it',
      `
      0      bytes 12345678  -> asked     arm 30000, packet '12345678' by 30000
      30000  deadline        -> closed    unanswered late, destroy
      30001  answer          -> closed
      `,
    ],
    [
      'a second answer is not written',
      `
      0      bytes 12345678  -> asked     arm 30000, packet '12345678' by 30000
      1      answer          -> answered  arm 5000, write
      2      answer          -> answered
      `,
    ],
    [
      'the gateway stops',
      `
      0      bytes 12345678  -> asked     arm 30000, packet '12345678' by 30000
      1      stop            -> closed    unanswered refused, destroy
      `,
    ],
  ])('%s', (_, table) => play(table));

  it('may be answered while it is asked and in time, and never else', () => {
    const asked: InboundState = { is: 'asked', answerBy: 100 };
    expect([99, 100, 101].map((now) => mayAnswer(asked, now))).toEqual([true, false, false]);
    expect(mayAnswer({ is: 'answered' }, 0)).toBe(false);
    expect(mayAnswer({ is: 'closed' }, 0)).toBe(false);
  });
});
