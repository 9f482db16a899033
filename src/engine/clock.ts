/**
 * Time as the engine uses it. Durations are monotonic and belong to one run; dates are Redis TIME,
 * carried forward monotonically between heartbeats. While the clocks disagree nothing expires and
 * nothing new is sent (R25).
 */
import type { Moment } from '../instruction/event.ts';

/** Host wall and monotonic time may part by so much between two heartbeats. */
const DRIFT_MS_MAX = 2_000;
/** Host and Redis may differ by so much. */
const OFFSET_MS_MAX = 5_000;
/** An answer that took longer is checked, and dates are not set by it. */
const LATE_MS_MAX = 1_000;
/** Clocks that disagreed must agree for so long before they are believed again. */
const AGREE_FOR_MS = 60_000;

export interface Sources {
  /** host wall clock, ms */
  readonly wall: () => number;
  /** monotonic ms */
  readonly mono: () => number;
  /** name of this process run */
  readonly run: string;
}

export interface Mark {
  readonly mono: number;
  readonly wall: number;
}

export class Clock {
  readonly #sources: Sources;
  #redis: { time: number; mono: number; wall: number } | undefined;
  #distrustedUntil = 0;
  #why: string | undefined;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /**
   * Takes a Redis TIME that was asked for at `asked`. It is of some moment since then: an answer may have lain in
   * the socket while this process was frozen, and that is no disagreement.
   */
  heard(redisTime: number, asked: Mark): void {
    const { mono, wall } = this.mark();
    const last = this.#redis;
    const offset = Math.max(asked.wall - redisTime, redisTime - wall, 0);
    const drift = last === undefined ? 0 : Math.abs(wall - last.wall - (mono - last.mono));
    if (offset > OFFSET_MS_MAX) this.#distrust(mono, `host and Redis differ by ${offset} ms`);
    if (drift > DRIFT_MS_MAX) this.#distrust(mono, `wall and monotonic time parted by ${drift} ms`);
    // one that took long may be old by as much: what was heard before tells the time better
    const late = this.sinceMs(asked) > LATE_MS_MAX;
    const time = late && last !== undefined ? last.time + (mono - last.mono) : redisTime;
    this.#redis = { time, mono, wall };
  }

  #distrust(mono: number, why: string): void {
    this.#distrustedUntil = mono + AGREE_FOR_MS;
    this.#why = why;
  }

  /** Undefined while the clocks agree, else why they are not believed. */
  disagreement(): string | undefined {
    return this.#sources.mono() < this.#distrustedUntil ? this.#why : undefined;
  }

  mono(): number {
    return this.#sources.mono();
  }

  /** A moment of the past for `sinceMs`. */
  mark(): Mark {
    return { mono: this.#sources.mono(), wall: this.#sources.wall() };
  }

  /** The larger of both clocks of the host: a machine that slept may not have counted it monotonically. */
  sinceMs(mark: Mark): number {
    return Math.max(this.#sources.mono() - mark.mono, this.#sources.wall() - mark.wall);
  }

  now(): Moment {
    const mono = this.#sources.mono();
    const heard = this.#redis;
    const wall = heard === undefined ? this.#sources.wall() : heard.time + (mono - heard.mono);
    return { wall: Math.round(wall), mono, run: this.#sources.run };
  }
}
