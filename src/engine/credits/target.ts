/** What the reading of statements hands from hand to hand. Shapes only. */
import type { Member } from '../../instruction/intent.ts';

export type Members = ReadonlyMap<string, Member>;

export interface Target {
  /** what its days are kept under: the account, and the sweep where it is not the first */
  readonly name: string;
  readonly account: string;
  readonly unplaced: boolean;
  /** where a target without any days begins */
  readonly first: string;
}

export type Row = Readonly<Record<string, string>>;

/** Rows of one day; `young`: the request of the youngest days listed one of them. */
export interface Filed {
  readonly rows: readonly Row[];
  readonly young: boolean;
}

/** One day of a target as it was found: its state, and whether everything was read. */
export interface AtDay {
  readonly target: Target;
  readonly day: string;
  readonly state: string | undefined;
  readonly whole: boolean;
  /** before the first question: Redis TIME, ms */
  readonly began: number;
  readonly members: Members;
}

export interface DayRead {
  /** everything was read; what was read is told all the same */
  readonly whole: boolean;
  readonly news: boolean;
}
