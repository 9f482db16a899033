/** Goal: of the CMS family no direct answer ends an order, and none lets a denial end it: who made the code nobody knows. */
import { describe, expect, it } from 'vitest';
import { inquiryRulesFor, judge, rulesFor } from '../../src/protocol/judge.ts';
import type { Message } from '../../src/protocol/message.ts';
import { readSpec } from '../../src/spec-directory.ts';

const cms = readSpec('protocol-specs/cms');
const message = (ret_code: string, succ_flag: string, more: Record<string, string> = {}) =>
  ({ head: {}, fields: { ret_code, succ_flag, ...more }, lists: {}, extra: {} }) as Message;

describe.each(['300001', '529301'])('the direct answer to %s', (code) => {
  it.each([
    ['0000', '0', 'pending', 'accepted'],
    ['0000', '1', 'unknown', 'indeterminate'],
    ['9999', '1', 'unknown', 'client-side'],
    ['9998', '1', 'unknown', 'indeterminate'],
    ['2100', '2', 'unknown', 'indeterminate'],
    ['E101', '1', 'unknown', 'indeterminate'],
    ['E101', '8', 'unknown', 'indeterminate'],
    ['', '', 'unknown', 'indeterminate'],
  ])('%j with flag %j: %s, %s', (ret, flag, says, ended) => {
    expect(judge(cms, rulesFor(cms, code), message(ret, flag))).toMatchObject({ says, ended });
  });
});

it.each([
  ['2100', '2', '', 'none'],
  ['0000', '0', '9', 'succeeded'],
  ['0000', '0', '6', 'failed'],
  ['0000', '0', '5', 'pending'],
  ['0000', '1', '6', 'unknown'],
  ['9999', '1', '6', 'unknown'],
])('200205 answered %j with flag %j and state %j: %s', (ret, flag, stat, says) => {
  const inquiry = cms.transactions.get('300001')?.inquiry;
  if (typeof inquiry !== 'object') throw new Error('300001 is not asked about');
  const rules = inquiryRulesFor(cms, inquiry) ?? [];
  expect(judge(cms, rules, message(ret, flag, { stat })).says).toBe(says);
});
