/**
 * What of a log call may be printed. In: fields as a caller gave them, of whatever shape at run time.
 * Out: the fields of the list, masked; the rest is counted, not named. Never the text of an error that is
 * not ours: a refused Redis command prints its arguments and with them an account number (measured).
 */
import { Faults, safeError, YinqiError } from '../errors.ts';
import type { Fields } from './log.ts';
import { looksLikeAccount, maskId, maskText } from './mask.ts';

type Rule = 'text' | 'id' | 'digest' | 'number' | 'counter';

/** The exact list. A field that is missing here does not compile, one that is not in Fields neither. */
const RULES = {
  link: 'text',
  source: 'text',
  id: 'id',
  operation: 'text',
  transaction: 'text',
  phase: 'text',
  outcome: 'text',
  reason: 'text',
  code: 'text',
  version: 'counter',
  attempt: 'number',
  epoch: 'counter',
  serial: 'id',
  record: 'counter',
  count: 'number',
  ms: 'number',
  bytes: 'number',
  job: 'text',
  why: 'text',
  path: 'text',
  day: 'text',
  kind: 'text',
  peer: 'text',
  digest: 'digest',
} as const satisfies Record<Exclude<keyof Fields, 'error'>, Rule>;

export const LOG_FIELDS: readonly string[] = [...Object.keys(RULES), 'error'];

const FRAMES_MAX = 6;
const FAULTS_MAX = 20;
/** `at name (file:line:column)`; the last folder and the file are enough to find it. */
const FRAME =
  /^\s+at (?:.*\()?(?:file:\/\/)?\/?((?:[\w.@-]+\/)*)([\w.-]+\.[cm]?[jt]s):(\d+):\d+\)?$/;

/** Where it was thrown, without the message: file and line of frames that look exactly like frames. */
function framesOf(error: Error): string[] {
  const stack = String(error.stack ?? '');
  const message = String(error.message);
  const at = message === '' ? -1 : stack.indexOf(message);
  const lines = (at < 0 ? stack : stack.slice(at + message.length)).split('\n');
  const frames = lines.flatMap((line) => {
    const [, folders = '', file = '', number = ''] = FRAME.exec(line) ?? [];
    if (file === '') return [];
    const folder = folders.split('/').at(-2) ?? '';
    return [maskText(`${folder === '' ? '' : `${folder}/`}${file}:${number}`)];
  });
  return frames.slice(0, FRAMES_MAX);
}

/** One error as a log may show it. */
export function errorFields(error: unknown): Record<string, unknown> {
  const { code, sentence, path, detail } = safeError(error);
  const isOurs = error instanceof YinqiError;
  const cause = isOurs && error.cause !== undefined ? safeError(error.cause) : undefined;
  const because = cause === undefined ? undefined : (cause.detail ?? cause.code);
  const faults = error instanceof Faults ? error.faults.slice(0, FAULTS_MAX) : [];
  return {
    code,
    sentence,
    ...(path === undefined ? {} : { path: maskText(path) }),
    ...(detail === undefined ? {} : { detail: maskText(detail) }),
    ...(because === undefined ? {} : { cause: maskText(because) }),
    ...(faults.length === 0
      ? {}
      : {
          faults: faults.map((one) =>
            maskText([one.path, one.detail].filter((part) => part !== undefined).join(': ')),
          ),
        }),
    ...(error instanceof Error ? { at: framesOf(error) } : {}),
  };
}

function safeNumber(value: unknown, isCounter: boolean): number | string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  // no count, size or duration has twelve digits; an account number that lost its quotes has
  return isCounter || Math.abs(value) < 1e11
    ? value
    : maskText(BigInt(Math.trunc(value)).toString());
}

function safeValue(rule: Rule, value: unknown): number | string | undefined {
  if (rule === 'number' || rule === 'counter') return safeNumber(value, rule === 'counter');
  if (typeof value !== 'string') return undefined;
  if (rule === 'id') return maskId(value);
  // hexadecimal text has runs of digits by chance; only a whole sha256 is let through for what it is
  if (rule === 'digest' && /^[0-9a-f]{64}$/.test(value)) return value;
  return maskText(value);
}

const hasRule = (name: string): name is keyof typeof RULES => Object.hasOwn(RULES, name);

export function safeFields(fields: Fields): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  let dropped = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (name === 'error') {
      safe.error = errorFields(value);
      continue;
    }
    const shown = hasRule(name) ? safeValue(RULES[name], value) : undefined;
    if (shown === undefined) dropped += 1;
    else safe[name] = shown;
  }
  return dropped === 0 ? safe : { ...safe, dropped };
}

/** An event is a word of the program; a sentence could carry anything. */
export const safeEvent = (event: string): string =>
  /^[A-Za-z][A-Za-z0-9.-]{0,59}$/.test(event) && !looksLikeAccount(event)
    ? event
    : 'malformed-event';
