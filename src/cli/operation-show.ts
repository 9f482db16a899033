/** `yinqi spec show <operation>`: what a ledger gives for one operation, and what the bank makes of it. */
import type { BankSpec, BodyField, Operation } from '../protocol/spec.ts';
import { table } from './table.ts';

function typeOf({ type, values }: BodyField): string {
  return values === undefined ? type : `${type}: ${values.join(' | ')}`;
}

const rowsOf = (prefix: string, fields: Readonly<Record<string, BodyField>>): string[][] =>
  Object.entries(fields).map(([name, field]) => [
    `${prefix}.${name}`,
    field.zh,
    field.en,
    typeOf(field),
    field.need,
    field.mask === 'none' ? '' : `masked as ${field.mask}`,
  ]);

function lookedUp({ member, other, freeze }: Operation): string[] {
  return [
    ...(member === undefined ? [] : [`member by ${member.by}, needed: ${member.need}`]),
    ...(other === undefined ? [] : [`another member by ${other.by}`]),
    ...(freeze === undefined
      ? []
      : [`freeze by ${freeze.by}, made by ${freeze.madeBy.join(' or ')}`]),
  ];
}

/** Names a ledger gets back, and what the record of a member keeps. */
function given({ data, complete, rows, keepsMember, rebinds }: Operation): string[] {
  const told = [...Object.keys({ ...data, ...complete?.take }), ...Object.keys(rows ?? {})];
  const kept = Object.keys(keepsMember ?? {});
  return [
    ...(told.length === 0 ? [] : [`tells ${told.join(', ')}`]),
    ...(kept.length === 0 ? [] : [`the record of the member keeps ${kept.join(', ')}`]),
    ...(rebinds === undefined ? [] : ['may change a bound payout account']),
  ];
}

export function operationText(spec: BankSpec, name: string, operation: Operation): string {
  const { body, bank = {}, en, transaction, zh } = operation;
  const asked = spec.transactions.get(transaction);
  const made = asked === undefined ? 'answered by the gateway' : `${transaction}  ${asked.zh}`;
  const rows = [...rowsOf('body', body), ...rowsOf('body.bank', bank)];
  return [
    `${name}  ${zh}  ${en}\n${made}`,
    ...(rows.length === 0
      ? []
      : [table(['field', '名称', 'meaning', 'type', 'needed', 'marks'], rows)]),
    ...[[...lookedUp(operation), ...given(operation)].join('\n')].filter((one) => one !== ''),
  ].join('\n\n');
}

/** Every operation of a bank, with the transaction it is made of. */
export const operationsText = ({ operations }: BankSpec): string =>
  table(
    ['operation', 'made of', '名称', 'meaning'],
    [...operations].map(([name, { en, transaction, zh }]) => [name, transaction, zh, en]),
  );
