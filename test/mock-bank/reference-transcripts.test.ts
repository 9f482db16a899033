/**
 * The transcripts the other way round: what the gateway says is put to the mock bank's side of the session,
 * and what the bank says must be what it said. Only those that say `mirrored`: the others show a bank that
 * breaks a rule. Answers and notices are the script's own; their numbers and marks are the bank's.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settings } from '../../mock-bank/bank/settings.ts';
import { type Speech, speechOf } from '../../mock-bank/reference/packets.ts';
import { BankSession } from '../../mock-bank/reference/session.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { packetOf, wordsOf } from '../session/packet-words.ts';

const folder = 'test/transcripts';
const speech = speechOf(readSpec('protocol-specs/reference'));
const usual = settings.parse({});

const texts = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name): [string, string] => [name, readFileSync(join(folder, name), 'utf8')])
  .filter(([, text]) => /^# mirrored$/m.test(text));

const elementOf = (words: string, name: string): string =>
  new RegExp(`\\b${name}=(\\S+)`).exec(words)?.[1] ?? '';

class Mirror {
  readonly #speech: Speech;
  readonly #session: BankSession;
  readonly #said: Uint8Array[] = [];
  #signedOn = false;
  #now = 0;

  constructor(text: string, given: Speech) {
    this.#speech = given;
    // where the bank stands when the script begins is what it says first
    const answer = /^bank>\s+SA 000000 \| (.*)$/m.exec(text)?.[1] ?? '';
    this.#session = new BankSession(given, elementOf(answer, 'day'));
    this.#session.next = Number(elementOf(answer, 'next'));
    this.#session.expects = Number(elementOf(answer, 'expects'));
  }

  gateway(words: string): void {
    const heard = this.#speech.hear(packetOf(words, this.#session.day));
    if (!this.#signedOn) {
      const said = this.#session.signOn(heard, usual);
      this.#signedOn = said.signedOn === true;
      this.#said.push(...said.packets);
    } else if (heard.kind === 'request') {
      this.#session.begin();
      if (heard.number > 0) {
        expect(this.#session.seen(heard, heard.number, heard.number)).toBe(true);
      }
    } else this.#said.push(...this.#session.hear(heard, usual).packets);
  }

  bank(words: string): void {
    const { day } = this.#session;
    const [kind = ''] = words.split(' ');
    if (kind === 'RS') {
      const packet = this.#session.numbered(packetOf(words.replace(/#\d+ /, ''), day));
      this.#said.push(packet, ...this.#session.finish().packets);
    } else if (kind === 'NT') {
      const number = Number(/@(\d+)/.exec(words)?.[1]);
      const packet = packetOf(words.replace(/#\d+ /, ''), day);
      const notice = { number, packet, acknowledged: false, sentAt: undefined, due: true };
      this.#session.notices.push(notice);
      this.#now += 1;
      this.#said.push(...this.#session.due(this.#now, usual));
    } else if (kind === 'DC') {
      const change = this.#session.newDay(elementOf(words, 'day'));
      if (change !== undefined) this.#said.push(change);
    }
    // what was pushed and what was asked for may leave in either order
    const wanted = wordsOf(packetOf(words, day), day);
    const said = this.#said.map((packet) => wordsOf(packet, day));
    expect(said).toContain(wanted);
    this.#said.splice(said.indexOf(wanted), 1);
  }

  end(): void {
    // and nothing more
    expect(this.#said).toEqual([]);
    expect({ gaps: this.#session.gaps, faults: this.#session.faults }).toEqual({
      gaps: [],
      faults: [],
    });
  }
}

describe('the session of the mock bank', () => {
  it('is played by several scripts', () => {
    expect(texts.length).toBeGreaterThan(5);
  });

  it.each(texts)('%s', (_, text) => {
    if (speech === undefined) throw new Error('the spec keeps no session');
    const mirror = new Mirror(text, speech);
    for (const raw of text.split('\n')) {
      const line = raw.replace(/(^|\s)#(\s.*)?$/, '').trim();
      const [, who = '', what = ''] = /^(gateway|bank)>\s+(.*)$/.exec(line) ?? [];
      if (who === 'gateway' && what !== 'nothing') mirror.gateway(what);
      if (who === 'bank' && what !== 'accepts')
        for (const one of what.split(' + ')) mirror.bank(one);
    }
    mirror.end();
  });
});
