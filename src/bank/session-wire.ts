/**
 * One stream and the session machine that decides about it: events in, effects carried out, nothing clever.
 */
import { dialSession, dueAt, mayLend, mayWrite, stepSession } from '../session/session.ts';
import type {
  OurNumbers,
  Report,
  SessionEffect,
  SessionEvent,
  SessionRules,
  SessionState,
} from '../session/session-shapes.ts';
import type { Timers } from '../timers.ts';
import { BelievedTimer } from './believed-timer.ts';
import { deferred } from './deferred.ts';
import type { Ending, Exchange } from './line.ts';
import { heed, type Stream, writeTo } from './stream.ts';

export interface SessionHooks {
  readonly timers: Timers;
  /** asked when the connection is up, before the sign-on */
  readonly ours: () => OurNumbers;
  readonly onReport: (report: Report) => void;
  readonly onDay: (day: string, next: number) => void;
  readonly onNotice: (packet: Uint8Array, answerBy: number) => void;
  /** after every event, with the state it led to */
  readonly onChange: (state: SessionState) => void;
}

interface Settling {
  readonly ended: (ending: Ending) => void;
  readonly late: (packet: Uint8Array | undefined) => void;
}

export class SessionWire {
  readonly #stream: Stream;
  readonly #rules: SessionRules;
  readonly #hooks: SessionHooks;
  readonly #timer: BelievedTimer;
  readonly #settling = new Map<number, Settling>();
  #state: SessionState;
  #ids = 0;
  /** errno of the last error */
  fault: string | undefined;

  constructor(
    stream: Stream,
    up: 'connect' | 'secureConnect',
    rules: SessionRules,
    withinMs: number,
    hooks: SessionHooks,
  ) {
    this.#stream = stream;
    this.#rules = rules;
    this.#hooks = hooks;
    this.#timer = new BelievedTimer(hooks.timers);
    this.#state = dialSession(hooks.timers.mono(), withinMs);
    this.#arm();
    stream.once(up, () => this.apply({ type: 'connected', ours: hooks.ours() }));
    const failed = (code: string): void => {
      this.fault = code;
    };
    heed(stream, (event) => this.apply(event), failed);
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The stream may know of its end before its event is out: then a write would be lost, and unknown. */
  get #writable(): boolean {
    const { destroyed, writable, readableEnded } = this.#stream;
    return !destroyed && writable && !readableEnded;
  }

  get free(): boolean {
    return this.#writable && mayLend(this.#state, this.#rules);
  }

  usable(id: number): boolean {
    return this.#writable && mayWrite(this.#state, id);
  }

  /** A place in the window; `free` was asked in this turn. */
  lend(): number {
    this.#ids += 1;
    this.apply({ type: 'lend', id: this.#ids });
    return this.#ids;
  }

  /** Throws before a byte, or writes and returns. */
  send(id: number, packet: Uint8Array): Exchange {
    this.apply({ type: 'send', id, packet });
    const ended = deferred<Ending>();
    const late = deferred<Uint8Array | undefined>();
    this.#settling.set(id, { ended: ended.resolve, late: late.resolve });
    return { ended: ended.promise, late: late.promise };
  }

  /** False: the session was gone, and nothing was written. */
  acknowledge(packet: Uint8Array): boolean {
    if (this.#state.is !== 'up' || !this.#writable) return false;
    this.apply({ type: 'acknowledge', packet });
    return true;
  }

  apply(event: SessionEvent): void {
    const step = stepSession(this.#state, event, this.#hooks.timers.mono(), this.#rules);
    this.#state = step.state;
    for (const effect of step.effects) this.#carryOut(effect);
    this.#arm();
    this.#hooks.onChange(this.#state);
  }

  #carryOut(effect: SessionEffect): void {
    switch (effect.do) {
      case 'write':
        writeTo(this.#stream, effect.bytes);
        return;
      case 'settled':
        // not sent: whoever holds the place sees that it may not write any more
        if (effect.ending.type !== 'not-sent') this.#settling.get(effect.id)?.ended(effect.ending);
        return;
      case 'late':
        this.#settling.get(effect.id)?.late(effect.packet);
        this.#settling.delete(effect.id);
        return;
      case 'open-day':
        this.#hooks.onDay(effect.day, effect.next);
        return;
      case 'notice':
        this.#hooks.onNotice(effect.packet, effect.answerBy);
        return;
      case 'report':
        this.#hooks.onReport(effect.report);
        return;
      case 'destroy':
        this.#stream.destroy();
        return;
    }
  }

  #arm(): void {
    const at = dueAt(this.#state, this.#rules);
    if (at === undefined) this.#timer.disarm();
    else this.#timer.arm(at - this.#hooks.timers.mono(), () => this.apply({ type: 'tick' }));
  }
}
