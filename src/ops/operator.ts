/** What people may ask and decide while the daemon runs; the CLI reaches it through the admin socket. */

export interface UnknownLine {
  link: string;
  source: string;
  id: string;
  operation: string;
  phase: string;
  reason?: string;
  code?: string;
  serial?: string;
  businessRef?: string;
  /** seconds */
  age: number;
  asked: number;
  contradicted: boolean;
}

export interface Decision {
  id: string;
  link?: string | undefined;
  source?: string | undefined;
  outcome: 'succeeded' | 'failed';
  evidence: string;
  who: string;
}

export interface Operator {
  unknown(): Promise<UnknownLine[]>;
  /** All that is known of an instruction, masked: where it stands, its messages, its journal records. Undefined: not known. */
  show(at: {
    id: string;
    link?: string | undefined;
    source?: string | undefined;
  }): Promise<Record<string, unknown> | undefined>;
  /** Throws NOT_ALLOWED when it is not unknown, pending or manual. */
  resolve(decision: Decision): Promise<{ outcome: string; version: number; record: number }>;
  /** Why the daemon cannot take work, by part; empty: it can. */
  notReady(): string[];
}
