/** A question of the bank whose connection is still open. Shape only. */
import type { BankPacket } from '../../bank/bank-packet.ts';
import type { Push } from '../../pushes/push.ts';
import type { Cancel } from '../../timers.ts';

export interface Live {
  readonly push: Push;
  readonly packets: BankPacket[];
  /** monotonic ms */
  readonly deadline: number;
  cancel: Cancel | undefined;
  /** a yes is on its way: nothing else may be said any more */
  promising: boolean;
}
