/** Rules for packets the bank sends by itself: what names them, what is answered, what may be told of them. */
import { layoutOf, rowFieldsOf } from '../layout.ts';
import type { BankSpec, Expr, Field, PushSpec, Transaction } from '../spec.ts';
import type { EventSpec, QuestionSpec, ShownBy, ToldSpec } from '../spec-push.ts';
import { lintExpr, lintMapping } from './mapping.ts';
import { lintMask } from './masks.ts';
import type { Place } from './place.ts';
import { lintPatterns } from './verdicts.ts';
import { forPush, headNames, type Vocabulary } from './vocabulary.ts';

interface Looked {
  readonly spec: BankSpec;
  readonly transaction: Transaction;
  readonly words: Vocabulary;
  readonly fields: ReadonlyMap<string, Field>;
}

function lintEach(
  exprs: Readonly<Record<string, Expr>> | undefined,
  words: Vocabulary,
  at: Place,
): void {
  for (const [name, expr] of Object.entries(exprs ?? {})) lintExpr(expr, words, at.in(name));
}

/** The statement must be one that is swept, and its rows must have what is compared. */
function lintShownBy({ spec, words }: Looked, shown: ShownBy, at: Place): void {
  const sweep = spec.protocol.credits?.find(({ name }) => name === shown.sweep);
  const asked = sweep === undefined ? undefined : spec.transactions.get(sweep.transaction);
  if (asked === undefined) {
    at.in('sweep').fault(`no statement ${shown.sweep} in protocol.yaml: credits`);
    return;
  }
  const rows = rowFieldsOf(asked);
  if (shown.account !== undefined) lintExpr(shown.account, words, at.in('account'));
  lintExpr(shown.day, words, at.in('day'));
  lintEach(shown.matches, words, at.in('matches'));
  for (const name of Object.keys(shown.matches)) {
    if (!rows.has(name)) at.in('matches', name).fault('no such field in a row of the statement');
  }
  lintPatterns(spec, shown.when, (name) => rows.get(name), at.in('when'));
  if (shown.number !== undefined && !rows.has(shown.number)) {
    at.in('number').fault('no such field in a row of the statement');
  }
}

function lintConfirmed(
  { spec, fields }: Looked,
  confirmed: NonNullable<ToldSpec['confirmedBy']>,
  at: Place,
): void {
  const { transaction, here, there } = confirmed;
  const other = spec.transactions.get(transaction);
  if (other?.push?.role !== 'event') {
    at.in('transaction').fault(`${transaction} is no event that the bank sends`);
    return;
  }
  if (!fields.has(here)) at.in('here').fault('the push has no such field');
  if (!layoutOf(other, 'request').fields.has(there)) {
    at.in('there').fault(`${transaction} has no such field`);
  }
}

function lintTells(looked: Looked, push: EventSpec, at: Place): void {
  const { fields, spec, words } = looked;
  for (const [index, one] of push.tells.entries()) {
    const place = at.in('tells', index);
    lintPatterns(spec, one.when, (name) => fields.get(name), place.in('when'));
    lintEach(one.data, words, place.in('data'));
    if (one.confirmedBy !== undefined) {
      lintConfirmed(looked, one.confirmedBy, place.in('confirmedBy'));
    }
    const open = Object.keys(one.when ?? {}).length === 0;
    if (open && index < push.tells.length - 1) {
      place.fault('nothing after this one is ever reached');
    }
  }
}

function lintQuestion(looked: Looked, push: QuestionSpec, at: Place): void {
  lintEach(push.data, looked.words, at.in('data'));
  for (const [name, field] of Object.entries(push.takes)) {
    const place = at.in('takes', name);
    if (field.unit === 'fen' && field.type !== 'amount') {
      place.in('unit').fault('only an amount has one');
    }
    if (['amount', 'account', 'name'].includes(field.type) && field.mask === 'none') {
      place.in('mask').fault(`a field of type ${field.type} needs a mask`);
    } else lintMask(field, place);
  }
  if (push.unanswered === 'refuse' && push.refused === undefined) {
    at.in('unanswered').fault('does not say how it is refused');
  }
  if (push.shownBy !== undefined) lintShownBy(looked, push.shownBy, at.in('shownBy'));
}

function lintRole(looked: Looked, push: PushSpec, at: Place): void {
  if (push.role === 'event') lintTells(looked, push, at);
  else if (push.role === 'question') lintQuestion(looked, push, at);
  else {
    lintShownBy(looked, push.shownBy, at.in('shownBy'));
    lintEach(push.data, looked.words, at.in('data'));
  }
}

/** What only requests of ours have. */
function lintNothingElse(transaction: Transaction, at: Place): void {
  for (const word of ['verdicts', 'asInquiry', 'inquiry', 'echo', 'paging'] as const) {
    if (transaction[word] !== undefined) at.in(word).fault('not for what the bank sends by itself');
  }
}

/** Our answer is made whole, as a request of ours would be. */
function lintAnswer({ spec, transaction }: Looked, push: PushSpec, at: Place): void {
  const answer: Transaction = { ...transaction, request: transaction.answer };
  const reply = push.role === 'question' ? Object.keys(push.takes) : [];
  const { status, text } = spec.protocol.envelope;
  const mapped = {
    transaction: answer,
    exprs: push.fields,
    vocabulary: forPush(spec, transaction, reply),
    // where they stand among the fields, `accepted` and `refused` say them
    added: new Set([status, text]),
  };
  lintMapping(mapped, at.in('fields'));
}

export function lintPush(spec: BankSpec, transaction: Transaction, at: Place): void {
  const { kind, push } = transaction;
  const place = at.in('push');
  if ((kind === 'push') !== (push !== undefined)) {
    place.fault(kind === 'push' ? 'missing: what it means' : 'only for what the bank sends');
  }
  if (kind !== 'push' || push === undefined) return;
  lintNothingElse(transaction, at);
  const { fields } = layoutOf(transaction, 'request');
  const looked = { spec, transaction, fields, words: forPush(spec, transaction, []) };
  for (const [key, name] of Object.entries(push.identity)) {
    const known = fields.has(name) || headNames(spec).includes(name);
    if (!known) place.in('identity', key).fault(`no field and no part of a head: ${name}`);
  }
  lintAnswer(looked, push, place);
  lintRole(looked, push, place);
}
