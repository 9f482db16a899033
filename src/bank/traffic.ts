/**
 * Who may ask the front end now: the window, the rate budget and its lanes (DESIGN section 6). Every
 * request of any kind needs a permit and gives it back when its answer is in or its deadline has passed.
 */
export type Lane = 'inquiry' | 'movement' | 'sweep' | 'query';

export interface Permit {
  /** The slot of the window is free again. Idempotent. */
  done(): void;
}

export interface Traffic {
  /** Waits for its turn. Rejects with the signal's reason if it is aborted before. */
  permit(lane: Lane, signal?: AbortSignal): Promise<Permit>;
  /** Now or not at all: never overtakes a lane in front of it. */
  tryPermit(lane: Lane): Permit | undefined;
  /** The bank said that we ask too often: half the rate, and no new movement until one request passes. */
  throttled(): void;
  /** An answer without that complaint. */
  passed(): void;
  readonly inFlight: number;
  close(): void;
}
