/** When to ask next: the ladder of inquiries, from at once to people. */

export interface Ladder {
  /** pause after the first inquiry (and before it, where the bank has accepted the order) */
  readonly firstMs: number;
  /** longest pause while unknown or pending */
  readonly maxMs: number;
  /** still unknown after this: people are called, and asking goes on at `manualEveryMs` */
  readonly manualAfterMs: number;
  readonly manualEveryMs: number;
  /** N of the evidence table */
  readonly negativesMin: number;
  /** a "no such serial" about an order accepted longer ago proves nothing */
  readonly negativesWithinMs: number;
}

/** Doubles from `firstMs` up to `maxMs`. */
export const pauseAfter = (ladder: Ladder, asked: number): number =>
  Math.min(ladder.maxMs, ladder.firstMs * 2 ** Math.min(asked, 30));
