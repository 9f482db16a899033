/**
 * The queues in one Redis as BullMQ keeps its promises, no more: at least once, a job id that is still kept
 * is dropped without a word, a job whose worker died comes back. Never changed, only replaced, so that a
 * Redis can go back to any moment.
 */
import type { Envelope } from '../../src/instruction/envelope.ts';
import type { OutEntry } from '../../src/queue/publisher.ts';

export interface Job {
  readonly id: string;
  readonly addedAt: number;
  readonly data: Envelope;
}

export interface Queues {
  readonly waiting: readonly Job[];
  /** by job id: who works on it */
  readonly active: ReadonlyMap<string, { readonly job: Job; readonly by: string }>;
  /** they wait their turn again, and not yet */
  readonly delayed: readonly Job[];
  /** job ids of instructions that are kept */
  readonly kept: ReadonlySet<string>;
  /** results and notices nobody has fetched, by job id, oldest first */
  readonly out: ReadonlyMap<string, OutEntry>;
  /** job ids that were fetched and are kept */
  readonly fetched: ReadonlySet<string>;
}

export const emptyQueues: Queues = {
  waiting: [],
  active: new Map(),
  delayed: [],
  kept: new Set(),
  out: new Map(),
  fetched: new Set(),
};

export function added(queues: Queues, job: Job): Queues {
  if (queues.kept.has(job.id)) return queues;
  return { ...queues, kept: new Set([...queues.kept, job.id]), waiting: [...queues.waiting, job] };
}

/** The oldest job, handed to `by`. */
export function fetched(queues: Queues, by: string): { queues: Queues; job: Job | undefined } {
  const [job, ...waiting] = queues.waiting;
  if (job === undefined) return { queues, job };
  const active = new Map(queues.active).set(job.id, { job, by });
  return { queues: { ...queues, waiting, active }, job };
}

/** It is done (`again` false), or waits a while for its turn. */
export function ended(queues: Queues, job: Job, again: boolean): Queues {
  if (!queues.active.has(job.id)) return queues;
  const active = new Map(queues.active);
  active.delete(job.id);
  return { ...queues, active, delayed: again ? [...queues.delayed, job] : queues.delayed };
}

export function promoted(queues: Queues, jobId: string): Queues {
  const job = queues.delayed.find(({ id }) => id === jobId);
  if (job === undefined) return queues;
  const delayed = queues.delayed.filter((one) => one !== job);
  return { ...queues, waiting: [...queues.waiting, job], delayed };
}

/** Those in the hands of `by` are offered again, whether it is dead or only slow: they then run twice. */
export function stalled(queues: Queues, by: string): Queues {
  const lost = [...queues.active.values()].filter((one) => one.by === by).map(({ job }) => job);
  const active = new Map([...queues.active].filter(([, one]) => one.by !== by));
  return { ...queues, active, waiting: [...lost, ...queues.waiting] };
}

export function published(queues: Queues, entries: readonly OutEntry[]): Queues {
  const out = new Map(queues.out);
  for (const entry of entries) if (!queues.fetched.has(entry.jobId)) out.set(entry.jobId, entry);
  return { ...queues, out };
}

export function consumed(queues: Queues, jobId: string): Queues {
  const out = new Map(queues.out);
  out.delete(jobId);
  return { ...queues, out, fetched: new Set([...queues.fetched, jobId]) };
}
