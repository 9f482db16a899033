/**
 * The reference session over a socket: one caller at a time is signed on, requests are served side by side,
 * and credits on members' accounts become notices. What a fault does to an answer is done by the wire.
 */
import type { Socket } from 'node:net';
import { encodeRequest } from '../../src/protocol/encode.ts';
import { PacketReader } from '../../src/protocol/framing/reader.ts';
import type { BankSpec } from '../../src/protocol/spec.ts';
import type { Bank } from '../bank/bank.ts';
import type { Shared } from '../front/connection.ts';
import type { Serve } from '../front/front-end.ts';
import { dayOf } from '../ledger/calendar.ts';
import { numberOf } from './families.ts';
import { type Speech, speechOf } from './packets.ts';
import { BankSession, type Said } from './session.ts';

/** How often the bank looks for something to say. */
const LOOK_MS = 20;
const NOTICE = 'N301';

/** Undefined where the spec keeps no session. The session lives as long as the front end. */
export function sessionServe(spec: BankSpec, bank: Bank, now: () => number): Serve | undefined {
  const speech = speechOf(spec);
  if (speech === undefined) return undefined;
  const session = new BankSession(speech, dayOf(now()));
  const credits = new Credits(spec, bank, session);
  return (socket, shared) => new Serving(socket, shared, { speech, session, credits });
}

/** Credits of the bank → notices, in the order of their booking. */
class Credits {
  readonly #spec: BankSpec;
  readonly #bank: Bank;
  readonly #session: BankSession;
  #seen = 0;

  constructor(spec: BankSpec, bank: Bank, session: BankSession) {
    this.#spec = spec;
    this.#bank = bank;
    this.#session = session;
  }

  look(): void {
    const { credits } = this.#bank;
    for (; this.#seen < credits.length; this.#seen += 1) {
      const credit = credits[this.#seen];
      if (credit === undefined || credit.kind !== 'credit') continue;
      const { entry } = credit;
      const { notices } = this.#session;
      const number = notices.length + 1;
      const values = {
        account: entry.account,
        date: entry.date,
        time: entry.time,
        number: numberOf(entry),
        amount: entry.amount,
        otherAccount: entry.other.account,
        otherName: entry.other.name,
        memo: entry.memo,
      };
      const head = { kind: 'NT', resend: 'N', reference: String(number), code: NOTICE };
      const packet = encodeRequest(this.#spec, NOTICE, values, 'GBK', head);
      notices.push({ number, packet, acknowledged: false, sentAt: undefined, due: true });
    }
  }
}

interface Parts {
  readonly speech: Speech;
  readonly session: BankSession;
  readonly credits: Credits;
}

class Serving {
  readonly #socket: Socket;
  readonly #shared: Shared;
  readonly #parts: Parts;
  #reader: PacketReader;
  #signedOn = false;
  #over = false;

  constructor(socket: Socket, shared: Shared, parts: Parts) {
    this.#socket = socket;
    this.#shared = shared;
    this.#parts = parts;
    this.#reader = new PacketReader(parts.speech.framing);
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('end', () => socket.end());
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#over = true;
    });
  }

  #take(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0 && !this.#over) {
      const reading = this.#reader.push(rest);
      if (reading.is === 'more') return;
      if (reading.is === 'broken') {
        this.#parts.session.faults.push('FRAME-1');
        this.#close();
        return;
      }
      rest = reading.rest;
      this.#reader = new PacketReader(this.#parts.speech.framing);
      this.#hear(reading.packet);
    }
  }

  #hear(packet: Uint8Array): void {
    const { session, speech } = this.#parts;
    const { settings } = this.#shared.desk.bank;
    const heard = speech.hear(packet);
    if (!this.#signedOn) {
      this.#say(session.signOn(heard, settings));
      if (this.#signedOn) this.#look();
      return;
    }
    if (heard.kind !== 'request') {
      this.#say(session.hear(heard, settings));
      return;
    }
    if (heard.number > 0 && !session.seen(heard, heard.number, heard.number)) {
      session.faults.push('SEQ-4');
    }
    session.begin();
    void this.#serve(packet).finally(() => {
      if (!this.#over) this.#say(session.finish());
    });
  }

  #say({ packets, close, signedOn }: Said): void {
    for (const packet of packets) this.#write(packet);
    if (signedOn === true) this.#signedOn = true;
    if (close === true) this.#close();
  }

  /** Notices, and a day that has begun. */
  #look(): void {
    if (this.#over) return;
    const { credits, session } = this.#parts;
    const { clock, desk } = this.#shared;
    const now = clock.now();
    desk.bank.tick(now);
    const change = session.newDay(dayOf(now));
    if (change !== undefined) this.#write(change);
    credits.look();
    for (const packet of session.due(now, desk.bank.settings)) this.#write(packet);
    clock.after(LOOK_MS, () => this.#look());
  }

  async #serve(packet: Uint8Array): Promise<void> {
    const { clock, cadence, desk, held, noted } = this.#shared;
    const asked = desk.read(packet);
    const fault = desk.fault(asked);
    noted(asked, fault);
    if (fault?.kind === 'hold') {
      const { transaction, serial, memo } = asked;
      await held.wait({ transaction, serial, memo, callerThere: () => !this.#over }, fault.ms);
    }
    if (fault?.kind === 'drop-before') return this.#kick('close');
    const answer = desk.answer(asked, fault);
    if (fault?.kind === 'drop-after') return this.#kick(fault.how);
    if (fault?.kind === 'reset-after-read') return this.#kick('reset');
    if (fault?.kind === 'no-answer') return;
    const ms = cadence() + (fault?.kind === 'late' ? fault.ms : 0);
    if (ms > 0) await new Promise<void>((resolve) => clock.after(ms, resolve));
    if (this.#over) return;
    const { bytes, close } = this.#shared.wire.bytes(
      this.#parts.session.numbered(answer),
      false,
      fault,
    );
    this.#write(bytes);
    if (fault?.kind === 'answer-twice') this.#write(bytes);
    desk.afterwards(asked, fault);
    if (close && fault !== undefined && fault.kind !== 'answer-twice') this.#close();
  }

  /** A close says so before; a reset says nothing. */
  #kick(how: 'close' | 'reset'): void {
    this.#over = true;
    if (how === 'reset') this.#socket.resetAndDestroy();
    else {
      this.#socket.write(this.#parts.session.kick);
      this.#socket.destroySoon();
    }
  }

  #write(bytes: Uint8Array): void {
    if (!this.#over && this.#socket.writable) this.#socket.write(bytes);
  }

  #close(): void {
    this.#over = true;
    this.#socket.destroySoon();
  }
}
