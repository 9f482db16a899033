/**
 * The bank of the simulation as the simulated network meets it: bytes and virtual time go in, what is to
 * happen on which connection, and when, comes out. Nothing here waits, draws or reads a clock: the same
 * calls in the same order always make the same bank.
 *
 *   connected(c) → received(c, bytes)* → ended(c)      and `due(now)` whenever `nextAt()` has come
 */
import type { Fault } from '../../../mock-bank/faults.ts';
import type { BankSpec } from '../../../src/protocol/spec.ts';

/** What happens on a connection `afterMs` from the call that said it; in this order where times are equal. */
export type BankAct = {
  readonly connection: number;
  readonly afterMs: number;
} & (
  | { readonly is: 'bytes'; readonly bytes: Uint8Array }
  /** the bank ends its side: FIN */
  | { readonly is: 'close' }
  /** RST: what was on its way is gone */
  | { readonly is: 'reset' }
);

/** One request as the bank read it, for whoever decides its fate. */
export interface BankAsked {
  readonly at: number;
  readonly connection: number;
  /** as the spec names itself, e.g. citic */
  readonly bank: string;
  readonly transaction: string;
  readonly serial: string;
  /** what the ledger wrote: the obligation */
  readonly memo: string;
  readonly movement: boolean;
  readonly statement: boolean;
  /** how often this transaction and serial came before */
  readonly before: number;
}

/** Decides what a request meets; undefined: served as it should be. Called once for each whole request. */
export type Decide = (asked: BankAsked) => Fault | undefined;

/** One execution of one order, whatever was answered. */
export interface BankExecution {
  /** the ledger's own reference (memo) */
  readonly obligation: string;
  readonly serial: string;
  readonly transaction: string;
  readonly from: string;
  readonly to: string;
  /** fen */
  readonly amount: bigint;
  readonly at: number;
}

/** A deposit that the bank's statement shows, or will. */
export interface BankCredit {
  readonly account: string;
  /** fen */
  readonly amount: bigint;
  readonly memo: string;
  readonly payerAccount: string;
  readonly payerName: string;
}

export interface BankCreditRow extends BankCredit {
  readonly at: number;
  /** from when on the statement shows it */
  readonly visibleAt: number;
  /** the bank's key of the row: number and sequence */
  readonly number: string;
  readonly sequence: string;
}

/** What the oracle reads. The bank outlives every gateway: nothing in it is ever undone. */
export interface BankBooks {
  executions(): readonly BankExecution[];
  /** deposits injected so far */
  credits(): readonly BankCreditRow[];
  /** accounts that were opened, by number, with their state (0: normal) */
  members(): ReadonlyMap<string, string>;
  /** orders that came in and may still be executed: pending here, or held back unread */
  open(): readonly { obligation: string; serial: string; where: 'held' | 'pending' }[];
  /** what must never be: balances that do not add up, a defect of the bank's own program */
  violations(): readonly string[];
}

export interface SimulatedBank {
  connected(connection: number, now: number): void;
  received(connection: number, bytes: Uint8Array, now: number): readonly BankAct[];
  /** The caller ended its side (FIN) or is gone (RST, killed): what was begun goes on without it. */
  ended(connection: number, now: number, how: 'fin' | 'gone'): readonly BankAct[];
  /** When the bank next does something by itself (a held request is executed, an order is booked). */
  nextAt(): number | undefined;
  /** Does what has become due. */
  due(now: number): readonly BankAct[];
  /** Money arrives; undefined: there is no such account. */
  credit(credit: BankCredit, now: number, visibleAfterMs?: number): BankCreditRow | undefined;
  /** The bank's machine starts again: connections are reset, requests held unread are lost, books stay. */
  restart(now: number): readonly BankAct[];
  readonly books: BankBooks;
}

export interface SimulatedBankOptions {
  /** or the path of its directory, e.g. protocol-specs/citic */
  readonly spec: BankSpec | string;
  readonly startAt: number;
  readonly decide: Decide;
  /** of mock-bank/bank/settings.ts: settleMs, inquiryLagMs, refusedKnown, … */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** members' accounts that are there from the beginning; yuan on them */
  readonly accounts?: readonly { number: string; name: string; balance?: string }[];
  /** how long an answer takes without a fault */
  readonly answerMs?: number;
}

/** `openSimulatedBank` of bank.ts. */
export type OpenSimulatedBank = (options: SimulatedBankOptions) => SimulatedBank;
