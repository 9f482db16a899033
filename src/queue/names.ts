/**
 * Names of queues, keys and jobs in Redis. In: link, source, ids. Out: strings. Never talks to Redis.
 *
 *   {yinqi:<link>}:instructions-<source>:*    in    one link is one Cluster slot
 *   {yinqi:<link>}:dead                       LIST  raw bytes of payloads nobody can read
 *   {yinqi}:results-<source>:*                out   one queue per source, whatever the link
 *   {yinqi}:notices-<source>:*                out
 *   {yinqi}:questions-<source>:*              out   what the bank asks and only a ledger can answer
 */
import { createHash } from 'node:crypto';

export const outPrefix = '{yinqi}';
export type OutQueue = 'results' | 'notices' | 'questions';

export const linkPrefix = (link: string): string => `{yinqi:${link}}`;
export const instructionsQueue = (source: string): string => `instructions-${source}`;
export const outQueue = (queue: OutQueue, source: string): string => `${queue}-${source}`;
export const deadLetters = (link: string): string => `${linkPrefix(link)}:dead`;

/** The key of a part of an instructions queue, or of one of its jobs. */
export const instructionsKey = (link: string, source: string, part: string): string =>
  `${linkPrefix(link)}:${instructionsQueue(source)}:${part}`;

/*
 * Job ids. BullMQ refuses ids of digits only and most with a colon: each kind begins with its own letter.
 *
 *   i-<id>                          in   an instruction          i-<id>.<again>   asked again
 *   r-<link>.<id>-<version>         out  a result                …-<version>.<request>   told again
 *   c-<link>.<id>-<version>         out  a contradiction
 *   n-<link>-<version>              out  a notice
 *   q-<link>-<version>              out  a question
 *   x-<link>.<request>              out  a rejection
 *   s-<journal>-<number>            out  the seal of a day of the journal
 *
 * The same id means the same content, so that publishing twice delivers once while the job is kept. The
 * link is part of it: ids and versions are unique per link only, the queue out is shared by all links.
 * Neither links nor ids nor what `part` returns hold a dot, so no two of these can be one by accident.
 */
const partCharsMax = 64;
function part(text: string): string {
  const clean = text.replaceAll(/[^A-Za-z0-9_-]/g, '_');
  if (clean === text && text.length <= partCharsMax) return text;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `${clean.slice(0, partCharsMax - 17)}-${hash}`;
}

/** Job id of an instruction. A ledger that asks again gives a fresh `again`, else BullMQ drops the job. */
export const instructionJobId = (id: string, again?: string): string =>
  again === undefined ? `i-${id}` : `i-${id}.${part(again)}`;

/**
 * Names one request: a ledger may use a job id again once its job is gone, and must be answered again.
 * `addedAt` is the job's own timestamp: a job that runs twice is one request.
 */
export const requestName = (jobId: string, addedAt: number): string =>
  `${jobId}-${addedAt.toString(36)}`;

// Stems: the outbox holds one, and whoever publishes appends the version.
export const resultStem = (link: string, id: string): string => `r-${part(link)}.${id}`;
export const contradictionStem = (link: string, id: string): string => `c-${part(link)}.${id}`;
export const noticeStem = (link: string): string => `n-${part(link)}`;
export const questionStem = (link: string): string => `q-${part(link)}`;
export const versionedJobId = (stem: string, version: number): string => `${stem}-${version}`;

export const resultJobId = (link: string, id: string, version: number): string =>
  versionedJobId(resultStem(link, id), version);

/** Job id of a known result told again because of `request`: fresh per question. */
export const reaskJobId = (link: string, id: string, version: number, request: string): string =>
  `${resultJobId(link, id, version)}.${part(request)}`;

/** Job id of the seal of a day; `journal`: identity of the journal. */
export const sealJobId = (journal: string, number: number): string => `s-${journal}-${number}`;

/** Job id of the rejection of one request. */
export const rejectionJobId = (link: string, request: string): string =>
  `x-${part(link)}.${part(request)}`;
