/**
 * Orders on their way out. The order of the steps is the promise; a kill -9 between any two of them is
 * repaired by recovery.ts:
 *
 *   permit ─▶ connection up ─▶ claim (Redis) ─▶ gate + record (journal, fdatasync)
 *          ─▶ late? usable? ─▶ ONE write ─▶ answer ─▶ record ─▶ outcome (Redis)
 *                 └─ no: record not-written ─▶ back to received
 *
 * After the write nothing here ever writes the same order again.
 */
import { type SafeError, safeError, YinqiError } from '../../errors.ts';
import type { Event } from '../../instruction/event.ts';
import type { Held } from '../../instruction/intent.ts';
import { sleep } from '../../timers.ts';
import type { Mark } from '../clock.ts';
import type { Committer } from '../committer.ts';
import type { LinkContext } from '../context.ts';
import { freezeFor } from '../packets/references.ts';
import { requestFor } from '../packets/requests.ts';
import type { Recovery } from '../recovery/recovery.ts';
import type { Settler } from '../settler.ts';
import type { Standing } from '../standing.ts';
import { Follower, type Seat } from './follower.ts';
import { gateOf } from './gate.ts';
import { type Prepared, recorded } from './send-records.ts';

/** Claims of one batch; the window is what usually limits it. */
const SEATS_MAX = 64;
/** Pause after the front end could not be reached, beyond the line's own back-off. */
const UNREACHABLE_PAUSE_MS = 200;

export class Sender {
  readonly #ctx: LinkContext;
  readonly #committer: Committer;
  readonly #settler: Settler;
  readonly #standing: Standing;
  readonly #stop = new AbortController();
  #ready = 0;
  #claiming = false;
  #wake: (() => void) | undefined;
  #loop: Promise<void> | undefined;
  /** ids between claim and settled, so that a beat knows its own claims */
  readonly inHand = new Set<string>();
  readonly #recovery: Recovery;
  readonly #follower: Follower;

  constructor(
    ctx: LinkContext,
    committer: Committer,
    settler: Settler,
    standing: Standing,
    recovery: Recovery,
  ) {
    this.#ctx = ctx;
    this.#recovery = recovery;
    this.#committer = committer;
    this.#settler = settler;
    this.#standing = standing;
    this.#follower = new Follower(ctx, (held, event) => this.#settle(held, event));
  }

  start(): void {
    this.#loop = this.#run().catch((error: unknown) => this.#ctx.fatal(error));
  }

  /** A claim is on its way to Redis or back. */
  get claiming(): boolean {
    return this.#claiming;
  }

  /** Redis says that so many may be claimed now. */
  ready(count: number): void {
    this.#ready = count;
    if (count > 0) this.#wake?.();
  }

  /** Something may have changed: an instruction arrived, a hold was lifted. */
  poke(): void {
    this.#ready = Math.max(1, this.#ready);
    this.#wake?.();
  }

  /** Claims nothing more; what is on its way is followed to its end by others. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopping'));
    this.#wake?.();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      if (this.#ready === 0 || this.#standing.whyNotSend().length > 0) await this.#sleep();
      else if (!(await this.#round())) await this.#pause();
    }
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stop.signal.aborted) resolve();
      this.#wake = resolve;
    });
  }

  #pause(): Promise<void> {
    return sleep(this.#ctx.timers, UNREACHABLE_PAUSE_MS);
  }

  /** One batch; false if the front end could not be reached. */
  async #round(): Promise<boolean> {
    let seats: Seat[];
    try {
      seats = await this.#seats();
    } catch (error) {
      if (this.#stop.signal.aborted) return true;
      if (!(error instanceof YinqiError)) throw error;
      this.#ctx.log.warn('line-down', { link: this.#ctx.link.name, error });
      return false;
    }
    const mayNot = this.#stop.signal.aborted || this.#standing.whyNotSend().length > 0;
    const claimedAt = this.#ctx.clock.mark();
    this.#claiming = !mayNot;
    const claims = mayNot ? [] : await this.#committer.claim(seats.length);
    this.#ctx.failpoint('claimed');
    for (const seat of seats.slice(claims.length)) this.#giveUp(seat);
    if (claims.length === 0 && !mayNot) this.#ready = 0;
    for (const held of claims) this.inHand.add(held.intent.id);
    this.#claiming = false;
    const prepared = (
      await Promise.all(claims.map((held, i) => this.#prepare(held, seats[i])))
    ).filter((one) => one !== undefined);
    await this.#write(prepared, claimedAt);
    return true;
  }

  /** As many connections as orders may leave now: the connection is up before anything is claimed. */
  async #seats(): Promise<Seat[]> {
    const { line, traffic } = this.#ctx;
    const permits = [await traffic.permit('movement', this.#stop.signal)];
    while (permits.length < Math.min(this.#ready, SEATS_MAX)) {
      const more = traffic.tryPermit('movement');
      if (more === undefined) break;
      permits.push(more);
    }
    const opened = await Promise.allSettled(permits.map(() => line.connect('order')));
    const seats: Seat[] = [];
    let failure: unknown;
    opened.forEach((one, i) => {
      const permit = permits[i];
      if (permit === undefined) return;
      if (one.status === 'fulfilled') seats.push({ connection: one.value, permit });
      else {
        failure = one.reason;
        permit.unused();
      }
    });
    if (seats.length === 0) throw failure;
    return seats;
  }

  #giveUp(seat: Seat): void {
    seat.permit.unused();
    // it has carried nothing: the line offers it again
    seat.connection.close();
  }

  /** The journal gate, then the exact bytes. What may not be sent is settled here and has no record. */
  async #prepare(held: Held, seat: Seat | undefined): Promise<Prepared | undefined> {
    if (seat === undefined) throw new YinqiError('DEFECT', { detail: 'more claims than seats' });
    const { id, link } = held.intent;
    if (!(await this.#passes(held))) {
      this.#giveUp(seat);
      return undefined;
    }
    try {
      const freeze = await freezeFor(this.#ctx, held);
      const request = requestFor(this.#ctx, held, freeze);
      return { held, request, freeze, seat, numbered: undefined };
    } catch (error) {
      this.#giveUp(seat);
      if (!(error instanceof YinqiError)) {
        this.#ctx.log.warn('not-prepared', { link, id, error });
        await this.#settle(held, { type: 'not-written' });
      } else await this.#refuse(held, safeError(error));
      return undefined;
    }
  }

  /** False: it may not be written, and has been settled. */
  async #passes(held: Held): Promise<boolean> {
    const { id, link } = held.intent;
    const gate = await gateOf(this.#ctx, held.intent);
    if (gate.is === 'open') return true;
    this.#ctx.log.error('gate', { link, id, attempt: held.attempt, why: gate.is });
    if (gate.is === 'final') {
      await this.#recovery.final(gate.known, 'wanted');
      this.inHand.delete(id);
    } else if (gate.is === 'maybe-written') {
      await this.#settle(held, { type: 'silent', peer: gate.peer });
    } else {
      const sentence = 'the serial belongs to another instruction';
      await this.#refuse(held, { code: 'DEFECT', sentence });
    }
    return false;
  }

  async #refuse(held: Held, fault: SafeError): Promise<void> {
    await this.#settle(held, {
      type: 'refused-here',
      reason: fault.code === 'REFERENCE_NOT_HELD' ? 'not-allowed' : 'invalid',
      code: fault.code,
      text: fault.sentence,
      path: fault.path,
    });
  }

  async #write(prepared: readonly Prepared[], claimedAt: Mark): Promise<void> {
    if (prepared.length === 0) return;
    const { journal, link, clock, failpoint } = this.#ctx;
    // bytes, numbers and records are made in the turn that appends them
    const { batch, records } = recorded(this.#ctx, prepared);
    await journal.append(records);
    failpoint('recorded');
    const unwritten: Prepared[] = [];
    // whatever came up since the claim, the hold file above all, stops the write too
    const mayNot = this.#standing.whyNotSend().length > 0;
    for (const one of batch) {
      failpoint('before-write');
      // check and write in one turn of the event loop
      const late = clock.sinceMs(claimedAt) > link.sendWithinMs;
      if (mayNot || late || !one.seat.connection.usable) {
        unwritten.push(one);
        continue;
      }
      const at = clock.mono();
      const exchange = one.seat.connection.send(one.request, { keep: false });
      this.#ctx.metrics.ownTime(link.name, 'send', at - claimedAt.mono);
      const { held, seat } = one;
      void this.#follower.follow(held, exchange, seat, at).catch(this.#ctx.fatal);
    }
    failpoint('written');
    if (unwritten.length > 0) await this.#takeBack(unwritten);
  }

  /** The record first: without it nobody may say that no byte left. */
  async #takeBack(unwritten: readonly Prepared[]): Promise<void> {
    const { journal, line, store, link } = this.#ctx;
    const records = await journal.append(
      unwritten.map(({ held }) => ({
        kind: 'not-written',
        link: link.name,
        watermark: store.seen,
        id: held.intent.id,
        attempt: held.attempt,
        why: 'held, late or its connection was gone',
      })),
    );
    for (const [i, { held, numbered, seat }] of unwritten.entries()) {
      if (numbered !== undefined) line.numbers?.unwritten(numbered);
      this.#giveUp(seat);
      await this.#settle(held, { type: 'not-written', record: records[i]?.n });
    }
  }

  async #settle(held: Held, event: Event): Promise<void> {
    await this.#settler.apply(held, event);
    this.inHand.delete(held.intent.id);
  }
}
