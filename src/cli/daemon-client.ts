/**
 * The running daemon as a command reaches it: over its unix socket, one question a connection. In: a
 * question. Out: the checked answer, or Refused. A question is asked once: a decision whose answer got
 * lost may have been taken.
 */
import { z } from 'zod';
import type { SafeError } from '../errors.ts';
import { adminError } from '../ops/admin-errors.ts';
import type { Approval, Wish } from '../ops/operator.ts';
import { askSocket } from '../ops/unix-http.ts';
import { Refused } from './failing.ts';

const ANSWER_WITHIN_MS = 15_000;

/** With these the daemon has not seen a byte. */
const NOT_REACHED = ['ECONNREFUSED', 'ENOENT', 'EACCES', 'ENOTSOCK', 'ENOTDIR', 'EAGAIN'];

const refusal = z.looseObject({
  code: z.string(),
  sentence: z.string(),
  path: z.string().optional(),
  detail: z.string().optional(),
});
const unknownLines = z.object({
  unknown: z.array(
    z.looseObject({
      link: z.string(),
      source: z.string(),
      id: z.string(),
      operation: z.string(),
      phase: z.string(),
      reason: z.string().optional(),
      code: z.string().optional(),
      serial: z.string().optional(),
      businessRef: z.string().optional(),
      age: z.number(),
      asked: z.number(),
      contradicted: z.boolean(),
    }),
  ),
});
const shownInstruction = z.record(z.string(), z.unknown());
const proposalLines = z.object({
  proposals: z.array(
    z.looseObject({
      proposal: z.number(),
      link: z.string(),
      action: z.string(),
      subject: z.string(),
      outcome: z.string().optional(),
      who: z.string(),
      evidence: z.string(),
      age: z.number(),
      state: z.string(),
      seen: z.string(),
    }),
  ),
});
const contradictionLines = z.object({
  contradictions: z.array(
    z.looseObject({
      link: z.string(),
      source: z.string(),
      id: z.string(),
      record: z.number(),
      age: z.number(),
      final: z.string(),
      evidence: z.string(),
      code: z.string(),
      serial: z.string(),
    }),
  ),
});
const changeLines = z.object({
  changes: z.array(
    z.looseObject({
      link: z.string(),
      record: z.number(),
      age: z.number(),
      what: z.string(),
      before: z.string(),
      digest: z.string(),
      values: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});
const unclaimedLines = z.object({
  unclaimed: z.array(
    z.looseObject({
      link: z.string(),
      record: z.number(),
      age: z.number(),
      event: z.string(),
      peer: z.string(),
      bytes: z.number(),
      digest: z.string(),
    }),
  ),
});
const pendingLines = z.object({
  pending: z.array(
    z.looseObject({
      link: z.string(),
      source: z.string(),
      id: z.string(),
      operation: z.string(),
      reason: z.string().optional(),
      code: z.string().optional(),
      serial: z.string().optional(),
      asked: z.number(),
      age: z.number(),
    }),
  ),
});
const proposed = z.looseObject({ proposal: z.number() });
const approved = z.looseObject({
  outcome: z.string(),
  version: z.number().optional(),
  record: z.number(),
});
const withdrawn = z.looseObject({ record: z.number() });

export type ProposalsAnswer = z.infer<typeof proposalLines>['proposals'];
export type UnknownAnswer = z.infer<typeof unknownLines>['unknown'];

const silent = (socket: string, detail: string): Refused =>
  new Refused({ ...adminError('DAEMON_SILENT', socket), detail });

function notAnswered(error: unknown, socket: string, withinMs: number): Refused {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
  if (code === 'ABORT_ERR') return silent(socket, `nothing within ${withinMs} ms`);
  if (!NOT_REACHED.includes(code)) return silent(socket, code);
  return new Refused({ ...adminError('DAEMON_UNREACHABLE', socket), detail: code });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Asked {
  readonly body?: unknown;
  /** of the person who asks */
  readonly token?: string;
  readonly withinMs?: number;
}

/** One question, checked. Throws Refused with what the daemon, or the way to it, said no with. */
export async function ask<T>(
  schema: z.ZodType<T>,
  socket: string,
  method: 'GET' | 'POST',
  path: string,
  { body, token, withinMs = ANSWER_WITHIN_MS }: Asked = {},
): Promise<T> {
  const answer = await askSocket({
    socket,
    method,
    path,
    withinMs,
    token,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw notAnswered(error, socket, withinMs);
  });
  const said = parsed(answer.text);
  if (answer.status !== 200) {
    const no = refusal.safeParse(said);
    throw no.success ? new Refused(no.data as SafeError) : silent(socket, `${answer.status}`);
  }
  const good = schema.safeParse(said);
  if (!good.success) throw silent(socket, 'its answer has another shape');
  return good.data;
}

export interface At {
  readonly link?: string | undefined;
  readonly source?: string | undefined;
}

function query({ link, source }: At): string {
  const given = new URLSearchParams();
  if (link !== undefined) given.set('link', link);
  if (source !== undefined) given.set('source', source);
  return given.size === 0 ? '' : `?${given}`;
}

export async function listUnknown(socket: string): Promise<UnknownAnswer> {
  return (await ask(unknownLines, socket, 'GET', '/unknown')).unknown;
}

export const showInstruction = (
  socket: string,
  id: string,
  at: At,
): Promise<Record<string, unknown>> =>
  ask(shownInstruction, socket, 'GET', `/instructions/${encodeURIComponent(id)}${query(at)}`);

export async function listProposals(socket: string): Promise<ProposalsAnswer> {
  return (await ask(proposalLines, socket, 'GET', '/proposals')).proposals;
}

export const listPending = async (socket: string) =>
  (await ask(pendingLines, socket, 'GET', '/pending')).pending;

export const listContradictions = async (socket: string) =>
  (await ask(contradictionLines, socket, 'GET', '/contradictions')).contradictions;

export const listChanges = async (socket: string) =>
  (await ask(changeLines, socket, 'GET', '/changes')).changes;

export const listUnclaimed = async (socket: string) =>
  (await ask(unclaimedLines, socket, 'GET', '/unclaimed')).unclaimed;

/** `token`: of the person who proposes, approves or withdraws. */
export const propose = (socket: string, token: string, wish: Wish) =>
  ask(proposed, socket, 'POST', '/proposals', { body: wish, token });

export const approve = (socket: string, token: string, { proposal, ...by }: Approval) =>
  ask(approved, socket, 'POST', `/proposals/${proposal}/approve`, { body: by, token });

export const withdraw = (socket: string, token: string, { proposal, who }: Approval) =>
  ask(withdrawn, socket, 'POST', `/proposals/${proposal}/withdraw`, { body: { who }, token });
