/**
 * A reply → the body of its answer, in the manual's order. Texts that are longer than their field are cut
 * between characters, as banks do; everything else that does not fit the spec is a defect of this bank.
 */
import iconv from 'iconv-lite';
import { encodeAnswer } from '../../src/protocol/encode.ts';
import { isList, typeOf, xmlOf } from '../../src/protocol/layout.ts';
import type { Row, Scalar, Values } from '../../src/protocol/message.ts';
import type { BankSpec, Field } from '../../src/protocol/spec.ts';
import { escapeText } from '../../src/protocol/xml.ts';
import type { Code } from '../bank/codes.ts';
import type { Reply } from '../bank/reply.ts';

const charset = 'GB18030';
const bytesIn = (text: string): number => iconv.encode(text, 'gb18030').length;

function cut(text: string, bytesMax: number): string {
  if (bytesIn(text) <= bytesMax) return text;
  let kept = '';
  let bytes = 0;
  for (const char of text) {
    bytes += bytesIn(char);
    if (bytes > bytesMax) break;
    kept += char;
  }
  return kept;
}

function fitted(fields: readonly Field[], values: Row): Row {
  const types = new Map(fields.map((field) => [field.name, typeOf(field.type)]));
  const one = ([name, value]: [string, Scalar]): [string, Scalar] => {
    const type = types.get(name);
    const fits = typeof value !== 'string' || type?.kind !== 'text';
    return [name, fits ? value : cut(value, type.bytesMax)];
  };
  return Object.fromEntries(Object.entries(values).map(one));
}

function declared(body: Uint8Array, declaration: string): Uint8Array {
  const text = Buffer.from(body).toString('latin1');
  return Buffer.from(text.replace(`"${charset}"`, `"${declaration}"`), 'latin1');
}

/** An answer that is nothing but its head; for a transaction that the spec may not even have. */
export function headOnly(spec: BankSpec, code: Code, declaration: string): Uint8Array {
  const { root, status, text } = xmlOf(spec);
  const inside = `<${status}>${code.code}</${status}><${text}>${escapeText(code.text)}</${text}>`;
  const whole = `<?xml version="1.0" encoding="${declaration}"?><${root}>${inside}</${root}>`;
  return iconv.encode(whole, 'gb18030');
}

export function answerBody(
  spec: BankSpec,
  transaction: string,
  reply: Reply,
  declaration: string,
): Uint8Array {
  const parts = spec.transactions.get(transaction)?.answer;
  if (parts === undefined) return headOnly(spec, reply.code, declaration);
  const plain: Row = {};
  const values: Values = {};
  for (const [name, value] of Object.entries(reply.values ?? {})) {
    if (!Array.isArray(value)) plain[name] = value;
    else {
      const list = parts.find((part) => isList(part) && part.list === name);
      const fields = list !== undefined && isList(list) ? list.fields : [];
      values[name] = value.map((row) => fitted(fields, row));
    }
  }
  const { status, text } = spec.protocol.envelope;
  const head = { ...plain, [status]: reply.code.code, [text]: reply.code.text };
  const fields = parts.filter((part): part is Field => !isList(part));
  return declared(
    encodeAnswer(spec, transaction, { ...values, ...fitted(fields, head) }, charset),
    declaration,
  );
}
