/** What people may ask and decide while the daemon runs; the CLI reaches it through the admin socket. */

export interface UnknownLine {
  link: string;
  source: string;
  id: string;
  operation: string;
  phase: string;
  reason?: string;
  code?: string;
  serial?: string;
  businessRef?: string;
  /** seconds */
  age: number;
  asked: number;
  contradicted: boolean;
}

/** What somebody proposes. `who` is a person whose token was seen. */
export interface Wish {
  action: 'resolve' | 'close' | 'accept' | 'release';
  /** id of an instruction as its ledger knows it, or number of a record; not for `release` */
  subject?: string | undefined;
  link?: string | undefined;
  source?: string | undefined;
  outcome?: 'succeeded' | 'failed' | undefined;
  evidence: string;
  who: string;
}

export interface Approval {
  proposal: number;
  /** what the second person saw; absent: vouches for the words of the first */
  evidence?: string | undefined;
  who: string;
}

export interface ProposalLine {
  proposal: number;
  link: string;
  action: Wish['action'];
  subject: string;
  outcome?: 'succeeded' | 'failed';
  who: string;
  evidence: string;
  /** seconds */
  age: number;
  /** only an open one can be approved */
  state: 'open' | 'expired' | 'moved' | 'disputed';
  seen: string;
}

/** A final that the bank contradicts. */
export interface ContradictionLine {
  link: string;
  source: string;
  id: string;
  /** number of its journal record */
  record: number;
  /** seconds */
  age: number;
  final: string;
  evidence: string;
  code: string;
  serial: string;
}

/** An answer to nothing we asked; its bytes are in the journal only. */
export interface UnclaimedLine {
  link: string;
  record: number;
  /** seconds */
  age: number;
  event: string;
  peer: string;
  bytes: number;
  digest: string;
}

/** What is configured otherwise than at the last start, and not accepted yet. */
export interface ChangeLine {
  link: string;
  record: number;
  /** seconds */
  age: number;
  what: string;
  before: string;
  digest: string;
  /** where they are harmless */
  values?: Record<string, unknown>;
}

/** An order that the bank has and works on. */
export interface PendingLine {
  link: string;
  source: string;
  id: string;
  operation: string;
  reason?: string;
  code?: string;
  serial?: string;
  asked: number;
  /** seconds */
  age: number;
}

export interface Operator {
  pending(): PendingLine[];
  contradictions(): Promise<ContradictionLine[]>;
  unclaimed(): Promise<UnclaimedLine[]>;
  changes(): Promise<ChangeLine[]>;
  unknown(): Promise<UnknownLine[]>;
  /** All that is known of an instruction, masked: where it stands, its messages, its journal records. Undefined: not known. */
  show(at: {
    id: string;
    link?: string | undefined;
    source?: string | undefined;
  }): Promise<Record<string, unknown> | undefined>;
  proposals(): Promise<ProposalLine[]>;
  /** Throws NOT_ALLOWED when there is nothing to decide, PROPOSAL_EXISTS. */
  propose(wish: Wish): Promise<{ proposal: number }>;
  /** Throws SAME_PERSON, PROPOSAL_UNKNOWN, PROPOSAL_VOID; then nothing has happened. */
  approve(approval: Approval): Promise<{ outcome: string; version?: number; record: number }>;
  withdraw(by: { proposal: number; who: string }): Promise<{ record: number }>;
  /** Why the daemon cannot take work, by part; empty: it can. */
  notReady(): string[];
  /** Why a link sends no new orders at the moment, by link; empty: all do. */
  notSending(): string[];
}
