/**
 * One link at work: its parts put together, and the heartbeat that keeps them going. Everything that
 * happens to an instruction goes acceptor → (sender | querier | local) → settler → outbox; what is due is
 * found by the heartbeat and handed to whoever it belongs to.
 */
import type { BankPacket } from '../bank/bank-packet.ts';
import { YinqiError } from '../errors.ts';
import { isOpen } from '../instruction/business-hours.ts';
import type { Event } from '../instruction/event.ts';
import type { Held } from '../instruction/intent.ts';
import { isFinal } from '../instruction/intent.ts';
import type { Step } from '../instruction/step.ts';
import type { Publisher } from '../queue/publisher.ts';
import type { Taken } from '../store/shapes.ts';
import { type Cancel, sleep } from '../timers.ts';
import { Acceptor, type AcceptorDoors } from './accepting/acceptor.ts';
import { Asker } from './asking/asker.ts';
import { LocalDesk } from './asking/local.ts';
import { Querier } from './asking/querier.ts';
import { Committer } from './committer.ts';
import type { LinkContext } from './context.ts';
import { CreditDesk } from './credits/credit-desk.ts';
import { whyNotAccepted } from './deciding/accepting.ts';
import { Deciding } from './deciding/deciding.ts';
import { maybeElsewhere, recordsOf, type Starting, takeLink, whyAsksOnly } from './mandate.ts';
import { Measuring } from './measuring.ts';
import { PendingOrders } from './pending.ts';
import { People } from './people.ts';
import { PushDesk } from './pushes/push-desk.ts';
import { Recovery } from './recovery/recovery.ts';
import { orphans } from './sending/orphans.ts';
import { Sender } from './sending/sender.ts';
import { Settler } from './settler.ts';
import type { Standing } from './standing.ts';
import { Outbox } from './telling/outbox.ts';
import { keepUnclaimed, type Unclaimed } from './unclaimed.ts';

const BEAT_MS = 500;
const DUE_MAX = 200;
/** Without a heartbeat for so long Redis counts as gone. */
const SILENT_MS_MAX = 5_000;

export interface LinkEngineOptions extends Starting {
  readonly ctx: LinkContext;
  readonly standing: Standing;
  readonly publisher: Publisher;
  readonly retentionMs: number;
  /** a proposal that nobody else approved in this time is void */
  readonly approveWithinMs: number;
  /** what must stand in the journal before anything is done on the link */
  readonly onTaken?: () => Promise<void>;
  /** ledgers that get the notices of this link */
  readonly notified: readonly string[];
}

export class LinkEngine {
  readonly ctx: LinkContext;
  readonly acceptor: Acceptor;
  readonly people: People;
  readonly deciding: Deciding;
  readonly pending = new PendingOrders();
  readonly settler: Settler;
  readonly #options: LinkEngineOptions;
  readonly #committer: Committer;
  readonly #recovery: Recovery;
  readonly #sender: Sender;
  readonly #asker: Asker;
  readonly #querier: Querier;
  readonly #local: LocalDesk;
  readonly #outbox: Outbox;
  readonly #credits: CreditDesk | undefined;
  readonly #pushes: PushDesk;
  readonly #measuring: Measuring;
  #cancelBeat: Cancel | undefined;
  #beating: Promise<void> | undefined;
  #started = false;
  #stopped = false;
  #beatAt = 0;

  constructor(options: LinkEngineOptions) {
    const { ctx, publisher, retentionMs, standing } = options;
    this.#options = options;
    this.ctx = ctx;
    standing.look(() => (this.#isOpen() ? undefined : 'outside business hours'));
    standing.look(() => whyAsksOnly(ctx));
    standing.look(() => whyNotAccepted(ctx));
    this.#committer = new Committer(ctx);
    this.settler = new Settler(ctx, this.#committer);
    this.#recovery = new Recovery(ctx, this.settler, retentionMs);
    this.#sender = new Sender(ctx, this.#committer, this.settler, standing, this.#recovery);
    this.#asker = new Asker(ctx, this.settler);
    this.#querier = new Querier(ctx, this.settler);
    this.#outbox = new Outbox(ctx, publisher);
    this.#measuring = new Measuring(ctx);
    this.people = new People(ctx);
    const mayTalk = () => {
      if (this.#started) ctx.line.start?.();
      this.#sender.poke();
    };
    this.deciding = new Deciding(ctx, this.settler, options.approveWithinMs, mayTalk);
    const { credits } = ctx.spec.protocol;
    this.#pushes = new PushDesk(ctx, options.notified, {
      out: () => this.#outbox.poke(),
      look: (wanted) => this.#credits?.look(wanted),
    });
    this.#local = new LocalDesk(ctx, this.settler, (held) => this.#pushes.answered(held));
    this.#credits =
      credits === undefined
        ? undefined
        : new CreditDesk(ctx, credits, options.notified, (day) => this.#pushes.seen(day));
    this.acceptor = new Acceptor(ctx, {
      reply: (reply) => this.#reply(reply),
      arrived: (held) => this.#arrived(held),
      recall: (known) => this.#recovery.final(known, 'wanted'),
    });
    this.#committer.onOut = () => this.#outbox.poke();
    this.#committer.onReady = (ready) => this.#sender.ready(ready);
    this.settler.onMoved = (held, step) => this.#moved(held, step);
  }

  /** Takes the link, says why it may send, puts right what the last run left, and begins. */
  async start(): Promise<void> {
    const { ctx } = this;
    await this.deciding.twoPeople.start();
    const asked = ctx.clock.mark();
    const { taken, record } = await takeLink(ctx, this.#options);
    ctx.clock.heard(taken.time, asked);
    await this.#options.onTaken?.();
    this.#beatAt = ctx.clock.mono();
    const found = await this.#recovery.run(taken);
    const pushes = await this.#pushes.start(taken.rolledBack);
    this.#sayWhy(taken, record, [
      `${found.returned} never written`,
      `${found.unknown} to ask about`,
      ...(taken.rolledBack ? [`${found.restored} put back`] : []),
      ...(pushes > 0 ? [`${pushes} pushes put back`] : []),
    ]);
    this.#sender.start();
    this.#outbox.poke();
    await this.#beat();
    this.#credits?.start();
    // a session that comes up may bring pushes with it
    this.#started = true;
    ctx.line.start?.();
    this.#schedule();
  }

  #sayWhy(taken: Taken, record: number | undefined, found: readonly string[]): void {
    const { journal, link, log, spec } = this.ctx;
    const missing = whyAsksOnly(this.ctx);
    const why = [
      missing ?? `holds journal ${journal.identity.slice(0, 8)}`,
      taken.rolledBack ? 'Redis was behind' : 'Redis not behind',
      ...found,
    ].join(', ');
    const what = { link: link.name, epoch: taken.epoch, digest: spec.digest, why };
    const fields = { ...what, ...(record === undefined ? {} : { record }) };
    if (missing === undefined) log.info('may-send', fields);
    else log.error('asks-only', fields);
  }

  /** What the bank sends by itself, from a listener or a session; only once the link has started. */
  onBankPacket(packet: BankPacket): void {
    const takes = this.#started && !this.#stopped && whyNotAccepted(this.ctx) === undefined;
    if (takes) this.#pushes.take(packet);
    else packet.refuse();
  }

  /** An answer to nothing we asked, from the line. */
  onUnclaimed(one: Unclaimed): void {
    keepUnclaimed(this.ctx, one);
  }

  /** Why this link cannot take work, or must not be believed about time (R25). */
  notReady(): string[] {
    const reasons = this.#options.standing.whyNotTake();
    const clocks = this.ctx.clock.disagreement();
    if (clocks !== undefined) reasons.push(clocks);
    if (this.ctx.clock.mono() - this.#beatAt > SILENT_MS_MAX) reasons.push('Redis does not answer');
    return reasons.map((why) => `${this.ctx.link.name}: ${why}`);
  }

  notSending(): string[] {
    return this.#options.standing.whyNotSend().map((why) => `${this.ctx.link.name}: ${why}`);
  }

  /** Outside the bank's hours orders wait; questions and sweeps go on. */
  #isOpen(): boolean {
    const { clock, link } = this.ctx;
    return isOpen(link.businessHours, clock.now().wall, link.zone);
  }

  /** Orders between their claim and their outcome. */
  get onTheirWay(): number {
    return this.#sender.inHand.size;
  }

  /** A hold may have been lifted. */
  poke(): void {
    this.#sender.poke();
  }

  /** Claims nothing more, lets what is on its way end for a while, and gives the lease up. */
  async stop(withinMs: number): Promise<void> {
    this.#stopped = true;
    this.#cancelBeat?.();
    await this.#beating;
    this.#pushes.stop();
    await Promise.all([this.#sender.stop(), this.#credits?.stop()]);
    this.#asker.stop();
    this.#querier.stop();
    const until = this.ctx.clock.mono() + withinMs;
    while (this.#sender.inHand.size > 0 && this.ctx.clock.mono() < until) {
      await sleep(this.ctx.timers, 20);
    }
    await this.#outbox.stop();
    await this.ctx.line.close();
    this.ctx.traffic.close();
    await this.ctx.store.leave().catch(() => undefined);
  }

  async #reply({ source, jobId, message }: Parameters<AcceptorDoors['reply']>[0]): Promise<void> {
    await this.#options.publisher.publish([{ queue: 'results', source, jobId, data: message }]);
  }

  #arrived(held: Held): void {
    if (isFinal(held.phase)) this.#outbox.poke();
    else if (this.#aside(held)) this.#handOver([held]);
    else this.#sender.poke();
  }

  /** What is due before the next beat does not wait for it: an unknown is asked about at once. */
  #moved(held: Held, step: Step): void {
    this.pending.moved(held, this.ctx.clock.now().wall);
    if (step.back) this.#sender.poke();
    if (step.back || step.dueAt === null) return;
    const pause = step.dueAt - this.ctx.clock.now().wall;
    if (pause > BEAT_MS) return;
    this.ctx.timers.after(Math.max(0, pause), () => {
      if (!this.#stopped) this.#handOver([held]);
    });
  }

  #aside = ({ intent }: Held): boolean => intent.kind === 'query' || intent.kind === 'local';

  /** To whom something that is due belongs. */
  #handOver(due: readonly Held[]): void {
    const ask: Held[] = [];
    const now = this.ctx.clock.now().wall;
    for (const held of due) {
      if (held.phase !== 'received') ask.push(held);
      else if (held.intent.kind === 'local') this.#local.take(held);
      else if (this.#aside(held)) this.#querier.take(held);
      else if (now >= Date.parse(held.intent.envelope.expiresAt)) this.#expire(held);
    }
    this.#asker.take(ask);
  }

  #expire(held: Held): void {
    const { clock, fatal, line } = this.ctx;
    // while clocks disagree nothing expires (R25)
    if (clock.disagreement() !== undefined) return;
    const elsewhere = maybeElsewhere(this.ctx, held.intent);
    const event: Event = elsewhere
      ? { type: 'maybe-elsewhere', peer: line.peer }
      : { type: 'expired' };
    void this.settler.apply(held, event).catch(fatal);
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#cancelBeat = this.ctx.timers.after(BEAT_MS, () => {
      this.#beating = this.#beat().finally(() => this.#schedule());
    });
  }

  async #beat(): Promise<void> {
    const { clock, link, log, store, fatal } = this.ctx;
    try {
      const asked = clock.mark();
      const records = recordsOf(this.ctx);
      const beat = await store.beat({ leaseMs: link.leaseMs, dueMax: DUE_MAX, records });
      this.#beatAt = clock.mono();
      clock.heard(beat.time, asked);
      this.#options.standing.set('send', 'clock', clock.disagreement());
      this.#handOver(beat.due);
      this.#sender.ready(beat.ready);
      if (beat.outbox > 0) this.#outbox.poke();
      orphans(this.ctx, this.#sender, this.settler, beat);
      this.#pushes.measure();
      const whyNotSend = this.#options.standing.whyNotSend();
      const open = this.#isOpen();
      this.#measuring.take(beat, { open, whyNotSend, pending: this.pending });
    } catch (error) {
      if (error instanceof YinqiError) fatal(error);
      else log.warn('beat-failed', { link: link.name, error });
    }
  }
}
