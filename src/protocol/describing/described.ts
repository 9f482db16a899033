/** What describe() says of a packet: already masked, for terminals and pages. */
import type { Side } from '../layout.ts';

export interface DescribedField {
  /** `recvAccNm`, `userDataList.0.status`, `outer.code` of a head; of an unknown element its name if that is harmless */
  readonly path: string;
  readonly zh: string;
  readonly en: string;
  readonly type: string;
  readonly state: 'given' | 'empty' | 'absent' | 'not in the spec';
  /** masked; for an enumerated value its meaning too */
  readonly shown: string;
  /** encoded bytes of the value; not told of a secret */
  readonly bytes: number | undefined;
  readonly bytesMax: number | undefined;
  /** codes of errors with harmless details */
  readonly faults: readonly string[];
}

export interface Description {
  readonly bank: string;
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly side: Side;
  readonly bytes: number;
  /** parts of the heads, then the fields of the body */
  readonly fields: readonly DescribedField[];
  /** faults of the packet as a whole */
  readonly faults: readonly string[];
}
