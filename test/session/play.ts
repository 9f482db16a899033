/**
 * Plays a transcript (test/transcripts/README.md) against the session machine on a fake clock. Everything
 * the machine does must be said by the transcript, in order, before anything else happens.
 */
import { Buffer } from 'node:buffer';
import { YinqiError } from '../../src/errors.ts';
import { Sequences } from '../../src/session/sequences.ts';
import { dialSession, dueAt, stepSession } from '../../src/session/session.ts';
import type {
  OurNumbers,
  Report,
  SessionEffect,
  SessionEvent,
  SessionState,
} from '../../src/session/session-shapes.ts';
import { packetOf, wordsOf } from './packet-words.ts';
import { RULES } from './reference-rules.ts';

const SECONDS: Record<string, number> = { ms: 1, s: 1_000, min: 60_000 };

const reported = (one: Report): string => {
  if ('range' in one) {
    const who = one.event === 'sequence-gap' ? one.from : one.who;
    return `${one.event} ${who} ${one.range.from}..${one.range.to}`;
  }
  if ('status' in one) return `${one.event} ${one.status}`.trim();
  if ('rule' in one) return `${one.event} ${one.rule}`;
  return one.event;
};

export class Player {
  #state: SessionState = dialSession(0, 5_000);
  #now = 0;
  #day = '';
  #half: Uint8Array = new Uint8Array(0);
  readonly #numbers = new Sequences();
  readonly #ids = new Map<string, number>();
  #done: (() => string)[] = [];

  /** Throws with the number of the line that is not so. */
  play(text: string): void {
    text.split('\n').forEach((raw, i) => {
      const line = raw.replace(/(^|\s)#(\s.*)?$/, '').trim();
      if (line === '') return;
      try {
        this.#line(line);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`line ${i + 1}: ${line}\n${why}`);
      }
    });
    this.#quiet();
  }

  #line(line: string): void {
    const [, who = '', what = ''] =
      /^(bank>|gateway>|engine>|clock|expect)\s+(.*)$/.exec(line) ?? [];
    if (who === 'gateway>' || who === 'expect') {
      this.#said(who === 'expect' ? `expect ${what}` : what);
      return;
    }
    this.#quiet();
    if (who === 'bank>') this.#step(this.#bank(what));
    else if (who === 'engine>') this.#engine(what);
    else if (who === 'clock') this.#clock(what);
    else throw new Error('no such line');
  }

  #said(wanted: string): void {
    if (wanted === 'nothing') {
      this.#quiet();
      return;
    }
    const happened = this.#done.shift()?.() ?? 'nothing';
    // a packet is compared in the usual order of its words
    const tidy = wanted.startsWith('expect ')
      ? wanted
      : `gateway> ${wordsOf(packetOf(wanted, this.#day), this.#day)}`;
    if (happened !== tidy) throw new Error(`happened: ${happened}`);
  }

  #quiet(): void {
    const unsaid = this.#done.map((one) => one());
    if (unsaid.length > 0) throw new Error(`happened before, unsaid: ${unsaid.join('; ')}`);
  }

  #bank(what: string): SessionEvent {
    const bytes = (words: string): Uint8Array => packetOf(words, this.#day);
    if (what === 'accepts') return { type: 'connected', ours: this.#ours() };
    if (what === 'closes') return { type: 'end' };
    if (what === 'resets') return { type: 'error' };
    if (what.startsWith('half ')) {
      const whole = bytes(what.slice(5));
      const cut = Math.floor(whole.length / 2);
      this.#half = whole.subarray(cut);
      return { type: 'bytes', bytes: whole.subarray(0, cut) };
    }
    if (what === 'the other half') return { type: 'bytes', bytes: this.#half };
    if (what.startsWith('bytes ')) return { type: 'bytes', bytes: Buffer.from(what.slice(6)) };
    return { type: 'bytes', bytes: Buffer.concat(what.split(' + ').map(bytes)) };
  }

  #ours(): OurNumbers {
    return { day: this.#numbers.day, next: this.#numbers.next, expects: 0, missing: [] };
  }

  #id(name: string): number {
    const id = this.#ids.get(name) ?? this.#ids.size + 1;
    this.#ids.set(name, id);
    return id;
  }

  #engine(what: string): void {
    const [verb = '', name = '', ...rest] = what.split(' ');
    if (verb !== 'remembers') {
      this.#step(this.#act(verb, name, rest.join(' ')));
      return;
    }
    // what the journal says after a restart
    this.#numbers.open(name);
    this.#numbers.raise(Number(rest[0]?.split('..')[1]) + 1);
  }

  #act(verb: string, name: string, words: string): SessionEvent {
    const day = this.#day;
    switch (`${verb} ${name}`) {
      case 'signs off':
        return { type: 'sign-off' };
      case 'stops ':
        return { type: 'stop' };
    }
    switch (verb) {
      case 'takes':
        return { type: 'lend', id: this.#id(name) };
      case 'releases':
        return { type: 'release', id: this.#id(name) };
      case 'writes':
        return { type: 'send', id: this.#id(name), packet: packetOf(`RQ ${words}`, day) };
      case 'skips':
        return { type: 'unwritten', day, number: Number(name.slice(1)) };
      case 'stores':
        return { type: 'acknowledge', packet: packetOf(`NA ${name} ${words}`, day) };
      default:
        throw new Error('no such act of the engine');
    }
  }

  /** Every deadline on the way fires at its own time. */
  #clock(what: string): void {
    const [, amount = '', unit = ''] = /^\+(\d+)(ms|s|min)$/.exec(what) ?? [];
    const end = this.#now + Number(amount) * (SECONDS[unit] ?? Number.NaN);
    for (;;) {
      const due = dueAt(this.#state, RULES);
      if (due === undefined || due > end) break;
      this.#now = Math.max(this.#now, due);
      this.#step({ type: 'tick' });
    }
    this.#now = end;
  }

  #step(event: SessionEvent): void {
    try {
      const step = stepSession(this.#state, event, this.#now, RULES);
      this.#state = step.state;
      for (const effect of step.effects) this.#note(effect);
    } catch (error) {
      if (!(error instanceof YinqiError)) throw error;
      this.#done.push(() => `expect refused ${error.code}`);
    }
  }

  #name(id: number): string {
    return [...this.#ids].find(([, one]) => one === id)?.[0] ?? String(id);
  }

  #note(effect: SessionEffect): void {
    switch (effect.do) {
      case 'write':
        this.#done.push(() => `gateway> ${wordsOf(effect.bytes, this.#day)}`);
        return;
      case 'settled': {
        const { ending } = effect;
        const how = ending.type === 'silent' ? `silent ${ending.why}` : ending.type;
        this.#done.push(() => `expect settled ${this.#name(effect.id)} ${how}`);
        return;
      }
      case 'late':
        // told for every request; only an answer is news
        if (effect.packet !== undefined)
          this.#done.push(() => `expect late ${this.#name(effect.id)} answer`);
        return;
      case 'open-day':
        this.#day = effect.day;
        this.#numbers.open(effect.day);
        this.#numbers.raise(effect.next);
        this.#done.push(() => `expect up ${effect.day} next ${effect.next}`);
        return;
      case 'notice':
        this.#done.push(() => `expect notice ${wordsOf(effect.packet, this.#day)}`);
        return;
      case 'report':
        this.#done.push(() => `expect report ${reported(effect.report)}`);
        return;
      case 'destroy':
        this.#done.push(
          () => `expect closed ${this.#state.is === 'closed' ? this.#state.why : '?'}`,
        );
    }
  }
}
