/**
 * The line of a bank that keeps one session: dialled once and again when it ends, signed on, and shared by
 * everybody who sends. A `Connection` is a place in its window. Notices of the bank go out as packets of
 * its own and are acknowledged by whoever has stored them.
 */
import { YinqiError } from '../errors.ts';
import { type Backoff, failedAgain, NO_BACKOFF } from '../session/backoff.ts';
import { type LockOut, NOT_LOCKED, refusedAgain } from '../session/lock-out.ts';
import type { Sequences } from '../session/sequences.ts';
import type {
  Closed,
  OurNumbers,
  Report,
  SessionRules,
  SessionState,
} from '../session/session-shapes.ts';
import type { Timers } from '../timers.ts';
import { addressOf } from './address.ts';
import type { OnBankPacket } from './bank-packet.ts';
import { dialSocket } from './dial.ts';
import type { Connection, Line, Numbered, Numbers } from './line.ts';
import { type SessionHooks, SessionWire } from './session-wire.ts';
import type { LineOptions, LineWarning, WarnFields } from './socket-line.ts';

export interface SessionLineOptions
  extends Pick<
    LineOptions,
    | 'host'
    | 'port'
    | 'tls'
    | 'connectWithinMs'
    | 'backoffMaxMs'
    | 'onWarn'
    | 'onUnclaimed'
    | 'timers'
    | 'dial'
  > {
  readonly rules: SessionRules;
  /** continued from the journal */
  readonly sequences: Sequences;
  readonly onPacket: OnBankPacket;
}

const unreachable = (why: string): YinqiError =>
  new YinqiError('PEER_UNREACHABLE', { detail: why });

/** Resolves the host once, for good. CONFIG_INVALID if it stands for more than one front end. */
export async function openSessionLine(options: SessionLineOptions): Promise<Line> {
  return new SessionLine(options, await addressOf(options.host));
}

class SessionLine implements Line {
  readonly peer: string;
  readonly numbers: Numbers;
  readonly #options: SessionLineOptions;
  readonly #address: string;
  readonly #timers: Timers;
  /** callers that wait for a place, and the keeper's own pauses */
  readonly #sleepers = new Set<() => void>();
  #wire: SessionWire | undefined;
  #keeping: Promise<void> | undefined;
  #closing = false;
  #backoff: Backoff = NO_BACKOFF;
  #lockOut: LockOut = NOT_LOCKED;
  #heard: Closed['heard'];
  #lastFault = 'not signed on';

  constructor(options: SessionLineOptions, address: string) {
    this.#options = options;
    this.#address = address;
    this.#timers = options.timers;
    const { host, port, sequences } = options;
    const named = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    this.peer = address === host ? named : `${named}/${address}`;
    this.numbers = {
      allot: () => sequences.allot(),
      reservation: () => sequences.reservation(),
      unwritten: (one: Numbered) => this.#wire?.apply({ type: 'unwritten', ...one }),
    };
  }

  get up(): boolean {
    return this.#wire?.state.is === 'up' || (this.#keeping === undefined && !this.#closing);
  }

  start(): void {
    this.#keeping ??= this.#keep();
  }

  async connect(): Promise<Connection> {
    this.start();
    const giveUpAt = this.#timers.mono() + this.#options.connectWithinMs;
    for (;;) {
      if (this.#closing) throw unreachable('closing');
      if (this.#wire?.free === true) return this.#place(this.#wire);
      const left = giveUpAt - this.#timers.mono();
      if (left <= 0) throw unreachable(this.#wire?.state.is === 'up' ? 'window' : this.#lastFault);
      await this.#sleep(left);
    }
  }

  #place(wire: SessionWire): Connection {
    const id = wire.lend();
    return {
      get usable() {
        return wire.usable(id);
      },
      send: (packet) => wire.send(id, packet),
      // a place carries one request; the session is kept whatever was asked on it
      keep: () => wire.apply({ type: 'release', id }),
      close: () => wire.apply({ type: 'release', id }),
    };
  }

  /** One session after the other, until the line closes. */
  async #keep(): Promise<void> {
    while (!this.#closing) {
      const now = this.#timers.mono();
      const pause = Math.max(this.#backoff.notBefore, this.#lockOut.until) - now;
      if (pause > 0) {
        await this.#sleep(pause, 'whole');
        continue;
      }
      const { signedOnAt, closed } = await this.#session();
      this.#heard = closed.heard ?? this.#heard;
      this.#ended(closed, signedOnAt);
    }
  }

  #ended(closed: Closed, signedOnAt: number | undefined): void {
    const { backoffMaxMs, rules } = this.#options;
    const now = this.#timers.mono();
    this.#lastFault = closed.why;
    if (this.#closing) return;
    if (closed.why === 'refused') {
      this.#lockOut = refusedAgain(this.#lockOut, now, rules.spec);
      if (this.#lockOut.until > now) this.#warn('locked-out', { why: 'sign-on refused' });
    } else if (signedOnAt !== undefined) this.#lockOut = NOT_LOCKED;
    if (signedOnAt === undefined && this.#backoff.failures === 0) {
      this.#warn('peer-unreachable', { why: this.#lastFault });
    }
    // one that was kicked as soon as it was up has not recovered
    const lasted = signedOnAt !== undefined && now - signedOnAt > backoffMaxMs;
    const last = lasted ? NO_BACKOFF : this.#backoff;
    this.#backoff = failedAgain(last, now, backoffMaxMs, this.#timers.random());
  }

  /** Dials, signs on, and lives until it is closed. */
  #session(): Promise<{ signedOnAt: number | undefined; closed: Closed }> {
    const { connectWithinMs, dial = dialSocket, host, port, rules, tls } = this.#options;
    const socket = dial({ address: this.#address, host, port, tls });
    const up = tls === undefined ? 'connect' : 'secureConnect';
    return new Promise((resolve) => {
      let signedOnAt: number | undefined;
      const wire = new SessionWire(socket, up, rules, connectWithinMs, {
        ...this.#hooks(() => wire),
        onDay: (day, next) => {
          signedOnAt ??= this.#timers.mono();
          this.#options.sequences.open(day);
          this.#options.sequences.raise(next);
        },
        onChange: (state: SessionState) => {
          for (const wake of this.#sleepers) wake();
          if (state.is === 'closed') resolve({ signedOnAt, closed: state });
        },
      });
      this.#wire = wire;
    });
  }

  #hooks(wire: () => SessionWire): Pick<SessionHooks, 'timers' | 'ours' | 'onReport' | 'onNotice'> {
    return {
      timers: this.#timers,
      ours: () => this.#ours(),
      onReport: (report) => this.#report(report),
      onNotice: (bytes, answerBy) => {
        this.#options.onPacket({
          bytes,
          answerBy,
          from: this.#address,
          answer: (packet) => wire().acknowledge(packet),
          // unanswered: the bank sends it again
          refuse: () => undefined,
        });
      },
    };
  }

  #ours(): OurNumbers {
    const { day, next } = this.#options.sequences;
    const heard = this.#heard?.day === day ? this.#heard.inbound : undefined;
    return { day, next, expects: heard?.next ?? 0, missing: heard?.missing ?? [] };
  }

  #report(report: Report): void {
    const { event } = report;
    if (event === 'unclaimed-bytes') {
      const { packet } = report;
      this.#options.onUnclaimed?.({ event, peer: this.peer, packet });
      this.#warn(event, { bytes: packet.length });
    } else if (event === 'answer-broken') this.#warn(event, { code: report.code, why: report.why });
    else if (event === 'out-of-protocol') this.#warn(event, { why: report.rule });
    else if ('status' in report) this.#warn(event, { code: report.status });
    else {
      const who = report.event === 'sequence-gap' ? report.from : report.who;
      this.#warn(event, { code: who, why: `${report.range.from}..${report.range.to}` });
    }
  }

  #warn(event: LineWarning, more: Omit<WarnFields, 'peer'>): void {
    this.#options.onWarn?.(event, { peer: this.peer, ...more });
  }

  /** Until `ms` are over or something has changed; `whole`: only the end of the line ends it sooner. */
  async #sleep(ms: number, how: 'until-change' | 'whole' = 'until-change'): Promise<void> {
    const until = this.#timers.mono() + ms;
    do {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          cancel();
          this.#sleepers.delete(wake);
          resolve();
        };
        const left = Math.max(1, Math.ceil(until - this.#timers.mono()));
        const cancel = this.#timers.after(left, wake);
        this.#sleepers.add(wake);
      });
    } while (how === 'whole' && !this.#closing && this.#timers.mono() < until);
  }

  /** Signs off where there is a session, and waits for its end. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const wake of this.#sleepers) wake();
    const { state } = this.#wire ?? {};
    if (state?.is === 'up') this.#wire?.apply({ type: 'sign-off' });
    else this.#wire?.apply({ type: 'stop' });
    await this.#keeping;
  }
}
