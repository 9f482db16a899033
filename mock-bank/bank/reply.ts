/** What the bank says to one request, before it becomes bytes. */
import type { Message, Row, Scalar, Values } from '../../src/protocol/message.ts';
import type { Code } from './codes.ts';

export interface Reply {
  readonly code: Code;
  readonly values?: Values;
}

export const refused = (code: Code): Reply => ({ code });

export const listed = (code: Code, rows: Row[], more: Record<string, Scalar> = {}): Reply => ({
  code,
  values: { ...more, userDataList: rows },
});

/** The rows of an answer that has one list, whatever its spec calls it. */
export const ROWS = '$rows';

export const text = (message: Message, name: string): string => {
  const value = message.fields[name];
  return value === undefined ? '' : String(value);
};

/** A part of the request's head. */
export const headText = (message: Message, name: string): string => message.head[name] ?? '';

/** An amount of the request in fen; zero if it is missing. */
export const amount = (message: Message, name: string): bigint => {
  const value = message.fields[name];
  return typeof value === 'bigint' ? value : 0n;
};

/** What the ledger wrote into its order: the memo (备注), or where there is none the summary (摘要), by any name. */
export const memoOf = (message: Message): string =>
  text(message, 'memo') || text(message, 'abstract') || text(message, 'resume');
