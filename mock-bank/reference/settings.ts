/** Settings of the reference protocol's session. */
import { z } from 'zod';

export const referenceSettings = {
  /** the answer to a sign-on of the reference protocol; silent: none */
  sessionSignOn: z.enum(['accepted', 'refused', 'silent', 'push-first']).default('accepted'),
  /** are its heartbeats answered? */
  sessionHeartbeat: z.enum(['answered', 'ignored']).default('answered'),
  /** are its credits pushed? */
  sessionNotices: z.enum(['pushed', 'not-pushed']).default('pushed'),
  /** a notice that is not acknowledged comes again after */
  sessionNoticeAgainMs: z.number().int().positive().default(30_000),
};
