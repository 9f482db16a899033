/** Logs as JSON lines. In: an event and fields. Out: one line with what safe-fields.ts lets through. */
import { pino } from 'pino';
import type { Fields, Log } from './log.ts';
import { safeEvent, safeFields } from './safe-fields.ts';
import { type Destination, descriptor } from './stdout.ts';

export const LOG_LEVELS = ['info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogOptions {
  level?: LogLevel;
  /** default: standard output */
  destination?: Destination;
}

const STDOUT = 1;

export function createLog(options: LogOptions = {}): Log {
  const { level = 'info', destination = descriptor(STDOUT) } = options;
  const lines = pino(
    {
      level,
      // neither pid nor host name: whoever collects the lines knows where they come from
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  const write = (as: 'info' | 'warn' | 'error', event: string, fields: Fields = {}): void => {
    if (!lines.isLevelEnabled(as)) return;
    let shown: Record<string, unknown>;
    try {
      shown = safeFields(fields);
    } catch {
      // an object whose getters throw: the line is lost, the order it speaks of is not
      shown = { dropped: 1 };
    }
    lines[as]({ event: safeEvent(event), ...shown });
  };
  return {
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, fields) => write('error', event, fields),
  };
}
