/**
 * Why nothing is fetched at the moment. In: reasons that come and go. Out: one `pause` when the first
 * comes, one `resume` when the last goes. Never forgets a reason because another one ended.
 */
export interface Gate {
  hold(reason: string): void;
  release(reason: string): void;
  reasons(): string[];
}

export function createGate(pause: () => void, resume: () => void): Gate {
  const reasons = new Set<string>();
  return {
    hold: (reason) => {
      const first = reasons.size === 0;
      reasons.add(reason);
      if (first) pause();
    },
    release: (reason) => {
      if (reasons.delete(reason) && reasons.size === 0) resume();
    },
    reasons: () => [...reasons],
  };
}
