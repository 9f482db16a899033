/**
 * What expressions may refer to, place by place. The names are few and known, so a vocabulary is simply
 * the set of them: `body.payee.account`, `link.userName`, `serial.tail`.
 */

import { layoutOf, saidByHead } from '../layout.ts';
import type { BankSpec, Operation, Transaction } from '../spec.ts';

export type Vocabulary = ReadonlySet<string>;

const payeeNames = ['account', 'name', 'sameBank', 'bankCode', 'bankName'];
const memberNames = ['account', 'name', ...payeeNames.map((name) => `payout.${name}`)];
/** Of the packet that is being made. */
const packetNames = ['reference', 'date', 'time', 'moment'];
const freezeNames = ['id', 'holder', 'holderName', 'amount', 'returnTo', 'returnToName', 'number'];

const under = (prefix: string, names: readonly string[]): string[] =>
  names.map((name) => `${prefix}.${name}`);

export const linkNames = (spec: BankSpec): string[] =>
  under('link', Object.keys(spec.protocol.settings));

const bodyNames = ({ body, bank = {} }: Operation): string[] => [
  ...Object.entries(body).flatMap(([name, field]) =>
    field.type === 'payee' ? under(`body.${name}`, payeeNames) : [`body.${name}`],
  ),
  ...under('body.bank', Object.keys(bank)),
];

/** Names under which some operation of this bank keeps something in a member's record. */
function keptOfBank(spec: BankSpec): string[] {
  const kept = [...spec.operations.values()].flatMap((one) => Object.keys(one.keepsMember ?? {}));
  return [...new Set(kept)].filter((name) => name.startsWith('bank.'));
}

const serialNames: Record<Operation['serial'], readonly string[]> = {
  usual: ['serial'],
  account: ['serial', 'serial.tail'],
  none: [],
};

/** What is known of an accepted instruction, whenever it is asked. */
function ofInstruction(spec: BankSpec, operation: Operation): string[] {
  return [
    ...bodyNames(operation),
    ...linkNames(spec),
    ...serialNames[operation.serial],
    ...(operation.member === undefined
      ? []
      : under('member', [...memberNames, ...keptOfBank(spec)])),
    ...(operation.other === undefined
      ? []
      : under('other', ['account', 'name', ...keptOfBank(spec)])),
    'transaction',
    'day',
    'memo',
  ];
}

/** The request of an operation, which may also draw on the freeze it uses. */
export const forRequest = (spec: BankSpec, operation: Operation): Vocabulary =>
  new Set([
    ...ofInstruction(spec, operation),
    ...(operation.freeze === undefined ? [] : under('freeze', freezeNames)),
  ]);

/** A question about an operation: it is asked later, so today has a meaning of its own. */
export const forQuestion = (spec: BankSpec, operation: Operation): Vocabulary =>
  new Set([...ofInstruction(spec, operation), 'today']);

/** What is told or kept once the answer is there. */
export function forOutcome(
  spec: BankSpec,
  operation: Operation,
  transaction: Transaction,
): Vocabulary {
  const fields = layoutOf(transaction, 'answer').fields;
  const told = [...fields.keys(), ...saidByHead(spec).map((part) => part.name)];
  return new Set([...ofInstruction(spec, operation), ...under('answer', told)]);
}

/**
 * An inquiry belongs to a transaction, which operations of several shapes and native calls may have
 * ordered: it may name what any of them carries.
 */
export function forInquiry(spec: BankSpec, transaction: Transaction): Vocabulary {
  const operations = [...spec.operations.values()].filter(
    (operation) => operation.transaction === transaction.code,
  );
  const ofBank = [...layoutOf(transaction, 'request').fields.keys()];
  return new Set([
    ...operations.flatMap((operation) => [...forQuestion(spec, operation)]),
    ...under('body', ofBank),
    // whoever ordered it and by which names: what the bank was sent
    ...under('request', ofBank),
    // what the recorded packet said, in its heads and its body
    ...under('sent', [...headNames(spec), ...ofBank, 'day']),
    ...linkNames(spec),
    'serial',
    'transaction',
    'day',
    'today',
  ]);
}

export const forOwned = (spec: BankSpec): Vocabulary =>
  new Set([...linkNames(spec), 'serial', 'transaction', 'day', ...under('packet', packetNames)]);

/** A page of entries of one account and day, which no instruction asked for. */
export const forPage = (spec: BankSpec): Vocabulary =>
  new Set([...linkNames(spec), 'account', 'day', 'from', 'when', 'start', 'page', 'size']);

/** Names of the parts of the heads, where packets have heads. */
export const headNames = ({ protocol: { framing } }: BankSpec): string[] =>
  framing.type === 'heads'
    ? framing.heads.flatMap(({ parts }) => parts.map(({ name }) => name))
    : [];

/** What is known of a packet the bank sent by itself; `reply`: what the ledger answered. */
export const forPush = (
  spec: BankSpec,
  transaction: Transaction,
  reply: readonly string[],
): Vocabulary =>
  new Set([
    ...under('request', [...headNames(spec), ...layoutOf(transaction, 'request').fields.keys()]),
    ...under('reply', reply),
    ...linkNames(spec),
    'ack.number',
    ...under('packet', ['date', 'time', 'moment']),
  ]);

/** A part of a head: of a request of ours, or of our answer to a packet of the bank. */
export function forHead(spec: BankSpec, side: 'request' | 'answer'): Vocabulary {
  const always = [...linkNames(spec), ...under('packet', packetNames), 'transaction', 'serial'];
  if (side === 'request') return new Set([...always, 'sequence', 'sequence.day', 'day']);
  const answered = under('request', headNames(spec));
  return new Set([...always, ...answered, 'answer.code', 'answer.text']);
}
