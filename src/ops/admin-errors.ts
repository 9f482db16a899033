/** How the admin side says no: code, sentence, path, and never a text that is not ours. */
import type { FastifyError } from 'fastify';
import type { z } from 'zod';
import { ERRORS, type ErrorCode, type SafeError, safeError, YinqiError } from '../errors.ts';
import { maskText } from './mask.ts';

export interface Refusal {
  readonly status: number;
  readonly body: SafeError;
}

const STATUS = { request: 400, operator: 503, peer: 502, defect: 500 } as const;
const STATUS_OF: Partial<Record<ErrorCode, number>> = {
  // it is final already, or nothing was sent yet: the state forbids it, not the caller's rights
  NOT_ALLOWED: 409,
  PAYLOAD_TOO_LARGE: 413,
  INSTRUCTION_UNKNOWN: 404,
  PROPOSAL_UNKNOWN: 404,
  PROPOSAL_EXISTS: 409,
  PROPOSAL_VOID: 409,
  PERSON_UNKNOWN: 401,
  SAME_PERSON: 403,
};

export const adminError = (code: ErrorCode, path?: string): SafeError => ({
  code,
  sentence: ERRORS[code].sentence,
  ...(path === undefined ? {} : { path }),
});

const masked = (error: SafeError): SafeError => ({
  ...error,
  ...(error.path === undefined ? {} : { path: maskText(error.path) }),
  ...(error.detail === undefined ? {} : { detail: maskText(error.detail) }),
});

/** What fastify itself refuses before a handler runs. */
const FASTIFY: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'FIELD_FORMAT',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'FIELD_MISSING',
  FST_ERR_CTP_INVALID_JSON_BODY: 'PAYLOAD_POISON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'PAYLOAD_POISON',
};

export function refusalOf(error: unknown): Refusal {
  const known = error instanceof Error ? FASTIFY[(error as FastifyError).code] : undefined;
  const ours = known === undefined ? error : new YinqiError(known, { path: 'body' });
  const safe = safeError(ours);
  return {
    status: STATUS_OF[safe.code] ?? STATUS[ERRORS[safe.code].fault],
    body: masked(safe),
  };
}

function codeOf(issue: z.core.$ZodIssue): ErrorCode {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'FIELD_UNKNOWN';
    case 'invalid_value':
      return issue.input === undefined ? 'FIELD_MISSING' : 'FIELD_CHOICE';
    case 'too_big':
      return 'FIELD_TOO_LONG';
    case 'invalid_type':
      return issue.input === undefined ? 'FIELD_MISSING' : 'FIELD_FORMAT';
    default:
      return 'FIELD_FORMAT';
  }
}

/** What would be right: limits and choices, never what was given. */
function detailOf(issue: z.core.$ZodIssue): { detail?: string } {
  switch (issue.code) {
    case 'too_small':
      return { detail: `at least ${issue.minimum}` };
    case 'too_big':
      return { detail: `at most ${issue.maximum}` };
    case 'invalid_value':
      return { detail: `one of ${issue.values.join(', ')}` };
    default:
      return {};
  }
}

/** What was asked, checked; throws the first fault with its path. */
export function checked<T>(schema: z.ZodType<T>, given: unknown, at: string): T {
  const parsed = schema.safeParse(given, { reportInput: true });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw new YinqiError('FIELD_FORMAT', { path: at });
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
  const path = [at, ...issue.path.map(String), ...keys.slice(0, 1)].join('.');
  throw new YinqiError(codeOf(issue), { path, ...detailOf(issue) });
}
