/**
 * Where the state of one link lies in Redis. The only place that names a key: the scripts get this table
 * in front of them (script.ts). All keys of a link share its hash tag, so they lie in one Cluster slot.
 *
 *   {yinqi:<link>}:meta             wm, epoch, who holds the link, its journal, the last claim
 *                 :i:<id>           one instruction: intent, life, and what the indexes below need
 *                 :serial:<serial>  id that owns this bank-visible number
 *                 :ready            may be claimed now        by acceptance
 *                 :later            wait for their notBefore  by that time
 *                 :due              to be looked at           by that time (expiry, inquiry)
 *                 :sending          claimed, not settled      by the version of the claim
 *                 :doubt            unknown or with people    by since when
 *                 :order:<key>      ids of one order key in order of acceptance; who was let go is a
 *                                     tombstone until it comes to the front
 *                 :after:<id>       ids that wait for <id>
 *                 :out              messages on their way to the queues
 *                 :members :freezes :days          records, by account, id, account|day
 *                 :seen:<account>:<day>            known statement entries: key → digest
 *                 :push:<day>       what the bank sent by itself, by its day: code/serial → digest
 *                 :awaited          what it announced and no entry has shown yet, by push
 *                 :provisional      what it may take back, by push
 *                 :questions        what it asked, by push
 */
import { linkPrefix } from '../queue/names.ts';

/** Part → type. The parts with a name behind them are families of keys. */
export const TYPE_OF = {
  meta: 'hash',
  ready: 'zset',
  later: 'zset',
  due: 'zset',
  sending: 'zset',
  doubt: 'zset',
  out: 'stream',
  members: 'hash',
  freezes: 'hash',
  days: 'hash',
  i: 'hash',
  serial: 'string',
  order: 'list',
  after: 'set',
  seen: 'hash',
  push: 'hash',
  awaited: 'hash',
  provisional: 'hash',
  questions: 'hash',
} as const;

export type Part = keyof typeof TYPE_OF;

export const keyOf = (link: string, part: Part, name?: string): string =>
  `${linkPrefix(link)}:${part}${name === undefined ? '' : `:${name}`}`;

/** The same table for the scripts, as Lua. */
export const keyTable = (): string => {
  const lines = Object.entries(TYPE_OF).map(([part, type]) => `${part} = '${type}'`);
  return `local TYPE_OF = { ${lines.join(', ')} }\n`;
};
