/**
 * What protocol.yaml says once and every message has: put into each transaction when the spec is loaded, so
 * that everything after sees whole messages.
 *
 *   common.request  tr_code req_no …  ┐
 *   300001 request  pay_acno amt …    ┴▶  tr_code (head) req_no (head) … pay_acno (body) amt (body) …
 */
import { isList } from './layout.ts';
import type { Field, FieldList, ProtocolFile, Transaction } from './spec.ts';

type Part = Field | FieldList;

const inSection = (part: Part, section: string | undefined): Part =>
  section === undefined || isList(part) ? part : { ...part, section };

/** The code of a transaction is the one common field that each of them fixes. */
function withAction(fields: readonly Field[], action: string, code: string): Field[] {
  return fields.map((field) =>
    field.name === action && field.fixed === undefined
      ? { ...field, fixed: code, owned: true as const }
      : field,
  );
}

export function withCommon({ envelope }: ProtocolFile, transaction: Transaction): Transaction {
  if (envelope.body !== 'xml') return transaction;
  const { action, common, sections } = envelope;
  if (common === undefined && sections === undefined) return transaction;
  const [first, last] = [sections?.[0], sections?.at(-1)];
  const whole = (before: readonly Part[], own: readonly Part[]): Part[] => [
    ...before.map((part) => inSection(part, first)),
    ...own.map((part) => inSection(part, last)),
  ];
  return {
    ...transaction,
    request: whole(
      withAction(common?.request ?? [], action, transaction.code),
      transaction.request,
    ),
    answer: whole(common?.answer ?? [], transaction.answer),
  };
}
