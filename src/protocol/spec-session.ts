/**
 * The part of protocol.yaml that says how a persistent session is kept: which head parts steer it, what its
 * own packets are called, and how long each side may take. The rules themselves are those of
 * docs/reference-protocol.md and stand in src/session/; a bank with the same rules and other bytes writes
 * another block like this one.
 */
import { z } from 'zod';
import { expr } from './spec-expr.ts';

const ms = z.number().int().positive();
const mark = z.string().min(1);

export const session = z.strictObject({
  /** head parts that every packet has: what it is, its business day, its number of that day, possible resend */
  parts: z.strictObject({ kind: mark, day: mark, sequence: mark, resend: mark }),
  /** the value of the kind part of each packet; `request` to `noticeAnswer` carry transactions */
  kinds: z.strictObject({
    request: mark,
    answer: mark,
    notice: mark,
    noticeAnswer: mark,
    signOn: mark,
    signOnAnswer: mark,
    heartbeat: mark,
    heartbeatAnswer: mark,
    gapFill: mark,
    resendRequest: mark,
    dayChange: mark,
    dayChangeAnswer: mark,
    signOff: mark,
    signOffAnswer: mark,
    kick: mark,
  }),
  /** resend part: of a packet sent for the first time, and of one that was perhaps sent before */
  resends: z.strictObject({ first: mark, again: mark }),
  /** status of a sign-on answer that lets us in */
  accepted: mark,
  /** elements of the sign-on beside day and numbers: who we are. Expressions over $link.x */
  signOn: z.record(z.string(), expr),
  /** a dialled session must have its sign-on answered within */
  signOnWithinMs: ms,
  /** nothing heard for so long: a heartbeat is sent, and must be answered by any packet within */
  heartbeatMs: ms,
  heartbeatWithinMs: ms,
  /** a packet that has begun must be whole within */
  halfReadMs: ms,
  /** a notice must be stored and acknowledged within, or the bank sends it again */
  noticeWithinMs: ms,
  /** a sign-off must be answered within */
  signOffWithinMs: ms,
  /** so many refused sign-ons in a row stop all tries for lockOutMs */
  refusalsMax: z.number().int().positive(),
  lockOutMs: ms,
});

export type SessionSpec = z.infer<typeof session>;
