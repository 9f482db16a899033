/**
 * What two people decide on one link: proposals and approvals, each in the journal before it counts, and
 * carried out by whoever the matter belongs to. The rules are in people/dealings.ts.
 */
import { YinqiError } from '../../errors.ts';
import type { JournalRecord, NewRecord, RecordOf } from '../../journal/records.ts';
import type { ProposalLine } from '../../ops/operator.ts';
import {
  approve,
  type Dealings,
  dealingsAfter,
  NO_DEALINGS,
  type Proposal,
  proposalOf,
  propose,
  type Standing,
  stateOf,
} from '../../people/dealings.ts';
import type { Action, Proposing } from '../../people/shapes.ts';
import type { LinkContext } from '../context.ts';
import { Turns } from '../turns.ts';

/** What has become of the subject. */
export interface Done {
  readonly outcome: string;
  readonly version?: number;
}

/** One kind of thing that two people decide about. */
export interface Matter {
  /** How the subject stands now. Throws where there is no such subject. */
  standing(subject: string): Promise<Standing>;
  /**
   * Calls `decide` with how the subject stands, lets nothing move it until the approval is recorded, and
   * carries it out. `decide` throws where it may not be approved: then nothing has happened.
   */
  carryOut(
    subject: string,
    decide: (standing: Standing) => Promise<RecordOf<'approval'>>,
  ): Promise<Done>;
  /** At a start, for each approval the journal has, in order: the process may have died before it was carried out. */
  remember?(approval: RecordOf<'approval'>): void;
}

/** Proposals that nobody took up are shown for so many times the time they could be approved in. */
const LISTED_FOR = 2;

export interface Approved extends Done {
  /** number of the record of the approval */
  readonly record: number;
}

type Kind = 'proposal' | 'approval' | 'withdrawal';
type Dealing = Extract<NewRecord, { kind: Kind }>;

const isDealing = (record: JournalRecord): record is RecordOf<Kind> =>
  record.kind === 'proposal' || record.kind === 'approval' || record.kind === 'withdrawal';

type Wish = Omit<Proposing, 'seen'>;

export class TwoPeople {
  readonly #ctx: LinkContext;
  readonly #rules: { readonly approveWithinMs: number };
  readonly #matters = new Map<Action, Matter>();
  /** one word of people at a time: each is judged by what the one before it has changed */
  readonly #turns = new Turns<unknown>();
  #dealings: Dealings = NO_DEALINGS;

  constructor(ctx: LinkContext, approveWithinMs: number) {
    this.#ctx = ctx;
    this.#rules = { approveWithinMs };
  }

  /** From now on people may decide this. */
  offer(action: Action, matter: Matter): void {
    this.#matters.set(action, matter);
  }

  /** The journal is what counts: what is open is read from it. */
  async start(): Promise<void> {
    const { journal, link } = this.#ctx;
    for (const n of journal.index.dealings(link.name)) {
      const record = await journal.read(n);
      if (!isDealing(record)) continue;
      this.#dealings = dealingsAfter(this.#dealings, record);
      if (record.kind === 'approval') this.#matters.get(record.action)?.remember?.(record);
    }
  }

  knows(proposal: number): boolean {
    return this.#dealings.proposals.has(proposal);
  }

  propose(wish: Wish): Promise<Proposal> {
    return this.#inTurn(async () => {
      const standing = await this.#matter(wish.action).standing(wish.subject);
      const content = propose(this.#dealings, wish, standing, this.#now(), this.#rules);
      const n = await this.#append({ ...this.#base(), kind: 'proposal', ...content });
      this.#ctx.failpoint('proposal-recorded');
      return proposalOf(this.#dealings, n);
    });
  }

  approve(by: { proposal: number; who: string; evidence?: string | undefined }): Promise<Approved> {
    return this.#inTurn(async () => {
      const { action, subject } = proposalOf(this.#dealings, by.proposal);
      let record = 0;
      const done = await this.#matter(action).carryOut(subject, async (standing) => {
        const content = approve(this.#dealings, by, standing, this.#now(), this.#rules);
        record = await this.#append({ ...this.#base(), kind: 'approval', ...content });
        this.#ctx.failpoint('approval-recorded');
        const approval = await this.#ctx.journal.read(record);
        if (approval.kind !== 'approval') throw new YinqiError('DEFECT');
        return approval;
      });
      return { ...done, record };
    });
  }

  /** Whoever it is: what is withdrawn changes nothing. */
  withdraw(by: { proposal: number; who: string }): Promise<number> {
    return this.#inTurn(async () => {
      proposalOf(this.#dealings, by.proposal);
      return this.#append({ ...this.#base(), kind: 'withdrawal', ...by });
    });
  }

  async list(): Promise<ProposalLine[]> {
    const lines: ProposalLine[] = [];
    const since = this.#now() - LISTED_FOR * this.#rules.approveWithinMs;
    for (const proposal of this.#dealings.proposals.values()) {
      if (proposal.at >= since) lines.push(await this.#line(proposal));
    }
    return lines;
  }

  async #line(proposal: Proposal): Promise<ProposalLine> {
    const { number, action, subject, outcome, who, evidence, at, seen } = proposal;
    const now = this.#now();
    // a subject that Redis has forgotten has moved
    const standing = await this.#matter(action)
      .standing(subject)
      .catch(() => ({ open: false, as: 'not there' }));
    return {
      proposal: number,
      link: this.#ctx.link.name,
      action,
      subject,
      ...(outcome === undefined ? {} : { outcome }),
      who,
      evidence,
      age: Math.max(0, Math.round((now - at) / 1000)),
      state: stateOf(this.#dealings, proposal, standing, now, this.#rules),
      seen: seen.as,
    };
  }

  async #append(given: Dealing): Promise<number> {
    const [record] = await this.#ctx.journal.append([given]);
    if (record === undefined || !isDealing(record)) throw new YinqiError('DEFECT');
    this.#dealings = dealingsAfter(this.#dealings, record);
    return record.n;
  }

  /** What every record says. */
  #base(): { link: string; watermark: number } {
    const { link, store } = this.#ctx;
    return { link: link.name, watermark: store.seen };
  }

  #matter(action: Action): Matter {
    const found = this.#matters.get(action);
    if (found === undefined) {
      throw new YinqiError('NOT_ALLOWED', { path: 'action', detail: `nothing to ${action} here` });
    }
    return found;
  }

  #now = (): number => this.#ctx.clock.now().wall;

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take('', work) as Promise<T>;
  }
}
