/**
 * The words of the CMS family for what the shared bank decides: a code of four digits, and the flag that must
 * stand beside it. The sources know five pairs; refusals have none, so theirs begin with M, for mock.
 */
import { CODES, type Code } from '../bank/codes.ts';

const code = (value: string, text: string): Code => ({ code: value, text });

export const CMS = {
  done: code('0000', '交易成功'),
  timeout: code('9999', '通讯机超时'),
  noSuchOrder: code('2100', '无此交易'),
} as const satisfies Record<string, Code>;

const WORDS: ReadonlyMap<string, Code> = new Map([
  [CODES.done.code, CMS.done],
  [CODES.submitted.code, CMS.done],
  [CODES.review.code, CMS.done],
  [CODES.scheduled.code, CMS.done],
  [CODES.processing.code, CMS.done],
  [CODES.unknown.code, CMS.timeout],
]);

const own: ReadonlySet<string> = new Set(Object.values(CMS).map((one) => one.code));

/** MOCK012 → M012, and what CITIC alone has a word for → M and its last three. */
export function cmsCode(given: Code): Code {
  if (own.has(given.code)) return given;
  return WORDS.get(given.code) ?? code(`M${given.code.slice(-3)}`, given.text);
}

/** succ_flag beside a code: 0 it went well, 2 there is no such order, 1 anything else. */
export function flagOf({ code: value }: Code): string {
  if (value === CMS.done.code) return '0';
  return value === CMS.noSuchOrder.code ? '2' : '1';
}
