/** Everything the daemon counts. Labels are names of the config and of the spec, never data of a customer. */
export interface Metrics {
  accepted(link: string, operation: string): void;
  rejected(link: string, why: string): void;
  settled(link: string, operation: string, outcome: string): void;
  contradicted(link: string): void;
  /** an answer that belongs to nothing we asked */
  unclaimed(link: string): void;
  /** what the bank sent by itself, and what became of it */
  pushed(link: string, transaction: string, was: string): void;
  /** a connection of the bank's that was closed without an answer */
  turned(link: string, why: string): void;
  noticed(link: string, kind: string): void;
  /** from the write to the answer */
  bankTime(link: string, transaction: string, ms: number): void;
  /** job taken → accepted, claim → write, answer → outcome stored */
  ownTime(link: string, step: 'accept' | 'send' | 'settle', ms: number): void;
  throttled(link: string): void;
  /** numbers that one side has not seen; `from`: whose they are */
  sequenceGap(link: string, from: string): void;
  signOnRefused(link: string): void;
  gauge(link: string, now: Partial<LinkGauges>): void;
  backlog(source: string, results: number): void;
  /** 1: this process holds the journal; 0: it stands by */
  owner(holds: boolean): void;
  /** the owner neither answers nor can be killed from here */
  ownerFrozen(frozen: boolean): void;
  /** bytes that are free for the journal, and how many must be */
  journalDisk(free: number, least: number): void;
  journal(now: Partial<JournalGauges>): void;
  /** text of the /metrics page */
  text(): Promise<string>;
}

export interface JournalGauges {
  /** files with damage that was found at start */
  suspectFiles: number;
  /** a day that is over could not be sealed, as of the last try */
  sealingFails: boolean;
}

export interface LinkGauges {
  up: boolean;
  /** new orders may be sent */
  sending: boolean;
  /** a journal is missing: nothing is sent until it is imported or people release the link */
  asksOnly: boolean;
  /** what people turned it to: 0 run, 1 hold, 2 drain */
  switch: number;
  /** it is within the business hours of the link */
  open: boolean;
  inFlight: number;
  ready: number;
  doubtful: number;
  /** age of the oldest unknown or manual, seconds */
  oldestUnknownSeconds: number;
  /** the bank has them and works on them */
  pending: number;
  /** the oldest of them, seconds */
  oldestPendingSeconds: number;
  openContradictions: number;
  oldestContradictionSeconds: number;
  openUnclaimed: number;
  oldestUnclaimedSeconds: number;
  outbox: number;
  /** the account that was not swept for longest, seconds */
  longestUnsweptSeconds: number;
  /** announced by the bank and shown by no statement yet */
  awaiting: number;
  /** the oldest of them, seconds */
  oldestAwaitingSeconds: number;
}
