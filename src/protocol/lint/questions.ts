/** Rules for the questions a transaction or an operation leads to: its inquiry, its completing query. */
import { layoutOf, rowFieldsOf } from '../layout.ts';
import type { BankSpec, Exprs, Inquiry, LastPage, Operation, Transaction } from '../spec.ts';
import { lintExpr, lintMapping } from './mapping.ts';
import type { Place } from './place.ts';
import { lintInquiryTable } from './verdicts.ts';
import { forInquiry, forQuestion, type Vocabulary } from './vocabulary.ts';

interface Question {
  readonly transaction: string;
  readonly request: Exprs;
  readonly select?: Readonly<Record<string, string>> | undefined;
}

/** Common to all questions: a query that exists, a whole request, rows selected by fields that exist. */
function lintQuestion(
  spec: BankSpec,
  question: Question,
  vocabulary: Vocabulary,
  at: Place,
): Transaction | undefined {
  const asked = spec.transactions.get(question.transaction);
  if (asked === undefined) {
    at.in('transaction').fault(`no transaction ${question.transaction}`);
    return undefined;
  }
  if (asked.kind !== 'query') at.in('transaction').fault(`${asked.code} is no query`);
  lintMapping({ transaction: asked, exprs: question.request, vocabulary }, at.in('request'));
  const rows = rowFieldsOf(asked);
  for (const [name, expr] of Object.entries(question.select ?? {})) {
    if (!rows.has(name)) at.in('select', name).fault('no such field in a row of the answer');
    lintExpr(expr, vocabulary, at.in('select', name));
  }
  return asked;
}

/** Who says how many rows are all of them, and whether anybody asks. */
function lintRowsOf(inquiry: Inquiry, order: Transaction, asked: Transaction, at: Place): void {
  const { rowsOf } = inquiry;
  const counts = (inquiry.asInquiry ?? asked.asInquiry ?? []).some(({ rows }) => rows === 'all');
  if (rowsOf === undefined) {
    if (counts) at.in('rowsOf').fault('missing: a rule wants all rows, and nothing says of what');
  } else if (!layoutOf(order, 'request').lists.has(rowsOf)) {
    at.in('rowsOf').fault(`no list ${rowsOf} in the request`);
  }
}

export function lintInquiry(spec: BankSpec, transaction: Transaction, at: Place): void {
  const { inquiry, kind } = transaction;
  if (kind === 'push') return;
  if (kind === 'query') {
    if (inquiry !== undefined) at.in('inquiry').fault('a query needs no inquiry');
    return;
  }
  if (inquiry === undefined) {
    at.in('inquiry').fault('missing: name the query that tells what became of it, or say none');
    return;
  }
  if (inquiry === 'none') return;
  const place = at.in('inquiry');
  const asked = lintQuestion(spec, inquiry, forInquiry(spec, transaction), place);
  if (asked === undefined) return;
  for (const name of inquiry.take ?? []) {
    for (const one of [asked, transaction]) {
      const found = layoutOf(one, 'answer').fields.has(name);
      if (!found) place.in('take').fault(`no field ${name} in the answer of ${one.code}`);
    }
  }
  lintRowsOf(inquiry, transaction, asked, place);
  const own = inquiry.asInquiry;
  if (own !== undefined) lintInquiryTable(spec, asked, own, place.in('asInquiry'));
  else if (asked.asInquiry === undefined) {
    place.in('transaction').fault(`${asked.code} does not say what it means asInquiry`);
  }
}

export function lintCompletion(spec: BankSpec, operation: Operation, at: Place): void {
  const { complete } = operation;
  if (complete === undefined) return;
  const place = at.in('complete');
  const asked = lintQuestion(spec, complete, forQuestion(spec, operation), place);
  if (asked === undefined) return;
  const rows = rowFieldsOf(asked);
  for (const [name, field] of Object.entries(complete.take)) {
    if (!rows.has(field)) place.in('take', name).fault('no such field in a row of the answer');
  }
}

/** The mark of a last page stands outside the rows. */
export function lintLast({ field, values }: LastPage, transaction: Transaction, at: Place): void {
  const fields = layoutOf(transaction, 'answer').fields;
  for (const name of [field].flat()) {
    const found = fields.get(name);
    if (found === undefined) at.in('field').fault(`no field ${name} in the answer`);
    for (const value of values) {
      const listed = found?.values === undefined || Object.hasOwn(found.values, value);
      if (!listed) at.in('values').fault(`${value} is not one of the values of ${name}`);
    }
  }
}

/** What a query says of itself: how its rows are checked and how its pages are asked for. */
export function lintQuery(transaction: Transaction, at: Place): void {
  const { echo, paging, kind } = transaction;
  const request = layoutOf(transaction, 'request').fields;
  for (const word of ['echo', 'paging'] as const) {
    if (transaction[word] !== undefined && kind !== 'query') at.in(word).fault('only for queries');
  }
  const inRequest = [
    ['echo', 'request', echo?.request],
    ['paging', 'start', paging?.start],
    ['paging', 'page', paging?.page],
    ['paging', 'size', paging?.size],
  ] as const;
  for (const [what, key, name] of inRequest) {
    if (name !== undefined && !request.has(name)) at.in(what, key).fault(`no field ${name}`);
  }
  if (paging !== undefined) {
    const place = at.in('paging');
    const one = (paging.start === undefined) !== (paging.page === undefined);
    if (!one) place.fault('asks by the number of a row or of a page, one of the two');
    if (paging.last !== undefined) lintLast(paging.last, transaction, place.in('last'));
  }
  if (echo !== undefined && !rowFieldsOf(transaction).has(echo.row)) {
    at.in('echo', 'row').fault('no such field in a row of the answer');
  }
}
