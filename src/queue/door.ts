/**
 * The door for payloads. In: what stood in a job's data. Out: an envelope, or the fault of an
 * instruction whose id must be burnt, or poison: something that is no instruction at all.
 * Pure. Never shows a value in a fault, only where it stood and which limit it broke.
 */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { ERRORS, type ErrorCode, type SafeError } from '../errors.ts';
import {
  canonicalJson,
  type Envelope,
  envelope,
  instructionId,
  VALIDITY_MS_MAX,
} from '../instruction/envelope.ts';

/** An instruction with an id of its own but content nobody may act on; `digest` is over all but `meta`. */
export interface Invalid {
  id: string;
  digest: string;
  fault: SafeError;
  operation?: string;
  transaction?: string;
  businessRef?: string;
  meta?: Record<string, string>;
}

/** No instruction at all; the id is there only if it could be read. */
export type Poison = SafeError & { id?: string };

export type Intake = { ok: Envelope } | { invalid: Invalid } | { poison: Poison };

/**
 * Who takes what came through the door. Each resolves once it is durable. `request` names the asking
 * (`requestName`): the job ids of a rejection or of a known result told again are made of it.
 */
export interface Takers {
  accept(envelope: Envelope, request: string): Promise<void>;
  acceptInvalid(invalid: Invalid, request: string): Promise<void>;
  reject(poison: Poison, request: string): Promise<void>;
}

export async function hand(intake: Intake, request: string, takers: Takers): Promise<void> {
  if ('ok' in intake) return takers.accept(intake.ok, request);
  if ('invalid' in intake) return takers.acceptInvalid(intake.invalid, request);
  return takers.reject(intake.poison, request);
}

/** Deeper payloads would exhaust the stack of everything recursive behind the door. */
const depthMax = 32;

const isObject = (data: unknown): data is Record<string, unknown> =>
  typeof data === 'object' && data !== null && !Array.isArray(data);

const fault = (code: ErrorCode, path?: string, detail?: string): SafeError => ({
  code,
  sentence: ERRORS[code].sentence,
  ...(path === undefined ? {} : { path }),
  ...(detail === undefined ? {} : { detail }),
});

/** Why the shape itself cannot be taken; undefined if it can. Not recursive on purpose. */
function shapeFault(data: object): SafeError | undefined {
  const stack: { value: object; depth: number }[] = [{ value: data, depth: 1 }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (top.depth > depthMax) {
      return fault('PAYLOAD_POISON', undefined, `deeper than ${depthMax} levels`);
    }
    for (const [key, value] of Object.entries(top.value)) {
      // copied by assignment anywhere behind us, such a key would vanish or change the object's kind
      if (key === '__proto__') return fault('PAYLOAD_POISON', undefined, 'a key is __proto__');
      if (typeof value === 'object' && value !== null) {
        stack.push({ value, depth: top.depth + 1 });
      }
    }
  }
  return undefined;
}

/** A key of the payload in a path: shown only if it looks like a field name, never like a value. */
const step = (key: PropertyKey): string => {
  const text = String(key);
  return /^[A-Za-z_][A-Za-z0-9_.]{0,39}$/.test(text) && !/\d{6}/.test(text) ? text : '?';
};

function issueFault(issue: z.core.$ZodIssue, data: Record<string, unknown>): SafeError {
  const path = issue.path.map(step).join('.');
  if (issue.code === 'unrecognized_keys') {
    return fault('FIELD_UNKNOWN', [...issue.path, issue.keys[0] ?? ''].map(step).join('.'));
  }
  const given = issue.path.length === 1 ? data[String(issue.path[0])] : '';
  if (issue.code === 'invalid_type' && given === undefined) return fault('FIELD_MISSING', path);
  if (issue.code === 'invalid_value') return fault('FIELD_CHOICE', path);
  if (issue.code === 'too_big') {
    return fault('FIELD_TOO_LONG', path, `at most ${String(issue.maximum)} characters`);
  }
  return fault('FIELD_FORMAT', path);
}

/** Rules between fields. The published JSON Schema says the first; it cannot say those about time. */
function crossFault(given: Envelope): SafeError | undefined {
  if (given.operation === undefined && given.transaction === undefined) {
    return fault('FIELD_MISSING', 'operation', 'exactly one of operation and transaction');
  }
  if (given.operation !== undefined && given.transaction !== undefined) {
    return fault('FIELD_MUST_BE_EMPTY', 'transaction', 'exactly one of operation and transaction');
  }
  const lives = Date.parse(given.expiresAt) - Date.parse(given.createdAt);
  if (!(lives > 0)) return fault('FIELD_FORMAT', 'expiresAt', 'must be after createdAt');
  if (lives > VALIDITY_MS_MAX) {
    return fault('FIELD_FORMAT', 'expiresAt', 'at most 7 days after createdAt');
  }
  return undefined;
}

function invalid(id: string, data: Record<string, unknown>, why: SafeError): Intake {
  const { meta, ...counted } = data;
  const given = envelope.shape;
  const operation = given.operation.safeParse(data.operation).data;
  const transaction = given.transaction.safeParse(data.transaction).data;
  const businessRef = given.businessRef.safeParse(data.businessRef).data;
  const metaGiven = given.meta.safeParse(meta).data;
  return {
    invalid: {
      id,
      digest: createHash('sha256').update(canonicalJson(counted)).digest('hex'),
      fault: why,
      ...(operation === undefined ? {} : { operation }),
      ...(transaction === undefined ? {} : { transaction }),
      ...(businessRef === undefined ? {} : { businessRef }),
      ...(metaGiven === undefined ? {} : { meta: metaGiven }),
    },
  };
}

/** `bytes` is the encoded length of the payload, `bytesMax` the setting payloadBytesMax. */
export function readPayload(data: unknown, bytes: number, bytesMax: number): Intake {
  const tooLarge = fault('PAYLOAD_TOO_LARGE', undefined, `at most ${bytesMax} bytes`);
  if (!isObject(data)) {
    return {
      poison: bytes > bytesMax ? tooLarge : fault('PAYLOAD_POISON', undefined, 'no object'),
    };
  }
  const read = instructionId.safeParse(data.id);
  const shape = shapeFault(data);
  if (!read.success) {
    return { poison: bytes > bytesMax ? tooLarge : (shape ?? fault('PAYLOAD_POISON', 'id')) };
  }
  const id = read.data;
  if (shape !== undefined) return { poison: { ...shape, id } };
  if (bytes > bytesMax) return invalid(id, data, tooLarge);
  const parsed = envelope.safeParse(data);
  if (!parsed.success) {
    const first = parsed.error.issues[0];
    return invalid(id, data, first ? issueFault(first, data) : fault('FIELD_FORMAT'));
  }
  const between = crossFault(parsed.data);
  return between === undefined ? { ok: parsed.data } : invalid(id, data, between);
}
