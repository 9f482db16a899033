/**
 * The registry of everything that can go wrong. One line each: who is at fault, whether the caller may
 * try again, and a sentence that is safe to show (no account number, name, amount or key ever stands in
 * it). `docs/errors.md` is checked against this table in both directions by a test.
 *
 * retry: `safe` nothing was sent, the same call may be made again · `never` the same input fails again ·
 * `ask-first` the bank may have it: only an inquiry may say what happened.
 */
export type Fault = 'request' | 'operator' | 'peer' | 'defect';
export type Retry = 'safe' | 'never' | 'ask-first';

interface Entry {
  readonly fault: Fault;
  readonly retry: Retry;
  readonly sentence: string;
}

const entry = (fault: Fault, retry: Retry, sentence: string): Entry => ({ fault, retry, sentence });

export const ERRORS = {
  // a request that cannot be taken
  FIELD_MISSING: entry('request', 'never', 'a required field is missing or empty'),
  FIELD_UNKNOWN: entry('request', 'never', 'no such field'),
  FIELD_TOO_LONG: entry('request', 'never', 'the field has more encoded bytes than the bank takes'),
  FIELD_FORMAT: entry('request', 'never', 'the field has the wrong format'),
  FIELD_CHOICE: entry('request', 'never', 'the value is not one of those allowed'),
  FIELD_OWNED: entry('request', 'never', 'the gateway owns this field; a request may not set it'),
  FIELD_MUST_BE_EMPTY: entry('request', 'never', 'the field must be empty here'),
  FIELD_UNENCODABLE: entry('request', 'never', 'the charset of the link cannot carry a character'),
  OPERATION_UNKNOWN: entry('request', 'never', 'no such operation on this link'),
  NOT_ALLOWED: entry('request', 'never', 'the rules of the link or the source forbid this'),
  EXPIRED: entry(
    'request',
    'never',
    'expiresAt has passed, or createdAt is too old to be believed',
  ),
  PAYLOAD_TOO_LARGE: entry('request', 'never', 'the payload is larger than payloadBytesMax'),
  PAYLOAD_POISON: entry('request', 'never', 'the payload is no instruction at all'),
  ID_CONFLICT: entry('request', 'never', 'this id is known with other content'),
  REFERENCE_NOT_HELD: entry(
    'request',
    'never',
    'the instruction referred to does not hold what is asked of it',
  ),
  TOO_LATE: entry('request', 'never', 'the instruction was claimed before it could be cancelled'),
  QUESTION_CLOSED: entry(
    'request',
    'never',
    'the question was answered before, or its time is over; nothing was said to the bank',
  ),
  // an operator's fault, found at start or by `yinqi config check` and `yinqi spec lint`
  CONFIG_INVALID: entry('operator', 'never', 'the configuration is not valid'),
  SPEC_INVALID: entry('operator', 'never', 'the protocol spec is not valid'),
  REDIS_NOT_DURABLE: entry('operator', 'never', 'Redis does not keep what it acknowledges'),
  REDIS_ROLLED_BACK: entry('operator', 'safe', 'Redis is older than what this gateway has seen'),
  REDIS_WRONG_TYPE: entry('operator', 'never', 'a key in Redis has a type that is not ours'),
  INTAKE_STUCK: entry('operator', 'safe', 'jobs wait and the queue library fetches none'),
  JOURNAL_HELD: entry('operator', 'safe', 'another process holds the journal directory'),
  JOURNAL_DAMAGED: entry('operator', 'never', 'the journal is damaged before its tail'),
  JOURNAL_KEY: entry('operator', 'never', 'no key opens the journal'),
  JOURNAL_SEAL: entry('operator', 'safe', 'a day of the journal could not be sealed yet'),
  JOURNAL_WRITE: entry('operator', 'never', 'the journal could not be written and synced'),
  LINK_LEASED: entry('operator', 'safe', 'another gateway holds the lease of this link'),
  STALE_EPOCH: entry('operator', 'safe', 'a later owner has taken this link'),
  // the admin side
  INSTRUCTION_UNKNOWN: entry('request', 'never', 'no instruction of this id is known here'),
  PERSON_UNKNOWN: entry('request', 'never', 'the config names no such person with this token'),
  SAME_PERSON: entry(
    'request',
    'never',
    'who proposed it cannot approve it: it takes another person',
  ),
  PROPOSAL_UNKNOWN: entry('request', 'never', 'no proposal of this number is open'),
  PROPOSAL_EXISTS: entry(
    'request',
    'never',
    'the same is proposed already: another person approves it',
  ),
  PROPOSAL_VOID: entry(
    'request',
    'never',
    'what was proposed is too old, has moved since, or is disputed by another proposal',
  ),
  ROUTE_UNKNOWN: entry('request', 'never', 'nothing is served under this path'),
  DAEMON_UNREACHABLE: entry(
    'operator',
    'safe',
    'no daemon answers on the admin socket; nothing was done',
  ),
  DAEMON_SILENT: entry(
    'operator',
    'ask-first',
    'the daemon was asked and did not answer; look before asking again',
  ),
  // the peer's fault
  PEER_UNREACHABLE: entry('peer', 'safe', 'the front end could not be reached; nothing was sent'),
  FRAME_INVALID: entry('peer', 'ask-first', 'the bytes received are not a whole frame'),
  FRAME_TOO_LARGE: entry(
    'peer',
    'ask-first',
    'the peer announced or sent more bytes than the limit',
  ),
  MESSAGE_INVALID: entry('peer', 'ask-first', 'the frame is whole but is no message of the spec'),
  // ours
  DEFECT: entry('defect', 'ask-first', 'a rule of the program itself was broken'),
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof ERRORS;

/** What may be shown of an error anywhere: never more than this. */
export interface SafeError {
  code: ErrorCode;
  sentence: string;
  /** where in the input, e.g. `body.amount` or `transactions/DLMDETRN.yaml:request.3` */
  path?: string;
  /** harmless facts only: a limit, a length, a code point, a file name */
  detail?: string;
}

export class YinqiError extends Error {
  readonly code: ErrorCode;
  readonly path: string | undefined;
  readonly detail: string | undefined;

  /** `detail` must be harmless: lengths, limits, code points, names of settings; never a value. */
  constructor(code: ErrorCode, options: { path?: string; detail?: string; cause?: unknown } = {}) {
    const at = options.path === undefined ? '' : ` at ${options.path}`;
    const more = options.detail === undefined ? '' : ` (${options.detail})`;
    super(`${code}${at}: ${ERRORS[code].sentence}${more}`, { cause: options.cause });
    this.name = code;
    this.code = code;
    this.path = options.path;
    this.detail = options.detail;
  }

  get retry(): Retry {
    return ERRORS[this.code].retry;
  }
}

/** Several faults found in one look, reported together (config, spec). */
export class Faults extends YinqiError {
  readonly faults: readonly SafeError[];

  constructor(code: ErrorCode, faults: readonly SafeError[]) {
    super(code, { detail: `${faults.length} fault${faults.length === 1 ? '' : 's'}` });
    this.faults = faults;
  }
}

/**
 * Fails closed: of an error that is not ours only its class and errno-like code are shown, because a
 * refused Redis command prints its arguments and with them an account number (measured).
 */
export function safeError(error: unknown): SafeError {
  if (error instanceof YinqiError) {
    return {
      code: error.code,
      sentence: ERRORS[error.code].sentence,
      ...(error.path === undefined ? {} : { path: error.path }),
      ...(error.detail === undefined ? {} : { detail: error.detail }),
    };
  }
  const name = error instanceof Error ? error.constructor.name : typeof error;
  const code =
    error instanceof Error && 'code' in error && /^[A-Z][A-Z0-9_]{1,40}$/.test(String(error.code))
      ? `${name} ${String(error.code)}`
      : name;
  return { code: 'DEFECT', sentence: ERRORS.DEFECT.sentence, detail: code };
}
