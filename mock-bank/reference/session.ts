/**
 * The bank's side of the reference session, as its page has it: numbers of both directions across the
 * sessions of a day, notices with their cursor, sign-on and everything that is no transaction. Pure: what was
 * heard comes in, packets go out.
 */
import type { Heard, Speech } from './packets.ts';
import type { referenceSettings } from './settings.ts';

export interface Notice {
  /** its own number, over all days */
  readonly number: number;
  readonly packet: Uint8Array;
  acknowledged: boolean;
  /** when it was last sent; undefined: never */
  sentAt: number | undefined;
  /** to be sent whenever that was */
  due: boolean;
}

export type SessionSettings = {
  readonly [K in keyof typeof referenceSettings]: (typeof referenceSettings)[K]['_output'];
};

/** What is to be done with the caller. */
export interface Said {
  readonly packets: readonly Uint8Array[];
  readonly close?: boolean;
  readonly signedOn?: boolean;
}

const NOTHING: Said = { packets: [] };
const REFUSED = '100001';
const KICKED = '900002';

/** Outlives every connection. */
export class BankSession {
  readonly #speech: Speech;
  day: string;
  /** number of our next packet */
  next = 1;
  /** number we expect of the gateway */
  expects = 1;
  readonly notices: Notice[] = [];
  /** gaps of the gateway that nobody filled: must stay empty, for the gateway fills its own */
  readonly gaps: string[] = [];
  /** packets against the rules */
  readonly faults: string[] = [];

  /** answers of this connection that were not given yet */
  #owed = 0;
  #leaving = false;

  constructor(speech: Speech, day: string) {
    this.#speech = speech;
    this.day = day;
  }

  get kick(): Uint8Array {
    return this.#speech.say({ kind: 'kick', status: KICKED });
  }

  /** The calendar moved on: told in a session by DC, else by the next sign-on. */
  newDay(day: string): Uint8Array | undefined {
    if (day <= this.day) return undefined;
    const elements = { day, next: String(this.next) };
    this.day = day;
    this.next = 1;
    this.expects = 1;
    return this.#speech.say({ kind: 'dayChange', elements });
  }

  numbered(packet: Uint8Array, again?: boolean): Uint8Array {
    const number = this.next;
    this.next += 1;
    return this.#speech.numbered(packet, this.day, number, again);
  }

  signOn(heard: Heard, settings: SessionSettings): Said {
    if (heard.kind !== 'signOn') return this.#against('SIGN-1');
    if (settings.sessionSignOn === 'silent') return NOTHING;
    if (settings.sessionSignOn === 'refused') {
      return {
        packets: [this.#speech.say({ kind: 'signOnAnswer', status: REFUSED })],
        close: true,
      };
    }
    this.#owed = 0;
    this.#leaving = false;
    const elements = { day: this.day, next: String(this.next), expects: String(this.expects) };
    const { accepted } = this.#speech.session;
    const answer = this.#speech.say({ kind: 'signOnAnswer', status: accepted, elements });
    this.#fromTheCursor();
    const early = this.#speech.say({
      kind: 'heartbeat',
      reference: '1',
    });
    const first = settings.sessionSignOn === 'push-first' ? [early] : [];
    return { packets: [...first, answer], signedOn: true };
  }

  /** A request came in: an answer is owed. */
  begin(): void {
    this.#owed += 1;
  }

  /** It was answered, or never will be. */
  finish(): Said {
    this.#owed = Math.max(0, this.#owed - 1);
    return this.#bye();
  }

  /** The answer to a sign-off, once nothing is owed any more (OFF-1). */
  #bye(): Said {
    if (!this.#leaving || this.#owed > 0) return NOTHING;
    return {
      packets: [this.#speech.say({ kind: 'signOffAnswer', day: this.day })],
      close: true,
    };
  }

  /** A packet that is no request. */
  hear(heard: Heard, settings: SessionSettings): Said {
    switch (heard.kind) {
      case 'heartbeat': {
        if (settings.sessionHeartbeat === 'ignored') return NOTHING;
        const { reference } = heard;
        return { packets: [this.#speech.say({ kind: 'heartbeatAnswer', reference })] };
      }
      case 'heartbeatAnswer':
      case 'dayChangeAnswer':
        return NOTHING;
      case 'gapFill':
        this.seen(heard, Number(heard.elements.from), Number(heard.elements.to));
        return NOTHING;
      case 'noticeAnswer': {
        const notice = this.notices.find(({ number }) => String(number) === heard.reference);
        if (notice !== undefined) notice.acknowledged = true;
        return NOTHING;
      }
      case 'resendRequest':
        return this.#resend(Number(heard.elements.from), Number(heard.elements.to));
      case 'signOff':
        this.#leaving = true;
        return this.#bye();
      default:
        return this.#against('KIND-1');
    }
  }

  /** Numbers of the gateway: an order's own, or those a gap fill closes. False: it has been there before. */
  seen(heard: Heard, from: number, to: number): boolean {
    // an order of the old day that crossed the change of day
    if (heard.day !== this.day) return true;
    if (from > this.expects) this.gaps.push(`${this.day} ${this.expects}..${from - 1}`);
    if (to < this.expects) return false;
    this.expects = to + 1;
    return true;
  }

  /** Every notice goes out again; the numbers that were missed are closed, which the gateway may hear twice. */
  #resend(from: number, to: number): Said {
    this.#fromTheCursor();
    const elements = { from: String(from), to: String(to) };
    return { packets: [this.#speech.say({ kind: 'gapFill', day: this.day, elements })] };
  }

  /** Notices that are due, and when they were sent. */
  due(now: number, settings: SessionSettings): Uint8Array[] {
    if (settings.sessionNotices === 'not-pushed') return [];
    const { sessionNoticeAgainMs } = settings;
    return this.notices
      .filter(({ acknowledged, due, sentAt }) => {
        const late = sentAt !== undefined && now - sentAt >= sessionNoticeAgainMs;
        return !acknowledged && (due || late);
      })
      .map((notice) => {
        const again = notice.sentAt !== undefined;
        notice.sentAt = now;
        notice.due = false;
        return this.numbered(notice.packet, again);
      });
  }

  #fromTheCursor(): void {
    for (const notice of this.notices) notice.due = !notice.acknowledged;
  }

  #against(rule: string): Said {
    this.faults.push(rule);
    return { packets: [this.kick], close: true };
  }
}
