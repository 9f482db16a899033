/**
 * Redis as the engine sees it: one link's instructions, order, outbox, members and statement entries.
 * `redis-store.ts` is it; the simulation has another. It keeps the epoch and the highest watermark seen,
 * and gives both to every script.
 */
import type { Freeze, Held, Member } from '../instruction/intent.ts';
import type {
  Accepted,
  Beat,
  Change,
  ClaimOrder,
  Committed,
  EntryMark,
  NewIntent,
  OutRead,
  Owner,
  PushMark,
  PushMarked,
  Restore,
  Taken,
  Told,
} from './shapes.ts';

export interface Store {
  /** highest watermark this process has seen of the link */
  readonly seen: number;
  /** of this run's `take`; 0 before */
  readonly epoch: number;
  /**
   * Takes the link for this run: a new epoch, a new lease. That Redis was behind is answered to every take
   * until the first claim: by then all has been put back. Throws LINK_LEASED while another journal's lease
   * lives. Where the link was last run with a journal the owner does not hold whole, `asks` says so, and no
   * claim is given to it until `release` or a later take.
   */
  take(owner: Owner): Promise<Taken>;
  /** The link is this journal's from now on, and may claim. */
  release(journal: string, records: number): Promise<void>;
  accept(items: readonly NewIntent[]): Promise<Accepted[]>;
  /**
   * At most 256 changes; the claim comes after them. Throws STALE_EPOCH when a later owner took the link.
   * `records`: how far the journal is synced; whoever only asks gives none.
   */
  commit(batch: {
    changes: readonly Change[];
    claim?: ClaimOrder;
    records?: number | undefined;
  }): Promise<Committed>;
  beat(options: { leaseMs: number; dueMax: number; records?: number | undefined }): Promise<Beat>;
  restore(items: readonly Restore[]): Promise<void>;
  /** Gives the lease up; the epoch stays. */
  leave(): Promise<void>;

  held(id: string): Promise<Held | undefined>;
  told(id: string): Promise<Told | undefined>;
  /** Unknown or with people, oldest first. */
  doubtful(max: number): Promise<Held[]>;
  member(account: string): Promise<Member | undefined>;
  members(): Promise<Member[]>;
  freeze(id: string): Promise<Freeze | undefined>;

  /** Oldest first; published entries are no longer in it. */
  outbox(max: number): Promise<OutRead[]>;
  /** Everything up to `at` is on its queue and may be forgotten. */
  published(at: string): Promise<void>;

  /** Known entries of an account's day: key → digest. */
  entries(account: string, day: string): Promise<Map<string, string>>;
  /**
   * Marks entries and puts out their notices, in one script; `state` is the new state of the day. Throws
   * DEFECT and changes nothing when an entry is not as expected: the caller reads the day again.
   */
  mark(batch: {
    account: string;
    day: string;
    entries: readonly EntryMark[];
    state?: string;
  }): Promise<void>;
  /** State of every account-day that was ever swept: `<account>|<day>` → text of the caller. */
  days(): Promise<Map<string, string>>;
  /** What the bank sent by itself, and what follows from it: each mark whole or not at all. At most 256. */
  push(marks: readonly PushMark[]): Promise<PushMarked[]>;
  /** Pushes of one day of the bank: code/serial → digest. */
  pushes(day: string): Promise<Map<string, string>>;
  pushed(part: 'awaited' | 'provisional' | 'questions'): Promise<Map<string, string>>;
  /** A closed day: its known entries expire, its state goes. */
  forgetDay(account: string, day: string): Promise<void>;
}
