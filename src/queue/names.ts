/**
 * Names of queues, keys and jobs in Redis. In: link, source, ids. Out: strings. Never talks to Redis.
 *
 *   {yinqi:<link>}:instructions-<source>:*    in    one link is one Cluster slot
 *   {yinqi:<link>}:dead                       LIST  raw bytes of payloads nobody can read
 *   {yinqi}:results-<source>:*                out   one queue per source, whatever the link
 *   {yinqi}:notices-<source>:*                out
 */
import { createHash } from 'node:crypto';

export const outPrefix = '{yinqi}';
export type OutQueue = 'results' | 'notices';

export const linkPrefix = (link: string): string => `{yinqi:${link}}`;
export const instructionsQueue = (source: string): string => `instructions-${source}`;
export const outQueue = (queue: OutQueue, source: string): string => `${queue}-${source}`;
export const deadLetters = (link: string): string => `${linkPrefix(link)}:dead`;

/** The key of a part of an instructions queue, or of one of its jobs. */
export const instructionsKey = (link: string, source: string, part: string): string =>
  `${linkPrefix(link)}:${instructionsQueue(source)}:${part}`;

// BullMQ refuses job ids of digits only and most with a colon; a letter in front and this filter obey it.
const jobIdBytesMax = 64;
function suffix(text: string): string {
  const clean = text.replaceAll(/[^A-Za-z0-9_-]/g, '_');
  if (clean === text && text.length <= jobIdBytesMax) return text;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `${clean.slice(0, jobIdBytesMax - 17)}-${hash}`;
}

/** Job id of an instruction. A ledger that asks again gives a fresh `again`, else BullMQ drops the job. */
export const instructionJobId = (id: string, again?: string): string =>
  again === undefined ? `i-${id}` : `i-${id}-${suffix(again)}`;

/**
 * Job id of a result: the same for the same content, so that publishing twice delivers once while the
 * job is kept. The link is part of it: ids and versions are unique per link only, the queue is shared.
 */
export const resultJobId = (link: string, id: string, version: number): string =>
  `r-${suffix(link)}-${id}-${version}`;

/** Job id of a known result told again because job `askedBy` asked: fresh per question. */
export const reaskJobId = (link: string, id: string, version: number, askedBy: string): string =>
  `${resultJobId(link, id, version)}-${suffix(askedBy)}`;
