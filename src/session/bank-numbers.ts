/**
 * The numbers of the bank's packets, as we hear them: what is next, and what is missing before it. A
 * missing number is reported and asked for; nothing here ever forgets one without a resend or a gap fill.
 */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Inbound {
  /** the number of the bank's next packet */
  readonly next: number;
  /** never heard, rising, without overlap */
  readonly missing: readonly Range[];
}

export type Heard =
  | { readonly is: 'next'; readonly inbound: Inbound }
  /** some before it are missing */
  | { readonly is: 'gap'; readonly inbound: Inbound; readonly gap: Range }
  /** one that was missing */
  | { readonly is: 'found'; readonly inbound: Inbound }
  /** heard before */
  | { readonly is: 'again' };

function without(missing: readonly Range[], { from, to }: Range): Range[] {
  return missing.flatMap((one) => {
    if (to < one.from || from > one.to) return [one];
    const left = one.from < from ? [{ from: one.from, to: from - 1 }] : [];
    const right = one.to > to ? [{ from: to + 1, to: one.to }] : [];
    return [...left, ...right];
  });
}

/** A packet, or a gap fill over a range of numbers. */
export function hear(inbound: Inbound, heard: Range): Heard {
  if (heard.to < inbound.next) {
    const lost = inbound.missing.some(({ from, to }) => heard.from <= to && heard.to >= from);
    if (!lost) return { is: 'again' };
    return { is: 'found', inbound: { ...inbound, missing: without(inbound.missing, heard) } };
  }
  const next = heard.to + 1;
  if (heard.from <= inbound.next) {
    return { is: 'next', inbound: { next, missing: without(inbound.missing, heard) } };
  }
  const gap = { from: inbound.next, to: heard.from - 1 };
  return { is: 'gap', inbound: { next, missing: [...inbound.missing, gap] }, gap };
}
