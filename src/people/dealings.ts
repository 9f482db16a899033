/**
 * Two people before anything is decided (四眼原则), as a function of what the journal says: one proposes, another
 * approves what still stands as it was seen. In: dealings, what a person wants, how the subject stands,
 * the time. Out: the record to append; the dealings after it come from `dealingsAfter`, now and at every start.
 *
 *   proposed ─▶ approved                        the approval is the decision
 *      ├──────▶ withdrawn
 *      ├╌╌╌╌╌╌▶ expired, moved                  nothing is recorded: it merely cannot be approved
 *      └╌╌╌╌╌╌▶ disputed                        while another open proposal says otherwise of the same subject
 */
import { YinqiError } from '../errors.ts';
import { samePerson } from './persons.ts';
import type { Approving, Proposing, Seen } from './shapes.ts';

/** How a subject stands: `open`, there is something to decide about it. */
export interface Standing extends Seen {
  readonly open: boolean;
}

export interface Proposal extends Proposing {
  /** of its journal record: how people name it */
  readonly number: number;
  /** ms, of its record */
  readonly at: number;
}

export interface Dealings {
  /** proposed, neither approved nor withdrawn; by number, rising */
  readonly proposals: ReadonlyMap<number, Proposal>;
}

export const NO_DEALINGS: Dealings = { proposals: new Map() };

export type Dealt =
  | (Proposing & { readonly kind: 'proposal'; readonly n: number; readonly at: string })
  | { readonly kind: 'approval' | 'withdrawal'; readonly proposal: number };

/** The dealings once `record` is in the journal. */
export function dealingsAfter(dealings: Dealings, record: Dealt): Dealings {
  const proposals = new Map(dealings.proposals);
  if (record.kind === 'proposal') {
    const { n, at, action, subject, id, outcome, who, evidence, seen } = record;
    const about = {
      ...(id === undefined ? {} : { id }),
      ...(outcome === undefined ? {} : { outcome }),
    };
    const proposing = { action, subject, ...about, who, evidence, seen };
    proposals.set(n, { ...proposing, number: n, at: Date.parse(at) });
  } else {
    proposals.delete(record.proposal);
  }
  return { proposals };
}

export interface Rules {
  /** a proposal that is older cannot be approved any more */
  readonly approveWithinMs: number;
}

export type ProposalState = 'open' | 'expired' | 'moved' | 'disputed';

const ofOneSubject = (a: Proposing, b: Proposing): boolean =>
  a.action === b.action && a.subject === b.subject;

/** What keeps a proposal from being approved; `open` where nothing does. */
export function stateOf(
  dealings: Dealings,
  proposal: Proposal,
  standing: Standing,
  now: number,
  rules: Rules,
): ProposalState {
  if (now - proposal.at > rules.approveWithinMs) return 'expired';
  if (!standing.open || standing.as !== proposal.seen.as) return 'moved';
  const disputed = living(dealings, standing, now, rules).some(
    (other) => ofOneSubject(other, proposal) && other.outcome !== proposal.outcome,
  );
  return disputed ? 'disputed' : 'open';
}

/** Proposals that time and the subject have not made void. */
const living = (dealings: Dealings, standing: Standing, now: number, rules: Rules): Proposal[] =>
  [...dealings.proposals.values()].filter(
    (one) => now - one.at <= rules.approveWithinMs && one.seen.as === standing.as,
  );

const seenIn = ({ as, version }: Standing): Seen => ({
  as,
  ...(version === undefined ? {} : { version }),
});

/** Throws NOT_ALLOWED where there is nothing to decide, PROPOSAL_EXISTS where the same stands already. */
export function propose(
  dealings: Dealings,
  wish: Omit<Proposing, 'seen'>,
  standing: Standing,
  now: number,
  rules: Rules,
): Proposing {
  if (!standing.open) {
    throw new YinqiError('NOT_ALLOWED', { path: 'id', detail: `it is ${standing.as}` });
  }
  const proposing = { ...wish, seen: seenIn(standing) };
  const same = living(dealings, standing, now, rules).find(
    (one) => ofOneSubject(one, proposing) && one.outcome === wish.outcome,
  );
  if (same !== undefined) {
    throw new YinqiError('PROPOSAL_EXISTS', { path: 'id', detail: `proposal ${same.number}` });
  }
  return proposing;
}

export function proposalOf(dealings: Dealings, number: number): Proposal {
  const found = dealings.proposals.get(number);
  if (found === undefined) throw new YinqiError('PROPOSAL_UNKNOWN', { path: 'proposal' });
  return found;
}

/** Throws SAME_PERSON, PROPOSAL_UNKNOWN, PROPOSAL_VOID. */
export function approve(
  dealings: Dealings,
  by: { readonly proposal: number; readonly who: string; readonly evidence?: string | undefined },
  standing: Standing,
  now: number,
  rules: Rules,
): Approving {
  const proposal = proposalOf(dealings, by.proposal);
  if (samePerson(proposal.who, by.who)) throw new YinqiError('SAME_PERSON', { path: 'who' });
  const state = stateOf(dealings, proposal, standing, now, rules);
  if (state !== 'open') throw new YinqiError('PROPOSAL_VOID', { path: 'proposal', detail: state });
  const { action, subject, id, outcome } = proposal;
  return {
    action,
    subject,
    ...(id === undefined ? {} : { id }),
    ...(outcome === undefined ? {} : { outcome }),
    who: by.who,
    // who adds nothing vouches for the words of the first
    evidence: by.evidence ?? proposal.evidence,
    seen: seenIn(standing),
    proposal: proposal.number,
    proposedBy: proposal.who,
  };
}
