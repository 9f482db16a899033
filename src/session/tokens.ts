/**
 * Tokens in three pots, minted at the rate of the moment; a request takes one.
 *
 *   mint ─┬─ share of the sweeps ─▶ floor      sweeps only; once it is full, its share goes to the others
 *         └─ the rest ────────────▶ general ─▶ inquiries, movements, sweeps, queries
 *                                      └─────▶ reserved: each movement sets one aside for its inquiry
 *
 * Together the pots hold about one burst, so that no minute sees more than the rate and a burst.
 */
/** In the order in which they go. */
export const LANES = ['inquiry', 'movement', 'sweep', 'query'] as const;
export type Lane = (typeof LANES)[number];

export interface BudgetRules {
  readonly window: number;
  readonly ratePerMinute: number;
  readonly burst: number;
  readonly sweepFloorShare: number;
}

export interface Pots {
  /** monotonic ms of the last minting */
  readonly at: number;
  /** per minute, of the moment */
  readonly rate: number;
  readonly general: number;
  readonly floor: number;
  readonly reserved: number;
}

const MINUTE_MS = 60_000;
/** A movement's own token and that of its inquiry. */
const MOVEMENT_TOKENS = 2;
/** Sums of fractions fall short of the whole by as little as this. */
const EPSILON = 1e-9;

const floorMost = (rules: BudgetRules): number =>
  rules.sweepFloorShare > 0 ? Math.max(1, rules.burst * rules.sweepFloorShare) : 0;

const reservedMost = (rules: BudgetRules): number =>
  Math.max(1, Math.floor((rules.burst - floorMost(rules)) / 2));

/** What the other two leave of the burst, and never less than one movement takes. */
const generalMost = (pots: Pots, rules: BudgetRules): number =>
  Math.max(MOVEMENT_TOKENS, rules.burst - pots.floor - pots.reserved);

const atLeast = (pot: number, tokens: number): boolean => pot >= tokens - EPSILON;

export function fullPots(rules: BudgetRules, now: number): Pots {
  const floor = floorMost(rules);
  const pots = { at: now, rate: rules.ratePerMinute, general: 0, floor, reserved: 0 };
  return { ...pots, general: generalMost(pots, rules) };
}

export function mint(pots: Pots, rules: BudgetRules, now: number): Pots {
  if (now <= pots.at) return pots;
  const minted = (pots.rate * (now - pots.at)) / MINUTE_MS;
  const toFloor = Math.min(minted * rules.sweepFloorShare, floorMost(rules) - pots.floor);
  const filled = { ...pots, at: now, floor: pots.floor + toFloor };
  const most = Math.max(pots.general, generalMost(filled, rules));
  return { ...filled, general: Math.min(most, pots.general + minted - toFloor) };
}

/**
 * What a movement costs now. Reservations that no inquiry used (the order was answered for good) are not
 * piled up: once there are enough of them, the next movement leans on one.
 */
const priceOf = (pots: Pots, rules: BudgetRules): number =>
  atLeast(reservedMost(rules), pots.reserved + 1) ? MOVEMENT_TOKENS : MOVEMENT_TOKENS - 1;

/** `saving`: a lane in front waits for general tokens, so nobody behind it may take them. */
export function affords(pots: Pots, rules: BudgetRules, lane: Lane, saving: boolean): boolean {
  switch (lane) {
    case 'inquiry':
      return atLeast(pots.reserved, 1) || atLeast(pots.general, 1);
    case 'movement':
      return !saving && atLeast(pots.general, priceOf(pots, rules));
    case 'sweep':
      return hasFloor(pots) || (!saving && atLeast(pots.general, 1));
    case 'query':
      return !saving && atLeast(pots.general, 1);
  }
}

export const hasFloor = (pots: Pots): boolean => atLeast(pots.floor, 1);

export function pay(pots: Pots, rules: BudgetRules, lane: Lane): Pots {
  if (lane === 'movement') {
    const price = priceOf(pots, rules);
    const reserved = pots.reserved + price - 1;
    return { ...pots, general: pots.general - price, reserved };
  }
  if (lane === 'inquiry' && atLeast(pots.reserved, 1)) {
    return { ...pots, reserved: pots.reserved - 1 };
  }
  if (lane === 'sweep' && hasFloor(pots)) return { ...pots, floor: pots.floor - 1 };
  return { ...pots, general: pots.general - 1 };
}

/** The request was not made. Never more than the pots hold, whatever happened between. */
export function payBack(pots: Pots, rules: BudgetRules, lane: Lane): Pots {
  if (lane === 'sweep' && pots.floor + 1 <= floorMost(rules)) {
    return { ...pots, floor: pots.floor + 1 };
  }
  const unreserved = lane === 'movement' && atLeast(pots.reserved, 1) ? 1 : 0;
  const left = { ...pots, reserved: pots.reserved - unreserved };
  const most = Math.max(left.general, generalMost(left, rules));
  return { ...left, general: Math.min(most, left.general + 1 + unreserved) };
}

/** Not later than the lane can afford it; may be a little early, then it is asked again. */
export function earliestMs(pots: Pots, rules: BudgetRules, lane: Lane, saving: boolean): number {
  const general = (lane === 'movement' ? priceOf(pots, rules) : 1) - pots.general;
  const floor = (1 - pots.floor) / Math.max(rules.sweepFloorShare, EPSILON);
  const missing = Math.min(saving ? Infinity : general, lane === 'sweep' ? floor : Infinity);
  return (Math.max(0, missing) * MINUTE_MS) / pots.rate;
}

/** Nothing saved is spent on a front end that has just complained. */
export const emptied = (pots: Pots, rate: number): Pots => ({
  at: pots.at,
  rate,
  general: 0,
  floor: 0,
  reserved: 0,
});
