/** The words of the reference protocol for what the shared bank decides (docs/reference-protocol.md, Status). */
import { CODES, type Code } from '../bank/codes.ts';

const code = (value: string, text: string): Code => ({ code: value, text });

const TAKEN = code('000001', '已受理');

const WORDS: ReadonlyMap<string, Code> = new Map(
  (
    [
      [CODES.done, code('000000', '成功')],
      [CODES.submitted, TAKEN],
      [CODES.review, TAKEN],
      [CODES.scheduled, TAKEN],
      [CODES.processing, TAKEN],
      [CODES.insufficient, code('100002', '余额不足')],
      [CODES.noPayer, code('100003', '账户不存在')],
      [CODES.noPayee, code('100003', '账户不存在')],
      [CODES.noAccount, code('100003', '账户不存在')],
      [CODES.payeeName, code('100004', '户名不符')],
      [CODES.amount, code('100005', '金额不合法')],
      [CODES.sameAccount, code('100006', '收付款账户相同')],
      [CODES.serialUsed, code('700002', '流水号已使用')],
      [CODES.noSuchSerial, code('200001', '无此流水')],
      [CODES.tooFrequent, code('900001', '过于频繁')],
    ] as const
  ).map(([from, to]) => [from.code, to]),
);

/** What has no word here decides nothing. */
export const referenceCode = (given: Code): Code => {
  const known = WORDS.get(given.code);
  if (known !== undefined) return known;
  return given.code.length <= 6 ? given : code('700001', given.text);
};
