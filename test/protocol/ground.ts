/**
 * What the protocol tests share: CITIC's spec as it lies on disk, the same spec with one thing changed,
 * and a small bank whose every byte is known. Names and numbers are invented.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { parse, stringify } from 'yaml';
import { Faults, YinqiError } from '../../src/errors.ts';
import { loadSpec } from '../../src/protocol/load.ts';
import type { BankSpec, Operation, Transaction } from '../../src/protocol/spec.ts';

const folder = 'protocol-specs/citic';

function readFiles(): ReadonlyMap<string, string> {
  const top = ['protocol.yaml', 'operations.yaml'];
  const codes = readdirSync(join(folder, 'transactions')).map((name) => `transactions/${name}`);
  return new Map(
    [...top, ...codes].map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

export const files = readFiles();
export const citic: BankSpec = loadSpec(files);

export function operation(name: string): Operation {
  const found = citic.operations.get(name);
  if (found === undefined) throw new Error(`no operation ${name}`);
  return found;
}

export function transaction(spec: BankSpec, code: string): Transaction {
  const found = spec.transactions.get(code);
  if (found === undefined) throw new Error(`no transaction ${code}`);
  return found;
}

type Tree = { [key: string]: Tree } & Tree[] & string;

/** CITIC's files with the parsed content of one changed. */
export function changed(file: string, edit: (tree: Tree) => void): ReadonlyMap<string, string> {
  const tree = parse(files.get(file) ?? '', { maxAliasCount: 1000 }) as Tree;
  edit(tree);
  return new Map([...files, [file, stringify(tree, { aliasDuplicateObjects: false })]]);
}

/** `path — detail` of every fault that loading finds. */
export function faultsOf(what: ReadonlyMap<string, string>): string[] {
  try {
    loadSpec(what);
    return [];
  } catch (error) {
    if (!(error instanceof Faults)) throw error;
    return error.faults.map((one) => `${one.path} — ${one.detail}`);
  }
}

/** `CODE path (detail)` of what is thrown; a test that throws anything else fails by itself. */
export function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof YinqiError)) throw error;
    const detail = error.detail === undefined ? '' : ` (${error.detail})`;
    return `${error.code} ${error.path ?? '-'}${detail}`;
  }
  return 'nothing thrown';
}

export const gbk = (text: string): Uint8Array => iconv.encode(text, 'gbk');
export const gb18030 = (text: string): Uint8Array => iconv.encode(text, 'gb18030');
export const textOf = (bytes: Uint8Array): string => iconv.decode(bytes, 'gb18030');

const word = '{ zh: 词, en: word, ';
export const smallFiles: ReadonlyMap<string, string> = new Map([
  [
    'protocol.yaml',
    `
spec: 1
bank: small
zh: 小银行
en: Small Bank
version: '1'
sources: { M1: invented }
framing: { type: http, method: POST, path: /, contentType: text/xml, headBytesMax: 1024, bodyBytesMax: 65536 }
envelope: { body: xml, root: stream, action: action, status: status, text: statusText }
charset: { request: [GBK, GB18030], answer: GB18030 }
correlation: none
serial: { bytes: 20 }
settings: {}
owned: { clientID: $serial }
codes: { good: [AAAAAAA], family: [AB*, $good] }
verdicts:
  order:
    - { when: { status: [$family] }, says: pending, ended: accepted }
    - { says: unknown, ended: unlisted }
`,
  ],
  [
    'transactions/PAY.yaml',
    `
code: PAY
zh: 付款
en: payment
purpose: a test
kind: movement
sources: [M1]
request:
  - ${word}name: action, type: char(8), fixed: PAY, owned: true }
  - ${word}name: clientID, type: char(20), owned: true }
  - ${word}name: name, type: varchar(10), mask: name }
  - ${word}name: amount, type: 'decimal(15,2)', mask: amount }
  - ${word}name: rate, type: 'decimal(9,7)', need: 'no' }
  - ${word}name: count, type: int, need: 'no' }
  - ${word}name: day, type: date, need: 'no' }
  - ${word}name: time, type: time, need: 'no' }
  - ${word}name: way, type: char(1), need: 'no', values: { A: one, B: two } }
  - ${word}name: bankCode, type: varchar(12), need: conditional, requiredWhen: { way: [A] }, emptyWhen: { way: [B] } }
  - ${word}name: left, type: varchar(5), need: conditional, oneOf: { fields: [left, right], when: { way: [A] } } }
  - ${word}name: right, type: varchar(5), need: 'no', mayBeAbsent: true }
  - ${word}name: pin, type: varchar(8), need: 'no', mask: secret }
  - list: people
    rowsMax: 2
    fields:
      - ${word}name: id, type: varchar(4) }
      - ${word}name: kind, type: char(1), need: 'no' }
      - ${word}name: phone, type: varchar(11), need: conditional, requiredWhen: { row.kind: [P], way: [A] } }
answer:
  - ${word}name: status, type: char(7) }
  - ${word}name: statusText, type: varchar(254), mask: text }
  - ${word}name: amount, type: 'decimal(15,2)', need: 'no', mask: amount }
  - ${word}name: when, type: date, need: 'no' }
  - list: rows
    fields:
      - ${word}name: id, type: varchar(4), need: 'no' }
      - ${word}name: amount, type: 'decimal(15,2)', need: 'no', mask: amount }
verdicts: order
inquiry: none
`,
  ],
  [
    'operations.yaml',
    `
operations:
  status: { zh: 查, en: ask, transaction: local, serial: none, body: { of: { type: instruction, zh: 号, en: id } }, fields: {} }
`,
  ],
]);
export const small: BankSpec = loadSpec(smallFiles);
