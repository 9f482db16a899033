/** How a fault makes the bank itself treat an order (faults on the wire are the front end's business). */
export type Treatment =
  | {
      /** accepted, then "processing" until `ms` have passed and `asks` inquiries were answered */
      readonly kind: 'processing';
      readonly code: 'AAAAAAE' | 'CCCCCCC';
      readonly asks: number;
      readonly ms: number;
    }
  | {
      /** waits for a reviewer; `wait` is decided by the control API alone */
      readonly kind: 'review';
      readonly code: 'AAAAAAB' | 'AAAAAAC';
      readonly then: 'approve' | 'refuse' | 'withdraw' | 'wait';
      readonly ms: number;
    }
  | {
      /** the rows of this order are shown only `ms` after they were booked and numbered */
      readonly kind: 'late-rows';
      readonly ms: number;
    };
