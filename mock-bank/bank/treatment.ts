import type { Fault } from '../faults.ts';

/** How a fault makes the bank itself treat an order (faults on the wire are the front end's business). */
export type Treatment =
  | {
      /** accepted, then "processing" until `ms` have passed and `asks` inquiries were answered */
      readonly kind: 'processing';
      readonly code: 'AAAAAAA' | 'AAAAAAE' | 'CCCCCCC';
      readonly asks: number;
      readonly ms: number;
      /** instead of being booked it fails with this code */
      readonly fails?: string;
    }
  | {
      /** waits for a reviewer; `wait` is decided by the control API alone */
      readonly kind: 'review';
      readonly code: 'AAAAAAB' | 'AAAAAAC';
      readonly decision: 'approve' | 'refuse' | 'withdraw' | 'wait';
      readonly ms: number;
    }
  | {
      /** the rows of this order are shown only `ms` after they were booked and numbered */
      readonly kind: 'late-rows';
      readonly ms: number;
    };

/** The bank's share of a fault; undefined when the fault is only about the wire. */
export function treatmentOf(fault: Fault | undefined): Treatment | undefined {
  switch (fault?.kind) {
    case 'processing': {
      const { code, asks, ms, fails } = fault;
      return { kind: 'processing', code, asks, ms, ...(fails === undefined ? {} : { fails }) };
    }
    case 'review':
      return { kind: 'review', code: fault.code, decision: fault.decision, ms: fault.ms };
    case 'review-then-refused': {
      const decision = fault.stt === '3' ? 'refuse' : 'withdraw';
      return { kind: 'review', code: fault.code, decision, ms: fault.ms };
    }
    case 'late-rows':
      return { kind: 'late-rows', ms: fault.ms };
    default:
      return undefined;
  }
}
