/**
 * What the protocol tests share: CITIC's spec as it lies on disk, the same spec with one thing changed,
 * and a small bank whose every byte is known. Names and numbers are invented.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { parse } from 'yaml';
import { Faults, YinqiError } from '../../src/errors.ts';
import { lintSpec } from '../../src/protocol/lint.ts';
import { loadSpec } from '../../src/protocol/load.ts';
import {
  type BankSpec,
  type Operation,
  operationsFile,
  protocolFile,
  type Transaction,
  transactionFile,
} from '../../src/protocol/spec.ts';

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

/** One step into parsed YAML; in an array a word picks the field or list of that name. */
function step(tree: unknown, key: string): [Record<string, unknown>, string] {
  if (typeof tree !== 'object' || tree === null) throw new Error(`nothing to look for ${key} in`);
  const named = (one: unknown) =>
    typeof one === 'object' &&
    one !== null &&
    Object.values({ name: '', list: '', ...one }).includes(key);
  const index = Array.isArray(tree) && !/^\d+$/.test(key) ? tree.findIndex(named) : -1;
  return [tree as Record<string, unknown>, index < 0 ? key : String(index)];
}

const trees = new Map([...files].map(([name, text]) => [name, parse(text) as unknown]));

function withPart(file: string, tree: unknown): BankSpec {
  if (file === 'protocol.yaml') return { ...citic, protocol: protocolFile.parse(tree) };
  if (file === 'operations.yaml') {
    const { operations } = operationsFile.parse(tree);
    return { ...citic, operations: new Map(Object.entries(operations)) };
  }
  const code = file.replace('transactions/', '').replace('.yaml', '');
  const transactions = new Map([...citic.transactions, [code, transactionFile.parse(tree)]]);
  return { ...citic, transactions };
}

/**
 * CITIC's spec, not linted, with one value changed: `request/recvAccNo/mask` by names, `asInquiry/0/says`
 * by place. `undefined` takes it away.
 */
export function changed(file: string, path: string, value: unknown): BankSpec {
  // by way of JSON, because aliases would carry the change to other places
  const whole: unknown = JSON.parse(JSON.stringify(trees.get(file)));
  const keys = path.split('/');
  let at = step(whole, keys[0] ?? '');
  for (const key of keys.slice(1)) at = step(at[0][at[1]], key);
  const [parent, last] = at;
  if (value !== undefined) parent[last] = value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return withPart(file, whole);
}

export const lintOf = (spec: BankSpec): string[] =>
  lintSpec(spec).map(({ path, detail }) => `${path} — ${detail}`);

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
connection: { policy: kept }
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
