/** DLCIDSTT: what became of an order, by serial and transaction (`type`). */
import type { Family } from '../bank/family.ts';
import { text } from '../bank/reply.ts';

export const inquiries: Family = {
  queries: {
    DLCIDSTT: ({ counter }, message, now) =>
      counter.inquire(text(message, 'clientID'), text(message, 'type').trim(), now),
  },
};
