/**
 * Which fault a request meets. Rules come first, in the order they were given: each names what it fits
 * and how many requests it still takes. Then the random mix: the draw is a pure function of its seed, the
 * transaction, the serial and how often the two were seen, so a run repeats whatever the timing was.
 */
import { z } from 'zod';
import { FAULTS, type Fault, type FaultKind, fault, fits, type Kind } from './faults.ts';
import { draw } from './random.ts';

export const rule = z.strictObject({
  fault,
  /** the next so many requests that fit; null: every one until the faults are cleared */
  times: z.number().int().positive().nullable().default(1),
  /** as the spec names itself, e.g. citic; any when left out */
  bank: z.string().optional(),
  transaction: z.string().optional(),
  serial: z.string().optional(),
  /** part of the order's memo */
  memo: z.string().min(1).optional(),
});

const kinds = Object.keys(FAULTS).filter((kind): kind is FaultKind => kind in FAULTS);

export const mix = z.strictObject({
  seed: z.number().int(),
  /** share of the requests that meet a fault, 0 to 1 */
  rate: z.number().min(0).max(1),
  /** faults to draw from, each as its kind with its defaults or spelled out */
  kinds: z.array(z.union([z.enum(kinds), fault])).min(1),
  /** only these transactions; all when left out */
  transactions: z.array(z.string()).min(1).optional(),
});

export type Rule = z.infer<typeof rule>;
export type Mix = z.infer<typeof mix>;

export interface Asked extends Kind {
  readonly bank: string;
  readonly transaction: string;
  readonly serial: string;
  readonly memo: string;
}

interface Standing {
  readonly id: number;
  readonly rule: Rule;
  left: number;
}

const spelled = (given: FaultKind | Fault): Fault =>
  typeof given === 'string'
    ? fault.parse(given === 'code' ? { kind: given, code: 'UNKNOWN' } : { kind: given })
    : given;

export class FaultPlan {
  #rules: Standing[] = [];
  #mix: Mix | undefined;
  #ids = 0;
  readonly #seen = new Map<string, number>();

  add(given: Rule): number {
    this.#ids += 1;
    const left = given.times ?? Number.POSITIVE_INFINITY;
    this.#rules.push({ id: this.#ids, rule: given, left });
    return this.#ids;
  }

  mix(given: Mix | undefined): void {
    this.#mix = given;
    this.#seen.clear();
  }

  clear(): void {
    this.#rules = [];
    this.#mix = undefined;
  }

  standing(): { id: number; rule: Rule; left: number | null }[] {
    return this.#rules.map(({ id, rule: given, left }) => ({
      id,
      rule: given,
      left: Number.isFinite(left) ? left : null,
    }));
  }

  standingMix(): Mix | null {
    return this.#mix ?? null;
  }

  choose(asked: Asked): Fault | undefined {
    const found = this.#rules.find(
      ({ rule: given, left }) =>
        left > 0 &&
        fits(given.fault.kind, asked) &&
        (given.bank === undefined || given.bank === asked.bank) &&
        (given.transaction === undefined || given.transaction === asked.transaction) &&
        (given.serial === undefined || given.serial === asked.serial) &&
        (given.memo === undefined || asked.memo.includes(given.memo)),
    );
    if (found === undefined) return this.#drawn(asked);
    found.left -= 1;
    this.#rules = this.#rules.filter(({ left }) => left > 0);
    return found.rule.fault;
  }

  #drawn(asked: Asked): Fault | undefined {
    const given = this.#mix;
    if (given === undefined) return undefined;
    if (given.transactions !== undefined && !given.transactions.includes(asked.transaction)) {
      return undefined;
    }
    const key = `${asked.transaction} ${asked.serial}`;
    const time = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, time);
    const random = draw(given.seed, `${key} ${time}`);
    if (random() >= given.rate) return undefined;
    const fitting = given.kinds.map(spelled).filter(({ kind }) => fits(kind, asked));
    return fitting[Math.floor(random() * fitting.length)];
  }
}
