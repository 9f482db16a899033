/** What the bank says by itself, and what became of it. */
import type { Row } from '../../src/protocol/message.ts';

export interface Attempt {
  readonly at: number;
  /**
   * answered · closed: the merchant closed without an answer · silent: no answer in time (ERR078) ·
   * unreachable: no connection · broken: what came was no answer to this packet
   */
  readonly end: 'answered' | 'closed' | 'silent' | 'unreachable' | 'broken';
  readonly code?: string;
  readonly text?: string;
  /** the body of the answer */
  readonly answer?: Row;
}

export interface Push {
  readonly id: number;
  readonly transaction: string;
  /** the bank's own serial (请求方系统流水号) */
  readonly serial: string;
  readonly at: number;
  readonly attempts: Attempt[];
  /** accepted: 000000 · refused: another code · unanswered: nobody will ever know what the merchant thinks */
  state: 'sending' | 'accepted' | 'refused' | 'unanswered';
  /** FrontLogNo of what was booked on the merchant's yes */
  booked?: string;
}

export interface Target {
  readonly host: string;
  readonly port: number;
}
