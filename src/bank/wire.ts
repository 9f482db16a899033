/**
 * One stream and the machine that decides about it: events in, effects carried out, nothing clever.
 */
import { dial, isUsable, stepConnection } from '../session/connection.ts';
import type { InFlight } from '../session/in-flight.ts';
import type {
  ConnectionEffect,
  ConnectionEvent,
  ConnectionRules,
  ConnectionState,
  Ending,
  Warning,
} from '../session/shapes.ts';
import type { Timers } from '../timers.ts';
import { BelievedTimer } from './believed-timer.ts';
import { deferred } from './deferred.ts';
import type { Exchange } from './line.ts';
import { heed, type Stream, writeTo } from './stream.ts';

export interface WireHooks {
  /** what is on the way on all wires of the line */
  readonly inFlight: InFlight;
  readonly timers: Timers;
  readonly onWarning: (warning: Warning) => void;
  /** after every event, with the state it led to */
  readonly onChange: (is: ConnectionState['is']) => void;
}

interface Settling {
  readonly ended: (ending: Ending) => void;
  readonly late: (body: Uint8Array | undefined) => void;
}

export class Wire {
  readonly #stream: Stream;
  readonly #rules: ConnectionRules;
  readonly #hooks: WireHooks;
  readonly #timer: BelievedTimer;
  #state: ConnectionState;
  #settling: Settling | undefined;
  /** errno of the last error */
  fault: string | undefined;
  /** handed out to somebody */
  lent = true;

  constructor(stream: Stream, rules: ConnectionRules, withinMs: number, hooks: WireHooks) {
    this.#stream = stream;
    this.#rules = rules;
    this.#hooks = hooks;
    this.#timer = new BelievedTimer(hooks.timers);
    const first = dial(withinMs);
    this.#state = first.state;
    for (const effect of first.effects) this.#carryOut(effect);
    const failed = (code: string): void => {
      this.fault = code;
    };
    heed(stream, (event) => this.apply(event), failed);
  }

  get is(): ConnectionState['is'] {
    return this.#state.is;
  }

  /** The stream may know of its end before its event is out: then a write would be lost, and unknown. */
  get usable(): boolean {
    const { destroyed, writable, readableEnded } = this.#stream;
    return isUsable(this.#state) && !destroyed && writable && !readableEnded;
  }

  apply(event: ConnectionEvent, settling = this.#settling): void {
    const step = stepConnection(this.#state, event, this.#hooks.timers.mono(), this.#rules);
    this.#state = step.state;
    this.#settling = settling;
    for (const effect of step.effects) this.#carryOut(effect);
    this.#hooks.onChange(this.#state.is);
  }

  /** Throws before a byte, or writes and returns. */
  send(body: Uint8Array, keep: boolean): Exchange {
    const ended = deferred<Ending>();
    const late = deferred<Uint8Array | undefined>();
    const { inFlight } = this.#hooks;
    const name = this.#rules.framer.requestKey(body);
    const settling: Settling = {
      ended: ended.resolve,
      late: (answer) => {
        inFlight.end(name);
        late.resolve(answer);
      },
    };
    inFlight.begin(name);
    try {
      // a send that throws leaves the exchange before it alone: that one is settled
      this.apply({ type: 'send', body, keep }, settling);
    } catch (error) {
      inFlight.end(name);
      throw error;
    }
    return { ended: ended.promise, late: late.promise };
  }

  #carryOut(effect: ConnectionEffect): void {
    switch (effect.do) {
      case 'write':
        writeTo(this.#stream, effect.bytes);
        return;
      case 'arm':
        this.#timer.arm(effect.ms, () => this.apply({ type: effect.timer }));
        return;
      case 'ended':
        this.#settling?.ended(effect.ending);
        return;
      case 'late':
        this.#settling?.late(effect.body);
        return;
      case 'destroy':
        this.#timer.disarm();
        this.#stream.destroy();
        return;
      case 'warn':
        this.#hooks.onWarning(effect.warning);
        return;
    }
  }
}
