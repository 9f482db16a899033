/**
 * The records of members that an order names: looked up when it is accepted, and what they allow. Where money
 * goes is the record's word, never the body's. Throws a coded error that names the path.
 */
import { YinqiError } from '../../errors.ts';
import type { Member, Payee } from '../../instruction/intent.ts';
import { sameName } from '../../instruction/same-name.ts';
import { referencesIn } from '../../protocol/expression.ts';
import type { Operation } from '../../protocol/spec.ts';
import type { LinkContext } from '../context.ts';

type Body = Readonly<Record<string, unknown>>;

const notAllowed = (path: string, detail: string) =>
  new YinqiError('NOT_ALLOWED', { path, detail });

const samePayee = (a: Payee, b: Payee): boolean =>
  a.account === b.account && sameName(a.name, b.name);

/** Pays out: it takes the bound account, or lets the body repeat it. */
function paysOut({ member, fields }: Operation): boolean {
  if (member?.payee !== undefined) return true;
  return Object.values(fields)
    .flatMap((what) => (Array.isArray(what) ? what.flatMap((row) => Object.values(row)) : [what]))
    .flatMap(referencesIn)
    .some((name) => name.startsWith('member.payout.'));
}

/** A payout goes to the account that is bound, and nowhere while there is none. */
function checkPayout(operation: Operation, record: Member, body: Body): void {
  const { by = '', payee } = operation.member ?? {};
  if (!paysOut(operation)) return;
  if (record.payout === undefined) {
    const detail = 'no payout account is bound to this member';
    throw new YinqiError('REFERENCE_NOT_HELD', { path: `body.${by}`, detail });
  }
  const named = payee === undefined ? undefined : (body[payee] as Payee | undefined);
  if (named !== undefined && !samePayee(named, record.payout)) {
    throw notAllowed(`body.${payee}`, "payouts go to the member's one bound account");
  }
}

/** A member is paid out to an account of its own name, and to no other; a bound one is not changed in passing. */
function checkBinding(operation: Operation, record: Member | undefined, body: Body): void {
  if (operation.keepsMember?.payout === undefined) return;
  const payout = body.payout as Payee | undefined;
  const name = typeof body.name === 'string' ? body.name : record?.name;
  if (payout !== undefined && name !== undefined && !sameName(payout.name, name)) {
    throw notAllowed('body.payout.name', "not the member's own name");
  }
  const bound = record?.payout;
  const other = payout !== undefined && bound !== undefined && !samePayee(payout, bound);
  if (other && operation.rebinds === undefined) {
    throw notAllowed(
      'body.payout',
      'a payout account is bound to this member, and this operation changes none',
    );
  }
}

/** The record an operation rests on, once it allows what is asked. */
export async function memberFor(
  ctx: LinkContext,
  operation: Operation,
  body: Body,
): Promise<Member | undefined> {
  const wanted = operation.member;
  const account = wanted === undefined ? undefined : body[wanted.by];
  const record = typeof account === 'string' ? await ctx.store.member(account) : undefined;
  if (wanted !== undefined && record !== undefined && wanted.need === 'never') {
    throw notAllowed(`body.${wanted.by}`, "a member's account: its money is not the merchant's");
  }
  if (wanted !== undefined && record === undefined && wanted.need === 'yes') {
    throw notAllowed(`body.${wanted.by}`, 'no member opened through this gateway has this account');
  }
  checkBinding(operation, record, body);
  if (record !== undefined) checkPayout(operation, record, body);
  return record;
}
