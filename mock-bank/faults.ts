/**
 * The closed list of what this bank can do wrong. A fault says what happens to the order (is it
 * executed?) and what the caller sees; the two are independent, which is the whole point.
 */
import { z } from 'zod';
import { timerMsMax } from './clock.ts';

const wait = z.number().int().min(0).max(timerMsMax);
const ms = (value: number) => wait.default(value);
const executed = (value: boolean) => z.boolean().default(value);
const bankCode = z.string().regex(/^[A-Z0-9]{4,7}$/);

/** The name of a request that nobody made. */
const foreignSerial = '20000101999999999999';

export const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('hold'), ms: wait.optional() }),
  z.strictObject({ kind: z.literal('no-answer'), executed: executed(true) }),
  z.strictObject({ kind: z.literal('late'), ms: ms(2000), executed: executed(true) }),
  z.strictObject({ kind: z.literal('drop-before') }),
  z.strictObject({
    kind: z.literal('drop-after'),
    how: z.enum(['reset', 'close']).default('reset'),
  }),
  z.strictObject({ kind: z.literal('answer-previous-again') }),
  z.strictObject({ kind: z.literal('answer-twice'), gapMs: ms(0) }),
  z.strictObject({
    kind: z.literal('processing'),
    code: z.enum(['AAAAAAA', 'AAAAAAE', 'CCCCCCC']).default('AAAAAAE'),
    asks: z.number().int().min(0).default(0),
    ms: ms(1000),
    /** not booked in the end: DLCIDSTT says stt 1 with this code */
    fails: bankCode.optional(),
  }),
  z.strictObject({
    kind: z.literal('review'),
    code: z.enum(['AAAAAAB', 'AAAAAAC']).default('AAAAAAB'),
    decision: z.enum(['approve', 'wait']).default('approve'),
    ms: ms(1000),
  }),
  z.strictObject({
    kind: z.literal('review-then-refused'),
    code: z.enum(['AAAAAAB', 'AAAAAAC']).default('AAAAAAB'),
    stt: z.enum(['3', '4']).default('3'),
    ms: ms(1000),
  }),
  z.strictObject({ kind: z.literal('code'), code: bankCode, executed: executed(false) }),
  z.strictObject({
    kind: z.literal('http-status'),
    status: z.number().int().min(300).max(599).default(500),
    executed: executed(true),
  }),
  z.strictObject({ kind: z.literal('html'), executed: executed(true) }),
  z.strictObject({ kind: z.literal('empty-body'), executed: executed(true) }),
  z.strictObject({
    kind: z.literal('cut-body'),
    /** bytes that arrive, of the body or (heads) of the packet; half of them when not given */
    at: z.number().int().min(0).optional(),
    executed: executed(true),
  }),
  z.strictObject({
    kind: z.literal('wrong-length'),
    /** how many bytes the announced length is too large (or, negative, too small) */
    by: z
      .number()
      .int()
      .refine((by) => by !== 0)
      .default(-20),
    executed: executed(true),
  }),
  z.strictObject({
    kind: z.literal('half-then-silence'),
    /** as in cut-body */
    at: z.number().int().min(0).optional(),
    executed: executed(true),
  }),
  z.strictObject({
    kind: z.literal('wrong-serial'),
    serial: z.string().min(1).max(40).default(foreignSerial),
    executed: executed(true),
  }),
  z.strictObject({
    kind: z.literal('two-frames'),
    serial: z.string().min(1).max(40).default(foreignSerial),
    executed: executed(true),
  }),
  z.strictObject({ kind: z.literal('answer-after-close'), executed: executed(true) }),
  z.strictObject({ kind: z.literal('reset-after-read'), executed: executed(false) }),
  z.strictObject({ kind: z.literal('wrong-declaration') }),
  z.strictObject({ kind: z.literal('alphabetical') }),
  z.strictObject({ kind: z.literal('one-byte-segments') }),
  z.strictObject({ kind: z.literal('late-rows'), ms: ms(2000) }),
  z.strictObject({
    kind: z.literal('rows-while-paging'),
    amount: z
      .string()
      .regex(/^\d+\.\d{2}$/)
      .default('0.01'),
  }),
]);

export type Fault = z.infer<typeof fault>;
export type FaultKind = Fault['kind'];

export const FAULTS: Record<FaultKind, string> = {
  hold: 'Keeps the request unread, says "no such serial" meanwhile, and executes it on release or after ms, also when the caller is long gone.',
  'no-answer':
    'Executes (or not) and never answers; the connection stays open until the caller closes it.',
  late: 'Executes (or not) at once and answers ms later.',
  'drop-before': 'Closes the connection without executing.',
  'drop-after': 'Executes, then resets or closes the connection without an answer.',
  'answer-previous-again':
    'Executes, and answers with the bytes of the answer before it on the same connection (nothing special on the first request of a connection).',
  'answer-twice':
    'Executes and sends the same answer twice: in one write, or the second gapMs after the first.',
  processing:
    'Accepts; DLCIDSTT says "processing" until asks inquiries were answered and ms have passed; then books, or fails with the code given.',
  review: 'Answers AAAAAAB or AAAAAAC; books after ms, or waits for the control API.',
  'review-then-refused':
    'Answers AAAAAAB or AAAAAAC; after ms DLCIDSTT says stt 3 (refused) or 4 (withdrawn); never executed.',
  code: 'Answers with any code, executed or not: EEEEEEE, UNKNOWN, CCCCCCC, ED11308, ED12002, unlisted ones.',
  'http-status':
    'Executes (or not) and answers with this HTTP status and a body that says AAAAAAA.',
  html: 'Executes (or not) and answers 200 with an HTML page.',
  'empty-body': 'Executes (or not) and answers 200 with no body.',
  'cut-body': 'Executes (or not), announces the whole length and closes in the middle of the body.',
  'wrong-length':
    'Executes (or not) and announces a Content-Length that is too long or too short by some bytes.',
  'half-then-silence':
    'Executes (or not), sends half of the answer and nothing more; the connection stays open.',
  'wrong-serial': 'Executes (or not) and answers under the name of another request.',
  'two-frames':
    'Executes (or not) and sends the answer and one to another request in the same segment.',
  'answer-after-close':
    'Executes (or not) and answers only when the caller has ended its side of the connection.',
  'reset-after-read': 'Reads the request whole and resets the connection, executed or not.',
  'wrong-declaration': 'Answers in the same bytes but declares GB2312.',
  alphabetical: 'Answers in alphabetical order, lists last, with elements that no manual lists.',
  'one-byte-segments': 'Answers one byte per segment.',
  'late-rows': 'Books and numbers now; the statement shows the rows only ms later.',
  'rows-while-paging':
    'After a page of a statement was answered, one more credit arrives on that account.',
};

/** Faults that only an order of money can have; on anything else they do nothing. */
const MOVEMENT_ONLY: readonly FaultKind[] = [
  'processing',
  'review',
  'review-then-refused',
  'late-rows',
];
const STATEMENT_ONLY: readonly FaultKind[] = ['rows-while-paging'];

/** Faults that only one wire has, or only bodies in XML. */
const HTTP_ONLY: readonly FaultKind[] = ['http-status', 'wrong-declaration', 'alphabetical'];
const HEADS_ONLY: readonly FaultKind[] = ['wrong-serial', 'two-frames'];

/** What a request is like, as far as faults care. */
export interface Kind {
  readonly movement: boolean;
  readonly statement: boolean;
  readonly wire: 'http' | 'heads';
}

export function fits(kind: FaultKind, to: Kind): boolean {
  if (MOVEMENT_ONLY.includes(kind)) return to.movement;
  if (STATEMENT_ONLY.includes(kind)) return to.statement;
  if (HTTP_ONLY.includes(kind)) return to.wire === 'http';
  if (HEADS_ONLY.includes(kind)) return to.wire === 'heads';
  return true;
}

/** The request is not executed at all, neither now nor later. */
export function unexecuted(chosen: Fault | undefined): boolean {
  if (chosen === undefined) return false;
  return chosen.kind === 'drop-before' || ('executed' in chosen && !chosen.executed);
}
