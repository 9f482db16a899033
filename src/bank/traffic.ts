/**
 * Who may ask the front end now: the window, the rate budget and its lanes (DESIGN section 6). Every
 * request of any kind needs a permit and gives it back when its answer is in or its deadline has passed.
 */
import type { Lane } from '../session/tokens.ts';

export type { Lane };

export interface Permit {
  /** The slot of the window is free again. Idempotent. */
  done(): void;
  /** Instead of `done` where nothing was sent: the slot and what the request would have cost go back. */
  unused(): void;
}

export interface Traffic {
  /**
   * Waits for its turn. Rejects with the signal's reason if it is aborted before, with PEER_UNREACHABLE if
   * the traffic is closed: nothing was sent.
   */
  permit(lane: Lane, signal?: AbortSignal): Promise<Permit>;
  /**
   * Now or not at all: never overtakes whoever waits in its own lane or in one in front of it. Who only
   * tries is not seen by the lanes behind: where they always wait, a movement must wait too to get its turn.
   */
  tryPermit(lane: Lane): Permit | undefined;
  /** The bank said that we ask too often: half the rate, and no new movement until one request passes. */
  throttled(): void;
  /** An answer without that complaint. */
  passed(): void;
  readonly inFlight: number;
  close(): void;
}
