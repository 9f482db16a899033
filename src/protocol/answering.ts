/**
 * The operations by which a ledger answers what the bank asked: made from the spec's questions, so that what
 * a yes must carry stands in one place. They are answered by the gateway itself: no order comes of them.
 *
 *   answer-withdrawal        { question, says: yes | no }
 *   answer-member-balance    the same, and what the question `takes`
 */
import type { BodyField, Operation, Transaction } from './spec.ts';
import type { QuestionSpec } from './spec-push.ts';

const PREFIX = 'answer-';

export const answeringOf = (asks: QuestionSpec['asks']): string => `${PREFIX}${asks}`;

export const isAnswer = (operation: string): boolean => operation.startsWith(PREFIX);

const field = (type: BodyField['type'], zh: string, en: string): BodyField => ({
  type,
  zh,
  en,
  need: 'yes',
  mask: 'none',
});

function operationFor(transaction: Transaction, push: QuestionSpec): Operation {
  const taken = Object.entries(push.takes).map(([name, { type, zh, en, mask }]) => {
    // a no carries nothing: what a yes needs is looked at when it is answered
    const given: BodyField = {
      type: type === 'amount' ? 'balance' : type,
      zh,
      en,
      mask,
      need: 'no',
    };
    return [name, given];
  });
  return {
    zh: `答复：${transaction.zh}`,
    en: `answer to the question ${push.asks} of the bank (${transaction.code})`,
    transaction: 'local',
    serial: 'none',
    body: {
      question: field('text', '银行查询编号', 'key of the question'),
      says: { ...field('choice', '答复', 'yes or no'), values: ['yes', 'no'] },
      ...Object.fromEntries(taken),
    },
    fields: {},
    certainty: transaction.certainty,
  };
}

/** Operations to be added to those of the spec. */
export function answeringOperations(transactions: Iterable<Transaction>): [string, Operation][] {
  return [...transactions].flatMap((transaction): [string, Operation][] => {
    const { push } = transaction;
    if (push?.role !== 'question') return [];
    return [[answeringOf(push.asks), operationFor(transaction, push)]];
  });
}
