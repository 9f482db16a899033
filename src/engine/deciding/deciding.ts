/** All that two people may decide on one link. */
import type { LinkContext } from '../context.ts';
import type { Settler } from '../settler.ts';
import { Accepting } from './accepting.ts';
import { Closing } from './closing.ts';
import { Releasing } from './releasing.ts';
import { Resolving } from './resolving.ts';
import { TwoPeople } from './two-people.ts';

export class Deciding {
  readonly twoPeople: TwoPeople;
  readonly accepting: Accepting;
  readonly closing: Closing;

  /** `mayTalk` is called when they have let the link talk to the bank, or send, again. */
  constructor(ctx: LinkContext, settler: Settler, approveWithinMs: number, mayTalk: () => void) {
    this.twoPeople = new TwoPeople(ctx, approveWithinMs);
    this.accepting = new Accepting(ctx, mayTalk);
    this.closing = new Closing(ctx);
    this.twoPeople.offer('resolve', new Resolving(ctx, settler));
    this.twoPeople.offer('close', this.closing);
    this.twoPeople.offer('accept', this.accepting);
    this.twoPeople.offer('release', new Releasing(ctx, mayTalk));
  }
}
