/** What a ledger gets at once, without an instruction moving: a known result again, or a rejection. */
import type { SourceConfig } from '../../config.ts';
import type { Rejection } from '../../instruction/messages.ts';
import { reaskJobId, rejectionJobId } from '../../queue/names.ts';
import type { Accepted } from '../../store/shapes.ts';
import type { LinkContext } from '../context.ts';
import { finalRecord, type Outgoing } from '../telling/telling.ts';

/** A message for one ledger that goes out at once: a known result again, or a rejection. */
export interface Reply {
  source: string;
  jobId: string;
  message: Record<string, unknown>;
}

export class Replies {
  readonly #ctx: LinkContext;
  /** adds to the source's results queue; resolves when Redis has it */
  readonly #reply: (reply: Reply) => Promise<void>;

  constructor(ctx: LinkContext, reply: (reply: Reply) => Promise<void>) {
    this.#ctx = ctx;
    this.#reply = reply;
  }

  /** The known result, under a job id of its own: BullMQ delivers nothing for one it has seen (R17). */
  async again(
    known: Extract<Accepted, { was: 'exists' }>,
    source: SourceConfig,
    request: string,
  ): Promise<void> {
    if (known.told === undefined) return;
    const { body, version } = known.told;
    const outgoing = JSON.parse(body) as Outgoing;
    // it may be told here before the outbox comes to it
    await this.#ctx.journal.append(finalRecord(this.#ctx, outgoing, version));
    const { message } = outgoing;
    const { id } = known.held.intent.envelope;
    await this.#reply({
      source: source.name,
      jobId: reaskJobId(this.#ctx.link.name, id, version, request),
      message: { ...message, version },
    });
  }

  /** A message of its own type: it has no outcome, for it says nothing about any instruction. */
  async reject(
    source: SourceConfig,
    request: string,
    what: Omit<Rejection, 'v' | 'type' | 'link' | 'at'>,
  ): Promise<void> {
    const { link, metrics, clock } = this.#ctx;
    metrics.rejected(link.name, what.why);
    const at = new Date(clock.now().wall).toISOString();
    const message: Rejection = { v: 1, type: 'rejection', link: link.name, at, ...what };
    const jobId = rejectionJobId(link.name, request);
    await this.#reply({ source: source.name, jobId, message: { ...message } });
  }
}
