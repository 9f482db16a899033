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
import type { Connection, Exchange } from '../bank/line.ts';
import type { Permit } from '../bank/traffic.ts';
import { type SafeError, safeError, YinqiError } from '../errors.ts';
import type { Held } from '../instruction/intent.ts';
import type { Mark } from './clock.ts';
import type { Committer } from './committer.ts';
import type { LinkContext } from './context.ts';
import { answeredEvent, readDirect } from './reading.ts';
import type { Recovery } from './recovery.ts';
import { freezeFor } from './references.ts';
import { requestFor } from './requests.ts';
import type { Settler } from './settler.ts';
import type { Standing } from './standing.ts';

/** Claims of one batch; the window is what usually limits it. */
const SEATS_MAX = 64;
/** Pause after the front end could not be reached, beyond the line's own back-off. */
const UNREACHABLE_PAUSE_MS = 200;

/** A connection that is up, with the permit to use it. */
interface Seat {
  readonly connection: Connection;
  readonly permit: Permit;
}

interface Prepared {
  readonly held: Held;
  readonly request: Uint8Array;
  readonly seat: Seat;
}

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
    return new Promise((resolve) => setTimeout(resolve, UNREACHABLE_PAUSE_MS));
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
    if (!(await this.#gate(held))) {
      this.#giveUp(seat);
      return undefined;
    }
    try {
      const freeze = await freezeFor(this.#ctx, held);
      return { held, request: requestFor(this.#ctx, held, freeze), seat };
    } catch (error) {
      this.#giveUp(seat);
      if (!(error instanceof YinqiError)) {
        this.#ctx.log.warn('not-prepared', { link, id, error });
        await this.#settle(held, { type: 'not-written' });
      } else await this.#refuse(held, safeError(error));
      return undefined;
    }
  }

  /** The journal has the last word: what it shows as final or maybe written is not written again (R4). */
  async #gate(held: Held): Promise<boolean> {
    const { id, link, serial } = held.intent;
    const { journal, line, log } = this.#ctx;
    const known = journal.known(link, id);
    const owner = serial === undefined ? undefined : journal.index.bySerial(link, serial);
    const anothers = owner !== undefined && owner !== id;
    if (known?.final === undefined && known?.written !== 'maybe' && !anothers) return true;
    log.error('gate', { link, id, attempt: held.attempt });
    if (known?.final !== undefined) {
      await this.#recovery.final(known, 'wanted');
      this.inHand.delete(id);
    } else if (known?.written === 'maybe') {
      const peer = (await journal.lastSend(link, id))?.peer ?? line.peer;
      await this.#settle(held, { type: 'silent', peer });
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

  async #write(batch: readonly Prepared[], claimedAt: Mark): Promise<void> {
    if (batch.length === 0) return;
    const { journal, store, line, link, spec, clock, failpoint } = this.#ctx;
    await journal.append(
      batch.map(({ held, request }) => ({
        kind: 'send',
        link: link.name,
        watermark: store.seen,
        id: held.intent.id,
        attempt: held.attempt,
        epoch: held.epoch,
        ...(held.intent.serial === undefined ? {} : { serial: held.intent.serial }),
        transaction: held.intent.transaction,
        peer: line.peer,
        spec: spec.digest,
        request: Buffer.from(request).toString('base64'),
        intent: held.intent,
      })),
    );
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
      void this.#follow(one, exchange, at).catch((error: unknown) => this.#ctx.fatal(error));
    }
    failpoint('written');
    if (unwritten.length > 0) await this.#takeBack(unwritten);
  }

  /** The record first: without it nobody may say that no byte left. */
  async #takeBack(unwritten: readonly Prepared[]): Promise<void> {
    const { journal, store, link } = this.#ctx;
    await journal.append(
      unwritten.map(({ held }) => ({
        kind: 'not-written',
        link: link.name,
        watermark: store.seen,
        id: held.intent.id,
        attempt: held.attempt,
        why: 'held, late or its connection was gone',
      })),
    );
    for (const { held, seat } of unwritten) {
      this.#giveUp(seat);
      await this.#settle(held, { type: 'not-written' });
    }
  }

  async #follow(sent: Prepared, exchange: Exchange, at: number): Promise<void> {
    const { held, seat } = sent;
    const { clock, line, link, metrics } = this.#ctx;
    const ended = await exchange.ended;
    seat.permit.done();
    if (ended.type === 'answer') {
      metrics.bankTime(link.name, held.intent.transaction, clock.mono() - at);
      await this.#answered(held, ended.body, 'direct');
      seat.connection.close();
      return;
    }
    await this.#settle(held, { type: 'silent', peer: line.peer });
    const late = await exchange.late;
    if (late !== undefined) await this.#answered(held, late, 'late');
    seat.connection.close();
  }

  async #answered(held: Held, body: Uint8Array, about: 'direct' | 'late'): Promise<void> {
    const { clock, failpoint, journal, line, link, metrics, spec, store } = this.#ctx;
    const readAt = clock.mono();
    failpoint('answer-read');
    const { transaction } = held.intent;
    const [record] = await journal.append([
      {
        kind: 'answer',
        link: link.name,
        watermark: store.seen,
        id: held.intent.id,
        attempt: held.attempt,
        about,
        transaction,
        peer: line.peer,
        spec: spec.digest,
        body: Buffer.from(body).toString('base64'),
      },
    ]);
    failpoint('answer-recorded');
    const reading = readDirect(this.#ctx, transaction, body);
    if (reading === undefined) await this.#settle(held, { type: 'silent', peer: line.peer });
    else {
      await this.#settle(
        held,
        answeredEvent(this.#ctx, transaction, reading, record?.n, line.peer),
      );
    }
    metrics.ownTime(link.name, 'settle', clock.mono() - readAt);
  }

  async #settle(held: Held, event: Parameters<Settler['apply']>[1]): Promise<void> {
    await this.#settler.apply(held, event);
    this.inHand.delete(held.intent.id);
  }
}
